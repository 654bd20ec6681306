/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_root_passes(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG(e, "doctor");
	e2e_assert_status(e, 0);
	for (const char *const *what =
		     (const char *const[]){"kernel", "BTF", "privileges", "perf_event_paranoid",
					   "lockdown", "kernel symbols", "profiling",
					   "git repository", "baseline store", NULL};
	     *what; what++)
		e2e_assert_out(e, *what);
	e2e_assert_out(e, "programs load");
	assert_null(strstr(e->out, "FAIL"));
	assert_string_equal(e->err, "");
}

static void test_a_repository_is_described(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_sh(e,
	       "git init -q -b main . && git -c user.name=a -c user.email=a@example.org commit -q "
	       "--allow-empty -m c && git tag v1.4");
	E2E_RG(e, "doctor");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "at v1.4");
	e2e_assert_out(e, "0 runs stored");
}

/* Each failing line says what to do. */
static void test_nobody_fails_with_the_mend(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e->uid = 65534;
	E2E_RG(e, "doctor");
	e2e_assert_status(e, 4);
	e2e_assert_out(e, "FAIL  privileges");
	e2e_assert_out(e, "missing: CAP_BPF");
	e2e_assert_out(e, "-> run it as root");
	e2e_assert_out(e, "FAIL  profiling");
}

/* Without its blanks and ends of lines. */
static char *squeezed(const char *text)
{
	char *out = strdup(text), *to = out;

	for (const char *at = text; *at; at++)
		if (*at != ' ' && *at != '\n')
			*to++ = *at;
	*to = '\0';
	return out;
}

static void test_on_a_terminal_its_words_fit(void **state)
{
	struct e2e *e = *state;
	char *whole, *fitted;
	size_t longest = 0;

	e2e_need_root();
	e->uid = 65534;
	E2E_RG(e, "doctor");
	whole = squeezed(e->out);
	e->env[0] = "COLUMNS=60";
	E2E_RG(e, "doctor");
	fitted = squeezed(e->out);
	assert_string_equal(fitted, whole);
	for (const char *line = e->out; *line; line += strcspn(line, "\n") + 1) {
		size_t length = strcspn(line, "\n");

		longest = length > longest ? length : longest;
	}
	assert_in_range(longest, 50, 60);
	free(whole);
	free(fitted);
}

static void test_output_that_cannot_be_written_is_no_pass(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e->stdout_path = "/dev/full";
	E2E_RG(e, "doctor");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "write to standard output");
}

static void test_a_store_that_does_not_exist_is_warned_of(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG(e, "doctor", "--store", "dir:nowhere");
	e2e_assert_out(e, "warn  baseline store       'dir:nowhere' does not exist");
	e2e_assert_out(e, "is the name right?");
}

static void test_a_store_that_is_a_file_fails(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_write_text(e, "store", "no directory");
	E2E_RG(e, "doctor", "--store", "dir:store");
	e2e_assert_status(e, 4);
	e2e_assert_out(e, "FAIL  baseline store");
}

/* --- Of a target ---------------------------------------------------------------------------- */

static void test_a_program_that_tells_all_passes(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG(e, "doctor", "--", e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "pass  target               command ");
	e2e_assert_out(e, "pass  unwinding            ");
	e2e_assert_out(e, "pass  names                ");
	assert_null(strstr(e->out, "warn  file                 steady"));
}

/* One that has neither unwind tables nor names, and one that makes code as it runs. */
static void test_what_a_target_lacks_is_said_with_the_mend(void **state)
{
	struct e2e *e = *state;
	char pids[64];
	int mute, node;

	e2e_need_root();
	e2e_write_text(e, "mute.c",
		       "#include <unistd.h>\n"
		       "#define F(n) __attribute__((noinline)) long f##n(long x) { "
		       "for (int i = 0; i < 9; i++) x = x * n + i; return x; }\n"
		       "F(3) F(5) F(7) F(9) F(11) F(13) F(15) F(17) F(19) F(21)\n"
		       "int main(void) { for (;;) sleep((unsigned)f3(0) * 0 + 100); }\n");
	e2e_sh(e, "gcc -O1 -s -fno-asynchronous-unwind-tables -fno-exceptions -static-pie "
		  "-Wl,--gc-sections -o mute mute.c 2>/dev/null || gcc -O1 -s "
		  "-fno-asynchronous-unwind-tables -o mute mute.c");
	mute = (int)E2E_SPAWN(e, e2e_path(e, "mute"));
	node = (int)E2E_SPAWN(
		e, e2e_ask(e, "command -v node"), "-e",
		"let x=0;const f=()=>{for(let i=0;i<1e6;i++)x+=i;setTimeout(f,1)};f()");
	e2e_sleep_ms(500);
	snprintf(pids, sizeof(pids), "%d,%d", mute, node);
	E2E_RG(e, "doctor", "--pid", pids);
	e2e_assert_status(e, 0);
	e2e_assert_out(e, ": 2 processes, ");
	e2e_assert_out(e, "warn  generated code");
	e2e_assert_out(e, "-> start it with --perf-basic-prof");
	snprintf(pids, sizeof(pids), "%d", mute);
	E2E_RG(e, "doctor", "--pid", pids);
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "warn  file                 mute, ");
	e2e_assert_out(e, "do not strip it");
}

static void test_a_target_that_cannot_be_looked_at_fails(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG(e, "doctor", "--comm", "rg-e2e-nobody");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "no process is called 'rg-e2e-nobody'");
	E2E_RG(e, "doctor", "--", "/bin/true");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "ended within a second");
	E2E_RG(e, "doctor", "--", "/bin/false");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "exited with status 1");
	E2E_RG(e, "doctor", "--all", "--comm", "x");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "one target at a time");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_root_passes),
		E2E_TEST(test_a_repository_is_described),
		E2E_TEST(test_nobody_fails_with_the_mend),
		E2E_TEST(test_on_a_terminal_its_words_fit),
		E2E_TEST(test_output_that_cannot_be_written_is_no_pass),
		E2E_TEST(test_a_store_that_does_not_exist_is_warned_of),
		E2E_TEST(test_a_store_that_is_a_file_fails),
		E2E_TEST(test_a_program_that_tells_all_passes),
		E2E_TEST(test_what_a_target_lacks_is_said_with_the_mend),
		E2E_TEST(test_a_target_that_cannot_be_looked_at_fails),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
