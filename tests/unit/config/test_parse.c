/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/scratch.h"

#include "rg/config.h"
#include "rg/err.h"
#include "rg/units.h"

static int parse(struct rg_config *config, const char *text, struct rg_err *err)
{
	return rg_config_parse(config, text, strlen(text), "c.json", NULL, err);
}

static void every_key_is_read(void **state)
{
	static const char text[] =
		"{\"scenario\": \"checkout\",\n"
		" \"target\": {\"command\": [\"./orders\", \"--port\", \"\"]},\n"
		" \"load\": \"./load -r 100 | cat\", \"store\": \"dir:/x\",\n"
		" \"work\": {\"metric\": \"http://localhost/#x\", \"unit\": \"request\"},\n"
		" \"window\": \"5m\", \"warmup\": \"1.5s\", \"slice\": \"250ms\", \"frequency\": "
		"199,\n"
		" \"policy\": {\"rule\": \"literal\", \"basis\": \"second\", \"growth\": \"20%\",\n"
		"  \"total_growth\": \"10%\", \"limit\": \"40%\", \"min_share\": \"2%\", \"q\": "
		"\"5%\",\n"
		"  \"prior_cv\": \"7.5%\", \"top_k\": 7, \"min_samples\": 12345678901}}\n";
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	assert_int_equal(parse(&config, text, NULL), 0);
	assert_string_equal(config.scenario, "checkout");
	assert_string_equal(config.command[0], "./orders");
	assert_string_equal(config.command[1], "--port");
	assert_string_equal(config.command[2], "");
	assert_null(config.command[3]);
	assert_string_equal(config.load, "./load -r 100 | cat");
	assert_string_equal(config.store, "dir:/x");
	assert_string_equal(config.work.metric, "http://localhost/#x");
	assert_string_equal(config.work.unit, "request");
	assert_null(config.work.uprobe);
	assert_null(config.work.command);
	assert_int_equal(config.window_ns, 300 * RG_NS_PER_S);
	assert_int_equal(config.warmup_ns, 1500 * RG_NS_PER_MS);
	assert_int_equal(config.slice_ns, 250 * RG_NS_PER_MS);
	assert_int_equal(config.frequency_hz, 199);
	assert_int_equal(config.policy.rule, RG_RULE_LITERAL);
	assert_int_equal(config.policy.basis, RG_BASIS_SECOND);
	assert_float_equal(config.policy.growth, 0.20, 1e-12);
	assert_float_equal(config.policy.total_growth, 0.10, 1e-12);
	assert_float_equal(config.policy.limit, 0.40, 1e-12);
	assert_float_equal(config.policy.min_share, 0.02, 1e-12);
	assert_float_equal(config.policy.q, 0.05, 1e-12);
	assert_float_equal(config.policy.prior_cv, 0.075, 1e-12);
	assert_int_equal(config.policy.top_k, 7);
	assert_int_equal(config.policy.min_samples, 12345678901);
	assert_int_equal(rg_config_check(&config, NULL), 0);
	rg_config_done(&config);
}

static void a_second_text_goes_over_the_first(void **state)
{
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	assert_int_equal(parse(&config,
			       "{\"load\": \"a\", \"window\": \"7s\", \"scenario\": \"one\","
			       " \"target\": {\"command\": [\"a\", \"b\"]}}",
			       NULL),
			 0);
	assert_int_equal(parse(&config,
			       "{\"scenario\": \"two\", \"target\": {\"command\": [\"c\"]}}", NULL),
			 0);
	assert_string_equal(config.scenario, "two");
	assert_string_equal(config.load, "a");
	assert_int_equal(config.window_ns, 7 * RG_NS_PER_S);
	assert_string_equal(config.command[0], "c");
	assert_null(config.command[1]);
	rg_config_done(&config);
}

static void escaped_control_bytes_are_text(void **state)
{
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	assert_int_equal(parse(&config, "{\"load\": \"a\\n\\u001bb\"}", NULL), 0);
	assert_string_equal(config.load, "a\n\033b");
	rg_config_done(&config);
}

struct row {
	const char *sentence;
	const char *text;
	const char *error; /* the whole of it, or its beginning when it ends in '*' */
};

