/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read before anything is run: help, manual pages and completions of every command. */
#include "support/e2e.h"
#include "support/repo.h"

#include <string.h>

/* The names of all commands, one a line, in the file "commands". */
static void list_commands(struct e2e *e)
{
	e2e_sh(e,
	       "\"$RG\" --help |"
	       " sed -n 's/^  \\([a-z][a-z]*\\( [a-z][a-z]*\\)\\{0,1\\}\\)  .*/\\1/p' > commands");
	assert_string_equal(e2e_ask(e, "grep -cx -e check -e 'baseline put' commands"), "2");
}

static void test_every_help_fits_a_terminal(void **state)
{
	struct e2e *e = *state;

	list_commands(e);
	e2e_sh(e, "\"$RG\" --help > help && while read -r c; do"
		  " \"$RG\" $c --help || exit 1; done < commands >> help");
	assert_string_equal(e2e_ask(e, "test $(grep -c ^usage: help) -gt 15 && echo all"), "all");
	assert_string_equal(e2e_ask(e, "LC_ALL=C.UTF-8 grep -E '^.{81}' help || true"), "");
}

static void test_every_manual_page_fills_its_lines(void **state)
{
	struct e2e *e = *state;

	list_commands(e);
	e2e_sh(e, "while read -r c; do \"$RG\" manual \"$c\" || exit 1; done < commands > pages");
	assert_string_equal(e2e_ask(e, "test $(grep -c '^[.]TH' pages) = $(grep -c . commands) &&"
				       " echo all"),
			    "all");
	/* A description that is not filled runs out of an 80-column terminal. */
	assert_string_equal(
		e2e_ask(e, "grep -A1 'SH DESCRIPTION' pages | grep -c '^[.]nf' || true"), "0");
}

static void test_the_beginning_of_a_name_lists_the_rest(void **state)
{
	struct e2e *e = *state;

	E2E_RG(e, "baseline");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "regress-gate baseline prune");
	E2E_RG(e, "baseline", "lst");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "unknown command 'baseline lst' (did you mean 'baseline list'?)");
	E2E_RG(e, "baseline", "--help");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "regress-gate baseline prune");
	E2E_RG(e, "help", "baseline");
	e2e_assert_status(e, 0);
	E2E_RG(e, "chekc");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "did you mean 'check'?");
	e->stdout_path = "/dev/full";
	E2E_RG(e, "baseline", "--help");
	e2e_assert_status(e, 4);
}

static void test_completing(void **state)
{
	static const struct {
		const char *words, *offered, *not_offered;
	} rows[] = {
		{"check --color ''", "never", "auto|always|never"},
		{"check --cgroup ''", "some.pb.gz", "PATH"},
		{"check --container ''", NULL, "ID"},
		{"check --baseline ''", "v1.4", "some.pb.gz"},
		{"check -b ''", "v1.4", "some.pb.gz"},
		{"check -o ''", "some.pb.gz", "v1.4"},
		{"baseline show ''", "v1.4", "some.pb.gz"},
		{"baseline put ''", "v1.4", NULL},
		{"baseline put v1.4 so", "some.pb.gz", NULL},
		{"baseline li", "list", "check"},
		{"completion ''", "fish", "some.pb.gz"},
		{"diff ''", "some.pb.gz", "v1.4"},
	};
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_sh(e, "touch r/some.pb.gz");
	e2e_write_text(
		e, "complete.sh",
		"source <(\"$RG\" completion bash)\n"
		"f=$(complete -p regress-gate | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n"
		"eval \"COMP_WORDS=(regress-gate $1)\"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
		"$f\n"
		"printf '%s\\n' \"${COMPREPLY[*]}\"\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *offered;

		print_message("%s\n", rows[i].words);
		offered = e2e_ask(e, "cd r && bash ../complete.sh \"%s\"", rows[i].words);
		if (rows[i].offered)
			assert_non_null(strstr(offered, rows[i].offered));
		if (rows[i].not_offered)
			assert_null(strstr(offered, rows[i].not_offered));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_every_help_fits_a_terminal),
		E2E_TEST(test_every_manual_page_fills_its_lines),
		E2E_TEST(test_the_beginning_of_a_name_lists_the_rest),
		E2E_TEST(test_completing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
