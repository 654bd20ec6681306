/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame.h"
#include "values.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/file.h"
#include "rg/flame.h"
#include "rg/render.h"
#include "rg/verdict.h"

/* As profiles are: it says as much as they do of what runs, and where. */
enum { PAGE_MODE = 0600 };

/* Bytes. Names are cut and frames bounded, so that no profile comes near it. */
enum { PAGE_MAX = 64 << 20 };

static int render(const struct rg_flame_page *page, bool svg, const char *path, struct rg_err *err)
{
	struct rg_buf buf;
	int rc;

	rg_buf_init(&buf, PAGE_MAX);
	if (svg)
		rg_render_flame_svg(page, &buf);
	else
		rg_render_flame_html(page, &buf);
	rc = buf.failed;
	if (rc)
		rg_err_set(err, rc, "flame graph '%.300s': %s", path,
			   rc == RG_ENOMEM ? "out of memory" : "larger than 64 MiB");
	else
		rc = rg_file_write_atomic(path, buf.data, buf.len, PAGE_MODE, err);
	rg_buf_done(&buf);
	return rc;
}

int rg_flame_write(const char *path, bool svg, const struct rg_settings *settings,
		   const struct rg_flame_sides *sides, const struct rg_verdict *verdict,
		   struct rg_err *err)
{
	struct rg_flame_page page = {
		.base = &sides->base,
		.canary = &sides->canary,
		.verdict = verdict,
	};
	struct rg_flame *flame;
	int rc = rg_flame_make(&sides->base, &sides->canary, &settings->config.policy,
			       verdict ? verdict->basis : settings->config.policy.basis, &flame,
			       err);

	if (rc)
		return rc;
	if (verdict)
		rg_flame_adjust(flame, verdict);
	page.flame = flame;
	rc = render(&page, svg, path, err);
	rg_flame_free(flame);
	return rc;
}

/* --- Options ---------------------------------------------------------------------------------- */

const struct rg_option rg_options_flame[] = {
	{"html-out", 0, "FILE", "write the differential flame graph, a page for browsers",
	 RG_SETS_WORD(html_out)},
	{0},
};