static const struct row wrong[] = {
	{"an unknown key names its place and the nearest", "{\n  \"widnow\": \"5s\"}",
	 "c.json:2:3: unknown key \"widnow\"; did you mean \"window\"?"},
	{"a key like no other lists what there is", "{\"policy\": {\"colour\": 1}}",
	 "c.json:1:13: unknown key \"colour\"; known here: rule, basis, growth, total_growth, "
	 "limit, min_share, top_k, min_samples, q, prior_cv, on_cpu, off_cpu, "
	 "comparable"},
	{"an empty key is unknown", "{\"\": 1}", "c.json:1:2: unknown key \"\"; known here: *"},
	{"keys are case-sensitive", "{\"Window\": \"5s\"}",
	 "c.json:1:2: unknown key \"Window\"; did you mean \"window\"?"},
	{"a key of the policy is none of the root", "{\"growth\": \"5%\"}",
	 "c.json:1:2: unknown key \"growth\"; *"},
	{"the first mistake in the file is the one told", "{\"b\": 1, \"a\": 1}",
	 "c.json:1:2: unknown key \"b\"; *"},
	{"a number is no duration", "{\"window\": 5}",
	 "c.json:1:12: \"window\" must be a duration with its unit, as \"250ms\", \"30s\" or "
	 "\"1h30m\""},
	{"a key of waits that there is not", "{\"policy\": {\"off_cpu\": {\"min_tim\": \"1s\"}}}",
	 "c.json:1:25: unknown key \"min_tim\"; did you mean \"min_time\"?"},
	{"a share is none of waits", "{\"policy\": {\"off_cpu\":\n {\"min_share\": \"1%\"}}}",
	 "c.json:2:3: unknown key \"min_share\"; *"},
	{"a time per second has a unit", "{\"policy\": {\"off_cpu\": {\"min_time\": \"10\"}}}",
	 "c.json:1:37: \"min_time\" must be a duration with its unit, *"},
	{"it is an hour at most", "{\"policy\": {\"off_cpu\": {\"min_time\": \"2h\"}}}",
	 "c.json:1:37: \"min_time\" must be 0* to 1h, not 2h"},
	{"patterns are texts", "{\"idle\": [\"poll\",\n  3]}",
	 "c.json:2:3: an element of \"idle\" must be a pattern of 1 to 512 bytes, *"},
	{"and not empty", "{\"plumbing\": [\"\"]}",
	 "c.json:1:15: an element of \"plumbing\" must be a pattern *"},
	{"in a list", "{\"not_idle\": \"poll\"}",
	 "c.json:1:14: \"not_idle\" must be an array of patterns, *"},
	{"a duration needs its unit", "{\"window\": \"5\"}", "c.json:1:12: \"window\" must be a *"},
	{"a duration is not null", "{\"window\": null}", "c.json:1:12: \"window\" must be a *"},
	{"a duration does not overflow", "{\"window\": \"99999999999999999999h\"}",
	 "c.json:1:12: \"window\" must be a *"},
	{"a window below its range", "{\"window\": \"999ms\"}",
	 "c.json:1:12: \"window\" must be 1s to 24h, not 999ms"},
	{"no window is below its range", "{\"window\": \"0\"}",
	 "c.json:1:12: \"window\" must be 1s to 24h, not *"},
	{"a window above its range", "{\"window\": \"25h\"}",
	 "c.json:1:12: \"window\" must be 1s to 24h, not 25h"},
	{"a warm-up above its range", "{\"warmup\": \"25h\"}",
	 "c.json:1:12: \"warmup\" must be 0* to 24h, not 25h"},
	{"a slice below its range", "{\"slice\": \"99ms\"}",
	 "c.json:1:11: \"slice\" must be 100ms to 1h, not 99ms"},
	{"a frequency of 0", "{\"frequency\": 0}",
	 "c.json:1:15: \"frequency\" must be 1 to 10000, not 0"},
	{"a frequency of 10^6", "{\"frequency\": 1000000}",
	 "c.json:1:15: \"frequency\" must be 1 to 10000, not 1000000"},
	{"a number of more than 32 bits does not wrap into range", "{\"frequency\": 4294967395}",
	 "c.json:1:15: \"frequency\" must be 1 to 10000, not *"},
	{"a negative frequency", "{\"frequency\": -1}",
	 "c.json:1:15: \"frequency\" must be a whole number"},
	{"a real number is no whole one", "{\"frequency\": 99.0}",
	 "c.json:1:15: \"frequency\" must be a whole number"},
	{"a text is no number", "{\"frequency\": \"99\"}",
	 "c.json:1:15: \"frequency\" must be a whole number"},
	{"a number is no percentage", "{\"policy\": {\"growth\": 0.15}}",
	 "c.json:1:23: \"growth\" must be a percentage in quotes, as \"15%\" or \"0.5%\""},
	{"a percentage needs its sign", "{\"policy\": {\"growth\": \"15\"}}",
	 "c.json:1:23: \"growth\" must be a percentage *"},
	{"a share above 100 %", "{\"policy\": {\"min_share\": \"101%\"}}",
	 "c.json:1:26: \"min_share\" must be 0% to 100%, not 101%"},
	{"no false discovery at all cannot be asked for", "{\"policy\": {\"q\": \"0%\"}}",
	 "c.json:1:18: \"q\" must be 0.0001% to 50%, not 0%"},
	{"top_k of 0", "{\"policy\": {\"top_k\": 0}}",
	 "c.json:1:22: \"top_k\" must be 1 to 100, not 0"},
	{"an unknown rule", "{\"policy\": {\"rule\": \"none\"}}",
	 "c.json:1:21: \"rule\" must be \"statistical\" or \"literal\""},
	{"a rule that is a number", "{\"policy\": {\"rule\": 0}}",
	 "c.json:1:21: \"rule\" must be \"statistical\" or \"literal\""},
	{"a port that is none", "{\"ready\": {\"port\": \"http\"}}",
	 "c.json:1:20: \"port\" must be \"{port}\" or a number from 1 to 65535 in quotes"},
	{"a port without quotes", "{\"ready\": {\"port\": 8080}}",
	 "c.json:1:20: \"port\" must be *"},
	{"a port above the last", "{\"ready\": {\"port\": \"65536\"}}",
	 "c.json:1:20: \"port\" must be *"},
	{"a text for a truth", "{\"alternate\": {\"always\": \"yes\"}}",
	 "c.json:1:26: \"always\" must be true or false"},
	{"one round", "{\"alternate\": {\"rounds\": 1}}",
	 "c.json:1:26: \"rounds\" must be 2 to 100, not 1"},
	{"no round", "{\"alternate\": {\"rounds\": 0}}",
	 "c.json:1:26: \"rounds\" must be 2 to 100, not 0"},
	{"a build that is a list", "{\"alternate\": {\"build\": [\"make\"]}}",
	 "c.json:1:25: \"build\" must be a text"},
	{"a unit that is no name", "{\"work\": {\"unit\": \"a_b\"}}",
	 "c.json:1:19: \"unit\" must be a name of 1 to 24 letters, digits, inner spaces and "
	 "hyphens, a letter first"},
	{"an unknown basis", "{\"policy\": {\"basis\": \"load\"}}",
	 "c.json:1:22: \"basis\" must be \"auto\", \"second\", \"share\" or \"work\""},
	{"an object is not an array", "{\"policy\": []}",
	 "c.json:1:12: \"policy\" must be an object"},
	{"a text is not an object", "{\"target\": \"./a\"}",
	 "c.json:1:12: \"target\" must be an object"},
	{"a command is not one text", "{\"target\": {\"command\": \"a b\"}}",
	 "c.json:1:24: \"command\" must be an array of texts: the program, then its arguments"},
	{"a command names a program", "{\"target\": {\"command\": []}}",
	 "c.json:1:24: \"command\" must be an array *"},
	{"a program has a name", "{\"target\": {\"command\": [\"\"]}}",
	 "c.json:1:24: \"command\" must be an array *"},
	{"an argument is a text", "{\"target\": {\"command\": [\"a\",\n  \"b\", 7]}}",
	 "c.json:2:8: an argument of \"command\" must be a text"},
	{"an empty text is no scenario", "{\"scenario\": \"\"}",
	 "c.json:1:14: \"scenario\" must be a name: *"},
	{"true is no text", "{\"load\": true}",
	 "c.json:1:10: \"load\" must be a text that is not empty"},
	{"a NUL cannot hide in a text", "{\"load\": \"a\\u0000b\"}",
	 "c.json:1:*: not valid JSON: *"},
	{"a duplicate key", "{\"load\": \"a\",\n \"load\": \"b\"}",
	 "c.json:2:7: not valid JSON: duplicate object key"},
	{"a key twice by an escape", "{\"load\": \"a\", \"lo\\u0061d\": \"b\"}",
	 "c.json:1:*: not valid JSON: duplicate object key"},
	{"a trailing comma", "{\"load\": \"a\",\n}",
	 "c.json:2:1: not valid JSON: string or '}' expected"},
	{"bytes behind the end", "{} x", "c.json:1:4: not valid JSON: end of file expected"},
	{"a comment", "// x\n{}", "c.json:1:1: not valid JSON: '[' or '{' expected"},
	{"nothing at all", "", "c.json:1:1: not valid JSON: *"},
	{"half a file", "{\"load\": \"a", "c.json:1:*: not valid JSON: *"},
	{"bytes that are not UTF-8", "{\"load\": \"\377\"}", "c.json:1:*: not valid JSON: *"},
	{"an array is no configuration", " []", "c.json:1:2: the configuration must be an object"},
	{"a number larger than 64 bits", "{\"frequency\": 99999999999999999999}",
	 "c.json:1:*: not valid JSON: too big integer"},
};

