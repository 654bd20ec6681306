/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/scratch.h"

#include "rg/config.h"
#include "rg/err.h"

static int parse(struct rg_config *config, const char *text, struct rg_err *err)
{
	return rg_config_parse(config, text, strlen(text), "c.json", NULL, err);
}

static void functions_and_patterns_are_read(void **state)
{
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	assert_int_equal(
		parse(&config,
		      "{\"functions\": [{\"match\": \"json_*\", \"module\": \"libjson.so\","
		      " \"growth\": \"50%\", \"limit\": \"80%\", \"min_share\": \"2%\"},"
		      " {\"$comment\": \"c\", \"match\": \"memcpy\", \"limit\": \"60%\"}],"
		      " \"ignore\": [\"idle\", \"spin_?\"]}",
		      NULL),
		0);
	assert_int_equal(config.policy.function_count, 2);
	assert_string_equal(config.policy.functions[0].match, "json_*");
	assert_string_equal(config.policy.functions[0].module, "libjson.so");
	assert_float_equal(config.policy.functions[0].growth, 0.5, 1e-12);
	assert_float_equal(config.policy.functions[0].limit, 0.8, 1e-12);
	assert_float_equal(config.policy.functions[0].min_share, 0.02, 1e-12);
	assert_null(config.policy.functions[1].module);
	assert_float_equal(config.policy.functions[1].growth, RG_POLICY_INHERIT, 0);
	assert_float_equal(config.policy.functions[1].limit, 0.6, 1e-12);
	assert_int_equal(config.policy.ignore_count, 2);
	assert_string_equal(config.policy.ignore[1], "spin_?");
	assert_int_equal(rg_config_check(&config, NULL), 0);
	assert_int_equal(rg_policy_check(&config.policy, NULL), 0);
	rg_config_done(&config);
}

/* What stands in "on_cpu" is the more particular, wherever it stands. */
static void a_dimension_goes_over_the_values_beside_it(void **state)
{
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	assert_int_equal(parse(&config,
			       "{\"policy\": {\"on_cpu\": {\"growth\": \"10%\", \"top_k\": 7,"
			       " \"min_samples\": 9}, \"growth\": \"20%\", \"limit\": \"35%\","
			       " \"top_k\": 3}}",
			       NULL),
			 0);
	assert_float_equal(config.policy.growth, 0.10, 1e-12);
	assert_float_equal(config.policy.limit, 0.35, 1e-12);
	assert_int_equal(config.policy.top_k, 7);
	assert_int_equal(config.policy.min_samples, 9);
	rg_config_done(&config);
}

static void a_scenarios_value_goes_over_a_dimensions_at_the_top(void **state)
{
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	assert_int_equal(parse(&config,
			       "{\"policy\": {\"on_cpu\": {\"growth\": \"10%\"}},"
			       " \"scenarios\": {\"a\": {\"policy\": {\"growth\": \"20%\"}}}}",
			       NULL),
			 0);
	assert_float_equal(config.policy.growth, 0.20, 1e-12);
	rg_config_done(&config);
}

static void a_second_text_goes_over_the_lists_of_the_first(void **state)
{
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	assert_int_equal(parse(&config,
			       "{\"functions\": [{\"match\": \"a\", \"growth\": \"1%\"}],"
			       " \"ignore\": [\"x\"]}",
			       NULL),
			 0);
	assert_int_equal(parse(&config,
			       "{\"functions\": [{\"match\": \"b\", \"growth\": \"2%\"}],"
			       " \"ignore\": [\"y\"]}",
			       NULL),
			 0);
	assert_int_equal(config.policy.function_count, 2);
	assert_string_equal(config.policy.functions[0].match, "b");
	assert_string_equal(config.policy.functions[1].match, "a");
	assert_string_equal(config.policy.ignore[0], "x");
	assert_string_equal(config.policy.ignore[1], "y");
	rg_config_done(&config);
}

struct row {
	const char *sentence, *text, *error;
};

