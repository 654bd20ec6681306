/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Launching without profiling: whether a program ends, and when it is up. */
#include "processes.h"

#include "rg/capture.h"
#include "rg/units.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { LIMIT_MS = 300 };

struct rehearsed {
	struct scratch scratch;
	struct rg_capture_options options;
	struct rg_capture_rehearsal got;
	char *argv[4];
	struct rg_err err;
	size_t fds;
};

static int begin_test(void **state)
{
	static struct rehearsed r;

	alarm(PROCESSES_TEST_S);
	r = (struct rehearsed){.options = {.output_fd = -1, .ready.timeout_ns = 5 * RG_NS_PER_S}};
	scratch_make(&r.scratch);
	r.options.argv = r.argv;
	r.options.directory = r.options.helpers_directory = r.scratch.root;
	r.fds = processes_fds();
	*state = &r;
	return 0;
}

static int end_test(void **state)
{
	struct rehearsed *r = *state;

	assert_int_equal(processes_fds(), r->fds);
	scratch_remove(&r->scratch);
	alarm(0);
	return 0;
}

#define rehearse_test(test) cmocka_unit_test_setup_teardown(test, begin_test, end_test)

static int rehearse(struct rehearsed *r, const char *script)
{
	r->argv[0] = (char *)"sh";
	r->argv[1] = (char *)"-c";
	r->argv[2] = (char *)script;
	return rg_capture_rehearse(&r->options, LIMIT_MS * RG_NS_PER_MS, &r->got, &r->err);
}

static void assert_refused(struct rehearsed *r, const char *script, int code, const char *words)
{
	assert_int_equal(rehearse(r, script), code);
	if (!strstr(r->err.text, words))
		fail_msg("'%s' does not say '%s'", r->err.text, words);
	assert_false(r->got.ended || r->got.ready);
}

/* --- Ending --------------------------------------------------------------------------------- */

static void what_ends_by_itself_is_timed(void **state)
{
	struct rehearsed *r = *state;

	assert_int_equal(rehearse(r, "sleep 0.1"), 0);
	assert_true(r->got.ended && !r->got.ready);
	/* The clock may begin a little behind it. */
	assert_in_range(r->got.took_ns, 80 * RG_NS_PER_MS, 10 * RG_NS_PER_S);
}

static void what_does_not_end_is_ended(void **state)
{
	struct rehearsed *r = *state;

	assert_int_equal(rehearse(r, "sleep 60"), 0);
	assert_false(r->got.ended || r->got.ready);
	assert_in_range(r->got.took_ns, LIMIT_MS * RG_NS_PER_MS, 10 * RG_NS_PER_S);
}

static void it_runs_in_its_directory(void **state)
{
	struct rehearsed *r = *state;
	char *text;

	assert_int_equal(rehearse(r, "echo here > file"), 0);
	text = scratch_read(&r->scratch, "file");
	assert_string_equal(text, "here\n");
	free(text);
}

static void a_failure_is_told_with_its_output(void **state)
{
	assert_refused(*state, "echo no licence; exit 3", RG_ETARGET, "status 3");
}

static void a_directory_that_is_not_there(void **state)
{
	struct rehearsed *r = *state;

	r->options.directory = "/nonexistent";
	assert_refused(r, "true", RG_EUSAGE, "cannot run it");
}

static void a_signal_ends_it(void **state)
{
	static const volatile sig_atomic_t stop = SIGINT;
	struct rehearsed *r = *state;

	r->options.stop = &stop;
	assert_refused(r, "sleep 60", RG_EINTERRUPTED, "interrupted");
}

/* --- Readiness ------------------------------------------------------------------------------ */

static void a_line_that_is_printed(void **state)
{
	struct rehearsed *r = *state;

	r->options.ready.line = "listening on";
	assert_int_equal(rehearse(r, "printf 'lis'; sleep 0.1; echo tening on 80; sleep 60"), 0);
	assert_true(r->got.ready && !r->got.ended);
	assert_in_range(r->got.took_ns, 90 * RG_NS_PER_MS, 4 * RG_NS_PER_S);
}

static void a_command_that_succeeds(void **state)
{
	struct rehearsed *r = *state;

	r->options.ready.command = "test -e up";
	assert_int_equal(rehearse(r, "sleep 0.2; : > up; sleep 60"), 0);
	assert_true(r->got.ready);
}

/* A socket of this process stands for the target's. */
static int listen_on(uint16_t *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static void a_port_that_somebody_has_is_none_of_the_target(void **state)
{
	struct rehearsed *r = *state;
	int fd = listen_on(&r->options.ready.port);

	assert_int_equal(listen(fd, 1), 0);
	assert_refused(r, "sleep 60", RG_ETARGET, "another process has it");
	close(fd);
}

/* From a moment after the target has begun, as a server does. */
static void a_port_that_accepts(void **state)
{
	struct rehearsed *r = *state;
	int fd = listen_on(&r->options.ready.port);
	pid_t pid = fork();

	if (pid == 0) {
		alarm(PROCESSES_TEST_S);
		usleep(200 * 1000);
		listen(fd, 1);
		for (;;)
			pause();
	}
	assert_int_equal(rehearse(r, "sleep 60"), 0);
	assert_true(r->got.ready && !r->got.ended);
	processes_kill(pid);
	close(fd);
}

static void a_port_that_does_not_accept_in_time(void **state)
{
	struct rehearsed *r = *state;
	int fd = listen_on(&r->options.ready.port);

	r->options.ready.timeout_ns = 300 * RG_NS_PER_MS;
	assert_refused(r, "echo starting up; sleep 60", RG_ETARGET, "not ready within 300ms");
	assert_non_null(strstr(r->err.text, "does not accept"));
	assert_non_null(strstr(r->err.text, "starting up"));
	close(fd);
}

static void what_ends_before_it_is_ready(void **state)
{
	struct rehearsed *r = *state;

	r->options.ready.line = "up";
	assert_refused(r, "echo down", RG_ETARGET, "ended before it was ready");
}

static void a_command_that_never_succeeds_is_ended_too(void **state)
{
	struct rehearsed *r = *state;

	r->options.ready.command = "sleep 60";
	r->options.ready.timeout_ns = 200 * RG_NS_PER_MS;
	assert_refused(r, "sleep 60", RG_ETARGET, "'sleep 60' does not succeed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		rehearse_test(what_ends_by_itself_is_timed),
		rehearse_test(what_does_not_end_is_ended),
		rehearse_test(it_runs_in_its_directory),
		rehearse_test(a_failure_is_told_with_its_output),
		rehearse_test(a_directory_that_is_not_there),
		rehearse_test(a_signal_ends_it),
		rehearse_test(a_line_that_is_printed),
		rehearse_test(a_command_that_succeeds),
		rehearse_test(a_port_that_somebody_has_is_none_of_the_target),
		rehearse_test(a_port_that_accepts),
		rehearse_test(a_port_that_does_not_accept_in_time),
		rehearse_test(what_ends_before_it_is_ready),
		rehearse_test(a_command_that_never_succeeds_is_ended_too),
	};

	return cmocka_run_group_tests_name("capture/rehearse", tests, NULL, NULL);
}
