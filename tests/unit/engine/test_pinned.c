/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/verdict.h"

#include <string.h>

static struct rg_verdict *make(enum rg_outcome outcome, const char *reason)
{
	struct rg_arena *arena = rg_arena_new(1 << 16);
	struct rg_verdict *verdict = rg_arena_alloc(arena, sizeof(*verdict));

	assert_non_null(verdict);
	*verdict = (struct rg_verdict){
		.outcome = outcome, .reason = reason, .advice = "advice", .arena = arena};
	verdict->compared = outcome == RG_OUTCOME_PASS || outcome == RG_OUTCOME_FAIL;
	return verdict;
}

/* Every pair: fail is worse than all, a pass better than all, and of the rest the first one stays. */
static void test_the_worse_one_counts(void **state)
{
	(void)state;
	for (int own = 0; own <= RG_OUTCOME_NO_BASELINE; own++) {
		for (int pinned = 0; pinned <= RG_OUTCOME_NO_BASELINE; pinned++) {
			struct rg_verdict *verdict = make((enum rg_outcome)own, "own");
			struct rg_verdict *second = make((enum rg_outcome)pinned, "second");
			bool decides = pinned != own &&
				       (own == RG_OUTCOME_PASS || pinned == RG_OUTCOME_FAIL);

			assert_int_equal(rg_verdict_pin(verdict, second, "v1.0", NULL), 0);
			assert_int_equal(verdict->outcome, decides ? pinned : own);
			assert_int_equal(verdict->pinned_decides, decides);
			assert_int_equal(verdict->compared,
					 verdict->outcome == RG_OUTCOME_PASS ||
						 verdict->outcome == RG_OUTCOME_FAIL);
			assert_string_equal(verdict->reason,
					    decides ? "against the pinned v1.0: second" : "own");
			assert_ptr_equal(rg_verdict_deciding(verdict), decides ? second : verdict);
			/* Frees both, as the sanitizers see. */
			rg_verdict_free(verdict);
		}
	}
}

static void test_what_to_do_is_said(void **state)
{
	struct rg_verdict *verdict = make(RG_OUTCOME_PASS, "own");

	(void)state;
	assert_int_equal(rg_verdict_pin(verdict, make(RG_OUTCOME_FAIL, NULL), "v1.0", NULL), 0);
	assert_non_null(strstr(verdict->advice, "pin a newer one"));
	assert_string_equal(verdict->reason, "against the pinned v1.0: ");
	rg_verdict_free(verdict);
	verdict = make(RG_OUTCOME_PASS, "own");
	assert_int_equal(rg_verdict_pin(verdict, make(RG_OUTCOME_UNDECIDED, "few"), "v1.0", NULL),
			 0);
	assert_string_equal(verdict->advice, "advice");
	rg_verdict_free(verdict);
}

static void test_want_of_memory(void **state)
{
	struct rg_arena *arena = rg_arena_new(sizeof(struct rg_verdict) + 64);
	struct rg_verdict *verdict = rg_arena_alloc(arena, sizeof(*verdict));
	static char longer[1 << 14];
	struct rg_err err = {0};

	(void)state;
	assert_non_null(verdict);
	memset(longer, 'x', sizeof(longer) - 1);
	*verdict = (struct rg_verdict){.outcome = RG_OUTCOME_PASS, .arena = arena};
	assert_int_equal(rg_verdict_pin(verdict, make(RG_OUTCOME_FAIL, longer), "v", &err),
			 RG_ENOMEM);
	/* Not a pass that somebody could go on with. */
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_worse_one_counts),
		cmocka_unit_test(test_what_to_do_is_said),
		cmocka_unit_test(test_want_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
