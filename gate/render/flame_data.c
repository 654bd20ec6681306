/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame.h"

#include "show.h"

#include "rg/text.h"
#include "rg/verdict.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/*
 * The script's data. Trees and tables are plain lists of numbers, four and five to an entry: half of a large
 * file is these. data.js reads them.
 */

enum { NAME_COLUMNS = 160, MODULE_COLUMNS = 60, SHARE_DIGITS = 2 };

/* --- Texts ------------------------------------------------------------------------------------ */

/*
 * A JSON string that no script element can be left from: "<" ends it ("</script") or hides its end ("<!--"),
 * and nothing else does. Safe text has no control characters.
 */
static void add_string(struct rg_buf *out, const char *text, size_t columns)
{
	struct rg_buf safe, cut;

	rg_buf_init(&safe, RG_SHOW_SCRATCH_MAX);
	rg_buf_init(&cut, RG_SHOW_SCRATCH_MAX);
	rg_text_add_safe(&safe, text, strlen(text));
	if (safe.len && !safe.failed)
		rg_show_cut_inert(&cut, safe.data, safe.len, columns, true);
	rg_buf_addc(out, '"');
	for (size_t i = 0; i < cut.len && !cut.failed; i++) {
		if (strchr("<>&\"\\", cut.data[i]))
			rg_buf_addf(out, "\\u%04x", (unsigned int)cut.data[i]);
		else
			rg_buf_addc(out, cut.data[i]);
	}
	rg_buf_addc(out, '"');
	rg_show_inherit(out, &safe);
	rg_show_inherit(out, &cut);
	rg_buf_done(&safe);
	rg_buf_done(&cut);
}

static void add_source(struct rg_buf *out, const struct rg_flame_function *function)
{
	struct rg_buf source;

	rg_buf_init(&source, RG_SHOW_SCRATCH_MAX);
	rg_buf_adds(&source, function->file);
	if (*function->file && function->line)
		rg_buf_addf(&source, ":%" PRIu32, function->line);
	add_string(out, source.len ? source.data : "", NAME_COLUMNS);
	rg_show_inherit(out, &source);
	rg_buf_done(&source);
}

/* [name, module, source, tint]. */
static void add_functions(struct rg_buf *out, const struct rg_flame_view *view)
{
	for (uint32_t i = 0; i < view->named_count; i++) {
		const struct rg_flame_function *function = &view->flame->functions[view->named[i]];

		rg_buf_adds(out, i ? ",\n[" : "\n[");
		add_string(out, function->name, NAME_COLUMNS);
		rg_buf_addc(out, ',');
		add_string(out, function->module, MODULE_COLUMNS);
		rg_buf_addc(out, ',');
		add_source(out, function);
		rg_buf_addf(out, ",%u]", rg_flame_tint(function->module));
	}
}

/* --- Numbers ---------------------------------------------------------------------------------- */

