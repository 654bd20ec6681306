/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render_input.h"

#include "rg/err.h"
#include "rg/render.h"

/*
 * The reader of verdicts under any bytes: it refuses with a reason, or what it read can be shown in every way, and
 * written and read again to the same.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_json(const struct rg_verdict *verdict, struct rg_buf *out)
{
	rg_buf_init(out, RG_VERDICT_JSON_MAX * 4);
	fuzz_require(rg_render_json(verdict, out, NULL) == 0);
}

static void check_round(const struct rg_verdict *verdict)
{
	struct rg_verdict *again = NULL;
	struct rg_buf first, second;

	write_json(verdict, &first);
	fuzz_require(rg_verdict_read_json(first.data, first.len, &again, NULL) == 0);
	write_json(again, &second);
	fuzz_require(first.len == second.len && !memcmp(first.data, second.data, first.len));
	rg_verdict_free(again);
	rg_buf_done(&first);
	rg_buf_done(&second);
}

static void show(const struct rg_verdict *verdict)
{
	const struct rg_text_style style = {.columns = 80, .unicode = true};
	struct rg_buf out;

	rg_buf_init(&out, FUZZ_OUTPUT_MAX);
	rg_render_markdown(verdict, 65000, &out);
	fuzz_require_inert(&out);
	rg_buf_reset(&out);
	rg_render_text(verdict, &style, &out);
	fuzz_require_inert(&out);
	rg_buf_reset(&out);
	rg_render_junit(verdict, &out);
	rg_render_metrics(verdict, &out);
	fuzz_require_inert(&out);
	fuzz_require(rg_render_codequality(verdict, &out, NULL) == 0);
	rg_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rg_verdict *verdict = NULL;
	struct rg_err err = {0};
	int rc = rg_verdict_read_json((const char *)data, size, &verdict, &err);

	if (rc) {
		fuzz_require(rc == err.code && err.text[0] && !verdict);
		return 0;
	}
	show(verdict);
	check_round(verdict);
	rg_verdict_free(verdict);
	return 0;
}
