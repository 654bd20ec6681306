/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_RENDER_JSON_TEXT_H
#define TEST_RENDER_JSON_TEXT_H

/* A verdict as text, and as JSON again. */

#include "unit.h"

#include "rg/err.h"
#include "rg/render.h"

#include <jansson.h>

static inline void render(const struct rg_verdict *verdict, struct rg_buf *out)
{
	struct rg_err err = {0};

	rg_buf_init(out, UNIT_BUF_MAX);
	if (rg_render_json(verdict, out, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(out->data[out->len - 1], '\n');
}

static inline json_t *parse(const struct rg_buf *text)
{
	json_error_t at;
	json_t *root = json_loadb(text->data, text->len, JSON_REJECT_DUPLICATES, &at);

	if (!root)
		fail_msg("line %d: %s", at.line, at.text);
	return root;
}

#endif
