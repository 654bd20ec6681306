/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a verdict that fails begins: with the whole program where that fails, else with what uses most of it. */
#include "made.h"

struct headline {
	const char *sentence;
	double times;              /* all functions; 0 stands for 1 */
	struct made_extra more[3]; /* functions in place of what they were */
	const char *begins, *has, *has_not;
};

static const struct headline headlines[] = {
	{"a function alone: the total stays within its limit", .more = {{"f09", 2800}},
	 .begins = "f09() uses ", .has = " more CPU per second (limit 15 %)",
	 .has_not = "whole program"},
	{"one function, and the total by it", .more = {{"f00", 24000}},
	 .begins = "the whole program uses ",
	 .has = " more CPU per second (limit 15 %); most of it in f00()", .has_not = "fail"},
	{"a new one, and the total by it", .more = {{"fresh", 15000}},
	 .begins = "the whole program uses ", .has = "; most of it in fresh(), which is new",
	 .has_not = "fail"},
	{"several: of the first its part, and how many more",
	 .more = {{"f00", 11000}, {"f01", 7000}, {"f02", 5500}},
	 .begins = "the whole program uses ", .has = " % of it in f01(); 2 more functions fail",
	 .has_not = "most of it"},
	{"all functions alike", .times = 2, .begins = "the whole program uses ",
	 .has = ", though no single function fails", .has_not = " in f00()"},
};

static struct rg_verdict *judge_headline(const struct headline *row)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = policy_per_second();

	canary.times = row->times;
	for (size_t i = 0; i < COUNT(row->more) && row->more[i].function; i++)
		made_extra(&canary, row->more[i].function, row->more[i].samples);
	return judge_specs(&base, &canary, &policy);
}

static void the_whole_program_is_told_before_its_functions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(headlines); i++) {
		const struct headline *row = &headlines[i];
		struct rg_verdict *verdict = judge_headline(row);

		print_message("%s: %s\n", row->sentence, verdict->reason);
		assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
		assert_int_equal(strncmp(verdict->reason, row->begins, strlen(row->begins)), 0);
		assert_text_has(verdict->reason, row->has);
		assert_null(strstr(verdict->reason, row->has_not));
		rg_verdict_free(verdict);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_program_is_told_before_its_functions),
	};

	return cmocka_run_group_tests_name("engine/reason_fail", tests, NULL, NULL);
}
