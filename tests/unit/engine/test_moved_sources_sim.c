/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code that moves where stacks and names show nothing, and the sources do. */
#include "moved_drawn.h"

static void two_functions(struct program *base, struct program *canary, const double price[2],
			  const double tax[2])
{
	add(base, (struct path){"price", .handler = 1, .cost = price[0], .file = "price.c"});
	add(canary, (struct path){"price", .handler = 1, .cost = price[1], .file = "price.c"});
	add(base, (struct path){"tax", .handler = 2, .cost = tax[0], .file = "tax.c"});
	add(canary, (struct path){"tax", .handler = 2, .cost = tax[1], .file = "tax.c"});
}

static void a_piece_moved(struct program *base, struct program *canary,
			  struct rg_sim_random *random)
{
	(void)random;
	two_functions(base, canary, (const double[]){0.1, 0.04}, (const double[]){0.03, 0.088});
}

static void grown_by_more(struct program *base, struct program *canary,
			  struct rg_sim_random *random)
{
	(void)random;
	two_functions(base, canary, (const double[]){0.1, 0.07}, (const double[]){0.03, 0.12});
}

static void lost_far_more(struct program *base, struct program *canary,
			  struct rg_sim_random *random)
{
	(void)random;
	two_functions(base, canary, (const double[]){0.1, 0.02}, (const double[]){0.06, 0.09});
}

static void in_a_large_domain(struct program *base, struct program *canary,
			      struct rg_sim_random *random)
{
	(void)random;
	two_functions(base, canary, (const double[]){0.3, 0.25}, (const double[]){0.03, 0.08});
}

/* Called from elsewhere, and no file is known. */
static void renamed(struct program *base, struct program *canary, double after)
{
	add(base, (struct path){"sum_of", .handler = 1, .cost = 0.04});
	add(canary, (struct path){"total_of", .handler = 2, .cost = after});
}

static void renamed_alike(struct program *base, struct program *canary,
			  struct rg_sim_random *random)
{
	(void)random;
	renamed(base, canary, 0.04);
}

static void renamed_and_dearer(struct program *base, struct program *canary,
			       struct rg_sim_random *random)
{
	(void)random;
	renamed(base, canary, 0.16);
}

static void renamed_and_far_cheaper(struct program *base, struct program *canary,
				    struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"sum_of", .handler = 1, .cost = 0.18});
	add(canary, (struct path){"total_of", .handler = 2, .cost = 0.015});
}

#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static const struct rg_kinship price_to_tax = {"price", "tax", false, COMMIT};
static const struct rg_kinship tax_to_price = {"tax", "price", false, COMMIT};
static const struct rg_kinship sum_to_total = {"sum_of", "total_of", true, COMMIT};

static const struct known {
	struct scenario scenario;
	const struct rg_kinship *kinship; /* NULL: none is known */
	bool fails;
} known[] = {
	{{"lines moved, not known", a_piece_moved, "tax", false, ""}, NULL, true},
	{{"lines moved", a_piece_moved, "tax", false, "price"}, &price_to_tax, false},
	{{"the same, stripped", a_piece_moved, "tax", true, "price"}, &price_to_tax, false},
	{{"lines moved the other way", a_piece_moved, "tax", false, ""}, &tax_to_price, true},
	{{"lines of others moved", a_piece_moved, "tax", false, ""}, &sum_to_total, true},
	{{"lines moved, and it grew by three times that", grown_by_more, "tax", false, ""},
	 &price_to_tax,
	 true},
	{{"lines moved, and a larger gain", lost_far_more, "tax", false, ""}, &price_to_tax, true},
	{{"lines moved in a large domain", in_a_large_domain, "tax", false, ""},
	 &price_to_tax,
	 true},
	{{"renamed, not known", renamed_alike, "total_of", false, ""}, NULL, true},
	{{"renamed", renamed_alike, "total_of", false, ""}, &sum_to_total, false},
	{{"renamed, four times as dear", renamed_and_dearer, "total_of", false, ""},
	 &sum_to_total,
	 true},
	{{"renamed, a twelfth of the cost", renamed_and_far_cheaper, "total_of", false, ""},
	 &sum_to_total,
	 false},
};

static void what_the_sources_say_must_be_borne_out_by_costs(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		const struct rg_kinships kinships = {known[i].kinship, known[i].kinship != NULL};
		struct rates rates = say_kin(&known[i].scenario, &kinships,
					     drawn_bases[i % COUNT(drawn_bases)], 50);

		if (known[i].fails)
			bad += rates.moved > 0.02 || rates.fails < 0.95;
		else
			bad += rates.fails > 0.07 || rates.named != rates.moved;
	}
	assert_int_equal(bad, 0);
}

static struct rg_verdict *judge_once(void (*make)(struct program *base, struct program *canary,
						  struct rg_sim_random *random),
				     const struct rg_kinship *kinship)
{
	const struct scenario scenario = {.make = make};
	struct rg_sim_random random = {5};
	struct rg_policy policy;

	rg_policy_init(&policy);
	return judge_pair(&scenario, &(struct rg_kinships){kinship, 1}, &policy, &random);
}

static void what_the_sources_say_is_told_with_the_commit(void **state)
{
	struct rg_verdict *verdict = judge_once(a_piece_moved, &price_to_tax);

	(void)state;
	assert_int_equal(verdict->rows[0].status, RG_STATUS_MOVED);
	assert_string_equal(verdict->rows[0].function, "tax");
	assert_int_equal(verdict->move_count, 1);
	assert_int_equal(verdict->moves[0].how, RG_MOVE_LINES);
	assert_string_equal(verdict->moves[0].function, "price");
	assert_string_equal(verdict->moves[0].commit, COMMIT);
	rg_verdict_free(verdict);
	verdict = judge_once(renamed_and_dearer, &sum_to_total);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(verdict->rows[0].status, RG_STATUS_REGRESSED);
	assert_string_equal(verdict->rows[0].function, "total_of");
	assert_string_equal(verdict->rows[0].renamed_from, "sum_of");
	assert_string_equal(verdict->rows[0].renamed_by, COMMIT);
	assert_true(verdict->rows[0].growth > 2 && verdict->rows[0].growth < 4);
	assert_string_equal(verdict->rows[1].renamed_by, "");
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_sources_say_must_be_borne_out_by_costs),
		cmocka_unit_test(what_the_sources_say_is_told_with_the_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
