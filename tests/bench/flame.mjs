// SPDX-License-Identifier: GPL-2.0-or-later
//
// How long a flame graph's page takes to open and to answer, in ms, least of five.
//
//   node flame.mjs CHROMIUM PAGE
import { pathToFileURL } from "node:url";
import { Browser } from "../e2e/browser/browser.mjs";

const ROUNDS = 5;
const [program, page] = process.argv.slice(2);
const browser = new Browser(program);
const change = (id, value, type) => `const of = document.getElementById("${id}"); of.value = "${value}"; of.dispatchEvent(new Event("${type}"));`;
const actions = [
	["callers instead of callees", change("order", "1", "change")],
	["callees again", change("order", "0", "change")],
	["width by baseline", change("side", "0", "change")],
	["width by canary", change("side", "1", "change")],
	["search", change("search", "step_1", "input")],
	["zoom to the first match", `document.getElementById("search").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));`],
	["zoom out", `document.querySelector("#crumbs button").click();`],
	["the table", change("view", "table", "change")],
	["the graph", change("view", "chart", "change")],
];

async function least(measure) {
	let best = Infinity;

	for (let i = 0; i < ROUNDS; i++)
		best = Math.min(best, await measure());
	return best.toFixed(0).padStart(6);
}

console.log("the page of the last, in Chromium; ms, least of five:");
console.log(await least(async () => {
	await browser.open(pathToFileURL(page).href, 1280, 900);
	return browser.run(`performance.getEntriesByType("navigation")[0].loadEventEnd`);
}), "open it");
for (const [what, action] of actions)
	console.log(await least(() => browser.run(`(() => {
		const from = performance.now();
		${action}
		document.body.offsetHeight;
		return performance.now() - from;
	})()`)), what);
await browser.close();
