/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/scratch.h"

#include "rg/config.h"
#include "rg/err.h"
#include "rg/units.h"

static const char two[] =
	"{\"window\": \"10s\", \"load\": \"./load\", \"frequency\": 199,\n"
	" \"policy\": {\"growth\": \"20%\", \"limit\": \"40%\"},\n"
	" \"functions\": [{\"match\": \"f\", \"growth\": \"50%\"}],\n"
	" \"ignore\": [\"idle\"],\n"
	" \"scenarios\": {\n"
	"  \"checkout\": {\"window\": \"5s\", \"target\": {\"command\": [\"./c\"]},\n"
	"   \"policy\": {\"growth\": \"5%\"},\n"
	"   \"functions\": [{\"match\": \"g\", \"limit\": \"80%\"}],\n"
	"   \"ignore\": [\"spin\", \"wait_*\"]},\n"
	"  \"search\": {\"load\": \"./search-load\"}}}";

static int parse_wanted(struct rg_config *config, const char *text, const char *scenario,
			bool may_be_unknown, struct rg_err *err)
{
	const struct rg_config_wanted wanted = {scenario, may_be_unknown};

	return rg_config_parse(config, text, strlen(text), "c.json", &wanted, err);
}

static void parse_ok(struct rg_config *config, const char *text, const char *scenario)
{
	struct rg_err err = {0};

	rg_config_init(config);
	if (parse_wanted(config, text, scenario, false, &err))
		fail_msg("%s", err.text);
}

static void a_scenario_goes_over_what_holds_for_all(void **state)
{
	struct rg_config config;

	(void)state;
	parse_ok(&config, two, "checkout");
	assert_string_equal(config.scenario, "checkout");
	assert_int_equal(config.window_ns, 5 * RG_NS_PER_S);
	assert_string_equal(config.command[0], "./c");
	assert_string_equal(config.load, "./load");
	assert_int_equal(config.frequency_hz, 199);
	/* Of the policy, single keys. */
	assert_float_equal(config.policy.growth, 0.05, 1e-12);
	assert_float_equal(config.policy.limit, 0.40, 1e-12);
	/* Its functions first, for the first that matches counts. */
	assert_int_equal(config.policy.function_count, 2);
	assert_string_equal(config.policy.functions[0].match, "g");
	assert_string_equal(config.policy.functions[1].match, "f");
	assert_int_equal(config.policy.ignore_count, 3);
	assert_string_equal(config.policy.ignore[0], "idle");
	assert_string_equal(config.policy.ignore[1], "spin");
	assert_string_equal(config.policy.ignore[2], "wait_*");
	assert_int_equal(rg_config_check(&config, NULL), 0);
	rg_config_done(&config);
}

static void another_scenario_has_nothing_of_it(void **state)
{
	struct rg_config config;

	(void)state;
	parse_ok(&config, two, "search");
	assert_string_equal(config.load, "./search-load");
	assert_int_equal(config.window_ns, 10 * RG_NS_PER_S);
	assert_null(config.command);
	assert_float_equal(config.policy.growth, 0.20, 1e-12);
	assert_int_equal(config.policy.function_count, 1);
	assert_int_equal(config.policy.ignore_count, 1);
	rg_config_done(&config);
}

struct choice {
	const char *sentence, *text, *wanted;
	const char *scenario; /* NULL: left open */
};

static const struct choice choices[] = {
	{"without scenarios it is a name", "{\"scenario\": \"a\"}", NULL, "a"},
	{"which the command line may say otherwise", "{\"scenario\": \"a\"}", "b", "b"},
	{"and has a default", "{}", NULL, "default"},
	{"which it may say otherwise too", "{}", "b", "b"},
	{"the only one is meant", "{\"scenarios\": {\"one\": {}}}", NULL, "one"},
	{"of several the file names one",
	 "{\"scenario\": \"y\", \"scenarios\": {\"x\": {}, \"y\": {}}}", NULL, "y"},
	{"whatever the order of its keys",
	 "{\"scenarios\": {\"x\": {}, \"y\": {}}, \"scenario\": \"y\"}", NULL, "y"},
	{"or the command line another",
	 "{\"scenario\": \"y\", \"scenarios\": {\"x\": {}, \"y\": {}}}", "x", "x"},
	{"else it is open", "{\"scenarios\": {\"x\": {}, \"y\": {}}}", NULL, NULL},
};