static int64_t common(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Largest number that divides every value: the period of the samples, if there is one. */
static int64_t unit_of(const struct rg_flame_graph *graph)
{
	int64_t unit = common(graph->self_left_out[0], graph->self_left_out[1]);

	for (int order = 0; order < RG_FLAME_ORDERS; order++) {
		const struct rg_flame_tree *tree = &graph->tree[order];

		for (size_t i = 0; i < tree->count && unit != 1; i++)
			unit = common(common(tree->nodes[i].value[0], tree->nodes[i].value[1]),
				      unit);
	}
	for (size_t i = 0; i < graph->cost_count && unit != 1; i++) {
		const struct rg_flame_cost *cost = &graph->costs[i];

		unit = common(common(cost->self[0], cost->self[1]), unit);
		unit = common(common(cost->total[0], cost->total[1]), unit);
	}
	return unit > 0 ? unit : 1;
}

static void add_pair(struct rg_buf *out, const int64_t value[RG_FLAME_SIDES], int64_t unit)
{
	rg_buf_addf(out, "%" PRId64 ",%" PRId64, value[RG_FLAME_BASE] / unit,
		    value[RG_FLAME_CANARY] / unit);
}

/* depth, function (of a rest less the frames merged), baseline, canary. */
static void add_tree(struct rg_buf *out, const struct rg_flame_view *view,
		     const struct rg_flame_tree *tree, int64_t unit)
{
	for (size_t i = 0; i < tree->count; i++) {
		const struct rg_flame_node *node = &tree->nodes[i];

		rg_buf_addf(out, "%s%" PRIu32 ",", i ? "," : "", node->depth);
		if (node->function == RG_FLAME_REST)
			rg_buf_addf(out, "-%" PRIu32 ",", node->merged);
		else
			rg_buf_addf(out, "%" PRIu32 ",", view->number[node->function]);
		add_pair(out, node->value, unit);
	}
}

/* function, self and total of both sides. */
static void add_costs(struct rg_buf *out, const struct rg_flame_view *view,
		      const struct rg_flame_graph *graph, int64_t unit)
{
	for (size_t i = 0; i < graph->cost_count; i++) {
		rg_buf_addf(out, "%s%" PRIu32 ",", i ? "," : "",
			    view->number[graph->costs[i].function]);
		add_pair(out, graph->costs[i].self, unit);
		rg_buf_addc(out, ',');
		add_pair(out, graph->costs[i].total, unit);
	}
}

/* Windows beyond the largest integer are nobody's: the cast must hold for them as well. */
static int64_t whole(double number)
{
	return number < 9e18 ? llround(number) : INT64_MAX;
}

/* How often the unit is in a second. */
static int factor_of(enum rg_time_unit unit)
{
	static const int factors[] = {[RG_TIME_S] = 1,
				      [RG_TIME_MS] = 1000,
				      [RG_TIME_US] = 1000000,
				      [RG_TIME_NS] = 1000000000};

	return factors[unit];
}

static void add_graph(struct rg_buf *out, const struct rg_flame_view *view, enum rg_flame_kind kind)
{
	const struct rg_flame_graph *graph = &view->flame->graph[kind];
	int64_t unit = unit_of(graph);
	char figure[RG_FIGURE_MAX];
	struct rg_cost_scale scale;

	rg_flame_scale(&scale, view->flame, graph);
	rg_buf_addf(out, "%s\n{\"kind\":\"%s\",\"title\":\"%s\",\"legend\":\"", kind ? "," : "",
		    rg_flame_kind_name(kind), rg_flame_kind_title(kind));
	rg_flame_add_legend(out, view->page, kind);
	rg_buf_addf(
		out,
		"\",\"share\":%s,\"digits\":%d,\"scale\":%d,\"costUnit\":\"%s\",\"unit\":%" PRId64
		",\"against\":[%" PRId64 ",%" PRId64 "],\"total\":[",
		scale.share ? "true" : "false", scale.share ? SHARE_DIGITS : scale.decimals,
		scale.share ? 100 : factor_of(scale.time),
		scale.share ? "%" : rg_figure_unit(figure, &scale), unit,
		whole(graph->against[RG_FLAME_BASE]), whole(graph->against[RG_FLAME_CANARY]));
	add_pair(out, graph->total, unit);
	rg_buf_addf(out, "],\"common\":%.17g,\n\"trees\":[[", graph->common);
	add_tree(out, view, &graph->tree[RG_FLAME_CALLEES], unit);
	rg_buf_adds(out, "],\n[");
	add_tree(out, view, &graph->tree[RG_FLAME_CALLERS], unit);
	rg_buf_adds(out, "]],\n\"costs\":[");
	add_costs(out, view, graph, unit);
	rg_buf_addf(out, "],\"leftOut\":[%zu,", graph->costs_left_out);
	add_pair(out, graph->self_left_out, unit);
	rg_buf_adds(out, "]}");
}

/* Functions by which growth came in, each behind the kind of its graph. */
static void add_entered(struct rg_buf *out, const struct rg_flame_view *view)
{
	const struct rg_verdict *verdict = view->page->verdict;
	const char *before = "";

	for (size_t i = 0; verdict && i < verdict->entry_count; i++) {
		uint32_t function = rg_flame_view_entry(view, &verdict->entries[i]);

		if (function == RG_FLAME_REST)
			continue;
		rg_buf_addf(out, "%s[\"%s\",%" PRIu32 "]", before,
			    rg_dimension_name(verdict->entries[i].dimension), function);
		before = ",";
	}
}

void rg_flame_add_data(struct rg_buf *out, const struct rg_flame_view *view)
{
	rg_buf_adds(out, "{\"versions\":[");
	add_string(out, rg_flame_version(view->page, RG_FLAME_BASE), MODULE_COLUMNS);
	rg_buf_addc(out, ',');
	add_string(out, rg_flame_version(view->page, RG_FLAME_CANARY), MODULE_COLUMNS);
	rg_buf_addf(out, "],\"first\":\"%s\",\n\"functions\":[",
		    rg_flame_kind_name(rg_flame_first(view->flame)));
	add_functions(out, view);
	rg_buf_adds(out, "],\n\"entered\":[");
	add_entered(out, view);
	rg_buf_adds(out, "],\n\"graphs\":[");
	for (int kind = 0; kind < RG_FLAME_KINDS; kind++)
		add_graph(out, view, (enum rg_flame_kind)kind);
	rg_buf_adds(out, "]}\n");
}
