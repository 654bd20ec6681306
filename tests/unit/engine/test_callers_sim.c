/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "drawn.h"

/*
 * Whole profiles with a known truth: functions of a library, called by the program's own, which its
 * handlers call. Between runs the cost of every function varies, and what each caller makes of it. Counts
 * are Poisson. Seeded: it passes or fails the same every time.
 */

enum { LEAVES = 120, CALLERS = 24, HANDLERS = 4, PATHS = 360 };

struct path {
	int leaf, caller, handler;
	double cost; /* part of the whole */
};

struct program {
	struct path path[PATHS];
	double caller_share[CALLERS];
};

/* What is different in the canary. */
struct change {
	int caller; /* asks for so much more of all it calls; below 0: none */
	double growth;
	int moved_to; /* the calls of `caller` are made by this one now; below 0: no */
	int removed;  /* a library function that is gone; below 0: none */
	int renamed; /* a library function that has another name and costs so much more; below 0: none */
	double renamed_growth;
};

static const struct change no_change = {.caller = -1, .moved_to = -1, .removed = -1, .renamed = -1};

static struct program make_program(uint64_t seed)
{
	struct rg_sim_random random = {seed};
	struct program program = {0};
	double sum = 0;

	for (int i = 0; i < PATHS; i++) {
		struct path *path = &program.path[i];

		path->leaf = (int)(rg_sim_next(&random) % LEAVES);
		path->caller = (int)(rg_sim_next(&random) % CALLERS);
		path->handler = path->caller % HANDLERS;
		path->cost = pow(1 + i, -0.8);
		sum += path->cost;
	}
	for (int i = 0; i < PATHS; i++) {
		program.path[i].cost /= sum;
		program.caller_share[program.path[i].caller] += program.path[i].cost;
	}
	return program;
}

static uint32_t frame_of(struct rg_profile_builder *builder, const char *kind, int number,
			 const char *module)
{
	char name[32];

	snprintf(name, sizeof(name), "%s%02d", kind, number);
	return drawn_frame(builder, name, "", module);
}

static void add_path(struct rg_profile_builder *builder, const struct path *path, double mean,
		     const char *leaf, struct rg_sim_random *random)
{
	const uint32_t frames[] = {frame_of(builder, leaf, path->leaf, "libc.so.6"),
				   frame_of(builder, "caller", path->caller, "server"),
				   frame_of(builder, "handler", path->handler, "server"),
				   frame_of(builder, "main", 0, "server")};

	drawn_add(builder, frames, COUNT(frames), mean, random);
}

static struct rg_profile *draw(const struct program *program, const struct change *change,
			       double cv, struct rg_sim_random *random)
{
	struct rg_profile_builder *builder = drawn_begin();
	double leaf[LEAVES], caller[CALLERS];

	for (int i = 0; i < LEAVES; i++)
		leaf[i] = rg_sim_factor(random, cv, false);
	for (int i = 0; i < CALLERS; i++)
		caller[i] = rg_sim_factor(random, cv / 2, false);
	for (int i = 0; i < PATHS; i++) {
		struct path path = program->path[i];
		double mean = path.cost * DRAWN_SAMPLES * leaf[path.leaf] * caller[path.caller];

		if (path.caller == change->caller) {
			mean *= 1 + change->growth;
			if (change->moved_to >= 0) {
				path.caller = change->moved_to;
				path.handler = path.caller % HANDLERS;
			}
		}
		bool renamed = path.leaf == change->renamed;

		if (renamed)
			mean *= 1 + change->renamed_growth;
		if (path.leaf != change->removed)
			add_path(builder, &path, mean, renamed ? "another" : "leaf", random);
	}
	return drawn_finish(builder);
}

struct rates {
	double fail, by_function, by_caller, named; /* that caller, or the place of what fails */
};

static bool names(const struct rg_verdict *verdict, int caller)
{
	char name[32];

	snprintf(name, sizeof(name), "caller%02d", caller);
	if (verdict->caller_count > 0 && strcmp(verdict->callers[0].function, name) == 0)
		return true;
	return verdict->caller_count == 0 && verdict->entry_count > 0 &&
	       strcmp(verdict->entries[0].function, name) == 0;
}