static void the_scenario_that_is_meant(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		const struct choice *choice = &choices[i];
		struct rg_config config;

		parse_ok(&config, choice->text, choice->wanted);
		if (config.scenario_open != !choice->scenario ||
		    (choice->scenario && strcmp(config.scenario, choice->scenario) != 0))
			fail_msg("%s: %s", choice->sentence, config.scenario);
		assert_int_equal(rg_config_check(&config, NULL), 0);
		assert_int_equal(rg_config_need_scenario(&config, NULL),
				 choice->scenario ? 0 : RG_EUSAGE);
		rg_config_done(&config);
	}
}

static void an_open_choice_lists_them(void **state)
{
	struct rg_config config;
	struct rg_err err = {0};

	(void)state;
	parse_ok(&config, two, NULL);
	assert_int_equal(rg_config_set_path(&config, "/r/c.json", NULL), 0);
	assert_int_equal(rg_config_need_scenario(&config, &err), RG_EUSAGE);
	assert_string_equal(err.text,
			    "/r/c.json: several scenarios: say --scenario NAME, or name one "
			    "by \"scenario\": checkout, search");
	/* What holds for all. */
	assert_int_equal(config.window_ns, 10 * RG_NS_PER_S);
	assert_string_equal(config.scenarios[0], "checkout");
	assert_string_equal(config.scenarios[1], "search");
	assert_null(config.scenarios[2]);
	rg_config_done(&config);
}

static void an_unknown_scenario_names_the_nearest(void **state)
{
	struct rg_config config;
	struct rg_err near = {0}, far = {0}, file = {0};

	(void)state;
	rg_config_init(&config);
	assert_int_equal(parse_wanted(&config, two, "chekout", false, &near), RG_EUSAGE);
	assert_string_equal(near.text,
			    "c.json:5:2: no scenario \"chekout\" in \"scenarios\"; did you "
			    "mean \"checkout\"?");
	assert_int_equal(parse_wanted(&config, two, "x", false, &far), RG_EUSAGE);
	assert_string_equal(far.text, "c.json:5:2: no scenario \"x\" in \"scenarios\"; there are: "
				      "checkout, search");
	assert_int_equal(parse_wanted(&config,
				      "{\"scenario\": \"b\",\n \"scenarios\": {\"a\": {}}}", NULL,
				      true, &file),
			 RG_EUSAGE);
	assert_text_has(file.text, "c.json:1:14: no scenario \"b\" in \"scenarios\"");
	assert_string_equal(config.scenario, "default");
	rg_config_done(&config);
}

static void one_that_may_be_unknown_has_what_holds_for_all(void **state)
{
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	assert_int_equal(parse_wanted(&config, two, "gone", true, NULL), 0);
	assert_string_equal(config.scenario, "gone");
	assert_false(config.scenario_open);
	assert_int_equal(config.window_ns, 10 * RG_NS_PER_S);
	rg_config_done(&config);
	rg_config_init(&config);
	assert_int_equal(parse_wanted(&config, two, "checkout", true, NULL), 0);
	assert_int_equal(config.window_ns, 5 * RG_NS_PER_S);
	rg_config_done(&config);
}

struct row {
	const char *sentence, *text, *error;
};

