/* Figures and words, as the reports have them. */

function costOf(graph, side, value) {
	return graph.against[side] > 0 ? (value * graph.unit) / graph.against[side] : 0;
}

function costText(graph, cost) {
	return (cost * graph.scale).toFixed(graph.digits) + " " + graph.costUnit;
}

/* Canary over baseline without what all functions have in common, less 1; null where one of them has nothing. */
function growthOf(graph, value) {
	const base = costOf(graph, BASE, value[BASE]);

	return graph.both && base > 0 && value[CANARY] > 0 ? (costOf(graph, CANARY, value[CANARY]) * graph.common) / base - 1 : null;
}

function growthText(graph, value) {
	const growth = growthOf(graph, value);

	if (growth === null)
		return graph.both && value[BASE] !== value[CANARY] ? (value[BASE] > 0 ? "gone" : "new") : "";
	const percent = growth * 100;
	const digits = Math.abs(percent) < 9.95 ? 1 : 0;

	if (growth > 1000)
		return ">100,000 %";
	return (percent < 0 ? "−" : "+") + Math.abs(percent).toFixed(digits) + " %";
}

function shareText(graph, side, value) {
	return graph.total[side] > 0 ? ((100 * value) / graph.total[side]).toFixed(2) + " %" : "–";
}

/* The levels of colors.css, by the rule of rg_flame_change(): a thousandth of the total on both sides takes the colour
   off what is too small to be known. */
function colorOf(graph, tree, frame) {
	const fn = tree.fn[frame];

	if (fn === REST)
		return frame === 0 ? "z" : "rest";
	if (!graph.both)
		return "m" + functions[fn].tint;
	const all = Math.max(...[BASE, CANARY].map((side) => costOf(graph, side, graph.total[side]))) / 1000;
	const [base, canary] = [BASE, CANARY].map((side) => costOf(graph, side, tree.value[side][frame]));
	const change = Math.log2((canary * graph.common + all) / (base + all));
	const level = Math.round(2 * Math.max(-2, Math.min(2, change)));

	return level === 0 ? "z" : (level > 0 ? "g" : "s") + Math.abs(level);
}

function frameName(tree, frame) {
	if (tree.fn[frame] !== REST)
		return functions[tree.fn[frame]].name;
	return frame === 0 ? "all" : tree.merged[frame] + " smaller";
}

/* A line: "total 0.0251 cores → 0.2067 cores, +669 % (of all 12.3 % → 20.1 %)". */
function valueLine(graph, what, value) {
	const sides = graph.both ? [BASE, CANARY] : [graph.total[CANARY] > 0 ? CANARY : BASE];
	const texts = sides.map((side) => costText(graph, costOf(graph, side, value[side])));
	const shares = sides.map((side) => shareText(graph, side, value[side]));
	const growth = growthText(graph, value);

	if (value[BASE] === 0 && value[CANARY] === 0)
		return `${what} nothing`;
	return `${what} ${texts.join(" → ")}${growth && ", "}${growth}` + (graph.share ? "" : ` (of all ${shares.join(" → ")})`);
}

/* What is said of a frame: name, where it is from, both costs. */
function frameLines(graph, tree, frame) {
	const pair = (of) => [of[BASE][frame], of[CANARY][frame]];
	const lines = [frameName(tree, frame)];
	const fn = functions[tree.fn[frame]];

	/* A total's share of the total tells nothing. */
	if (frame === 0 && graph.share)
		return lines;
	if (fn)
		lines.push(fn.source ? `${fn.module}  ${fn.source}` : fn.module);
	lines.push(valueLine(graph, "total", pair(tree.value)));
	if (fn)
		lines.push(valueLine(graph, "self", pair(tree.self)));
	if (graph.entered.has(tree.fn[frame]))
		lines.push("growth came in here");
	return lines;
}

/* The only way names get into the page: as text. */
function element(tag, text, className) {
	const made = document.createElement(tag);

	if (text !== undefined)
		made.textContent = text;
	if (className)
		made.className = className;
	return made;
}
