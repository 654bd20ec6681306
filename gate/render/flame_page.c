/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame.h"

#include "markup.h"
#include "show.h"

#include "flame_assets.h"

#include "rg/err.h"

#include <string.h>

enum { TITLE_BYTES = 200 };

static void add_title(struct rg_buf *out, const struct rg_flame_view *view)
{
	struct rg_buf line;

	rg_buf_init(&line, RG_SHOW_SCRATCH_MAX);
	if (view->page->verdict)
		rg_render_line(view->page->verdict, TITLE_BYTES, &line);
	else
		rg_buf_addf(&line, "Flame graph: %s",
			    rg_flame_version(view->page, RG_FLAME_CANARY));
	rg_markup_add(out, line.len ? line.data : "Flame graph", TITLE_BYTES);
	rg_show_inherit(out, &line);
	rg_buf_done(&line);
}

static void add_picture(struct rg_buf *out, const struct rg_flame_view *view)
{
	rg_flame_add_picture(out, view->page, false);
	rg_buf_adds(out, "<p>");
	rg_flame_add_legend(out, view->page, rg_flame_first(view->flame));
	rg_buf_adds(out, "</p>\n");
}

/* What a name in double braces stands for in page.html: one of the texts, or what a function adds. */
struct slot {
	const char *name;
	const char *text;
	void (*add)(struct rg_buf *out, const struct rg_flame_view *view);
};

static void fill(struct rg_buf *out, const struct rg_flame_view *view, const char *name, size_t len)
{
	static const struct slot slots[] = {
		{"title", NULL, add_title},
		{"style", rg_flame_style, NULL},
		{"style-hash", rg_flame_style_hash, NULL},
		{"script", rg_flame_script, NULL},
		{"script-hash", rg_flame_script_hash, NULL},
		{"verdict", NULL, rg_flame_add_verdict},
		{"picture", NULL, add_picture},
		{"details", NULL, rg_flame_add_details},
		{"data", NULL, rg_flame_add_data},
	};

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
		if (strlen(slots[i].name) != len || strncmp(slots[i].name, name, len) != 0)
			continue;
		if (slots[i].text)
			rg_buf_adds(out, slots[i].text);
		else
			slots[i].add(out, view);
	}
}

static void add_page(struct rg_buf *out, const struct rg_flame_view *view)
{
	const char *at = rg_flame_html, *open;

	while ((open = strstr(at, "{{"))) {
		const char *close = strstr(open, "}}");

		rg_buf_add(out, at, (size_t)(open - at));
		fill(out, view, open + 2, (size_t)(close - open) - 2);
		at = close + 2;
	}
	rg_buf_adds(out, at);
}

void rg_render_flame_html(const struct rg_flame_page *page, struct rg_buf *out)
{
	struct rg_flame_view view;

	if (rg_flame_view_open(&view, page)) {
		out->failed = RG_ENOMEM;
		return;
	}
	add_page(out, &view);
	rg_flame_view_close(&view);
}

void rg_render_flame_svg(const struct rg_flame_page *page, struct rg_buf *out)
{
	rg_flame_add_picture(out, page, true);
}