/* '*' in the pattern stands for any text. */
static bool matches(const char *pattern, const char *text)
{
	const char *star = strchr(pattern, '*');

	if (!star)
		return !strcmp(pattern, text);
	if (strncmp(pattern, text, (size_t)(star - pattern)) != 0)
		return false;
	for (text += star - pattern;; text++) {
		if (matches(star + 1, text))
			return true;
		if (!*text)
			return false;
	}
}

static void assert_untouched(const struct rg_config *config, const char *sentence)
{
	if (strcmp(config->scenario, "kept") != 0 || config->window_ns != 3 * RG_NS_PER_S ||
	    config->load || config->command || config->store || config->policy.top_k != 5 ||
	    config->frequency_hz != 99)
		fail_msg("%s: the configuration was changed", sentence);
}

static void what_is_wrong_is_told_and_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct rg_config config;
		struct rg_err err = {0};

		rg_config_init(&config);
		assert_int_equal(
			parse(&config, "{\"scenario\": \"kept\", \"window\": \"3s\"}", NULL), 0);
		if (parse(&config, wrong[i].text, &err) != RG_EUSAGE ||
		    !matches(wrong[i].error, err.text))
			fail_msg("%s: %d: %s", wrong[i].sentence, err.code, err.text);
		assert_untouched(&config, wrong[i].sentence);
		rg_config_done(&config);
	}
}

