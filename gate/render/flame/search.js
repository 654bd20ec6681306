/* Search: by a part of a function's or module's name, or by a /pattern/. */

/* A test of a text, or null for nothing to look for; { wrong } where the pattern is none. */
function makeTest(query) {
	const pattern = query.length > 2 && query.startsWith("/") && query.endsWith("/");

	if (query === "")
		return { test: null };
	if (!pattern) {
		const wanted = query.toLowerCase();

		return { test: (text) => text.toLowerCase().includes(wanted) };
	}
	try {
		const regex = new RegExp(query.slice(1, -1), "i");

		return { test: (text) => regex.test(text) };
	} catch (error) {
		return { test: null, wrong: error.message };
	}
}

function findFunctions(test) {
	const found = new Set();

	functions.forEach((fn, i) => {
		if (test(fn.name) || test(fn.module))
			found.add(i);
	});
	return found;
}

/* Matching frames that lie in no other match, the heaviest first: their costs add up without counting any twice. */
function matchingFrames(tree, wanted, side) {
	const frames = [];

	for (let i = 1; i < tree.count;) {
		const hit = wanted.has(tree.fn[i]);

		if (hit)
			frames.push(i);
		i = hit ? tree.end[i] : i + 1;
	}
	const weight = (i) => tree.value[side][i] || tree.value[1 - side][i];

	return frames.sort((a, b) => weight(b) - weight(a));
}

/* Of a match, what is merged away is not known: that part is said. */
function matchedText(graph, tree, frames) {
	const sums = [BASE, CANARY].map((side) => frames.reduce((sum, i) => sum + tree.value[side][i], 0));
	const texts = [BASE, CANARY].map((side) => shareText(graph, side, sums[side]));
	const share = graph.both ? `${texts[BASE]} → ${texts[CANARY]}` : texts[graph.total[CANARY] > 0 ? CANARY : BASE];
	let merged = 0;

	for (let i = 1; i < tree.count; i++)
		if (tree.merged[i] > 0)
			merged += tree.value[CANARY][i] || tree.value[BASE][i];
	const all = graph.total[CANARY] || graph.total[BASE];
	const rest = merged > 0 ? `; ${((100 * merged) / all).toFixed(2)} % is in frames too small to be searched` : "";

	return `${frames.length} matching, ${share} of all${rest}`;
}

/* A function's frame that has most of its own cost: where a reader should look. */
function heaviestFrame(tree, fn, side) {
	let best = -1;

	for (const of of [tree.self[side], tree.self[1 - side], tree.value[side]]) {
		for (let i = 1; i < tree.count; i++)
			if (tree.fn[i] === fn && of[i] > (best < 0 ? 0 : of[best]))
				best = i;
		if (best >= 0)
			break;
	}
	return best;
}
