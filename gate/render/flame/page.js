/* What is shown, and what keys and pointers do to it. */

const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const tip = byId("tip");
const tabs = [
	...graphs.map(({ kind, title, total }) => ({ kind, title, empty: total[BASE] === 0 && total[CANARY] === 0 })),
	{ kind: "details", title: "Captures", empty: false },
];

const state = {
	kind: data.first, order: 0, side: CANARY, view: "chart", zoom: 0, active: 0,
	matches: null, /* functions that are looked for */
	found: [], at: -1, /* their frames; the one that was gone to */
	table: { column: 0, reversed: false, filter: "", all: false },
};

const graphNow = () => graphs.find(({ kind }) => kind === state.kind) ?? graphs[0];
const treeNow = () => graphNow().trees[state.order];

/* --- Showing ---------------------------------------------------------------------------------- */

function showCrumbs(tree) {
	const path = [];

	for (let i = state.zoom; i >= 0; i = tree.parent[i])
		path.unshift(i);
	byId("crumbs").replaceChildren(...path.map((frame) => {
		const item = document.createElement("li");
		const button = element("button", frameName(tree, frame));

		button.type = "button";
		button.disabled = frame === state.zoom;
		button.addEventListener("click", () => zoomTo(frame));
		item.append(button);
		return item;
	}));
}

/* The file's legend is that of the first view. */
function legendText(graph) {
	const legend = state.order === 1 ? graph.legend.replace("a frame and all that it calls", "the function at the bottom, by who calls it") : graph.legend;

	return root.dataset.palette === "orange" ? legend.replace("Red grew, blue shrank", "Orange grew, purple shrank") : legend;
}

function showActive() {
	const tree = treeNow();
	const box = byId("f" + state.active);

	chart.querySelector(".active")?.classList.remove("active");
	if (!box)
		return;
	box.classList.add("active");
	chart.setAttribute("aria-activedescendant", box.id);
	byId("reading").textContent = frameLines(graphNow(), tree, state.active).join(" · ");
}

function showTable() {
	const graph = graphNow();
	const { count, shown } = drawTable(graph, state.table, (column) => {
		state.table.reversed = state.table.column === column && !state.table.reversed;
		state.table.column = column;
		showTable();
	});
	const left = graph.leftOut[0] > 0 ? `, and ${graph.leftOut[0]} smaller ones with ${shareText(graph, CANARY, graph.leftOut[2])} of the self cost` : "";

	byId("count").textContent = `${shown} of ${count} functions${left}`;
	byId("more").hidden = shown === count;
}

function show() {
	const details = state.kind === "details";
	const graph = graphNow();
	const tree = treeNow();

	root.dataset.show = details ? "details" : state.view === "both" ? "chart table" : state.view;
	for (const tab of byId("tabs").children)
		tab.setAttribute("aria-selected", tab.dataset.kind === state.kind);
	if (details)
		return;
	byId("view").value = state.view;
	byId("order").value = state.order;
	byId("side").value = state.side;
	byId("side-label").hidden = byId("palette-label").hidden = !graph.both;
	byId("legend").textContent = legendText(graph);
	if (state.view !== "table") {
		drawChart(graph, tree, state, state.matches);
		showCrumbs(tree);
		showActive();
	}
	if (state.view !== "chart")
		showTable();
}

function showMatches(text) {
	byId("matched").textContent = text;
}

/* --- Going somewhere -------------------------------------------------------------------------- */

function zoomTo(frame) {
	state.zoom = state.active = frame;
	/* Of a frame that has gone there is nothing to see but by the other side. */
	if (treeNow().value[state.side][frame] === 0 && treeNow().value[1 - state.side][frame] > 0)
		state.side = 1 - state.side;
	show();
}

function findFrames() {
	state.at = -1;
	state.found = state.matches ? matchingFrames(treeNow(), state.matches, state.side) : [];
	showMatches(state.matches ? matchedText(graphNow(), treeNow(), state.found) : "");
}

function search(query) {
	const { test, wrong } = makeTest(query);

	state.matches = test ? findFunctions(test) : null;
	findFrames();
	if (wrong)
		showMatches(wrong);
	show();
}

function nextMatch(by) {
	if (state.found.length === 0)
		return;
	state.at = (state.at + by + state.found.length) % state.found.length;
	zoomTo(state.found[state.at]);
}

/* Another tree has other frames. */
function goTo(kind, order) {
	const graph = graphs.find((each) => each.kind === kind);

	Object.assign(state, { kind, order, zoom: 0, active: 0 });
	if (graph) {
		if (graph.total[state.side] === 0)
			state.side = graph.total[CANARY] > 0 || graph.total[BASE] === 0 ? CANARY : BASE;
		state.table.column = graph.both ? 3 : 1;
		state.table.reversed = false;
		findFrames();
	}
	show();
}

