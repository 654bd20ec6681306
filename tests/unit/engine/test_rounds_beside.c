/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rounds_made.h"

/* Rounds of which one side had neighbours: what they took. */

/* One thread's, on four CPUs: what it waits for is not itself. */
static void add_account(struct made_spec *spec, const char *runq_ns)
{
	made_set(spec, RG_KEY_CPUS, "4");
	made_set(spec, RG_KEY_WORK_TOTAL, "30000");
	made_set(spec, RG_KEY_WORK_UNIT, "request");
	made_set(spec, RG_KEY_ACCOUNT_THREAD_NS, "600000000000");
	made_set(spec, RG_KEY_ACCOUNT_CPU_NS, "299470000000");
	made_set(spec, RG_KEY_ACCOUNT_RUNQ_NS, runq_ns);
	made_set(spec, RG_KEY_ACCOUNT_BLOCKED_NS, "0");
	made_set(spec, RG_KEY_ACCOUNT_CLOSURE, "0");
}

/* What one side's runs had, and the other's had none of. */
struct apart {
	const char *what, *runq_ns, *steal_ns, *is;
};

static struct rg_verdict *judged_apart(const struct apart *apart, const char *series, int64_t f01,
				       enum rg_basis basis)
{
	struct rounds rounds = {.count = {ROUNDS, ROUNDS}};

	for (size_t i = 0; i < ROUNDS; i++) {
		struct made_spec before = spec_of(i, series, 3500);
		struct made_spec after = spec_of(i, series, f01);

		add_account(&before, "0");
		add_account(&after, apart->runq_ns);
		made_set(&before, RG_KEY_MACHINE_STEAL_NS, "0");
		made_set(&after, RG_KEY_MACHINE_STEAL_NS, apart->steal_ns);
		rounds.run[0][i] = made(&before);
		rounds.run[1][i] = made(&after);
	}
	struct rg_verdict *verdict = judge_rounds(&rounds, basis);

	rounds_done(&rounds);
	return verdict;
}

static void what_others_take_is_no_part_of_costs_that_are_compared_in_rounds(void **state)
{
	static const struct apart aparts[] = {
		{"time waiting for a CPU", "299470000000", "0", "50.0 %"},
		{"time stolen by the hypervisor", "0", "240000000000", "20.0 %"},
	};
	static const struct {
		const char *series;
		enum rg_basis basis;
		int64_t f01;
		enum rg_outcome outcome;
	} rows[] = {
		{"a", RG_BASIS_WORK, 3500, RG_OUTCOME_PASS},
		{"a", RG_BASIS_SHARE, 3500, RG_OUTCOME_PASS},
		{"a", RG_BASIS_WORK, 4900, RG_OUTCOME_FAIL},
		{"a", RG_BASIS_SHARE, 4900, RG_OUTCOME_FAIL},
		{"a", RG_BASIS_SECOND, 3500, RG_OUTCOME_NOT_COMPARABLE},
		/* One after the other, who knows what else was going on. */
		{NULL, RG_BASIS_WORK, 3500, RG_OUTCOME_NOT_COMPARABLE},
		{NULL, RG_BASIS_SHARE, 3500, RG_OUTCOME_NOT_COMPARABLE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(aparts) * COUNT(rows); i++) {
		const struct apart *apart = &aparts[i / COUNT(rows)];
		size_t k = i % COUNT(rows);
		struct rg_verdict *verdict =
			judged_apart(apart, rows[k].series, rows[k].f01, rows[k].basis);
		const struct rg_issue *issue = find_issue(verdict, apart->what);

		assert_int_equal(verdict->outcome, rows[k].outcome);
		assert_string_equal(issue->canary, apart->is);
		assert_int_equal(issue->blocking, rows[k].outcome == RG_OUTCOME_NOT_COMPARABLE);
		rg_verdict_free(verdict);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_others_take_is_no_part_of_costs_that_are_compared_in_rounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
