/*
 * What the page draws from. Trees come as four numbers a frame, in preorder, and are kept as one array a
 * column: a file may hold a hundred thousand frames.
 */

const BASE = 0;
const CANARY = 1;
const REST = -1; /* in place of a function: frames too small to be told apart */

const data = JSON.parse(document.getElementById("data").textContent);
const functions = data.functions.map(([name, module, source, tint]) => ({ name, module, source, tint }));

/* Frame 0 stands for all, at depth 0; the file does not have it. `end` is behind the last frame below; self cost is what no frame below has. */
function readTree(list, graph) {
	const count = list.length / 4 + 1;
	const tree = {
		count,
		fn: new Int32Array(count),
		merged: new Uint32Array(count),
		depth: new Uint32Array(count),
		parent: new Int32Array(count),
		end: new Uint32Array(count),
		value: [new Float64Array(count), new Float64Array(count)],
		self: [new Float64Array(count), new Float64Array(count)],
	};
	const open = [0];

	tree.fn[0] = REST;
	tree.parent[0] = -1;
	for (const side of [BASE, CANARY])
		tree.value[side][0] = tree.self[side][0] = graph.total[side];
	for (let i = 1, at = 0; i < count; i++, at += 4) {
		const depth = list[at] + 1;
		const fn = list[at + 1];

		while (open.length > depth)
			tree.end[open.pop()] = i;
		tree.depth[i] = depth;
		tree.parent[i] = open[depth - 1];
		tree.fn[i] = fn < 0 ? REST : fn;
		tree.merged[i] = fn < 0 ? -fn : 0;
		for (const side of [BASE, CANARY]) {
			tree.value[side][i] = tree.self[side][i] = list[at + 2 + side];
			tree.self[side][tree.parent[i]] -= list[at + 2 + side];
		}
		open.push(i);
	}
	for (const i of open)
		tree.end[i] = count;
	return tree;
}

function readCosts(list) {
	const costs = [];

	for (let at = 0; at < list.length; at += 5)
		costs.push({ fn: list[at], self: [list[at + 1], list[at + 2]], total: [list[at + 3], list[at + 4]] });
	return costs;
}

const graphs = data.graphs.map((from) => {
	const graph = { ...from, both: from.total[BASE] > 0 && from.total[CANARY] > 0 };

	graph.trees = from.trees.map((list) => readTree(list, from));
	graph.costs = readCosts(from.costs);
	graph.entered = new Set(data.entered.filter(([kind]) => kind === from.kind).map(([, fn]) => fn));
	return graph;
});
