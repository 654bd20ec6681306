/* The table: every function with its self and total cost on both sides, for those who would rather read. */

const ROWS_AT_FIRST = 200;
const tableHead = document.querySelector("#table thead");
const tableBody = document.querySelector("#table tbody");

/* As growth is told: without what all functions have in common. */
function change(graph, value) {
	return costOf(graph, CANARY, value[CANARY]) * graph.common - costOf(graph, BASE, value[BASE]);
}

/* { title, by: what it sorts by, text }. With one side there is nothing to compare. */
function columnsOf(graph) {
	const one = graph.total[CANARY] > 0 ? CANARY : BASE;
	const columns = [{ title: "function", by: (cost) => functions[cost.fn].name }];

	for (const which of ["self", "total"]) {
		for (const side of graph.both ? [BASE, CANARY] : [one]) {
			const by = (cost) => costOf(graph, side, cost[which][side]);

			columns.push({
				title: graph.both ? `${which}, ${data.versions[side]}` : which,
				by,
				text: (cost) => (cost[which][side] > 0 ? costText(graph, by(cost)) : "–"),
			});
		}
		if (graph.both)
			columns.push({
				title: `${which}, change`,
				by: (cost) => change(graph, cost[which]),
				text: (cost) => growthText(graph, cost[which]),
			});
	}
	return columns;
}

function compare(a, b) {
	return typeof a === "string" ? a.localeCompare(b) : b - a;
}

function makeRow(columns, cost) {
	const row = document.createElement("tr");
	const fn = functions[cost.fn];
	const name = document.createElement("td");
	const button = element("button", fn.name);

	button.type = "button";
	name.append(button, element("small", fn.source ? `${fn.module}  ${fn.source}` : fn.module));
	row.append(name);
	for (const column of columns.slice(1))
		row.append(element("td", column.text(cost), "figure"));
	row.dataset.function = cost.fn;
	return row;
}

function makeHead(columns, state, sort) {
	const row = document.createElement("tr");

	columns.forEach((column, i) => {
		const cell = element("th", undefined, i ? "figure" : "");
		const button = element("button", column.title + (i === state.column ? (state.reversed ? " ▲" : " ▼") : ""));

		cell.scope = "col";
		if (i === state.column)
			cell.setAttribute("aria-sort", state.reversed ? "ascending" : "descending");
		button.type = "button";
		button.addEventListener("click", () => sort(i));
		cell.append(button);
		row.append(cell);
	});
	tableHead.replaceChildren(row);
}

/* state: { column, reversed, filter, all }. Returns how many functions there are, and how many are shown. */
function drawTable(graph, state, sort) {
	const columns = columnsOf(graph);
	const { test } = makeTest(state.filter);
	const wanted = graph.costs.filter(({ fn }) => !test || test(functions[fn].name) || test(functions[fn].module));
	const { by } = columns[Math.min(state.column, columns.length - 1)];
	const sign = state.reversed ? -1 : 1;

	wanted.sort((a, b) => sign * compare(by(a), by(b)) || a.fn - b.fn);
	const shown = state.all ? wanted : wanted.slice(0, ROWS_AT_FIRST);

	makeHead(columns, state, sort);
	tableBody.replaceChildren(...shown.map((cost) => makeRow(columns, cost)));
	return { count: wanted.length, shown: shown.length };
}
