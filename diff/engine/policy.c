/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/policy.h"

#include "rg/err.h"
#include "rg/units.h"

#include <stddef.h>
#include <string.h>

void rg_policy_init(struct rg_policy *policy)
{
	*policy = (struct rg_policy){
		.rule = RG_RULE_STATISTICAL,
		.basis = RG_BASIS_AUTO,
		.growth = 0.15,
		.total_growth = 0.15,
		.limit = 0.30,
		.min_share = 0.01,
		.q = 0.01,
		.prior_cv = 0.05,
		.top_k = 5,
		.min_samples = 200,
		.max_lost = 0.05,
		.max_unnamed_gap = 0.10,
		.load_low = 0.4,
		.load_high = 2.5,
		.off_cpu =
			{
				.growth = 0.15,
				.total_growth = 0.15,
				.limit = 1.00,
				.top_k = 5,
				.min_time_ns = 10 * RG_NS_PER_MS,
				.min_waits = 20,
				.max_unattributed = 0.10,
			},
		.comparable =
			{
				.max_throttled = 0.05,
				.max_starved = 0.25,
				.max_steal = 0.05,
			},
		.look = {.number = 1, .of = 1, .now = 1},
	};
}

struct range {
	const char *name;
	double value, low, high;
	int open_low; /* low itself is out of range */
};

/* Written so that NaN is out of every range. */
static int in_range(const struct range *range)
{
	if (range->open_low && !(range->value > range->low))
		return 0;
	return range->value >= range->low && range->value <= range->high;
}

static int check_ranges(const struct range *ranges, size_t count, struct rg_err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (!in_range(&ranges[i]))
			return rg_err_set(err, RG_EUSAGE,
					  "policy: %s %g is out of range: %s%g to %g",
					  ranges[i].name, ranges[i].value,
					  ranges[i].open_low ? "above " : "", ranges[i].low,
					  ranges[i].high);
	}
	return 0;
}

static int check_pattern(const char *pattern, struct rg_err *err)
{
	const size_t len = pattern ? strnlen(pattern, RG_POLICY_PATTERN_MAX + 1) : 0;

	if (len > 0 && len <= RG_POLICY_PATTERN_MAX)
		return 0;
	return rg_err_set(err, RG_EUSAGE, "policy: a pattern has 1 to %d bytes, not %s%zu",
			  RG_POLICY_PATTERN_MAX, len ? "at least " : "", len);
}

static int check_function(const struct rg_policy_function *function, struct rg_err *err)
{
	const struct range ranges[] = {
		{"growth", function->growth, 0, 1000, 0},
		{"limit", function->limit, 0, 1000, 0},
		{"min_share", function->min_share, 0, 1, 0},
	};
	int code = check_pattern(function->match, err);

	if (!code && function->module)
		code = check_pattern(function->module, err);
	for (size_t i = 0; !code && i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (ranges[i].value != RG_POLICY_INHERIT)
			code = check_ranges(&ranges[i], 1, err);
	}
	return code;
}

static int check_patterns(const struct rg_policy_list *list, const char *what, struct rg_err *err)
{
	int code = 0;

	if (list->count > RG_POLICY_LIST_MAX)
		return rg_err_set(err, RG_EUSAGE, "policy: more than %d patterns of %s",
				  RG_POLICY_LIST_MAX, what);
	for (size_t i = 0; !code && i < list->count; i++)
		code = check_pattern(list->pattern[i], err);
	return code;
}

static int check_off_cpu(const struct rg_policy *policy, struct rg_err *err)
{
	const struct rg_policy_off_cpu *off = &policy->off_cpu;
	const struct range ranges[] = {
		{"off_cpu growth", off->growth, 0, 1000, 0},
		{"off_cpu total_growth", off->total_growth, 0, 1000, 0},
		{"off_cpu limit", off->limit, 0, 1000, 0},
		{"off_cpu top_k", (double)off->top_k, 1, 100, 0},
		{"off_cpu min_time_ns", (double)off->min_time_ns, 0, 1e15, 0},
		{"off_cpu min_waits", (double)off->min_waits, 0, 1e12, 0},
		{"off_cpu max_unattributed", off->max_unattributed, 0, 1, 0},
	};
	int code = check_ranges(ranges, sizeof(ranges) / sizeof(ranges[0]), err);

	if (!code)
		code = check_patterns(&policy->idle, "idle waits", err);
	if (!code)
		code = check_patterns(&policy->not_idle, "waits that are not idle", err);
	return code ? code : check_patterns(&policy->plumbing, "plumbing", err);
}

