/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "body.h"

#include "rg/err.h"
#include "rg/render.h"
#include "rg/text.h"

#include <stdio.h>
#include <string.h>

enum { WEB_MAX = 2048, SCENARIO_COLUMNS = 100, SCENARIO_BYTES = 1 << 16 };

static int finish(const struct rg_buf *out, struct rg_err *err)
{
	if (!out->failed)
		return 0;
	return out->failed == RG_ENOMEM ? rg_err_nomem(err, "report")
					: rg_err_set(err, RG_ELIMIT, "the report is too large");
}

int body_report(struct rg_buf *out, const struct rg_post *post, const char *web, size_t max_bytes,
		struct rg_err *err)
{
	char commits[WEB_MAX];
	const struct rg_comment_style style = {
		.max_bytes = max_bytes,
		.commit_url = *web ? commits : NULL,
		.flame_url = post->flame_url,
	};

	snprintf(commits, sizeof(commits), "%s/commit/", web);
	rg_render_comment(post->verdict, &style, out);
	return finish(out, err);
}

int body_comment(struct rg_buf *out, const struct rg_post *post, const struct marker *marker,
		 const char *web, size_t max_bytes, struct rg_err *err)
{
	marker_add_line(out, marker, post->verdict->outcome);
	return body_report(out, post, web, max_bytes - out->len, err);
}

int body_reply(struct rg_buf *out, const struct rg_post *post, struct rg_err *err)
{
	rg_render_headline(post->verdict, out);
	rg_buf_adds(out, "\nIt passed before; the report above has the details.\n");
	return finish(out, err);
}

int body_name(struct rg_buf *out, const struct rg_post *post, struct rg_err *err)
{
	const char *scenario = post->verdict->scenario ? post->verdict->scenario : "";
	struct rg_buf safe;

	rg_buf_adds(out, post->key ? post->key : "regress-gate");
	if (!*scenario || strcmp(scenario, "default") == 0)
		return finish(out, err);
	rg_buf_init(&safe, SCENARIO_BYTES);
	rg_text_add_safe(&safe, scenario, strlen(scenario));
	rg_buf_adds(out, " (");
	if (!safe.failed)
		rg_text_add_cut(out, safe.data, safe.len, SCENARIO_COLUMNS);
	rg_buf_addc(out, ')');
	rg_buf_done(&safe);
	return finish(out, err);
}

int body_line(struct rg_buf *out, const struct rg_post *post, size_t max_bytes, struct rg_err *err)
{
	rg_render_line(post->verdict, max_bytes, out);
	return finish(out, err);
}