static struct rates rates_of(const struct program *program, const struct change *change, double cv,
			     enum rg_basis basis, int pairs, uint64_t seed)
{
	struct rg_sim_random random = {seed};
	struct rates rates = {0};
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = basis;
	for (int i = 0; i < pairs; i++) {
		struct rg_profile *base = draw(program, &no_change, cv, &random);
		struct rg_profile *canary = draw(program, change, cv, &random);
		struct rg_verdict *verdict = drawn_judge(base, canary, &policy, NULL);
		bool fail = verdict->outcome == RG_OUTCOME_FAIL;

		rates.fail += (double)fail / pairs;
		rates.by_caller += (double)(fail && verdict->caller_count > 0) / pairs;
		rates.by_function += (double)(fail && verdict->caller_count == 0) / pairs;
		rates.named += (double)(fail && names(verdict, change->caller)) / pairs;
		rg_verdict_free(verdict);
	}
	return rates;
}

static void say(const char *what, const struct rates *rates)
{
	print_message("%-34s fail %5.1f %%: by a function %5.1f, by a caller %5.1f; caller named "
		      "%5.1f\n",
		      what, 100 * rates->fail, 100 * rates->by_function, 100 * rates->by_caller,
		      100 * rates->named);
}

static void nothing_changed(void **state)
{
	struct program program = make_program(1);

	(void)state;
	for (size_t i = 0; i < COUNT(drawn_bases); i++) {
		struct rates rates =
			rates_of(&program, &no_change, 0.05, drawn_bases[i], drawn_pairs(150), 5);

		say(rg_basis_name(drawn_bases[i]), &rates);
		assert_true(rates.by_caller <= 0.007);
		assert_true(rates.fail <= 0.03);
	}
}

/* Six callers with 2 to 5 % of the whole each, one after the other. */
static struct rates grown(const struct change *like, enum rg_basis basis, int pairs)
{
	struct program program = make_program(1);
	struct rates mean = {0};
	struct change change = *like;

	for (change.caller = 0; change.caller < 6; change.caller++) {
		struct rates one = rates_of(&program, &change, 0.05, basis, drawn_pairs(pairs),
					    7 + (uint64_t)change.caller);

		mean.fail += one.fail / 6;
		mean.by_function += one.by_function / 6;
		mean.by_caller += one.by_caller / 6;
		mean.named += one.named / 6;
	}
	return mean;
}

static bool fails_by_a_caller(const struct rg_profile *base, const struct rg_profile *canary,
			      struct rg_policy_look look)
{
	struct rg_verdict *verdict;
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.look = look;
	assert_int_equal(rg_diff_judge(&(struct rg_runs){&base, 1}, &(struct rg_runs){&canary, 1},
				       &policy, &verdict, NULL),
			 0);
	bool fails = verdict->caller_count > 0;

	rg_verdict_free(verdict);
	return fails;
}

/* A look that sees a tenth spends a hundredth of the callers' part as well. */
static void an_early_look_fails_fewer_callers(void **state)
{
	const struct rg_policy_look once = {.number = 1, .of = 1, .now = 1};
	const struct rg_policy_look early = {.number = 1, .of = 2, .now = 0.1};
	struct program program = make_program(1);
	struct rg_sim_random random = {11};
	struct change change = no_change;
	size_t failed = 0, withheld = 0;

	(void)state;
	change.caller = 0;
	for (change.growth = 0.2; change.growth < 3; change.growth += 0.1) {
		struct rg_profile *base = draw(&program, &no_change, 0.05, &random);
		struct rg_profile *canary = draw(&program, &change, 0.05, &random);
		bool at_once = fails_by_a_caller(base, canary, once);
		bool at_first = fails_by_a_caller(base, canary, early);

		assert_true(at_once || !at_first);
		failed += at_first;
		withheld += at_once && !at_first;
		rg_profile_free(base);
		rg_profile_free(canary);
	}
	assert_true(failed > 0 && withheld > 0);
}

