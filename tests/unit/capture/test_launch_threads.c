/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Launches by a program with several threads: whatever locks these hold at the fork, nobody gives back in the child. */
#include "launched.h"

#include "base/sanitized.h"

#include <pthread.h>
#include <pwd.h>

enum { THREADS = 2, LAUNCHES = 10 };

struct others {
	bool stop;
	pthread_t thread[THREADS];
};

/* Holds the C library's lock of the users' names nearly all of the time. */
static void *look_up(void *ctx)
{
	struct others *others = ctx;

	while (!__atomic_load_n(&others->stop, __ATOMIC_RELAXED))
		getpwuid(65534);
	return NULL;
}

static void begin_others(struct others *others)
{
	*others = (struct others){.stop = false};
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&others->thread[i], NULL, look_up, others), 0);
}

static void end_others(struct others *others)
{
	__atomic_store_n(&others->stop, true, __ATOMIC_RELAXED);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(others->thread[i], NULL), 0);
}

static void run_in(struct launched *l, const char *script)
{
	const struct rg_capture_user nobody = {.uid = 65534, .gid = 65534};
	const struct rg_launch_options options = {
		.shell = script,
		.user = geteuid() == 0 ? &nobody : NULL,
		.directory = "/usr/share",
		.what = "work command",
		.output_fd = l->output_fd,
	};

	assert_int_equal(rg_launch_start(&options, &l->launch, &l->err), 0);
	go(l);
	processes_wait_until(gone(l));
	assert_int_equal(rg_launch_failure(l->launch, &l->err), 0);
	rg_launch_free(l->launch);
	l->launch = NULL;
}

/* As a command that counts work is launched beside a thread that asks a server. */
static void test_while_others_look_up_users(void **state)
{
	struct launched *l = *state;
	struct others others;

	/* Their own malloc() is not given back its locks in a child, as the C library's is, which those rely on that only fork. */
	if (SANITIZED)
		skip();
	processes_need_root();
	begin_others(&others);
	for (int i = 0; i < LAUNCHES; i++)
		run_in(l, "test $(id -u),$PWD,$HOME = 65534,/usr/share,/nonexistent");
	end_others(&others);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		launch_test(test_while_others_look_up_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
