// SPDX-License-Identifier: GPL-2.0-or-later
//
// A reader's use of the flame graph in a real browser: what it shows, what clicks and keys do, and that nothing of a
// hostile name does anything.
//
//   node flame.mjs CHROMIUM FOLDER     with flame.html, hostile.html, one.html and wide.html of flame_sample's profiles
//   node flame.mjs CHROMIUM FOLDER SCREENSHOTS     also writes pictures, of shown.html
// FOLDER/shown.html, where it is, is a page of the demo.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Browser } from "./browser.mjs";

const [program, folder, pictures] = process.argv.slice(2);
const browser = new Browser(program);
let passed = 0;
let failed = 0;

function check(what, ok, found = "") {
	if (ok) {
		passed++;
		return;
	}
	failed++;
	console.error(`FAILED: ${what}${found === "" ? "" : `: ${JSON.stringify(found)}`}`);
}

const open = (name, ...how) => browser.open(pathToFileURL(join(folder, name)).href, ...how);
const text = (selector) => browser.run(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? null`);
const crumbs = () => browser.run(`[...document.querySelectorAll("#crumbs button")].map((b) => b.textContent).join(";")`);
const shown = (selector) => browser.run(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).display !== "none"`);
const background = (selector) => browser.run(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).backgroundColor`);
const frames = () => browser.run(`[...document.querySelectorAll("#chart [data-frame]")].map((box) => ({
	name: box.textContent.replace(/  .*/, ""), text: box.textContent, className: box.className,
	width: box.getBoundingClientRect().width / document.getElementById("chart").clientWidth }))`);
const choose = (id, value) => browser.run(`(() => { const of = document.getElementById(${JSON.stringify(id)});
	of.value = ${JSON.stringify(value)}; of.dispatchEvent(new Event(of.tagName === "SELECT" ? "change" : "input")); })()`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function checkQuiet(what) {
	await pause(50);
	check(`${what}: no error in the console`, browser.complaints().length === 0, browser.complaints()[0]?.params);
	check(`${what}: one request, for the page`, browser.requests().length === 1, browser.requests());
}

// Widths are parts of the whole: [name, share].
function checkWidths(what, found, expected) {
	for (const [name, share] of expected) {
		const widths = found.filter((frame) => frame.name === name).map(({ width }) => width);

		check(`${what}: width of ${name}`, widths.some((width) => Math.abs(width - share) < 0.002), widths);
	}
}

async function checkFirstView() {
	check("the verdict is there", (await text("h1")).startsWith("FAIL campaign_discount() uses"), await text("h1"));
	check("it can be seen", await browser.run(`document.querySelector("h1").getBoundingClientRect().height > 10`));
	check("five functions on top", await browser.run(`document.querySelectorAll(".top:first-child tbody tr").length`) === 5);
	const found = await frames();

	// 160 samples a slice in the canary.
	checkWidths("first view", found, [["all", 1], ["main", 1], ["price_order", 54 / 160], ["campaign_discount", 45 / 160], ["lex", 21 / 160]]);
	check("no box is wider than its part", await browser.run(`[...document.querySelectorAll("#chart div")].every((box) =>
		Math.abs(box.getBoundingClientRect().width - parseFloat(box.style.width) / 100 * document.getElementById("chart").clientWidth) < 0.5)`));
	check("what went away has no width", !found.some(({ name }) => name === "legacy_rounding"));
	check("what grew is red", found.some(({ name, className }) => name === "campaign_discount" && className.startsWith("g4")));
	check("and says by how much", found.some((frame) => /^campaign_discount {2}\+\d+ %$/.test(frame.text)), found);
	check("where growth came in is said", (await text("p.entered")) === "The growth of escape_text came in at render_footer, which accounts for 100.0 % of it.", await text("p.entered"));
	check("and marked", await browser.run(`[...document.querySelectorAll("#chart .entered")].map((box) => box.textContent.replace(/  .*/, "")).join()`) === "render_footer");
	check("the legend says what widths are", (await text("#legend")).startsWith("Width: share of the CPU time"));
	check("no picture beside the chart", !(await shown("#picture")));
}

async function checkTopRow() {
	await browser.click(".top tbody a");
	check("a row of the top zooms to its frame", await crumbs() === "all;main;serve;price_order;campaign_discount", await crumbs());
	check("what is zoomed to is not hidden by the tools", await browser.run(`document.querySelector("nav").getBoundingClientRect().bottom <= document.getElementById("chart").getBoundingClientRect().top`));
	const found = await frames();

	checkWidths("zoomed", found, [["campaign_discount", 1], ["main", 1]]);
	check("its siblings are gone", !found.some(({ name }) => name === "catalog_find"));
	check("what is said of it", /^campaign_discount · orders.*total .* → .*self/.test(await text("#reading")), await text("#reading"));
	await browser.click("#crumbs button");
	check("a breadcrumb leads back", await crumbs() === "all", await crumbs());
	await browser.click("p.entered a");
	check("it is a link, too", await crumbs() === "all;main;serve;reply;render_footer" && (await text("#reading")).endsWith("growth came in here"), await text("#reading"));
	await browser.click(".top tbody a");
	await browser.click("#crumbs button");
	check("both its frames are marked", await browser.run(`document.querySelectorAll("#chart .hit").length`) === 2);
}

async function checkSearch() {
	await choose("search", "SHA256");
	check("search finds", (await text("#matched")) === "1 matching, 15.91 % → 8.75 % of all", await text("#matched"));
	check("and marks", await browser.run(`document.querySelector("#chart .hit").textContent.startsWith("sha256_block")`));
	await choose("search", "/^(lex|memcpy)$/");
	check("by a pattern, too", (await text("#matched")).startsWith("2 matching, 30.68 % → 17.50 %"), await text("#matched"));
	await choose("search", "/(/");
	check("a bad pattern is said to be one", /unterminated/i.test(await text("#matched")), await text("#matched"));
	await choose("search", "price_order");
	check("matches within matches count once", (await text("#matched")).startsWith("1 matching, 25.00 % → 33.75 %"), await text("#matched"));
	await browser.run(`document.getElementById("search").focus()`);
	await browser.key("Enter");
	check("Enter goes to the match", await crumbs() === "all;main;serve;price_order", await crumbs());
	await choose("search", "");
	check("nothing is marked without a search", await browser.run(`document.querySelectorAll("#chart .hit, #chart .dim").length`) === 0);
}

async function checkKeys() {
	await browser.run(`document.getElementById("chart").focus()`);
	await browser.key("Home");
	await browser.key("ArrowDown");
	await browser.key("ArrowDown");
	await browser.key("ArrowDown");
	await browser.key("ArrowRight");
	const reading = await text("#reading");

	await browser.key("Enter");
	check("arrows and Enter zoom", (await crumbs()).split(";").length === 4 && (await crumbs()).startsWith("all;main;serve;"), await crumbs());
	check("to what was read out", reading.startsWith((await crumbs()).split(";").at(-1)), reading);
	await browser.key("Escape");
	check("Escape zooms out by one", await crumbs() === "all;main;serve", await crumbs());
	await browser.key("i");
	await browser.key("Home");
	checkWidths("callers", await frames(), [["campaign_discount", 47 / 160], ["price_order", 45 / 160]]);
	check("callers stand on what they call", await browser.run(`(() => {
		const top = (name) => [...document.querySelectorAll("#chart [data-frame]")].find((box) => box.textContent.startsWith(name)).offsetTop;
		return top("price_order") < top("campaign_discount") && top("campaign_discount") < top("all");
	})()`));
	await browser.key("i");
	await browser.key("b");
	checkWidths("by the baseline", await frames(), [["legacy_rounding", 8 / 88], ["campaign_discount", 5 / 88]]);
	await browser.key("b");
	await browser.key("2");
	check("a key chooses the tab", await browser.run(`document.querySelector("[aria-selected=true]").textContent`) === "Off-CPU");
	checkWidths("waits", await frames(), [["append", 160 / 191], ["take_lock", 31 / 191]]);
	check("idle waits are not among them", !(await frames()).some(({ name }) => name === "accept_loop"));
	await browser.key("3");
	checkWidths("idle waits", await frames(), [["accept_loop", 1]]);
	await browser.key("/");
	check("a key leads to the search", await browser.run(`document.activeElement.id`) === "search");
	await browser.click(`.top [data-kind="off_cpu"]`);
	check("a wait of the top zooms to who waits", await crumbs() === "all;main;serve;audit;append", await crumbs());
}

async function checkTable() {
	await browser.click("#tabs button");
	await choose("view", "table");
	const row = (n) => browser.run(`[...document.querySelectorAll("#table tbody tr:nth-child(${n}) td")].map((cell) => cell.textContent)`);
	const first = await row(1);

	check("the table has the largest change first", first[0].startsWith("campaign_discount"), first);
	check("with both sides' self and total", first.length === 7 && first[1] === "6.82 %" && first[2] === "29.38 %", first);
	await browser.click("#table thead th:nth-child(5) button");
	check("it sorts by another column", (await row(1))[0].startsWith("main"), await row(1));
	await browser.click("#table thead th:nth-child(1) button");
	check("by names from the first on", (await row(1))[0].startsWith("audit"), await row(1));
	await choose("filter", "lex");
	check("its filter leaves what matches", await browser.run(`document.querySelectorAll("#table tbody tr").length`) === 1);
	await browser.click("#table tbody tr td");
	check("a row leads to the graph", await shown("#graph") && await crumbs() === "all;main;serve;parse_order;lex", await crumbs());
}

async function checkLooks() {
	await browser.click("#crumbs button");
	const light = await background("body");

	await browser.setScheme("dark");
	const dark = await background("body");

	check("the dark theme is another", light === "rgb(255, 255, 255)" && dark !== light, [light, dark]);
	await choose("theme", "light");
	check("a theme may be chosen", await background("body") === light);
	await choose("theme", "light dark");
	await browser.setScheme("light");
	const red = await background("#chart .g4");

	await choose("palette", "orange");
	check("there are other colours", await background("#chart .g4") !== red && (await text("#legend")).includes("Orange grew"));
	await choose("palette", "red");
	await browser.send("Emulation.setEmulatedMedia", { media: "print" });
	check("printed without its tools", !(await shown("nav")) && await shown("#chart") && await shown("h1"));
	await browser.setScheme("light");
	await browser.send("Input.dispatchMouseEvent", await browser.run(`(() => {
		const box = [...document.querySelectorAll("#chart [data-frame]")].find((each) => each.textContent.startsWith("lex")).getBoundingClientRect();
		return { type: "mouseMoved", x: box.x + 5, y: box.y + 5 };
	})()`));
	check("a tooltip has both costs and the growth", /^lex.*22\.73 % → 13\.13 %, [+−]\d/.test((await text("#tip")).replaceAll("\n", " ")), await text("#tip"));
	check("and is shown", await shown("#tip"));
	await browser.click("#tabs button:last-child");
	check("the captures have a page of their own", await shown("#details") && !(await shown("#graph")));
	check("with their provenance and losses", /builder/.test(await text(".captures")) && /losses/.test(await text("#details pre")));
}

async function checkNarrow() {
	await open("flame.html", 400, 800);
	check("it fits 400 pixels", await browser.run(`document.scrollingElement.scrollWidth`) <= 400, await browser.run(`document.scrollingElement.scrollWidth`));
	await checkQuiet("narrow");
}

async function checkScriptless() {
	browser.scripts = false;
	await open("flame.html", 1280, 900);
	check("without a script there is a picture", await shown("#picture") && !(await shown("#chart")) && !(await shown("nav")));
	check("of the same frames", await browser.run(`[...document.querySelectorAll("#picture text")].some((each) => /^campaign_discount  \\+\\d+ %$/.test(each.textContent))`));
	check("and the captures", await shown("#details"));
	await checkQuiet("without a script");
	browser.scripts = true;
}

// Every control is used once; then only what the page is made of may be in it.
async function checkHostile() {
	await open("hostile.html", 1280, 900);
	for (const view of ["both", "table", "chart"])
		for (const order of ["1", "0"]) {
			await choose("view", view);
			await choose("order", order);
		}
	await browser.run(`for (const link of document.querySelectorAll("header [data-function]")) link.click();
		for (const name of ["<script>", "/<.*>/", "onerror"]) {
			const search = document.getElementById("search");
			search.value = name;
			search.dispatchEvent(new Event("input"));
		}
		document.getElementById("chart").focus();
		for (const box of document.querySelectorAll("#chart [data-frame]"))
			box.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, clientX: 9, clientY: 9 }));
		for (let i = 0; document.querySelectorAll("#chart [data-frame]")[i] && i < 500; i++)
			document.querySelectorAll("#chart [data-frame]")[i].click();`);
	for (const tab of ["1", "4"])
		await browser.key(tab);
	const odd = await browser.run(`(() => {
		const tags = new Set(("html head meta title link style body header h1 b p div table caption thead tbody tr th td a small nav label select option " +
			"input output button main section ol li svg g rect text title h2 pre dialog dl dt dd form script span").split(" "));
		const names = /^(lang|charset|http-equiv|content|name|rel|href|class|scope|data-[a-z]+|aria-[a-z]+|id|role|for|value|type|autocomplete|spellcheck|placeholder|tabindex|method|hidden|style|title|xmlns|viewbox|font-size|font-family|x|y|width|height|fill|disabled)$/i;
		return [...document.querySelectorAll("*")].flatMap((each) => [
			...(tags.has(each.localName) ? [] : [each.localName]),
			...[...each.attributes].filter(({ name, value }) => !names.test(name) || (name === "href" && value !== "#graph" && value !== "data:,")).map(({ name, value }) => name + "=" + value),
		]);
	})()`);

	check("no name became markup", odd.length === 0, odd.slice(0, 5));
	check("nor a script", await browser.run(`document.scripts.length`) === 2);
	check("nor was one run", !(await browser.run(`document.title`)).startsWith("owned"));
	await browser.key("2");
	check("a tab without anything is none", await browser.run(`document.querySelector("[aria-selected=true]").textContent`) === "Captures");
	check("they are shown as text", (await text("#table")).includes(`<script>alert("1")</script>`));
	await checkQuiet("hostile names");
}

// Thousands of frames, most of them narrower than a pixel.
async function checkWide() {
	await open("wide.html", 1280, 900);
	const sums = await browser.run(`(() => {
		const chart = document.getElementById("chart");
		const boxes = [...chart.children].map((box) => ({ row: box.offsetTop, width: parseFloat(box.style.width) / 100 }));
		const rows = {};
		for (const { row, width } of boxes)
			rows[row] = (rows[row] ?? 0) + width;
		return { count: boxes.length, rest: chart.querySelectorAll(".rest").length, rows: Object.values(rows) };
	})()`);

	check("no more boxes than pixels", sums.count > 100 && sums.rest > 10 && sums.count < 1280 * 12, sums);
	check("no row is wider than all", sums.rows.every((width) => width < 1.0001), sums.rows);
	check("what is narrow is drawn with its neighbours", sums.rows.filter((width) => width > 0.9).length > 3, sums.rows);
	await checkQuiet("many frames");
}

async function checkOne() {
	await open("one.html", 1280, 900);
	check("of one profile there is no verdict", (await text("h1")) === "Flame graph", await text("h1"));
	checkWidths("one profile", await frames(), [["main", 1], ["campaign_discount", 45 / 160]]);
	check("nor growth", !(await frames()).some((frame) => /[gs][1-4]/.test(frame.className) || /%/.test(frame.text)));
	await browser.run(`document.getElementById("chart").focus()`);
	await browser.key("3");
	await browser.key("ArrowDown");
	check("idle waits can be looked at", (await text("#reading")).startsWith("main · "), await text("#reading"));
	check("nor sides to choose", !(await shown("#side-label")));
	await checkQuiet("one profile");
}

// A page of real captures, whatever they hold.
async function checkShown() {
	await open("shown.html", 1280, 900);
	check("the demo's verdict is there", (await text("h1")).startsWith("FAIL "), await text("h1"));
	const links = await browser.run(`[...document.querySelectorAll("header [data-function]")].map((link) => link.textContent.replace(/ \\[.*/, ""))`);

	check("its top five are links", links.length >= 5, links);
	for (const [i, name] of links.slice(0, 5).entries()) {
		await browser.run(`document.querySelectorAll("header [data-function]")[${i}].click()`);
		check(`a click on ${name} zooms to it`, (await crumbs()).split(";").at(-1).split(".")[0] === name.split(".")[0], await crumbs());
	}
	await choose("search", "campaign_discount");
	check("search finds in it", /^[1-9][0-9]* matching, /.test(await text("#matched")), await text("#matched"));
	await checkQuiet("the demo's page");
}

async function takePictures() {
	const shots = [["flame", 1280, 900, "light", false], ["flame-dark", 1280, 900, "dark", true], ["flame-narrow", 400, 1500, "light", false]];

	for (const [name, width, height, scheme, click] of shots) {
		await open("shown.html", width, height, scheme);
		if (click) {
			await choose("view", "both");
			await browser.click(".top tbody a");
		}
		await pause(200);
		writeFileSync(join(pictures, `${name}.png`), await browser.screenshot());
	}
}

try {
	await open("flame.html", 1280, 900);
	for (const part of [checkFirstView, checkTopRow, checkSearch, checkKeys, checkTable, checkLooks])
		await part();
	await checkQuiet("a reader's use");
	await checkNarrow();
	await checkScriptless();
	await checkHostile();
	await checkOne();
	await checkWide();
	if (existsSync(join(folder, "shown.html")))
		await checkShown();
	if (pictures)
		await takePictures();
} catch (error) {
	check("the test came to its end", false, error.message);
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
