/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "shell_word.h"

#include "rg/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word, *quoted;
} words[] = {
	{"v1.4", "v1.4"},
	{"HEAD~1", "HEAD~1"},
	{"merge-base:main", "merge-base:main"},
	{"--listen=:80", "--listen=:80"},
	{"", "''"},
	{"two words", "'two words'"},
	{"it's", "'it'\\''s'"},
	{"~root", "'~root'"},
	{"=ls", "'=ls'"},
	{"{a,b}", "'{a,b}'"},
	{"a;touch${IFS}b`c`", "'a;touch${IFS}b`c`'"},
	{"a\nb*?[c]\\", "'a\nb*?[c]\\'"},
};

/* What a shell makes of it, given to printf. */
static void read_back(const char *quoted, char *out, size_t size)
{
	char command[256];
	FILE *shell;
	size_t len;

	snprintf(command, sizeof(command), "printf '%%s.' %s", quoted);
	shell = popen(command, "r");
	assert_non_null(shell);
	len = fread(out, 1, size - 1, shell);
	out[len] = '\0';
	assert_int_equal(pclose(shell), 0);
}

static void a_shell_reads_the_word_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char again[64], expected[64];
		struct rg_buf out;

		rg_buf_init(&out, 256);
		rg_shell_word_add(&out, words[i].word);
		assert_int_equal(out.failed, 0);
		assert_string_equal(out.data, words[i].quoted);
		read_back(out.data, again, sizeof(again));
		snprintf(expected, sizeof(expected), "%s.", words[i].word);
		assert_string_equal(again, expected);
		rg_buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shell_reads_the_word_again),
	};

	return cmocka_run_group_tests_name("cmd/shell_word", tests, NULL, NULL);
}
