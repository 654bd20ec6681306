/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growth that is only suspected: what an entry of its own covers, and what that of its caller does not. */
#include "wait_made.h"

enum { TODAY = 20500 };

static struct rg_policy accepting(const struct rg_policy_accept *accept, size_t count)
{
	struct rg_policy policy = policy_per_second();

	policy.top_k = 40;
	policy.accept = accept;
	policy.accept_count = count;
	policy.today = TODAY;
	return policy;
}

/* --- An entry of its own ---------------------------------------------------------------------- */

/* f20 has 333 samples, 1.1 % of the whole: 406 are 22 % more, or up to 45 %; 373 are 12 %, or up to 34 %. */
static struct rg_verdict *judge_small(int64_t samples, const struct rg_policy *policy)
{
	struct made_spec base = made_default(), canary = made_default();

	made_extra(&canary, "f20", samples);
	return judge_specs(&base, &canary, policy);
}

struct row {
	const char *sentence;
	int64_t samples;
	struct rg_policy_accept accept;
	bool holds;
};

static const struct row rows[] = {
	{"all that it may have grown by", 406, {"f20", NULL, "r", "o", TODAY, 0.6}, true},
	{"what it seems to have grown by alone", 406, {"f20", NULL, "r", "o", TODAY, 0.35}, false},
	{"less than that", 406, {"f20", NULL, "r", "o", TODAY, 0.1}, false},
	{"until yesterday", 406, {"f20", NULL, "r", "o", TODAY - 1, 0.6}, false},
	{"of another function", 406, {"f21", NULL, "r", "o", TODAY, 0.6}, false},
	{"of another module", 406, {"f20", "libc.so", "r", "o", TODAY, 0.6}, false},
	{"more than an interval may hold", 373, {"f20", NULL, "r", "o", TODAY, 0.4}, true},
	{"as much as an interval may hold", 373, {"f20", NULL, "r", "o", TODAY, 0.3}, false},
};

static void what_an_entry_covers_of_what_is_suspected(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct rg_policy policy = accepting(&rows[i].accept, 1);
		struct rg_verdict *verdict = judge_small(rows[i].samples, &policy);
		const struct rg_row *row = find_row(verdict, "f20");
		const bool accepted = row->status == RG_STATUS_ACCEPTED;

		if (accepted != rows[i].holds ||
		    row->accept.found !=
			    (rows[i].holds ? RG_ACCEPTANCE_HOLDS : RG_ACCEPTANCE_NONE) ||
		    verdict->outcome != (rows[i].holds ? RG_OUTCOME_PASS : RG_OUTCOME_UNDECIDED))
			fail_msg("%s: %s, %s, %s", rows[i].sentence, rg_status_name(row->status),
				 rg_acceptance_name(row->accept.found), verdict->reason);
		rg_verdict_free(verdict);
	}
}

/* Without an entry, and with the growth that is told for one: as far beyond the interval's end as that is from the estimate. */
static void what_to_accept_is_told(void **state)
{
	struct rg_policy_accept accept = {"f20", NULL, "r", "o", TODAY, 0};
	struct rg_policy policy = accepting(&accept, 0);
	struct rg_verdict *verdict = judge_small(406, &policy);
	const struct rg_row *row = find_row(verdict, "f20");

	(void)state;
	assert_outcome(verdict, RG_OUTCOME_UNDECIDED);
	assert_int_equal(row->status, RG_STATUS_SUSPECT);
	accept.growth = rg_row_growth_to_accept(row);
	assert_close((1 + accept.growth) * (1 + row->growth),
		     (1 + row->growth_high) * (1 + row->growth_high), 1e-9);
	/* No caller is accepted that it may have grown for. */
	assert_null(strstr(verdict->advice, "accept"));
	rg_verdict_free(verdict);
	policy.accept_count = 1;
	verdict = judge_small(406, &policy);
	assert_outcome(verdict, RG_OUTCOME_PASS);
	assert_text_has(verdict->reason, "but for 1 that is accepted");
	rg_verdict_free(verdict);
}

static void what_to_accept_of_other_rows(void **state)
{
	struct rg_row row = {.status = RG_STATUS_REGRESSED,
			     .samples_base = 100,
			     .growth = 0.5,
			     .growth_high = 0.91};

	(void)state;
	assert_true(rg_row_growth_to_accept(&row) == 0.91);
	row.samples_base = 0;
	assert_true(rg_row_growth_to_accept(&row) == RG_GROWTH_MAX);
	row.status = RG_STATUS_SUSPECT;
	assert_true(rg_row_growth_to_accept(&row) == RG_GROWTH_MAX);
	row.samples_base = 1;
	row.growth_high = RG_GROWTH_MAX;
	assert_true(rg_row_growth_to_accept(&row) == RG_GROWTH_MAX);
	/* As a file may have them. */
	row.growth = -2;
	assert_true(rg_row_growth_to_accept(&row) == RG_GROWTH_MAX);
	row.growth = NAN;
	assert_true(rg_row_growth_to_accept(&row) == RG_GROWTH_MAX);
}