static int check_text(const char *text, const char *what, struct rg_err *err)
{
	const size_t len = text ? strnlen(text, RG_POLICY_TEXT_MAX + 1) : 0;

	if (len > 0 && len <= RG_POLICY_TEXT_MAX)
		return 0;
	return rg_err_set(err, RG_EUSAGE, "policy: the %s of what is accepted has 1 to %d bytes",
			  what, RG_POLICY_TEXT_MAX);
}

static int check_accept(const struct rg_policy_accept *accept, struct rg_err *err)
{
	const struct range ranges[] = {
		{"accepted growth", accept->growth, 0, 1000, 0},
		{"accepted until day", (double)accept->expires, 1, UINT32_MAX, 0},
	};
	int code = check_pattern(accept->match, err);

	if (!code && accept->module)
		code = check_pattern(accept->module, err);
	if (!code)
		code = check_text(accept->reason, "reason", err);
	if (!code)
		code = check_text(accept->owner, "owner", err);
	return code ? code : check_ranges(ranges, sizeof(ranges) / sizeof(ranges[0]), err);
}

static int check_accepts(const struct rg_policy *policy, struct rg_err *err)
{
	int code = 0;

	if (policy->accept_count > RG_POLICY_LIST_MAX)
		return rg_err_set(err, RG_EUSAGE, "policy: more than %d acceptances",
				  RG_POLICY_LIST_MAX);
	for (size_t i = 0; !code && i < policy->accept_count; i++)
		code = check_accept(&policy->accept[i], err);
	return code;
}

static int check_look(const struct rg_policy_look *look, struct rg_err *err)
{
	const struct range ranges[] = {
		{"look of", (double)look->of, 1, RG_POLICY_LOOKS_MAX, 0},
		{"look number", (double)look->number, 1, (double)look->of, 0},
		{"look before", look->before, 0, 1, 0},
		{"look now", look->now, look->before, 1, 1},
	};

	return check_ranges(ranges, sizeof(ranges) / sizeof(ranges[0]), err);
}

static int check_lists(const struct rg_policy *policy, struct rg_err *err)
{
	int code = 0;

	if (policy->function_count > RG_POLICY_LIST_MAX ||
	    policy->ignore_count > RG_POLICY_LIST_MAX)
		return rg_err_set(err, RG_EUSAGE, "policy: more than %d %s", RG_POLICY_LIST_MAX,
				  policy->ignore_count > RG_POLICY_LIST_MAX
					  ? "patterns to ignore"
					  : "functions with limits of their own");
	for (size_t i = 0; !code && i < policy->function_count; i++)
		code = check_function(&policy->functions[i], err);
	for (size_t i = 0; !code && i < policy->ignore_count; i++)
		code = check_pattern(policy->ignore[i], err);
	return code;
}

int rg_policy_check(const struct rg_policy *policy, struct rg_err *err)
{
	const struct range ranges[] = {
		{"rule", (double)policy->rule, RG_RULE_STATISTICAL, RG_RULE_LITERAL, 0},
		{"basis", (double)policy->basis, RG_BASIS_AUTO, RG_BASIS_WORK, 0},
		{"growth", policy->growth, 0, 1000, 0},
		{"total_growth", policy->total_growth, 0, 1000, 0},
		{"limit", policy->limit, 0, 1000, 0},
		{"min_share", policy->min_share, 0, 1, 0},
		{"q", policy->q, 0, 0.5, 1},
		{"prior_cv", policy->prior_cv, 0, 1, 0},
		{"top_k", (double)policy->top_k, 1, 100, 0},
		{"max_lost", policy->max_lost, 0, 1, 0},
		{"max_unnamed_gap", policy->max_unnamed_gap, 0, 1, 0},
		{"load_low", policy->load_low, 0, 1, 1},
		{"load_high", policy->load_high, 1, 1000, 0},
		{"comparable max_throttled", policy->comparable.max_throttled, 0, 1, 0},
		{"comparable max_starved", policy->comparable.max_starved, 0, 1, 0},
		{"comparable max_steal", policy->comparable.max_steal, 0, 1, 0},
		{"comparable max_failed", (double)policy->comparable.max_failed, 0, 1e12, 0},
	};
	int code = check_ranges(ranges, sizeof(ranges) / sizeof(ranges[0]), err);

	if (!code)
		code = check_look(&policy->look, err);
	if (!code)
		code = check_lists(policy, err);
	if (!code)
		code = check_accepts(policy, err);
	return code ? code : check_off_cpu(policy, err);
}
