/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render_input.h"

#include "rg/err.h"
#include "rg/render.h"

#include <jansson.h>

/* The report files under any names: inert, well-formed, and nothing of a name where the format has its own. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Tags are the renderer's own: a name's "<" is an entity, and so is the quote that would end an attribute. */
static void check_junit(const struct rg_buf *out)
{
	static const char *const tags[] = {"<?xml ",       "<testsuites ", "<testsuite ",
					   "<testcase ",   "<failure ",    "<error ",
					   "<skipped>",    "</failure>",   "</error>",
					   "</skipped>",   "</testcase>",  "</testsuite>",
					   "</testsuites>"};
	size_t known = 0;

	fuzz_require_inert(out);
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		known += fuzz_count(out, tags[i]);
	fuzz_require(fuzz_count(out, "<") == known);
	fuzz_require(fuzz_count(out, "\"") % 2 == 0);
}

static void check_metrics(const struct rg_buf *out)
{
	fuzz_require_inert(out);
	fuzz_require(out->len > 6 && !strcmp(out->data + out->len - 6, "# EOF\n"));
	for (const char *at = out->data; *at; at = strchr(at, '\n') + 1)
		fuzz_require(!strncmp(at, "# ", 2) || !strncmp(at, "regress_gate_", 13));
}

static void check_codequality(const struct rg_buf *out)
{
	json_t *root = json_loadb(out->data, out->len, JSON_REJECT_DUPLICATES, NULL);

	fuzz_require_inert(out);
	fuzz_require(json_is_array(root));
	json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_render f;
	const struct rg_verdict *verdict = fuzz_begin(&f, data, size);
	struct rg_buf out;

	rg_buf_init(&out, FUZZ_OUTPUT_MAX);
	rg_render_junit(verdict, &out);
	check_junit(&out);
	rg_buf_reset(&out);
	rg_render_metrics(verdict, &out);
	check_metrics(&out);
	rg_buf_reset(&out);
	fuzz_require(rg_render_codequality(verdict, &out, NULL) == 0);
	check_codequality(&out);
	rg_buf_done(&out);
	fuzz_end(&f);
	return 0;
}
