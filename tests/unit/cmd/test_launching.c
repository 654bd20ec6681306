/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "launching.h"
#include "settings.h"

#include "rg/arena.h"
#include "rg/capture.h"
#include "rg/err.h"

#include <stdlib.h>

static char program[] = "./server", option[] = "--listen=:{port}/{port}", plain[] = "-v";
static char *with_port[] = {program, option, NULL}, *without[] = {program, plain, NULL};
static char load[] = "./load {port}", line[] = "listening on {port}", eighty[] = "8080";

struct filling {
	struct rg_settings given, filled;
	struct rg_arena *arena;
	struct rg_capture_ready ready;
	struct rg_err err;
};

static int begin(void **state)
{
	static struct filling f;

	f = (struct filling){.given = {.command = with_port}};
	f.arena = rg_arena_new(0);
	*state = &f;
	return 0;
}

static int end(void **state)
{
	rg_arena_free(((struct filling *)*state)->arena);
	return 0;
}

#define launching_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

static void fill(struct filling *f)
{
	assert_int_equal(rg_launching_fill(&f->given, f->arena, &f->filled, &f->err), 0);
	assert_int_equal(rg_launching_ready(&f->filled, &f->ready, &f->err), 0);
}

static void every_place_gets_one_port_of_five_digits(void **state)
{
	struct filling *f = *state;
	char expected[64];

	f->given.config.load = load;
	fill(f);
	assert_in_range(f->ready.port, 10000, 65535);
	snprintf(expected, sizeof(expected), "--listen=:%u/%u", (unsigned int)f->ready.port,
		 (unsigned int)f->ready.port);
	assert_string_equal(f->filled.command[1], expected);
	snprintf(expected, sizeof(expected), "./load %u", (unsigned int)f->ready.port);
	assert_string_equal(f->filled.config.load, expected);
	assert_null(f->filled.command[2]);
	/* What was given is as it was, for the next one. */
	assert_string_equal(f->given.command[1], "--listen=:{port}/{port}");
	assert_string_equal(f->given.config.load, "./load {port}");
}

static void what_was_said_about_readiness_holds(void **state)
{
	struct filling *f = *state;

	f->given.config.ready.line = line;
	fill(f);
	assert_int_equal(f->ready.port, 0);
	assert_int_equal(strncmp(f->ready.line, "listening on ", 13), 0);
	assert_null(strchr(f->ready.line, '{'));
}

static void without_a_place_nothing_changes(void **state)
{
	struct filling *f = *state;

	f->given.command = without;
	fill(f);
	assert_ptr_equal(f->filled.command, without);
	assert_int_equal(f->ready.port, 0);
	f->given.config.ready.port = eighty;
	fill(f);
	assert_int_equal(f->ready.port, 8080);
}

static void what_runs_already_is_given_none(void **state)
{
	struct filling *f = *state;

	f->given.pid_count = 1;
	assert_false(rg_launching_wants_port(&f->given));
	fill(f);
	assert_ptr_equal(f->filled.command, with_port);
	assert_int_equal(f->ready.port, 0);
}

static void a_line_that_is_too_long_is_refused(void **state)
{
	char text[RG_READY_LINE_MAX + 2];
	struct filling *f = *state;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	f->given.config.ready.line = text;
	assert_int_equal(rg_launching_ready(&f->given, &f->ready, &f->err), RG_EUSAGE);
	assert_non_null(strstr(f->err.text, "longer than 200 bytes"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		launching_test(every_place_gets_one_port_of_five_digits),
		launching_test(what_was_said_about_readiness_holds),
		launching_test(without_a_place_nothing_changes),
		launching_test(what_runs_already_is_given_none),
		launching_test(a_line_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests_name("cmd/launching", tests, NULL, NULL);
}
