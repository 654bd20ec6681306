// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether the frames of a page are worth what `go tool pprof -traces` says of the same files, to the nanosecond.
//
//   node sums.mjs PAGE BASE-CPU CANARY-CPU [BASE-WAITS CANARY-WAITS]     the latter four: what pprof printed
import { readFileSync } from "node:fs";

const [page, ...traces] = process.argv.slice(2);
const data = JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(readFileSync(page, "utf8"))[1]);
const REST = "(smaller)";
let compared = 0;

function fail(text) {
	console.error(`FAILED: ${text}`);
	process.exitCode = 1;
}

// [[value, [root, …, leaf]], …]; labels of a sample come before its stack.
function readTraces(file) {
	const stacks = [];

	for (const block of readFileSync(file, "utf8").split(/^-----------\+-+\n/m).slice(1)) {
		const lines = block.split("\n").filter((line) => line && !/^ *[a-z]+:  /.test(line));
		const first = /^ *([0-9.]+)(?:ns)?   (.*)$/.exec(lines[0] ?? "");

		if (first && Number(first[1]) > 0)
			stacks.push([Number(first[1]), [first[2], ...lines.slice(1).map((line) => line.trim())].reverse()]);
	}
	return stacks;
}

// Every beginning of every stack: what passes through it, and what ends there.
function sumPaths(stacks, reversed) {
	const sums = new Map();

	for (const [value, frames] of stacks) {
		const path = reversed ? [...frames].reverse() : frames;

		for (let depth = 1; depth <= path.length; depth++) {
			const key = path.slice(0, depth).join("\n");
			const sum = sums.get(key) ?? { total: 0, self: 0 };

			sum.total += value;
			sum.self += depth === path.length ? value : 0;
			sums.set(key, sum);
		}
	}
	return sums;
}

function sumFunctions(stacks) {
	const sums = new Map();

	for (const [value, frames] of stacks) {
		for (const name of new Set(frames)) {
			const sum = sums.get(name) ?? { total: 0, self: 0 };

			sum.total += value;
			sum.self += name === frames.at(-1) ? value : 0;
			sums.set(name, sum);
		}
	}
	return sums;
}

// The paths of a tree with what they are worth, and what of it is in no frame below.
function readTree(graph, tree, side) {
	const sums = new Map();
	const path = [];

	for (let at = 0; at < tree.length; at += 4) {
		const [depth, fn] = tree.slice(at, at + 2);
		const value = tree[at + 2 + side] * graph.unit;

		path.length = depth;
		const above = sums.get(path.join("\n"));

		path.push(fn < 0 ? REST : data.functions[fn][0]);
		if (above)
			above.self -= value;
		const key = path.join("\n");

		if (sums.has(key))
			fail(`there are two frames ${path.join(";")}`);
		sums.set(key, { total: value, self: value, rest: fn < 0 });
	}
	return sums;
}

function compare(what, expected, actual) {
	compared++;
	if (expected !== actual)
		fail(`${what}: ${actual}, and pprof has ${expected}`);
}

function compareTree(graph, stacks, order, side) {
	const expected = sumPaths(stacks, order === 1);
	let merged = 0;

	for (const [key, { total, self, rest }] of readTree(graph, graph.trees[order], side)) {
		const what = `${graph.kind} ${side} ${key.replaceAll("\n", ";")}`;

		if (rest) {
			merged += total;
			continue;
		}
		compare(`${what}: total`, expected.get(key)?.total ?? 0, total);
		compare(`${what}: self`, expected.get(key)?.self ?? 0, self);
	}
	return merged;
}

function compareCosts(graph, stacks, side) {
	const expected = sumFunctions(stacks);

	for (let at = 0; at < graph.costs.length; at += 5) {
		const name = data.functions[graph.costs[at]][0];

		compare(`${name}: flat`, expected.get(name)?.self ?? 0, graph.costs[at + 1 + side] * graph.unit);
		compare(`${name}: cum`, expected.get(name)?.total ?? 0, graph.costs[at + 3 + side] * graph.unit);
	}
	if (graph.leftOut[0] === 0)
		compare("functions", true, graph.costs.length / 5 >= expected.size);
}

let merged = 0;
for (const side of [0, 1]) {
	const cpu = readTraces(traces[side]);
	const graph = data.graphs[0];

	compare("all", cpu.reduce((sum, [value]) => sum + value, 0), graph.total[side] * graph.unit);
	for (const order of [0, 1])
		merged += compareTree(graph, cpu, order, side);
	compareCosts(graph, cpu, side);
	if (!traces[2])
		continue;
	// Waits are in two graphs, which share no stack here.
	const waits = readTraces(traces[2 + side]);
	const isIdle = ([, frames]) => frames.includes("accept_loop");

	for (const [kind, some] of [[1, waits.filter((stack) => !isIdle(stack))], [2, waits.filter(isIdle)]]) {
		for (const order of [0, 1])
			compareTree(data.graphs[kind], some, order, side);
		compareCosts(data.graphs[kind], some, side);
	}
}
console.log(`${compared} sums compared, ${merged} ns in merged frames`);
if (compared < 20)
	fail("next to nothing was compared");