/* The whole program grows by 2 % then, and no function of the top by much. */
static void a_caller_asks_for_more(void **state)
{
	struct change change = no_change;

	(void)state;
	change.growth = 0.6;
	for (size_t i = 0; i < COUNT(drawn_bases); i++) {
		struct rates rates = grown(&change, drawn_bases[i], 10);

		say("a caller of 2 to 5 %, 60 % more", &rates);
		assert_true(rates.by_caller >= 0.25);
		assert_true(rates.named >= rates.fail - 0.05);
	}
	change.growth = 2;
	for (size_t i = 0; i < COUNT(drawn_bases); i++) {
		struct rates rates = grown(&change, drawn_bases[i], 5);

		say("three times as much", &rates);
		assert_true(rates.fail >= 0.9);
		assert_true(rates.named >= 0.85);
	}
}

static struct rg_verdict *judge_grown(const struct program *program, const struct rg_policy *policy)
{
	struct rg_sim_random random = {7};
	struct change change = no_change;

	change.caller = 0;
	change.growth = 2;
	struct rg_profile *base = draw(program, &no_change, 0.05, &random);

	return drawn_judge(base, draw(program, &change, 0.05, &random), policy, NULL);
}

static struct rg_policy accepting(const struct rg_policy_accept *accept, size_t count)
{
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SHARE;
	policy.accept = accept;
	policy.accept_count = count;
	policy.today = 2;
	return policy;
}

static void assert_caller(const struct rg_verdict *verdict, enum rg_outcome outcome,
			  enum rg_status status)
{
	if (verdict->outcome != outcome || verdict->caller_count != 1)
		fail_msg("%s, %zu callers: %s", rg_outcome_name(verdict->outcome),
			 verdict->caller_count, verdict->reason);
	assert_string_equal(verdict->callers[0].key, "caller00");
	assert_int_equal(verdict->callers[0].status, status);
}

static void a_callers_growth_may_be_accepted(void **state)
{
	/* With its growth most of a function's comes in that fails by itself. */
	struct rg_policy_accept accept[] = {{"leaf14", "libc.so", "r", "o", 9, 5},
					    {"caller00", "server", "r", "o", 2, 5}};
	struct program program = make_program(1);
	struct rg_policy policy = accepting(accept, 1);
	struct rg_verdict *verdict = judge_grown(&program, &policy);

	(void)state;
	assert_caller(verdict, RG_OUTCOME_FAIL, RG_STATUS_REGRESSED);
	rg_verdict_free(verdict);
	policy.accept_count = 2;
	verdict = judge_grown(&program, &policy);
	assert_caller(verdict, RG_OUTCOME_PASS, RG_STATUS_ACCEPTED);
	assert_int_equal(verdict->entry_count, 0);
	rg_verdict_free(verdict);
	policy.today = 3;
	verdict = judge_grown(&program, &policy);
	assert_caller(verdict, RG_OUTCOME_FAIL, RG_STATUS_REGRESSED);
	assert_int_equal(verdict->callers[0].accept.found, RG_ACCEPTANCE_EXPIRED);
	assert_non_null(strstr(verdict->reason, "and that has expired"));
	rg_verdict_free(verdict);
}

