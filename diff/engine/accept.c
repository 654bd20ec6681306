/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "accept.h"

#include "align.h"
#include "waits.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/diff.h"
#include "rg/err.h"
#include "rg/verdict.h"

#include <math.h>
#include <string.h>

/* A function's name, what it waits in, and what is put between. */
enum { SUBJECT_MAX_BYTES = 1 << 20 };

int rg_accepts_make(struct rg_accepts *out, const struct rg_alignment *alignment,
		    const struct rg_wait *wait, const struct rg_policy *policy,
		    struct rg_arena *arena, struct rg_err *err)
{
	const size_t count = policy->accept_count;

	*out = (struct rg_accepts){
		.policy = policy,
		.function = rg_arena_array(arena, count + 1, sizeof(const char *)),
		.module = rg_arena_array(arena, count + 1, sizeof(const char *)),
		.alignment = alignment,
		.wait = wait,
		.arena = arena,
	};
	if (!out->function || !out->module)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < count; i++) {
		const struct rg_policy_accept *accept = &policy->accept[i];

		out->function[i] = rg_canon_pattern(accept->match, rg_canon_name, arena);
		out->module[i] = rg_canon_pattern(accept->module, rg_canon_module, arena);
		if (!out->function[i] || (accept->module && !out->module[i]))
			return rg_err_nomem(err, "diff");
	}
	return 0;
}

/* What is matched: texts of a row, or of the total. */
struct subject {
	const char *function, *module;
	const char *text; /* all that is shown of a wait; NULL: it is none */
	bool total;
};

static int make_subject(struct subject *out, const struct rg_accepts *accepts, uint32_t row,
			struct rg_err *err)
{
	const struct rg_function *function;
	struct rg_buf text;

	if (row == RG_ROW_TOTAL) {
		bool waits = accepts->alignment->table.unit != NULL;

		*out = (struct subject){
			.text = waits ? RG_POLICY_TOTAL_WAITS : RG_POLICY_TOTAL,
			.total = true,
		};
		return 0;
	}
	function = &accepts->alignment->function[row];
	*out = (struct subject){.function = function->key, .module = function->module};
	if (!accepts->wait)
		return 0;
	rg_buf_init(&text, SUBJECT_MAX_BYTES);
	rg_wait_add_text(&text, function->key, accepts->wait[row].wait, accepts->wait[row].api);
	/* What is too long to be shown is matched by its function. */
	if (text.failed == RG_ELIMIT)
		out->text = function->key;
	else if (!text.failed)
		out->text = rg_arena_strdup(accepts->arena, text.len ? text.data : "");
	rg_buf_done(&text);
	return out->text ? 0 : rg_err_nomem(err, "diff");
}

static bool matches(const struct rg_accepts *accepts, size_t entry, const struct subject *subject)
{
	const char *match = accepts->policy->accept[entry].match;

	if (subject->total)
		return strcmp(match, subject->text) == 0;
	if (accepts->module[entry] && !rg_pattern_match(accepts->module[entry], subject->module))
		return false;
	return rg_pattern_match(accepts->function[entry], subject->function) ||
	       (subject->text && rg_pattern_match(match, subject->text));
}

static double growth_of(const struct rg_table *table, const struct rg_finding *finding)
{
	const uint32_t row = finding->row;

	if ((row == RG_ROW_TOTAL ? table->total[RG_END_BASE] : table->side[RG_END_BASE][row]) <= 0)
		return RG_GROWTH_MAX;
	return rg_growth_of_log(finding->estimate.log_growth);
}

static enum rg_acceptance find(const struct rg_policy *policy,
			       const struct rg_policy_accept *accept, double growth)
{
	if (policy->today == 0 || policy->today > accept->expires)
		return RG_ACCEPTANCE_EXPIRED;
	return growth <= accept->growth ? RG_ACCEPTANCE_HOLDS : RG_ACCEPTANCE_EXCEEDED;
}

/* It does not fail, and keeps the rest from a pass. */
static bool is_in_doubt(const struct rg_finding *finding)
{
	return finding->tested && !finding->broken && finding->status != RG_STATUS_MOVED &&
	       (finding->status == RG_STATUS_SUSPECT || finding->status == RG_STATUS_PLACED ||
		(finding->gated && finding->hides));
}

/* Whatever it has grown by is accepted, or no more than what the interval of a pass may hold. */
static bool covers(const struct rg_policy_accept *accept, const struct rg_finding *finding)
{
	return rg_growth_of_log(finding->upper) <= fmax(rg_finding_limit(finding), accept->growth);
}

int rg_accept_finding(const struct rg_accepts *accepts, struct rg_finding *finding,
		      struct rg_err *err)
{
	const struct rg_policy *policy = accepts->policy;
	const bool fails = rg_finding_fails(finding);
	struct subject subject;
	double growth;

	if ((!fails && !is_in_doubt(finding)) || policy->accept_count == 0)
		return 0;
	int code = make_subject(&subject, accepts, finding->row, err);

	if (code)
		return code;
	growth = growth_of(&accepts->alignment->table, finding);
	for (size_t i = 0; i < policy->accept_count; i++) {
		enum rg_acceptance found;

		if (!matches(accepts, i, &subject))
			continue;
		found = find(policy, &policy->accept[i], growth);
		/* Of what does not fail nothing has expired or was exceeded. */
		if (!fails &&
		    (found != RG_ACCEPTANCE_HOLDS || !covers(&policy->accept[i], finding)))
			continue;
		if (finding->accept && found != RG_ACCEPTANCE_HOLDS)
			continue;
		finding->accept = &policy->accept[i];
		finding->acceptance = found;
		if (found != RG_ACCEPTANCE_HOLDS)
			continue;
		finding->status = RG_STATUS_ACCEPTED;
		break;
	}
	return 0;
}

double rg_row_growth_to_accept(const struct rg_row *row)
{
	const bool fails = row->status == RG_STATUS_REGRESSED || row->status == RG_STATUS_NEW;
	double high = fmax(row->growth_high, row->growth);

	if (!fails)
		high = rg_growth_of_log(2 * log1p(high) - log1p(row->growth));
	if (row->samples_base <= 0 || !isfinite(row->growth) || !isfinite(high))
		return RG_GROWTH_MAX;
	return fmin(high, RG_GROWTH_MAX);
}

int rg_accept_rows(struct rg_judgement *judgement, const struct rg_alignment *alignment,
		   const struct rg_wait *wait, const struct rg_policy *policy,
		   struct rg_arena *arena, struct rg_err *err)
{
	struct rg_accepts accepts;
	struct rg_finding *finding;

	if (policy->accept_count == 0)
		return 0;
	int code = rg_accepts_make(&accepts, alignment, wait, policy, arena, err);

	for (size_t i = 0; !code && (finding = rg_judgement_at(judgement, i)); i++)
		code = rg_accept_finding(&accepts, finding, err);
	if (code)
		return code;
	if (policy->rule == RG_RULE_LITERAL)
		rg_conclude_literal(judgement);
	else
		rg_conclude_statistical(judgement);
	return 0;
}
