/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scratch.h"

#include <errno.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

/* The lock as the system may answer; time passes at once. */
static int answers_left; /* refusals before the lock is given */
static int answer;       /* errno of a refusal */
static int slept;

static int fake_flock(int fd, int operation)
{
	assert_int_equal(fd, 7);
	assert_int_equal(operation, LOCK_EX | LOCK_NB);
	if (answers_left-- <= 0)
		return 0;
	errno = answer;
	return -1;
}

static int fake_nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)left;
	slept += (int)(time->tv_nsec / 1000000);
	return 0;
}

static int hands; /* looks at which the lock has changed hands */
static int touched;

static int fake_fstat(int fd, struct stat *st)
{
	static const struct stat zero;

	assert_int_equal(fd, 7);
	*st = zero;
	st->st_ctim.tv_sec = hands > 0 ? hands-- : 0;
	return 0;
}

static int fake_futimens(int fd, const struct timespec times[2])
{
	assert_int_equal(fd, 7);
	assert_null(times);
	touched++;
	return 0;
}

#define fstat     fake_fstat
#define futimens  fake_futimens
#define flock     fake_flock
#define nanosleep fake_nanosleep
#include "lock.c" /* NOLINT(bugprone-suspicious-include) */

static void prepare(int refusals, int error)
{
	answers_left = refusals;
	answer = error;
	slept = 0;
	hands = 0;
	touched = 0;
}

static void a_free_lock_is_taken_at_once(void **state)
{
	(void)state;
	prepare(0, 0);
	assert_int_equal(folder_lock(7), 0);
	assert_int_equal(slept, 0);
}

static void a_held_lock_is_waited_for(void **state)
{
	(void)state;
	prepare(3, EWOULDBLOCK);
	assert_int_equal(folder_lock(7), 0);
	assert_int_equal(slept, 15);
	prepare(2, EINTR);
	assert_int_equal(folder_lock(7), 0);
}

static void a_lock_held_for_ever_is_an_error(void **state)
{
	(void)state;
	prepare(INT_MAX, EWOULDBLOCK);
	assert_int_equal(folder_lock(7), -ETIMEDOUT);
	assert_int_equal(slept, 30000);
}

/* Twenty writers take their time, each of them a short one. */
static void a_lock_that_changes_hands_is_waited_for(void **state)
{
	(void)state;
	prepare(10000, EWOULDBLOCK);
	hands = 5000;
	assert_int_equal(folder_lock(7), 0);
	assert_int_equal(slept, 50000);
	assert_int_equal(touched, 1);
}

static void file_systems_without_locks_do_without(void **state)
{
	static const int errors[] = {ENOLCK, EOPNOTSUPP, ENOSYS, EBADF, EINVAL};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		prepare(INT_MAX, errors[i]);
		assert_int_equal(folder_lock(7), 0);
		assert_int_equal(slept, 0);
	}
}

static void another_failure_is_told(void **state)
{
	(void)state;
	prepare(INT_MAX, EIO);
	assert_int_equal(folder_lock(7), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_free_lock_is_taken_at_once),
		cmocka_unit_test(a_held_lock_is_waited_for),
		cmocka_unit_test(a_lock_held_for_ever_is_an_error),
		cmocka_unit_test(a_lock_that_changes_hands_is_waited_for),
		cmocka_unit_test(file_systems_without_locks_do_without),
		cmocka_unit_test(another_failure_is_told),
	};

	return cmocka_run_group_tests_name("store/lock", tests, NULL, NULL);
}
