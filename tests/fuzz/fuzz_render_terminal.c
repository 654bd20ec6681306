/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render_input.h"

#include "rg/render.h"

/* The terminal's report under any names: inert text, in UTF-8 and in ASCII, at any width. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void render(const struct rg_verdict *verdict, size_t columns, bool unicode)
{
	const struct rg_text_style style = {.columns = columns, .unicode = unicode};
	struct rg_buf out;

	rg_buf_init(&out, FUZZ_OUTPUT_MAX);
	rg_render_text(verdict, &style, &out);
	fuzz_require_inert(&out);
	for (size_t i = 0; !unicode && i < out.len; i++)
		fuzz_require((unsigned char)out.data[i] < 0x7f);
	rg_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_render f;
	const struct rg_verdict *verdict = fuzz_begin(&f, data, size);

	render(verdict, 60, true);
	render(verdict, 80, false);
	render(verdict, 160, true);
	fuzz_end(&f);
	return 0;
}