/* --- Its caller's ----------------------------------------------------------------------------- */

enum { STEADY = 20, CALLED = 10 };

/* Twenty functions that work() calls, and ten that handle() calls, half as much again where it is told to. */
static void add_calls(struct rg_profile_builder *builder, const void *with)
{
	const bool *more = with;
	const struct made_spec spec = made_default();

	for (int i = 0; i < STEADY + CALLED; i++) {
		const bool called = i >= STEADY;
		char text[64];

		snprintf(text, sizeof(text), "%c%02d of libc.so.6;%s;main", called ? 'c' : 's', i,
			 called ? "handle" : "work");
		uint32_t stack = wait_stack(builder, text);

		for (uint32_t slice = 0; slice < spec.slices; slice++)
			made_sample(builder, &spec, stack, slice, !called ? 20 : *more ? 3 : 2);
	}
}

static struct rg_verdict *judge_calls(const struct rg_policy_accept *accept, size_t count)
{
	static const bool less = false, more = true;
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy = accepting(accept, count);

	policy.min_share = 0.002;
	base.functions = canary.functions = 0;
	base.more = canary.more = add_calls;
	base.with = &less;
	canary.with = &more;
	return judge_specs(&base, &canary, &policy);
}

static size_t suspects_of(const struct rg_verdict *verdict, double *growth)
{
	size_t count = 0;

	for (size_t i = 0; i < verdict->row_count; i++) {
		if (verdict->rows[i].status != RG_STATUS_SUSPECT)
			continue;
		count++;
		*growth = fmax(*growth, rg_row_growth_to_accept(&verdict->rows[i]));
	}
	return count;
}

static void no_function_is_accepted_with_its_caller(void **state)
{
	struct rg_policy_accept accept[] = {{"handle", "server", "r", "o", TODAY, 2},
					    {"c*", "libc.so", "r", "o", TODAY, 0}};
	struct rg_verdict *verdict = judge_calls(accept, 0);

	(void)state;
	assert_outcome(verdict, RG_OUTCOME_FAIL);
	assert_int_equal(verdict->caller_count, 1);
	assert_string_equal(verdict->callers[0].key, "handle");
	assert_int_equal(suspects_of(verdict, &accept[1].growth), CALLED);
	rg_verdict_free(verdict);

	verdict = judge_calls(accept, 1);
	assert_outcome(verdict, RG_OUTCOME_UNDECIDED);
	assert_int_equal(verdict->callers[0].status, RG_STATUS_ACCEPTED);
	assert_text_has(verdict->advice, "would decide; or accept c");
	assert_text_has(verdict->advice, " %, if it has grown for handle(), which is accepted");
	rg_verdict_free(verdict);

	/* What is told decides it, and it is shown; the caller's growth is theirs, and no more of it is told. */
	verdict = judge_calls(accept, 2);
	assert_outcome(verdict, RG_OUTCOME_PASS);
	assert_text_has(verdict->reason, "but for 10 that are accepted");
	assert_int_equal(find_row(verdict, "c20")->accept.found, RG_ACCEPTANCE_HOLDS);
	assert_string_equal(verdict->advice, "");
	rg_verdict_free(verdict);
}

/* What is suspected and covered says little of the caller, which has grown for certain. */
static void no_caller_is_accepted_with_what_it_calls(void **state)
{
	const struct rg_policy_accept accept = {"c20", "libc.so", "r", "o", TODAY, 50};
	struct rg_verdict *verdict = judge_calls(&accept, 1);

	(void)state;
	assert_outcome(verdict, RG_OUTCOME_FAIL);
	assert_string_equal(verdict->callers[0].key, "handle");
	assert_int_equal(verdict->callers[0].status, RG_STATUS_REGRESSED);
	assert_int_equal(find_row(verdict, "c20")->status, RG_STATUS_ACCEPTED);
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_entry_covers_of_what_is_suspected),
		cmocka_unit_test(what_to_accept_is_told),
		cmocka_unit_test(what_to_accept_of_other_rows),
		cmocka_unit_test(no_function_is_accepted_with_its_caller),
		cmocka_unit_test(no_caller_is_accepted_with_what_it_calls),
	};

	return cmocka_run_group_tests_name("engine/accept_doubt", tests, NULL, NULL);
}
