/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "join_facts.h"

#include "rg/err.h"
#include "rg/profile.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct joining {
	const struct rg_profile *const *part;
	size_t count;
	struct rg_profile_builder *to;
};

/* --- Whole numbers ---------------------------------------------------------------------------- */

enum how { SUM, LARGEST, LEAST };

static const struct number {
	const char *key;
	enum how how;
} numbers[] = {
	{RG_KEY_WALL_NS, SUM},
	{RG_KEY_WINDOW_NS, SUM},
	{RG_KEY_PROCESSES, LARGEST},
	{RG_KEY_FAILED, SUM},
	{RG_KEY_LIVED, LEAST},
	{RG_KEY_LOST_TABLE_FULL, SUM},
	{RG_KEY_LOST_COLLISION, SUM},
	{RG_KEY_LOST_EVENTS, SUM},
	{RG_KEY_NO_USER_STACK, SUM},
	{RG_KEY_LOST_NO_MAPPING, SUM},
	{RG_KEY_LOST_WAITS, SUM},
	{RG_KEY_CUT_NO_MAPPING, SUM},
	{RG_KEY_CUT_NO_ROW, SUM},
	{RG_KEY_CUT_UNREADABLE, SUM},
	{RG_KEY_CUT_TOO_DEEP, SUM},
	{RG_KEY_CUT_UNSUPPORTED, SUM},
	{RG_KEY_CUT_BROKEN, SUM},
	{RG_KEY_CUT_KERNEL, SUM},
	{RG_KEY_UNWIND_ROWS, LARGEST},
	{RG_KEY_UNWIND_BYTES, LARGEST},
	{RG_KEY_UNWIND_BUILD_NS, SUM},
	{RG_KEY_UNWIND_REFUSED, LARGEST},
	{RG_KEY_ACCOUNT_THREAD_NS, SUM},
	{RG_KEY_ACCOUNT_CPU_NS, SUM},
	{RG_KEY_ACCOUNT_RUNQ_NS, SUM},
	{RG_KEY_ACCOUNT_BLOCKED_NS, SUM},
	{RG_KEY_CGROUP_THROTTLED_NS, SUM},
	{RG_KEY_CGROUP_THROTTLED, SUM},
	{RG_KEY_CGROUP_PERIODS, SUM},
	{RG_KEY_MACHINE_BUSY_NS, SUM},
	{RG_KEY_MACHINE_STEAL_NS, SUM},
	{RG_KEY_OWN_BPF_NS, SUM},
	{RG_KEY_OWN_CPU_NS, SUM},
	{RG_KEY_OFF_CPU_THRESHOLD_NS, LARGEST},
	{RG_KEY_OFF_CPU_POLL_THRESHOLD_NS, LARGEST},
	{RG_KEY_OFF_CPU_UNATTRIBUTED_NS, SUM},
	{RG_KEY_WORK_CALL_NS, LARGEST},
};

/* What a part does not know is not known of the whole. */
static bool all_know(const struct joining *joining, const char *key)
{
	for (size_t i = 0; i < joining->count; i++) {
		if (!rg_profile_fact(joining->part[i], key))
			return false;
	}
	return true;
}

static int join_number(const struct joining *joining, const struct number *number,
		       struct rg_err *err)
{
	uint64_t joined = 0;

	if (!all_know(joining, number->key))
		return 0;
	for (size_t i = 0; i < joining->count; i++) {
		uint64_t value = rg_profile_fact_u64(joining->part[i], number->key, 0);

		if (number->how == LARGEST)
			joined = value > joined ? value : joined;
		else if (number->how == LEAST)
			joined = i && joined < value ? joined : value;
		else if (__builtin_add_overflow(joined, value, &joined))
			return rg_err_set(err, RG_ELIMIT, "profile: join '%s': more than 2^64 - 1",
					  number->key);
	}
	return rg_profile_builder_fact_u64(joining->to, number->key, joined, err);
}

/* --- Relative errors -------------------------------------------------------------------------- */

/*
 * Relative to what of the part; a standard error's weights are squared. The bound of the waits' error falls with
 * the time that was watched; the worst part's is kept, which is on the safe side.
 */
static const struct relative {
	const char *key, *weight;
	bool standard_error, bound;
} relatives[] = {
	{RG_KEY_ACCOUNT_CLOSURE, RG_KEY_ACCOUNT_THREAD_NS, false, false},
	{RG_KEY_ACCOUNT_CLOSURE_SE, RG_KEY_ACCOUNT_THREAD_NS, true, false},
	{RG_KEY_ACCOUNT_CPU_ERROR, RG_KEY_ACCOUNT_CPU_NS, false, false},
	{RG_KEY_ACCOUNT_CPU_ERROR_SE, RG_KEY_ACCOUNT_CPU_NS, true, false},
	{RG_KEY_OFF_CPU_ERROR, NULL, false, true},
};

