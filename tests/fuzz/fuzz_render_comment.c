/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render_input.h"

#include "rg/render.h"

/*
 * The comment under any names: inert text; no line that GitLab would run or that a log runner would; the verdict
 * first; the details closed; and within every limit. What markdown makes of it markdown_oracle.sh looks at.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_comment(const struct rg_buf *out)
{
	fuzz_require_inert(out);
	fuzz_require(out->data[0] != '/' && !memmem(out->data, out->len, "\n/", 2));
	fuzz_require(strncmp(out->data, "**FAIL**", 8) == 0);
	fuzz_require(fuzz_count(out, "\n<details>") == fuzz_count(out, "\n</details>"));
}

static void render(const struct rg_verdict *verdict, size_t max_bytes)
{
	const struct rg_comment_style style = {.max_bytes = max_bytes,
					       .commit_url = "https://forge.example/c/"};
	struct rg_buf out;

	rg_buf_init(&out, FUZZ_OUTPUT_MAX);
	rg_render_comment(verdict, &style, &out);
	fuzz_require(out.len <= max_bytes);
	check_comment(&out);
	rg_buf_done(&out);
}

static void render_lines(const struct rg_verdict *verdict, size_t max_bytes)
{
	struct rg_buf out;

	rg_buf_init(&out, FUZZ_OUTPUT_MAX);
	rg_render_line(verdict, max_bytes, &out);
	fuzz_require(out.len <= max_bytes && !strchr(out.data, '\n'));
	fuzz_require_inert(&out);
	rg_buf_reset(&out);
	rg_render_row_line(verdict, &verdict->rows[0], max_bytes, &out);
	fuzz_require(out.len <= max_bytes && !strchr(out.data, '\n'));
	fuzz_require_inert(&out);
	rg_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_render f;
	const struct rg_verdict *verdict = fuzz_begin(&f, data, size);

	render(verdict, 65000);
	render(verdict, 2000);
	render_lines(verdict, 1000);
	render_lines(verdict, 140);
	fuzz_end(&f);
	return 0;
}
