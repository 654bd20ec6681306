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

const best = new Map();

function note(what, ms) {
	best.set(what, Math.min(best.get(what) ?? Infinity, ms));
}

for (let round = 0; round < ROUNDS; round++) {
	await browser.open(pathToFileURL(page).href, 1280, 900);
	note("open it", await browser.run(`performance.getEntriesByType("navigation")[0].loadEventEnd`));
	for (const [what, action] of actions)
		note(what, await browser.run(`(() => {
			const from = performance.now();
			${action}
			document.body.offsetHeight;
			return performance.now() - from;
		})()`));
}
console.log("the page of the last, in Chromium; ms, least of five:");
for (const [what, ms] of best)
	console.log(ms.toFixed(0).padStart(6), what);
await browser.close();