static const struct row wrong[] = {
	{"functions that are an object", "{\"functions\": {}}",
	 "c.json:1:15: \"functions\" must be an array of objects, as [{\"match\": \"json_*\", "
	 "\"growth\": \"30%\"}]"},
	{"a function that is a text", "{\"functions\": [\"f\"]}",
	 "c.json:1:16: an element of \"functions\" must be an object"},
	{"a function that says nothing of which", "{\"functions\": [{\"growth\": \"5%\"}]}",
	 "c.json:1:16: \"match\" is missing"},
	{"a function without a limit",
	 "{\"functions\": [{\"match\": \"f\", \"growth\": \"5%\"},\n {\"match\": \"g\"}]}",
	 "c.json:2:2: it sets no limit: say \"growth\", \"limit\" or \"min_share\""},
	{"an unknown key of a function", "{\"functions\": [{\"match\": \"f\", \"grwth\": \"5%\"}]}",
	 "c.json:1:31: unknown key \"grwth\"; did you mean \"growth\"?"},
	{"an empty match", "{\"functions\": [{\"match\": \"\", \"growth\": \"5%\"}]}",
	 "c.json:1:26: \"match\" must be a pattern of 1 to 512 bytes, as \"memcpy\" or \"json_*\""},
	{"a growth that is too large",
	 "{\"functions\": [{\"match\": \"f\", \"growth\": \"100001%\"}]}",
	 "c.json:1:41: \"growth\" must be a percentage"},
	{"a growth that is negative", "{\"functions\": [{\"match\": \"f\", \"growth\": \"-1%\"}]}",
	 "c.json:1:41: \"growth\" must be a percentage"},
	{"a share above the whole",
	 "{\"functions\": [{\"match\": \"f\", \"min_share\": \"200%\"}]}",
	 "c.json:1:44: \"min_share\" must be 0% to 100%, not 200%"},
	{"patterns that are a text", "{\"ignore\": \"f\"}",
	 "c.json:1:12: \"ignore\" must be an array of patterns, as [\"memcpy\", \"json_*\"]"},
	{"a pattern that is a number", "{\"ignore\": [\"f\",\n 5]}",
	 "c.json:2:2: an element of \"ignore\" must be a pattern of 1 to 512 bytes"},
	{"a pattern that is empty", "{\"ignore\": [\"\"]}",
	 "c.json:1:13: an element of \"ignore\""},
	{"a comment that is none", "{\"policy\": {\"$comment\": 5}}",
	 "c.json:1:25: \"$comment\" must be a text"},
	{"a dimension there is not", "{\"policy\": {\"onn_cpu\": {}}}",
	 "c.json:1:13: unknown key \"onn_cpu\"; did you mean \"on_cpu\"?"},
	{"what no dimension has of its own", "{\"policy\": {\"on_cpu\": {\"basis\": \"share\"}}}",
	 "c.json:1:24: unknown key \"basis\"; known here: growth, total_growth, limit, min_share, "
	 "top_k, "
	 "min_samples"},
	{"a range in a dimension", "{\"policy\": {\"on_cpu\": {\"top_k\": 101}}}",
	 "c.json:1:33: \"top_k\" must be 1 to 100, not 101"},
};

static void what_is_wrong_is_told_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct rg_config config;
		struct rg_err err = {0};

		rg_config_init(&config);
		if (parse(&config, wrong[i].text, &err) != RG_EUSAGE ||
		    strncmp(err.text, wrong[i].error, strlen(wrong[i].error)) != 0)
			fail_msg("%s: %s", wrong[i].sentence, err.text);
		assert_int_equal(config.policy.function_count + config.policy.ignore_count, 0);
		assert_null(config.policy.functions);
		rg_config_done(&config);
	}
}

/* Those at the top and those of the scenario count together. */
static void lists_are_bounded(void **state)
{
	enum { ROOM = 1 << 16 };
	char *text = malloc(ROOM);
	struct rg_config config;
	struct rg_err err = {0};
	size_t len;

	(void)state;
	assert_non_null(text);
	len = (size_t)snprintf(text, ROOM, "{\"ignore\": [\"f\"");
	for (int i = 1; i < RG_POLICY_LIST_MAX; i++)
		len += (size_t)snprintf(text + len, ROOM - len, ",\"f\"");
	snprintf(text + len, ROOM - len, "]}");
	rg_config_init(&config);
	assert_int_equal(parse(&config, text, NULL), 0);
	assert_int_equal(config.policy.ignore_count, RG_POLICY_LIST_MAX);
	rg_config_done(&config);
	snprintf(text + len, ROOM - len, "],\n \"scenarios\": {\"a\": {\"ignore\": [\"g\"]}}}");
	rg_config_init(&config);
	assert_int_equal(parse(&config, text, &err), RG_EUSAGE);
	assert_string_equal(err.text, "c.json:2:32: \"ignore\" has more than 256 entries");
	rg_config_done(&config);
	free(text);
}

