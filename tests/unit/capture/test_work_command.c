/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "work_command.h"

#include "rg/err.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct row {
	const char *command;
	int code;
	double value;
	const char *words;
} rows[] = {
	{"echo 42", 0, 42, NULL},
	{"printf 1.5e3", 0, 1500, NULL},
	{"echo reading... >&2; echo; echo ' 7 '; echo", 0, 7, NULL},
	{"true", RG_EFORMAT, 0, "the last line of its output is '', not a number"},
	{"echo 5 apples", RG_EFORMAT, 0, "'5 apples', not a number"},
	{"echo nan", RG_EFORMAT, 0, "'nan', not a number"},
	{"echo inf", RG_EFORMAT, 0, "not a number"},
	{"echo 1e999", RG_EFORMAT, 0, "'1e999', not a number"},
	{"echo 0x10", RG_EFORMAT, 0, "not a number"},
	{"printf '\\033[1m'", RG_EFORMAT, 0, "'\\x1b[1m', not a number"},
	{"printf %0100d 1", RG_EFORMAT, 0, "not a number"},
	{"yes | head -c 3000000", RG_EFORMAT, 0, "'y', not a number"},
	{"echo 5; exit 3", RG_ETARGET, 0, "exited with status 3"},
	{"kill -9 $$", RG_ETARGET, 0, "killed by signal 9"},
};

static void the_last_line_is_the_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct rg_work_command command = {.command = rows[i].command};
		struct rg_err err = {0};
		double value = -1;
		int rc = rg_work_command_read(&command, &value, &err);

		if (rc != rows[i].code || (!rc && value != rows[i].value) ||
		    (rc && !strstr(err.text, rows[i].words)))
			fail_msg("%s: %d %g '%s'", rows[i].command, rc, value, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_line_is_the_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