/* What came before the mistake is not kept either. */
static void half_good_is_refused_whole(void **state)
{
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	assert_int_equal(parse(&config,
			       "{\"scenario\": \"new\", \"window\": \"9s\", \"load\": \"x\","
			       "\"target\": {\"command\": [\"a\"]}, \"frequency\": 0}",
			       NULL),
			 RG_EUSAGE);
	assert_string_equal(config.scenario, "default");
	assert_int_equal(config.window_ns, 30 * RG_NS_PER_S);
	assert_null(config.load);
	assert_null(config.command);
	rg_config_done(&config);
}

static void a_raw_nul_is_refused(void **state)
{
	static const char text[] = "{\"load\": \"a\0b\"}";
	struct rg_config config;
	struct rg_err err = {0};

	(void)state;
	rg_config_init(&config);
	assert_int_equal(rg_config_parse(&config, text, sizeof(text) - 1, "c.json", NULL, &err),
			 RG_EUSAGE);
	assert_text_has(err.text, "not valid JSON");
	rg_config_done(&config);
}

static void depth_and_size_are_bounded(void **state)
{
	const size_t len = RG_CONFIG_MAX_BYTES + 1;
	char *text = malloc(len);
	struct rg_config config;
	struct rg_err deep = {0}, large = {0};

	(void)state;
	assert_non_null(text);
	memset(text, '[', len);
	rg_config_init(&config);
	assert_int_equal(rg_config_parse(&config, text, len - 1, "c.json", NULL, &deep), RG_EUSAGE);
	assert_text_has(deep.text, "not valid JSON: maximum parsing depth reached");
	assert_int_equal(rg_config_parse(&config, text, len, "c.json", NULL, &large), RG_EUSAGE);
	assert_string_equal(large.text, "c.json:1:1: larger than 1048576 bytes");
	rg_config_done(&config);
	free(text);
}

static void quoted_bytes_stay_out_of_syntax_errors(void **state)
{
	struct rg_config config;
	struct rg_err err = {0};

	(void)state;
	rg_config_init(&config);
	assert_int_equal(parse(&config, "secret-token", &err), RG_EUSAGE);
	assert_null(strstr(err.text, "secret"));
	rg_config_done(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_read),
		cmocka_unit_test(a_second_text_goes_over_the_first),
		cmocka_unit_test(escaped_control_bytes_are_text),
		cmocka_unit_test(what_is_wrong_is_told_and_changes_nothing),
		cmocka_unit_test(half_good_is_refused_whole),
		cmocka_unit_test(a_raw_nul_is_refused),
		cmocka_unit_test(depth_and_size_are_bounded),
		cmocka_unit_test(quoted_bytes_stay_out_of_syntax_errors),
	};

	return cmocka_run_group_tests_name("config/parse", tests, NULL, NULL);
}
