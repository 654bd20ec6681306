/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render_input.h"

#include "rg/diff.h"
#include "rg/err.h"
#include "rg/flame.h"
#include "rg/profile.h"
#include "rg/render.h"

#include "../../diff/model/pprof_read.h"

#include <jansson.h>

/*
 * The flame graph of any profile: a pprof message where the input is one, else stacks whose every name is a piece of
 * it. Sums hold, nothing of a name is markup, and what the script reads is JSON that its element cannot be left from.
 */

enum { STACK_DEPTH = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- The profile ------------------------------------------------------------------------------ */

static const char *name_of(const struct fuzz_render *f, size_t i)
{
	const char *piece = fuzz_piece(f, i);

	return *piece ? piece : "f";
}

static uint32_t add_stack(struct rg_profile_builder *builder, const struct fuzz_render *f, size_t i)
{
	uint32_t ids[STACK_DEPTH], stack = 0;

	for (size_t at = 0; at < STACK_DEPTH; at++) {
		struct rg_frame frame = {.function = name_of(f, i * at + at),
					 .file = fuzz_piece(f, i + at + 2)};

		fuzz_require(rg_profile_builder_module(builder, fuzz_piece(f, i + at + 1), "",
						       &frame.module, NULL) == 0);
		fuzz_require(rg_profile_builder_frame(builder, &frame, &ids[at], NULL) == 0);
	}
	fuzz_require(rg_profile_builder_stack(builder, ids, STACK_DEPTH, &stack, NULL) == 0);
	return stack;
}

static struct rg_profile *make_profile(const struct fuzz_render *f)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_profile *profile = NULL;

	fuzz_require(builder != NULL);
	for (size_t i = 0; i < FUZZ_PIECES; i++) {
		struct rg_sample sample = {.stack = add_stack(builder, f, i),
					   .slice = RG_NO_SLICE,
					   .thread = fuzz_piece(f, i),
					   .wait = i % 2 ? fuzz_piece(f, i + 5) : ""};

		sample.value[i % 2 ? RG_VALUE_OFF_CPU_NS : RG_VALUE_CPU_NS] = (int64_t)(i * i + 1);
		fuzz_require(rg_profile_builder_sample(builder, &sample, NULL) == 0);
	}
	/* Refused when it holds a newline. */
	rg_profile_builder_fact(builder, RG_KEY_VERSION, fuzz_piece(f, 0), NULL);
	rg_profile_builder_fact(builder, RG_KEY_WORK_UNIT, fuzz_piece(f, 1), NULL);
	rg_profile_builder_fact(builder, RG_KEY_WORK_TOTAL, "7", NULL);
	fuzz_require(rg_profile_builder_finish(builder, &profile, NULL) == 0);
	rg_profile_builder_free(builder);
	return profile;
}

/* --- Sums ------------------------------------------------------------------------------------- */

static void check_sums(const struct rg_flame_graph *graph)
{
	for (int side = 0; side < RG_FLAME_SIDES; side++) {
		int64_t self = graph->self_left_out[side];

		for (int order = 0; order < RG_FLAME_ORDERS; order++) {
			const struct rg_flame_tree *tree = &graph->tree[order];
			int64_t outermost = 0;

			for (size_t i = 0; i < tree->count; i++)
				if (tree->nodes[i].depth == 0)
					outermost += tree->nodes[i].value[side];
			fuzz_require(outermost == graph->total[side]);
		}
		for (size_t i = 0; i < graph->cost_count; i++)
			self += graph->costs[i].self[side];
		fuzz_require(self == graph->total[side]);
	}
}

/* --- Markup ----------------------------------------------------------------------------------- */

/* The page's own tags, each with a "|" behind it. */
static const char page_tags[] =
	"<!doctype html>|<html |<head>|<meta |<title>|</title>|<link |<style>|"
	"</style>|</head>|<body>|<header>|</header>|<h1|</h1>|<b>|</b>|<p|</p>|<div|"
	"</div>|<table|</table>|<caption>|</caption>|<thead>|</thead>|<tbody>|"
	"</tbody>|<tr|</tr>|<th|</th>|<td|</td>|<a href=\"#graph\" data-kind=|</a>|"
	"<small>|</small>|<nav |</nav>|<label|</label>|<select |</select>|<option |"
	"</option>|<input |<output |</output>|<button|</button>|<main>|</main>|"
	"<section |</section>|<ol |</ol>|<svg |</svg>|<g class=|</g>|<rect |<text|"
	"</text>|<h2>|</h2>|<pre>|</pre>|<dialog |</dialog>|<dl>|</dl>|<dt>|</dt>|"
	"<dd>|</dd>|<form method=|</form>|";