static int put_real(const struct joining *joining, const char *key, int digits, double value,
		    struct rg_err *err)
{
	char text[64];

	snprintf(text, sizeof(text), "%.*f", digits, value);
	return rg_profile_builder_fact(joining->to, key, text, err);
}

static int join_relative(const struct joining *joining, const struct relative *relative,
			 struct rg_err *err)
{
	double joined = 0, whole = 0;

	if (!all_know(joining, relative->key))
		return 0;
	for (size_t i = 0; i < joining->count; i++) {
		const struct rg_profile *part = joining->part[i];
		double value = rg_profile_fact_real(part, relative->key, 0);
		double weight =
			relative->bound ? 1 : rg_profile_fact_real(part, relative->weight, 0);

		if (relative->bound)
			joined = fmax(joined, value);
		else
			joined += relative->standard_error ? weight * value * weight * value
							   : weight * value;
		whole += weight;
	}
	if (relative->standard_error)
		joined = sqrt(joined);
	if (!relative->bound)
		joined = whole > 0 ? joined / whole : 0;
	return put_real(joining, relative->key, 6, joined, err);
}

static int join_level(const struct joining *joining, struct rg_err *err)
{
	double named = 0, all = 0;

	if (!all_know(joining, RG_KEY_LEVEL))
		return 0;
	for (size_t i = 0; i < joining->count; i++) {
		double samples = (double)rg_profile_total(joining->part[i], RG_VALUE_SAMPLES);

		named += samples * rg_profile_fact_real(joining->part[i], RG_KEY_LEVEL, 0);
		all += samples;
	}
	return put_real(joining, RG_KEY_LEVEL, 4, all > 0 ? named / all : 0, err);
}

/* --- Work ------------------------------------------------------------------------------------- */

/* A part in which it was lost leaves the whole uncounted: cost per unit of a part of the work is none. */
static int join_work(const struct joining *joining, struct rg_err *err)
{
	double total = 0;

	if (!all_know(joining, RG_KEY_WORK_UNIT))
		return 0;
	for (size_t i = 0; i < joining->count; i++) {
		const char *lost = rg_profile_fact(joining->part[i], RG_KEY_WORK_LOST);

		if (lost)
			return rg_profile_builder_fact(joining->to, RG_KEY_WORK_LOST, lost, err);
		total += rg_profile_fact_real(joining->part[i], RG_KEY_WORK_TOTAL, 0);
	}
	if (!all_know(joining, RG_KEY_WORK_TOTAL))
		return 0;
	return put_real(joining, RG_KEY_WORK_TOTAL, total == floor(total) ? 0 : 3, total, err);
}

/* --- The others ------------------------------------------------------------------------------- */

static bool is_joined(const char *key)
{
	static const char *const others[] = {RG_KEY_LEVEL, RG_KEY_WORK_TOTAL, RG_KEY_WORK_LOST,
					     RG_KEY_INTERRUPTED, RG_KEY_FAILURE};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(numbers[i].key, key) == 0)
			return true;
	}
	for (size_t i = 0; i < sizeof(relatives) / sizeof(relatives[0]); i++) {
		if (strcmp(relatives[i].key, key) == 0)
			return true;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(others[i], key) == 0)
			return true;
	}
	return false;
}

/* What the run is of stands in every part alike, and when it began in the first. */
static int take_first(const struct joining *joining, struct rg_err *err)
{
	size_t count;
	const struct rg_fact *fact = rg_profile_facts(joining->part[0], &count);
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++) {
		if (!is_joined(fact[i].key))
			rc = rg_profile_builder_fact(joining->to, fact[i].key, fact[i].value, err);
	}
	return rc;
}

/* Of what not every part has to say, what the first has to say that does. */
static int join_first(const struct joining *joining, const char *key, struct rg_err *err)
{
	for (size_t i = 0; i < joining->count; i++) {
		const char *value = rg_profile_fact(joining->part[i], key);

		if (value)
			return rg_profile_builder_fact(joining->to, key, value, err);
	}
	return 0;
}

int rg_join_facts(const struct rg_profile *const *part, size_t count, struct rg_profile_builder *to,
		  struct rg_err *err)
{
	const struct joining joining = {part, count, to};
	int rc = take_first(&joining, err);

	for (size_t i = 0; !rc && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		rc = join_number(&joining, &numbers[i], err);
	for (size_t i = 0; !rc && i < sizeof(relatives) / sizeof(relatives[0]); i++)
		rc = join_relative(&joining, &relatives[i], err);
	if (!rc)
		rc = join_level(&joining, err);
	if (!rc)
		rc = join_work(&joining, err);
	if (!rc)
		rc = join_first(&joining, RG_KEY_FAILURE, err);
	return rc ? rc : join_first(&joining, RG_KEY_INTERRUPTED, err);
}
