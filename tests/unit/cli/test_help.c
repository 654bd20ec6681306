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
				  "Looks twice.\n"
				  "Then decides.\n"
				  "\n"
				  "Capture:\n"
				  "  -w, --window TIME       how long to look\n"
				  "                          (30s)\n"
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
		cmocka_unit_test(test_names_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