static void a_policy_may_change_hands(void **state)
{
	struct rg_config to, from;
	struct rg_policy fresh;

	(void)state;
	rg_config_init(&to);
	rg_config_init(&from);
	rg_policy_init(&fresh);
	assert_int_equal(parse(&to, "{\"ignore\": [\"x\"], \"window\": \"5s\"}", NULL), 0);
	assert_int_equal(
		parse(&from, "{\"ignore\": [\"y\"], \"policy\": {\"growth\": \"7%\"}}", NULL), 0);
	rg_config_take_policy(&to, &from);
	assert_string_equal(to.policy.ignore[0], "y");
	assert_float_equal(to.policy.growth, 0.07, 1e-12);
	assert_int_equal(from.policy.ignore_count, 0);
	assert_float_equal(from.policy.growth, fresh.growth, 0);
	rg_config_done(&from);
	assert_string_equal(to.policy.ignore[0], "y");
	rg_config_done(&to);
}

/* --- Waits ---------------------------------------------------------------------------------- */

static void read_text(struct rg_config *config, const char *text)
{
	struct rg_err err = {0};

	rg_config_init(config);
	if (rg_config_parse(config, text, strlen(text), "c.json", NULL, &err))
		fail_msg("%s", err.text);
}

static void what_holds_for_both_dimensions_is_taken_twice(void **state)
{
	struct rg_config config;

	(void)state;
	/* Whatever their order. */
	read_text(&config,
		  "{\"policy\": {\"off_cpu\": {\"limit\": \"60%\", \"min_time\": \"5ms\"}, "
		  "\"on_cpu\": {\"growth\": \"40%\"}, \"growth\": \"20%\", \"top_k\": 7, "
		  "\"limit\": \"50%\", \"total_growth\": \"9%\", \"min_samples\": 3}}");
	assert_true(config.policy.growth == 0.40 && config.policy.off_cpu.growth == 0.20);
	assert_true(config.policy.limit == 0.50 && config.policy.off_cpu.limit == 0.60);
	assert_true(config.policy.total_growth == 0.09);
	assert_true(config.policy.off_cpu.total_growth == 0.09);
	assert_int_equal(config.policy.top_k, 7);
	assert_int_equal(config.policy.off_cpu.top_k, 7);
	assert_int_equal(config.policy.off_cpu.min_time_ns, 5000000);
	assert_int_equal(config.policy.off_cpu.min_waits, 20);
	rg_config_done(&config);
}

static void a_scenarios_patterns_are_added(void **state)
{
	struct rg_config config;

	(void)state;
	read_text(&config,
		  "{\"idle\": [\"a\"], \"plumbing\": [\"p\", \"q\"], \"scenarios\": {\"one\": "
		  "{\"idle\": [\"b\"], \"not_idle\": [\"c\"]}}}");
	assert_int_equal(config.policy.idle.count, 2);
	assert_string_equal(config.policy.idle.pattern[0], "a");
	assert_string_equal(config.policy.idle.pattern[1], "b");
	assert_int_equal(config.policy.not_idle.count, 1);
	assert_string_equal(config.policy.not_idle.pattern[0], "c");
	assert_int_equal(config.policy.plumbing.count, 2);
	assert_int_equal(config.policy.ignore_count, 0);
	rg_config_done(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_holds_for_both_dimensions_is_taken_twice),
		cmocka_unit_test(a_scenarios_patterns_are_added),
		cmocka_unit_test(functions_and_patterns_are_read),
		cmocka_unit_test(a_dimension_goes_over_the_values_beside_it),
		cmocka_unit_test(a_scenarios_value_goes_over_a_dimensions_at_the_top),
		cmocka_unit_test(a_second_text_goes_over_the_lists_of_the_first),
		cmocka_unit_test(what_is_wrong_is_told_with_its_place),
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(a_policy_may_change_hands),
	};

	return cmocka_run_group_tests_name("config/lists", tests, NULL, NULL);
}
