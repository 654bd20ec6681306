/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"

/* The help of a command, malloc'd. */
static char *help_of(const struct rg_command *which)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	rg_cli_help(which, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_whole(void **state)
{
	char *text = help_of(&command);

	(void)state;
	assert_string_equal(text, "usage: regress-gate check [options] -- PROGRAM\n"
				  "   or: regress-gate check --pid PID\n"
				  "\n"
				  "Looks twice. Then decides.\n"
				  "\n"
				  "Capture:\n"
				  "  -w, --window TIME       how long to look (30s)\n"
				  "      --window-slice TIME\n"
				  "                          length of a slice\n"
				  "\n"
				  "Output:\n"
				  "  -f, --format NAME       text or json\n"
				  "  -q, --quiet             say nothing\n"
				  "  -v, --verbose           say all\n"
				  "      --an-option-with-a-long-name\n"
				  "                          on a line of its own\n"
				  "      --silent            fails and says nothing\n"
				  "      --silver            is refused, too\n"
				  "\n"
				  "Examples:\n"
				  "  regress-gate check -- ./orders\n");
	free(text);
}

static void test_least(void **state)
{
	static const struct rg_command least = {
		.name = "baseline list", .usage = "", .description = "Lists them."};
	char *text = help_of(&least);

	(void)state;
	assert_string_equal(text, "usage: regress-gate baseline list\n"
				  "\n"
				  "Lists them.\n");
	free(text);
}

/* Broken at words, where the text's own breaks are does not matter; a word too wide for a line stays whole. */
static void test_wrapping(void **state)
{
	static const struct rg_option options[] = {
		{"time", 0, "TIME",
		 "the kernel's clock\ncounts, in units of 54 columns less one… as far as the last "
		 "one that fits and then "
		 "the-next-word-is-one-that-has-more-columns-than-a-line-has on "
		 "its own",
		 NULL, 0},
		{0},
	};
	static const struct rg_option_group of[] = {{"Clock", options}, {0}};
	static const struct rg_command wide = {
		.name = "wide",
		.usage = "",
		.description =
			"This first paragraph has exactly eighty columns when it ends with these "
			"words.\n"
			"So the second sentence is on a line of its own.\n\nAnother paragraph.",
		.groups = of,
	};
	char *text = help_of(&wide);

	(void)state;
	assert_string_equal(
		text,
		"usage: regress-gate wide\n"
		"\n"
		"This first paragraph has exactly eighty columns when it ends with these words.\n"
		"So the second sentence is on a line of its own.\n"
		"\n"
		"Another paragraph.\n"
		"\n"
		"Clock:\n"
		"      --time TIME         the kernel's clock counts, in units of 54 columns less\n"
		"                          one… as far as the last one that fits and then\n"
		"                          "
		"the-next-word-is-one-that-has-more-columns-than-a-line-has\n"
		"                          on its own\n");
	free(text);
}

/* What the parser takes, the help names. */
static void test_names_all(void **state)
{
	char *text = help_of(&command);

	(void)state;
	for (const struct rg_option_group *g = command.groups; g->title; g++)
		for (const struct rg_option *o = g->options; o->name; o++) {
			char name[64];

			snprintf(name, sizeof(name), "--%s", o->name);
			assert_non_null(strstr(text, name));
		}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_wrapping),
		cmocka_unit_test(test_names_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
