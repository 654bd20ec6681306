/* The chart: a box for each frame that is at least a pixel wide; neighbours that are narrower are one box. */

const ROW = 18;
const chart = document.getElementById("chart");

/* Left edge of every frame below `zoom`, as parts of its width. */
function placeFrames(tree, zoom, side) {
	const value = tree.value[side];
	const left = new Float64Array(tree.end[zoom] - zoom);
	const next = new Float64Array(tree.end[zoom] - zoom);
	const whole = value[zoom] || 1;

	for (let i = zoom + 1; i < tree.end[zoom]; i++) {
		const parent = tree.parent[i] - zoom;

		left[i - zoom] = next[i - zoom] = next[parent];
		next[parent] += value[i] / whole;
	}
	return left;
}

/* Boxes to draw: { frame, left, width, row }, or { narrow, left, width, row } for `narrow` frames in one. */
function layOut(tree, zoom, side, pixels) {
	const left = placeFrames(tree, zoom, side);
	const whole = tree.value[side][zoom] || 1;
	const above = tree.depth[zoom];
	const boxes = [];
	const waiting = []; /* by row: narrow neighbours */

	const flush = (row) => {
		for (let at = waiting.length - 1; at >= row; at--) {
			if (waiting[at] && waiting[at].width * pixels >= 1)
				boxes.push(waiting[at]);
			waiting[at] = undefined;
		}
		waiting.length = Math.min(waiting.length, row);
	};
	for (let i = tree.parent[zoom]; i >= 0; i = tree.parent[i])
		boxes.push({ frame: i, left: 0, width: 1, row: tree.depth[i], path: true });
	boxes.push({ frame: zoom, left: 0, width: 1, row: above });
	for (let i = zoom + 1; i < tree.end[zoom];) {
		const row = tree.depth[i];
		const width = tree.value[side][i] / whole;

		if (width * pixels >= 1) {
			flush(row);
			boxes.push({ frame: i, left: left[i - zoom], width, row });
			i++;
			continue;
		}
		flush(row + 1);
		if (width > 0) {
			waiting[row] ??= { narrow: 0, left: left[i - zoom], width: 0, row };
			waiting[row].narrow++;
			waiting[row].width += width;
		}
		i = tree.end[i];
	}
	flush(0);
	return boxes;
}

const NARROW = 4; /* pixels */

function makeBox(graph, tree, box, place, matches) {
	const made = document.createElement("div");

	made.style.left = box.left * 100 + "%";
	made.style.width = box.width * 100 + "%";
	made.style.top = place(box.row) + "px";
	if (box.narrow) {
		made.className = "rest narrow";
		made.title = `${box.narrow} frames narrower than a pixel`;
		return made;
	}
	const growth = growthText(graph, [tree.value[BASE][box.frame], tree.value[CANARY][box.frame]]);
	const color = colorOf(graph, tree, box.frame);

	made.id = "f" + box.frame;
	made.dataset.frame = box.frame;
	made.setAttribute("role", "treeitem");
	made.setAttribute("aria-level", box.row + 1);
	made.className = color + (box.path ? " path" : "") + (box.width * chart.clientWidth < NARROW ? " narrow" : "");
	if (matches)
		made.classList.add(matches.has(tree.fn[box.frame]) ? "hit" : "dim");
	made.textContent = frameName(tree, box.frame);
	if (graph.entered.has(tree.fn[box.frame])) {
		made.classList.add("entered");
		made.title = "growth came in here";
	}
	/* Growth is told by a figure, too, not by the colour alone. */
	if (box.frame === 0 ? !graph.share : color !== "rest" && color !== "z")
		made.textContent += "  " + growth;
	return made;
}

/* matches: functions to mark, or null. Icicles hang from the top; callers stand on what they call. */
function drawChart(graph, tree, state, matches) {
	const boxes = layOut(tree, state.zoom, state.side, chart.clientWidth);
	const rows = 1 + boxes.reduce((most, box) => Math.max(most, box.row), 0);
	const place = (row) => (state.order === 1 ? rows - 1 - row : row) * ROW;
	const made = document.createDocumentFragment();

	for (const box of boxes)
		made.append(makeBox(graph, tree, box, place, matches));
	chart.style.height = rows * ROW + "px";
	chart.replaceChildren(made);
}

/* --- From frame to frame ---------------------------------------------------------------------- */

function childrenOf(tree, frame) {
	const children = [];

	for (let i = frame + 1; i < tree.end[frame]; i = tree.end[i])
		children.push(i);
	return children;
}

/* The frame one step to a side, up or down among those that are drawn; the same where there is none. */
function step(tree, state, frame, key) {
	const inward = state.order === 1 ? "ArrowUp" : "ArrowDown";
	const isDrawn = (i) => document.getElementById("f" + i) !== null;
	let found;

	if (key === inward) {
		found = childrenOf(tree, frame).find(isDrawn);
	} else if (key === "ArrowUp" || key === "ArrowDown") {
		found = tree.parent[frame];
	} else if (frame > 0) {
		const siblings = childrenOf(tree, tree.parent[frame]).filter(isDrawn);

		found = siblings[siblings.indexOf(frame) + (key === "ArrowRight" ? 1 : -1)];
	}
	return found >= 0 ? found : frame;
}
