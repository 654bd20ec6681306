/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "accepted.h"
#include "comment.h"

#include "show.h"
#include "words.h"

#include "rg/policy.h"
#include "rg/text.h"
#include "rg/units.h"

#include <math.h>
#include <string.h>

/* The entries of the configuration file that would let this change pass for a while, for a reviewer to agree to. */

enum { ENTRIES_MAX = 10, ACCEPTED_DAYS = 90 };

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

static void add_growth(struct rg_buf *out, const struct rg_row *row)
{
	rg_buf_addf(out, "\", \"growth\": \"%.0f%%\"", ceil(rg_row_growth_to_accept(row) * 100));
}

/* A quarter of a year: time to make up for it. The day of an old verdict is not known. */
static void add_expiry(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const uint32_t today = verdict->policy.today;
	char date[RG_UNITS_TEXT_MAX];

	rg_buf_addf(out, ", \"expires\": \"%s\", \"owner\": \"\", \"reason\": \"\"}",
		    today ? rg_format_date(date, today + ACCEPTED_DAYS) : "");
}

/* Entries being written: of what fails, then of what is suspected. */
struct entries {
	const struct rg_verdict *verdict;
	struct rg_buf *out;
	size_t count, suspects;
	bool doubts;
};

static bool begin_entry(struct entries *entries, const struct rg_row *row)
{
	if (!(entries->doubts ? row->status == RG_STATUS_SUSPECT : rg_row_fails(row)) ||
	    entries->count >= ENTRIES_MAX)
		return false;
	entries->suspects += entries->doubts;
	rg_buf_adds(entries->out, entries->count++ ? ",\n    {\"match\": \""
						   : "  \"accept\": [\n    {\"match\": \"");
	return true;
}

static void end_entry(struct entries *entries, const struct rg_row *row)
{
	add_growth(entries->out, row);
	add_expiry(entries->out, entries->verdict);
}

/* Of a wait all that is shown of it, so that another wait of the function is not accepted with it. */
static void add_match(struct rg_buf *out, const struct rg_row *row)
{
	struct rg_buf wait;

	add_pattern(out, row->key);
	if (!*rg_text_or_empty(row->wait) && !*rg_text_or_empty(row->api))
		return;
	rg_buf_init(&wait, RG_SHOW_SCRATCH_MAX);
	rg_buf_addc(&wait, ' ');
	rg_row_add_wait(&wait, row);
	if (!wait.failed)
		add_pattern(out, wait.data);
	rg_show_inherit(out, &wait);
	rg_buf_done(&wait);
}

static void add_rows(struct entries *entries, const struct rg_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct rg_row *row = &rows[i];

		if (!can_be_named(row) || !begin_entry(entries, row))
			continue;
		add_match(entries->out, row);
		if (*rg_text_or_empty(row->module)) {
			rg_buf_adds(entries->out, "\", \"module\": \"");
			add_pattern(entries->out, row->module);
		}
		end_entry(entries, row);
	}
}

static void add_total(struct entries *entries, const struct rg_row *total, const char *name)
{
	if (!begin_entry(entries, total))
		return;
	rg_buf_adds(entries->out, name);
	end_entry(entries, total);
}

static void add_failing(struct entries *entries)
{
	const struct rg_verdict *verdict = entries->verdict;

	add_total(entries, &verdict->total, RG_POLICY_TOTAL);
	add_total(entries, &verdict->off_cpu.total, RG_POLICY_TOTAL_WAITS);
	add_rows(entries, verdict->callers, verdict->caller_count);
	add_rows(entries, verdict->rows, verdict->row_count);
	add_rows(entries, verdict->off_cpu.rows, verdict->off_cpu.row_count);
}

/* What a caller may grow by is granted to no function that it calls: what is suspected of these takes entries, too. */
static void add_suspects(struct entries *entries)
{
	entries->doubts = true;
	add_rows(entries, entries->verdict->rows, entries->verdict->row_count);
}

static bool has_failing_caller(const struct rg_verdict *verdict)
{
	for (size_t i = 0; i < verdict->caller_count; i++) {
		if (rg_row_fails(&verdict->callers[i]))
			return true;
	}
	return false;
}

static void add_all(struct entries *entries)
{
	const struct rg_verdict *verdict = entries->verdict;

	add_failing(entries);
	if (has_failing_caller(verdict) || rg_accepted_leaves_doubt(verdict))
		add_suspects(entries);
	rg_buf_adds(entries->out, entries->count ? "\n  ]\n" : "");
}

static void add_words(struct rg_buf *out, const struct entries *entries)
{
	static const char fill_in[] =
		"until the day they name. Fill in who answers for it, and why";

	if (entries->count == entries->suspects) {
		rg_buf_addf(out,
			    "\nA caller that is accepted is so with all it calls; each function "
			    "that it calls is judged by itself as well. If these have grown for "
			    "it, lines in regress-gate.json on the target branch accept them %s:\n",
			    fill_in);
		return;
	}
	rg_buf_addf(out,
		    "\nWith these lines in regress-gate.json on the target branch what failed "
		    "passes %s",
		    fill_in);
	if (entries->suspects)
		rg_buf_addf(out,
			    ". The last %zu are of functions that are only suspected: no function "
			    "is accepted with its caller, and without lines of their own these "
			    "keep the verdict undecided until there is more data",
			    entries->suspects);
	rg_buf_adds(out, ":\n");
}

void rg_comment_accept(struct rg_buf *out, const struct rg_verdict *verdict)
{
	struct rg_buf json;
	struct entries entries = {.verdict = verdict, .out = &json};

	if (verdict->outcome != RG_OUTCOME_FAIL && !rg_accepted_leaves_doubt(verdict))
		return;
	rg_buf_init(&json, RG_SHOW_SCRATCH_MAX);
	add_all(&entries);
	if (json.len && !json.failed) {
		add_words(out, &entries);
		rg_comment_fence(out, "json", &json);
	}
	rg_show_inherit(out, &json);
	rg_buf_done(&json);
}