/* Most of what the caller calls is one function, which then explains its growth. */
static void what_is_accepted_hides_no_callers_growth(void **state)
{
	struct rg_policy_accept accept = {"leaf99", NULL, "r", "o", 2, 50};
	struct program program = make_program(1);
	struct rg_policy policy = accepting(&accept, 0);
	struct rg_verdict *verdict;
	double left = 0.7 * program.caller_share[0];

	(void)state;
	for (size_t i = 0; i < COUNT(program.path) && left > 0; i++) {
		if (program.path[i].caller != 0)
			continue;
		program.path[i].leaf = 99;
		left -= program.path[i].cost;
	}
	verdict = judge_grown(&program, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(verdict->caller_count, 0);
	assert_string_equal(verdict->rows[0].key, "leaf99");
	rg_verdict_free(verdict);
	policy.accept_count = 1;
	verdict = judge_grown(&program, &policy);
	assert_caller(verdict, RG_OUTCOME_FAIL, RG_STATUS_REGRESSED);
	rg_verdict_free(verdict);
}

static void a_larger_gain_hides_nothing(void **state)
{
	struct change change = no_change;

	(void)state;
	change.growth = 2;
	change.removed = make_program(1).path[0].leaf;
	for (size_t i = 0; i < COUNT(drawn_bases); i++) {
		struct rates rates = grown(&change, drawn_bases[i], 5);

		say("that, and a heavy function gone", &rates);
		assert_true(rates.fail >= 0.9);
		assert_true(rates.named >= 0.85);
	}
}

static void moved_calls_are_no_growth(void **state)
{
	struct program program = make_program(1);
	struct change change = no_change;

	(void)state;
	change.caller = 2;
	change.moved_to = 3;
	for (size_t i = 0; i < COUNT(drawn_bases); i++) {
		struct rates rates =
			rates_of(&program, &change, 0.05, drawn_bases[i], drawn_pairs(40), 9);

		say("moved", &rates);
		assert_true(rates.by_caller <= 0.02);
	}
}

static void a_gain_elsewhere_is_no_growth(void **state)
{
	struct program program = make_program(1);
	struct change change = no_change;

	(void)state;
	change.removed = program.path[0].leaf;
	for (size_t i = 0; i < COUNT(drawn_bases); i++) {
		struct rates rates =
			rates_of(&program, &change, 0.05, drawn_bases[i], drawn_pairs(40), 9);

		say("removed", &rates);
		assert_true(rates.by_caller <= 0.02);
	}
}

/* Of one pair: whether the heaviest library function is compared with what it was called before. */
static struct rg_row judge_renamed(double growth, enum rg_outcome *outcome)
{
	struct program program = make_program(1);
	struct rg_sim_random random = {77};
	struct change change = no_change;
	struct rg_policy policy;
	struct rg_row found = {.renamed_from = ""};

	change.renamed = program.path[0].leaf;
	change.renamed_growth = growth;
	struct rg_profile *base = draw(&program, &no_change, 0.05, &random);
	struct rg_profile *canary = draw(&program, &change, 0.05, &random);

	rg_policy_init(&policy);
	struct rg_verdict *verdict = drawn_judge(base, canary, &policy, NULL);

	for (size_t i = 0; i < verdict->row_count; i++) {
		if (strncmp(verdict->rows[i].function, "another", 7) == 0) {
			found = verdict->rows[i];
			found.renamed_from =
				strncmp(found.renamed_from, "leaf", 4) == 0 ? "leaf" : "";
		}
	}
	*outcome = verdict->outcome;
	rg_verdict_free(verdict);
	return found;
}

static void a_renamed_function_is_compared_with_what_it_was(void **state)
{
	enum rg_outcome outcome;
	struct rg_row row = judge_renamed(0, &outcome);

	(void)state;
	assert_string_equal(row.renamed_from, "leaf");
	assert_int_equal(row.status, RG_STATUS_UNCHANGED);
	assert_int_not_equal(outcome, RG_OUTCOME_FAIL);
	row = judge_renamed(0.8, &outcome);
	assert_string_equal(row.renamed_from, "leaf");
	assert_int_equal(row.status, RG_STATUS_REGRESSED);
	assert_int_equal(outcome, RG_OUTCOME_FAIL);
	/* Ten times as dear it is nobody's old self. */
	row = judge_renamed(9, &outcome);
	assert_string_equal(row.renamed_from, "");
	assert_int_equal(outcome, RG_OUTCOME_FAIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed),
		cmocka_unit_test(a_caller_asks_for_more),
		cmocka_unit_test(an_early_look_fails_fewer_callers),
		cmocka_unit_test(a_callers_growth_may_be_accepted),
		cmocka_unit_test(what_is_accepted_hides_no_callers_growth),
		cmocka_unit_test(a_larger_gain_hides_nothing),
		cmocka_unit_test(moved_calls_are_no_growth),
		cmocka_unit_test(a_gain_elsewhere_is_no_growth),
		cmocka_unit_test(a_renamed_function_is_compared_with_what_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