/* Of a function: the frame with most of its cost, the others marked. */
function goToFunction(kind, fn) {
	state.view = state.view === "table" ? "chart" : state.view;
	state.matches = new Set([fn]);
	goTo(kind, 0);
	const frame = heaviestFrame(treeNow(), fn, state.side);

	byId("search").value = functions[fn].name;
	if (frame < 0) {
		showMatches("its frames are too small to be shown");
		return;
	}
	state.at = state.found.indexOf(frame);
	zoomTo(frame);
	/* The tools stay on top, and would hide what is scrolled there. */
	scrollTo(0, scrollY + byId("graph").getBoundingClientRect().top - document.querySelector("nav").offsetHeight);
	chart.focus({ preventScroll: true });
}

/* --- Pointers --------------------------------------------------------------------------------- */

function frameAt(event) {
	const box = event.target.closest("[data-frame]");

	return box ? Number(box.dataset.frame) : -1;
}

function moveTip(event) {
	const frame = frameAt(event);

	tip.hidden = frame < 0;
	if (frame < 0)
		return;
	const [name, ...lines] = frameLines(graphNow(), treeNow(), frame);

	tip.replaceChildren(element("b", name), ...lines.map((line) => element("span", line)));
	tip.style.left = Math.max(0, Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)) + "px";
	tip.style.top = (event.clientY + 16 + tip.offsetHeight < innerHeight ? event.clientY + 16 : event.clientY - tip.offsetHeight - 8) + "px";
}

chart.addEventListener("click", (event) => {
	const frame = frameAt(event);

	if (frame >= 0)
		zoomTo(frame);
});
chart.addEventListener("pointermove", moveTip);
chart.addEventListener("pointerleave", () => (tip.hidden = true));
document.querySelector("header").addEventListener("click", (event) => {
	const link = event.target.closest("[data-function]");

	if (!link)
		return;
	event.preventDefault();
	goToFunction(link.dataset.kind, Number(link.dataset.function));
});
tableBody.addEventListener("click", (event) => {
	const row = event.target.closest("[data-function]");

	if (row)
		goToFunction(state.kind, Number(row.dataset.function));
});

/* --- Keys ------------------------------------------------------------------------------------- */

const keys = {
	Enter: () => zoomTo(state.active),
	Escape: () => zoomTo(Math.max(0, treeNow().parent[state.zoom])),
	Home: () => zoomTo(0),
	"/": () => byId("search").focus(),
	n: () => nextMatch(1),
	N: () => nextMatch(-1),
	i: () => goTo(state.kind, 1 - state.order),
	b: () => setSide(1 - state.side),
	t: () => setView(state.view === "table" ? "chart" : "table"),
	"?": () => byId("help").showModal(),
};
keys.Backspace = keys.Escape;
for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"])
	keys[key] = () => {
		state.active = step(treeNow(), state, state.active, key);
		showActive();
		byId("f" + state.active)?.scrollIntoView({ block: "nearest" });
	};
tabs.forEach(({ kind, empty }, i) => (keys[i + 1] = () => empty || goTo(kind, state.order)));

document.addEventListener("keydown", (event) => {
	const moves = /^(Arrow|Home|Enter|Backspace|Escape)/.test(event.key);

	if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, dialog"))
		return;
	/* Keys that move mean the chart only; elsewhere the page is scrolled and buttons are pressed by them. */
	if (!keys[event.key] || (moves && event.target !== chart && event.key !== "Escape") || (state.kind === "details" && !/[1-9?]/.test(event.key)))
		return;
	event.preventDefault();
	keys[event.key]();
});
byId("search").addEventListener("keydown", (event) => {
	if (event.key === "Enter")
		nextMatch(event.shiftKey ? -1 : 1);
	if (event.key === "Escape")
		chart.focus();
});

/* --- Tools ------------------------------------------------------------------------------------ */

function setSide(side) {
	if (!graphNow().both)
		return;
	state.side = side;
	findFrames();
	show();
}

function setView(view) {
	state.view = view;
	show();
}

function onChange(id, set) {
	byId(id).addEventListener("change", (event) => set(event.target.value));
}

onChange("view", setView);
onChange("order", (order) => goTo(state.kind, Number(order)));
onChange("side", (side) => setSide(Number(side)));
onChange("palette", (palette) => {
	root.dataset.palette = palette;
	show();
});
onChange("theme", (theme) => (root.style.colorScheme = theme));
byId("search").addEventListener("input", (event) => search(event.target.value));
byId("filter").addEventListener("input", (event) => {
	state.table.filter = event.target.value;
	showTable();
});
byId("more").addEventListener("click", () => {
	state.table.all = true;
	showTable();
});
byId("keys").addEventListener("click", keys["?"]);

/* A phone's height changes while it scrolls: only the width is drawn by. */
let drawnWidth = chart.clientWidth;
addEventListener("resize", () => {
	if (chart.clientWidth !== drawnWidth)
		show();
	drawnWidth = chart.clientWidth;
});

byId("tabs").append(...tabs.map(({ kind, title, empty }) => {
	const tab = element("button", title);

	tab.type = "button";
	tab.dataset.kind = kind;
	tab.setAttribute("role", "tab");
	tab.disabled = empty;
	tab.addEventListener("click", () => goTo(kind, state.order));
	return tab;
}));
root.dataset.script = "";
goTo(state.kind, 0);
