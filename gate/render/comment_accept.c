/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comment.h"

#include "show.h"
#include "words.h"

#include "rg/policy.h"
#include "rg/text.h"

#include <math.h>
#include <string.h>

/* The lines of the configuration file that would let this change pass, for a reviewer to agree to. */

enum { ENTRIES_MAX = 10 };

/* Text within JSON, ASCII; "##" begins commands of log runners. */
static void add_json(struct rg_buf *out, const char *text)
{
	size_t len = strlen(text), n;

	for (size_t i = 0; i < len; i += n) {
		uint32_t code = 0;

		n = rg_utf8_decode(text + i, len - i, &code);
		if (n == 0)
			n = 1;
		if (code == '"' || code == '\\')
			rg_buf_addf(out, "\\%c", (char)code);
		else if (code > 0xffff)
			rg_buf_addf(out, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10),
				    0xdc00 + ((code - 0x10000) & 0x3ff));
		else if (code < ' ' || code > '~' || code == '#')
			rg_buf_addf(out, "\\u%04x", code);
		else
			rg_buf_addc(out, (char)code);
	}
}

/* A pattern that is this name only. */
static void add_pattern(struct rg_buf *out, const char *name)
{
	struct rg_buf pattern;

	rg_buf_init(&pattern, (size_t)2 * RG_POLICY_PATTERN_MAX);
	for (const char *at = name; *at; at++) {
		if (strchr("*?\\", *at))
			rg_buf_addc(&pattern, '\\');
		rg_buf_addc(&pattern, *at);
	}
	if (!pattern.failed && pattern.len)
		add_json(out, pattern.data);
	rg_show_inherit(out, &pattern);
	rg_buf_done(&pattern);
}

static bool is_utf8(const char *text)
{
	size_t len = strlen(text), n;
	uint32_t code;

	for (size_t i = 0; i < len; i += n) {
		n = rg_utf8_decode(text + i, len - i, &code);
		if (n == 0)
			return false;
	}
	return true;
}

/* Names that no pattern can be of are left out. */
static bool can_be_named(const struct rg_row *row)
{
	const char *key = rg_text_or_empty(row->key), *module = rg_text_or_empty(row->module);

	return *key && 2 * strlen(key) <= RG_POLICY_PATTERN_MAX &&
	       2 * strlen(module) <= RG_POLICY_PATTERN_MAX && is_utf8(key) && is_utf8(module);
}

/* As the upper end of the interval has it, so that the next run of the same passes, too. */
static void add_growth(struct rg_buf *out, const struct rg_row *row)
{
	double growth = fmin(fmax(row->growth_high, row->growth), RG_GROWTH_MAX);

	rg_buf_addf(out, "\"%.0f%%\"", ceil(growth * 100));
}

static bool is_accepted_by_limit(const struct rg_row *row)
{
	return row->samples_base > 0 && isfinite(row->growth) && isfinite(row->growth_high);
}

static size_t add_functions(struct rg_buf *out, const struct rg_verdict *verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < verdict->row_count && count < ENTRIES_MAX; i++) {
		const struct rg_row *row = &verdict->rows[i];

		if (!rg_row_fails(row) || !is_accepted_by_limit(row) || !can_be_named(row))
			continue;
		rg_buf_adds(out, count++ ? ",\n    {\"match\": \""
					 : "  \"functions\": [\n    {\"match\": \"");
		add_pattern(out, row->key);
		if (*rg_text_or_empty(row->module)) {
			rg_buf_adds(out, "\", \"module\": \"");
			add_pattern(out, row->module);
		}
		rg_buf_adds(out, "\", \"growth\": ");
		add_growth(out, row);
		rg_buf_addc(out, '}');
	}
	rg_buf_adds(out, count ? "\n  ]" : "");
	return count;
}

static size_t add_ignores(struct rg_buf *out, const struct rg_verdict *verdict, size_t before)
{
	size_t count = 0;

	for (size_t i = 0; i < verdict->row_count && count < ENTRIES_MAX; i++) {
		const struct rg_row *row = &verdict->rows[i];

		if (!rg_row_fails(row) || is_accepted_by_limit(row) || !can_be_named(row))
			continue;
		if (count++ == 0)
			rg_buf_addf(out, "%s  \"ignore\": [\"", before ? ",\n" : "");
		else
			rg_buf_adds(out, "\", \"");
		add_pattern(out, row->key);
	}
	rg_buf_adds(out, count ? "\"]" : "");
	return count;
}

static void add_total(struct rg_buf *out, const struct rg_verdict *verdict, size_t before)
{
	if (!rg_row_fails(&verdict->total) || !is_accepted_by_limit(&verdict->total))
		return;
	rg_buf_addf(out, "%s  \"policy\": {\"total_growth\": ", before ? ",\n" : "");
	add_growth(out, &verdict->total);
	rg_buf_addc(out, '}');
}

void rg_comment_accept(struct rg_buf *out, const struct rg_verdict *verdict)
{
	struct rg_buf json;
	size_t count;

	if (verdict->outcome != RG_OUTCOME_FAIL)
		return;
	rg_buf_init(&json, RG_SHOW_SCRATCH_MAX);
	count = add_functions(&json, verdict);
	count += add_ignores(&json, verdict, count);
	add_total(&json, verdict, count);
	rg_buf_adds(&json, json.len ? "\n" : "");
	if (json.len && !json.failed) {
		rg_buf_adds(out, "\nIs the cost intended? These lines in the target branch's "
				 "regress-gate.json let it pass:\n");
		rg_comment_fence(out, "json", &json);
	}
	rg_show_inherit(out, &json);
	rg_buf_done(&json);
}