static bool is_page_tag(const char *at)
{
	for (const char *tag = page_tags; *tag;) {
		size_t len = strcspn(tag, "|");

		if (!strncmp(at, tag, len))
			return true;
		tag += len + 1;
	}
	return false;
}

/* Each "<" of the region begins one of them. */
static void check_tags(const char *from, const char *to)
{
	for (const char *at = from; (at = memchr(at, '<', (size_t)(to - at))); at++)
		fuzz_require(is_page_tag(at));
}

static const char *find(const char *text, const char *what)
{
	const char *found = strstr(text, what);

	fuzz_require(found != NULL);
	return found;
}

static void check_data(const char *from, const char *to)
{
	json_t *root = json_loadb(from, (size_t)(to - from), JSON_REJECT_DUPLICATES, NULL);

	fuzz_require(json_is_object(root));
	json_decref(root);
	fuzz_require(!memchr(from, '<', (size_t)(to - from)));
}

static void check_html(const struct rg_buf *out)
{
	static const char data_tag[] = "<script type=\"application/json\" id=\"data\">";
	const char *header = find(out->data, "<header>"), *style = find(out->data, "<style>");
	const char *data = find(header, data_tag), *end = find(data, "</script>");
	struct rg_buf body;

	check_tags(out->data, style);
	check_tags(header, data);
	check_data(data + strlen(data_tag), end);
	/* The script, and nothing behind it. */
	fuzz_require(!strncmp(end, "</script>\n<script>(() => {", 26));
	rg_buf_init(&body, FUZZ_OUTPUT_MAX);
	rg_buf_add(&body, header, (size_t)(data - header));
	fuzz_require_inert(&body);
	rg_buf_done(&body);
}

static void check_svg(const struct rg_buf *out)
{
	check_tags(out->data, find(out->data, "<style>"));
	check_tags(find(out->data, "</style>"), out->data + out->len);
}

/* --- One input -------------------------------------------------------------------------------- */

static void render(const struct rg_flame *flame, const struct rg_runs *base,
		   const struct rg_runs *canary, const struct rg_verdict *verdict)
{
	const struct rg_flame_page page = {flame, base, canary, verdict};
	struct rg_buf out;

	for (int kind = 0; kind < RG_FLAME_KINDS; kind++)
		check_sums(&flame->graph[kind]);
	rg_buf_init(&out, FUZZ_OUTPUT_MAX);
	rg_render_flame_html(&page, &out);
	fuzz_require(!out.failed);
	check_html(&out);
	rg_buf_reset(&out);
	rg_render_flame_svg(&page, &out);
	fuzz_require(!out.failed);
	check_svg(&out);
	rg_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_render f;
	const struct rg_verdict *verdict = fuzz_begin(&f, data, size);
	const struct rg_entry entries[] = {
		{.of = RG_GROWTH_OF_ROW,
		 .row = 1,
		 .function = fuzz_piece(&f, 1),
		 .module = fuzz_piece(&f, 2),
		 .explains = 0.9},
		{.dimension = RG_DIMENSION_OFF_CPU,
		 .of = RG_GROWTH_OF_TOTAL,
		 .function = fuzz_piece(&f, 3),
		 .module = fuzz_piece(&f, 4),
		 .explains = 0.8},
	};
	struct rg_profile *made = make_profile(&f), *read = NULL;
	const struct rg_profile *run[2] = {made, made};
	struct rg_flame *flame = NULL;

	f.verdict.entries = entries;
	f.verdict.entry_count = 2;
	if (rg_pprof_read_message(data, size, NULL, &read, NULL) == 0)
		run[1] = read;
	const struct rg_runs base = {run, size % 2}, canary = {run + 1, 1};
	int rc = rg_flame_make(&base, &canary, &verdict->policy, (enum rg_basis)(size % 4), &flame,
			       NULL);

	fuzz_require(rc == 0 || rc == RG_ELIMIT);
	if (rc == 0)
		render(flame, &base, &canary, size % 3 ? verdict : NULL);
	rg_flame_free(flame);
	rg_profile_free(made);
	rg_profile_free(read);
	fuzz_end(&f);
	return 0;
}