static const struct row wrong[] = {
	{"a mistake in a scenario that is not meant",
	 "{\"scenario\": \"a\", \"scenarios\": {\"a\": {},\n \"b\": {\"windw\": 1}}}",
	 "c.json:2:8: unknown key \"windw\"; did you mean \"window\"?"},
	{"a range in one that is not meant",
	 "{\"scenario\": \"a\", \"scenarios\": {\"a\": {},\n \"b\": {\"window\": \"1ms\"}}}",
	 "c.json:2:18: \"window\" must be 1s to 24h, not 1ms"},
	{"a key that only stands at the top", "{\"scenarios\": {\"a\": {\"store\": \"dir:x\"}}}",
	 "c.json:1:22: unknown key \"store\"; "},
	{"a name that the store does not take", "{\"scenarios\": {\"a b\": {}}}",
	 "c.json:1:16: a scenario is called by 1 to 200 letters, digits and . _ -, not starting "
	 "with "
	 ". or -"},
	{"a name that is empty", "{\"scenarios\": {\"\": {}}}",
	 "c.json:1:16: a scenario is called by "},
	{"a name that begins with a dot", "{\"scenario\": \".a\"}",
	 "c.json:1:14: \"scenario\" must be a name: 1 to 200 letters"},
	{"a name of more than ASCII", "{\"scenario\": \"caf\xc3\xa9\"}",
	 "c.json:1:14: \"scenario\" must be a name"},
	{"a name that leaves its folder", "{\"scenarios\": {\"../x\": {}}}",
	 "c.json:1:16: a scenario is called by "},
	{"scenarios that are none", "{\"scenarios\": []}",
	 "c.json:1:15: \"scenarios\" must be an object with a member for each scenario"},
	{"no scenario at all", "{\"scenarios\": {}}",
	 "c.json:1:15: \"scenarios\" must be an object"},
	{"a scenario that is no object", "{\"scenarios\": {\"a\": 1}}",
	 "c.json:1:21: \"a\" must be an object"},
};

static void what_is_wrong_is_told_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct rg_config config;
		struct rg_err err = {0};

		rg_config_init(&config);
		if (parse_wanted(&config, wrong[i].text, NULL, false, &err) != RG_EUSAGE ||
		    strncmp(err.text, wrong[i].error, strlen(wrong[i].error)) != 0)
			fail_msg("%s: %s", wrong[i].sentence, err.text);
		assert_string_equal(config.scenario, "default");
		assert_null(config.scenarios);
		rg_config_done(&config);
	}
}

static void there_may_be_256(void **state)
{
	char text[8192] = "{\"scenarios\": {";
	struct rg_config config;
	struct rg_err err = {0};
	size_t len = strlen(text);

	(void)state;
	for (int i = 0; i < RG_CONFIG_SCENARIOS_MAX; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\"s%d\": {}",
					i ? "," : "", i);
	snprintf(text + len, sizeof(text) - len, "}}");
	parse_ok(&config, text, "s255");
	snprintf(text + len, sizeof(text) - len, ", \"one_more\": {}}}");
	assert_int_equal(parse_wanted(&config, text, "s255", false, &err), RG_EUSAGE);
	assert_string_equal(err.text, "c.json:1:15: \"scenarios\" has more than 256 members");
	rg_config_done(&config);
}

/* The command line's is not read from a file, and must be fit for the store all the same. */
static void the_name_is_checked_wherever_it_comes_from(void **state)
{
	struct rg_config config;
	struct rg_err err = {0};

	(void)state;
	rg_config_init(&config);
	assert_int_equal(parse_wanted(&config, "{}", "a/b", false, NULL), 0);
	assert_int_equal(rg_config_check(&config, &err), RG_EUSAGE);
	assert_string_equal(err.text,
			    "config: scenario 'a/b': must be 1 to 200 letters, digits and . _ "
			    "-, not starting with . or -");
	rg_config_done(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scenario_goes_over_what_holds_for_all),
		cmocka_unit_test(another_scenario_has_nothing_of_it),
		cmocka_unit_test(the_scenario_that_is_meant),
		cmocka_unit_test(an_open_choice_lists_them),
		cmocka_unit_test(an_unknown_scenario_names_the_nearest),
		cmocka_unit_test(one_that_may_be_unknown_has_what_holds_for_all),
		cmocka_unit_test(what_is_wrong_is_told_with_its_place),
		cmocka_unit_test(there_may_be_256),
		cmocka_unit_test(the_name_is_checked_wherever_it_comes_from),
	};

	return cmocka_run_group_tests_name("config/scenarios", tests, NULL, NULL);
}
