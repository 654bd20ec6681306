/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that became cheaper by something new, or by a call that is gone. */
#include "moved_drawn.h"

/* A loop became a call of something that is four times as fast. */
static void taken_out_cheaper(struct program *base, struct program *canary,
			      struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.16, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.03, .file = "order.c"});
	add(canary, (struct path){"scan_body", .caller = "parse_order", .handler = 1, .cost = 0.03,
				  .file = "scan.c"});
}

/* Another name in another file, and a sixth of the cost. */
static void replaced_cheaper(struct program *base, struct program *canary,
			     struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.02, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.02, .file = "order.c"});
	add(base, (struct path){"sort_rows", .caller = "parse_order", .handler = 1, .cost = 0.15,
				.file = "sort.c"});
	add(canary, (struct path){"scan_body", .caller = "parse_order", .handler = 1, .cost = 0.025,
				  .file = "scan.c"});
}

/* By what was there for something else, at too little to have been judged: as good as new. */
static void replaced_by_as_good_as_new(struct program *base, struct program *canary,
				       struct rg_sim_random *random)
{
	(void)random;
	for (int i = 0; i < 2; i++) {
		add(i ? base : canary,
		    (struct path){"parse_order", .handler = 1, .cost = 0.08, .file = "order.c"});
		add(i ? base : canary,
		    (struct path){"scan_body", .caller = "parse_head", .handler = 2, .cost = 0.0011,
				  .file = "scan.c"});
	}
	add(base, (struct path){"sort_rows", .caller = "parse_order", .handler = 1, .cost = 0.06,
				.file = "sort.c"});
	add(canary, (struct path){"scan_body", .caller = "parse_order", .handler = 1, .cost = 0.009,
				  .file = "scan.c"});
}

/* One of two callers of a library's function calls something of its own in its place. */
static void replaced_in_one_caller(struct program *base, struct program *canary,
				   struct rg_sim_random *random)
{
	(void)random;
	for (int i = 0; i < 2; i++) {
		add(i ? base : canary,
		    (struct path){"parse_order", .handler = 1, .cost = 0.02, .file = "order.c"});
		add(i ? base : canary, (struct path){"copy", .caller = "parse_basket", .handler = 2,
						     .cost = 0.04, .file = "libc.c"});
	}
	add(base, (struct path){"copy", .caller = "parse_order", .handler = 1, .cost = 0.12,
				.file = "libc.c"});
	add(canary, (struct path){"scan_body", .caller = "parse_order", .handler = 1, .cost = 0.025,
				  .file = "scan.c"});
}

/* It was called by a jump, and so its own caller is on the stack. */
static void inlined_tail_call(struct program *base, struct program *canary,
			      struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.06, .file = "order.c"});
	add(base, (struct path){"digits", .handler = 1, .cost = 0.1, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.085, .file = "order.c"});
}

static const struct scenario cheaper[] = {
	{"a piece taken out, a quarter of the cost", taken_out_cheaper, "scan_body", false,
	 "parse_order"},
	{"the same, stripped", taken_out_cheaper, "scan_body", true, "parse_order"},
	{"replaced by another of a sixth", replaced_cheaper, "scan_body", false, "sort_rows"},
	{"the same, stripped", replaced_cheaper, "scan_body", true, "sort_rows"},
	{"a tail call inlined, a quarter of the cost", inlined_tail_call, "parse_order", false,
	 "digits"},
	{"replaced by what is as good as new", replaced_by_as_good_as_new, "scan_body", false,
	 "sort_rows"},
	{"one caller's calls replaced", replaced_in_one_caller, "scan_body", false, "copy"},
	{"the same, stripped", replaced_in_one_caller, "scan_body", true, "copy"},
};

static void what_is_new_in_a_cheaper_place_does_not_fail(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cheaper); i++) {
		struct rates rates = say(&cheaper[i], drawn_bases[i % COUNT(drawn_bases)], 100);

		bad += rates.fails > 0.07 || rates.named != rates.moved;
	}
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_new_in_a_cheaper_place_does_not_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
