/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the target's processes ended: told from made-up histories. */
#include "base/unit.h"

#include "lives.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { STEPS_MAX = 16, WINDOW_NS = 100 };

enum what { END_OF_STEPS = 0, RUNS, FORKS, JOINS, EXITS, LEAVES };

/* parent of what runs, forks and joins; status of what exits, as wait(2) has it. */
struct step {
	enum what what;
	uint64_t time;
	uint32_t pid, parent, status;
};

struct row {
	const char *sentence;
	struct step steps[STEPS_MAX];
	uint64_t failed;
	const char *failure; /* NULL: not looked at */
	uint64_t lived;      /* who is there at the end and was, or an ancestor, at WINDOW_NS */
};

#define STATUS(n)   ((uint32_t)(n) << 8)
#define BY(sig)     ((uint32_t)(sig))
#define DUMPED(sig) ((uint32_t)(sig) | 0x80)
#define OUTSIDE     1

static const struct row rows[] = {
	{"a service that lives", {{RUNS, 1, 10, OUTSIDE, 0}}, 0, "", 1},
	{"one that crashes and is started again by who is no part of the target",
	 {{JOINS, 1, 10, OUTSIDE, 0},
	  {EXITS, 110, 10, 0, DUMPED(SIGSEGV)},
	  {JOINS, 120, 11, OUTSIDE, 0},
	  {EXITS, 130, 11, 0, DUMPED(SIGSEGV)},
	  {JOINS, 140, 12, OUTSIDE, 0}},
	 2,
	 "shop killed by signal 11",
	 0},
	{"by a status",
	 {{JOINS, 1, 10, OUTSIDE, 0}, {EXITS, 110, 10, 0, STATUS(2)}, {JOINS, 120, 11, OUTSIDE, 0}},
	 1,
	 "shop exited with status 2",
	 0},
	{"by who has no memory left",
	 {{JOINS, 1, 10, OUTSIDE, 0}, {EXITS, 110, 10, 0, BY(SIGKILL)}},
	 1,
	 "shop killed by signal 9",
	 0},
	{"in the warm-up",
	 {{JOINS, 1, 10, OUTSIDE, 0}, {EXITS, 50, 10, 0, STATUS(1)}, {JOINS, 60, 11, OUTSIDE, 0}},
	 1,
	 NULL,
	 1},
	{"one that is asked to end, by either sign of it, or ends well",
	 {{JOINS, 1, 10, OUTSIDE, 0},
	  {JOINS, 2, 11, OUTSIDE, 0},
	  {JOINS, 3, 12, OUTSIDE, 0},
	  {JOINS, 4, 13, OUTSIDE, 0},
	  {JOINS, 5, 14, OUTSIDE, 0},
	  {EXITS, 110, 10, 0, BY(SIGTERM)},
	  {EXITS, 111, 11, 0, STATUS(128 + SIGTERM)},
	  {EXITS, 112, 12, 0, STATUS(0)},
	  {EXITS, 113, 13, 0, BY(SIGINT)},
	  {EXITS, 114, 14, 0, DUMPED(SIGQUIT)},
	  {JOINS, 120, 20, OUTSIDE, 0}},
	 0,
	 "",
	 0},
	{"children may end as they like",
	 {{RUNS, 1, 10, OUTSIDE, 0},
	  {FORKS, 110, 11, 10, 0},
	  {EXITS, 111, 11, 0, STATUS(1)},
	  {FORKS, 112, 12, 10, 0},
	  {EXITS, 113, 12, 0, BY(SIGKILL)},
	  {FORKS, 114, 11, 10, 0},
	  {FORKS, 115, 13, 11, 0},
	  {EXITS, 116, 11, 0, STATUS(0)},
	  {EXITS, 117, 13, 0, STATUS(7)}},
	 0,
	 "",
	 1},
	{"but a worker's crash is one",
	 {{RUNS, 1, 10, OUTSIDE, 0},
	  {FORKS, 2, 11, 10, 0},
	  {EXITS, 110, 11, 0, BY(SIGABRT)},
	  {FORKS, 111, 12, 10, 0},
	  {EXITS, 120, 12, 0, DUMPED(SIGABRT)}},
	 2,
	 "shop killed by signal 6",
	 1},
	{"a container's program, started by what has ended itself",
	 {{JOINS, 10, 10, OUTSIDE, 0},
	  {FORKS, 11, 11, 10, 0},
	  {FORKS, 12, 12, 11, 0},
	  {EXITS, 13, 10, 0, STATUS(0)},
	  {EXITS, 14, 11, 0, STATUS(0)},
	  {FORKS, 15, 13, 12, 0},
	  {EXITS, 110, 13, 0, STATUS(1)},
	  {EXITS, 120, 12, 0, STATUS(1)}},
	 1,
	 "shop exited with status 1",
	 0},
	{"and its end takes all with it, once",
	 {{RUNS, 1, 10, OUTSIDE, 0},
	  {FORKS, 2, 11, 10, 0},
	  {FORKS, 3, 12, 10, 0},
	  {EXITS, 110, 10, 0, STATUS(1)},
	  {EXITS, 111, 11, 0, BY(SIGKILL)},
	  {EXITS, 112, 12, 0, BY(SIGKILL)}},
	 1,
	 NULL,
	 0},
	{"who was there already is of his parent's family, met before it or not",
	 {{RUNS, 1, 9, 10, 0},
	  {RUNS, 1, 10, OUTSIDE, 0},
	  {RUNS, 1, 11, 9, 0},
	  {EXITS, 110, 9, 0, STATUS(1)},
	  {EXITS, 111, 11, 0, STATUS(1)}},
	 0,
	 "",
	 1},
	{"a master that left workers behind lives on in them",
	 {{RUNS, 1, 10, OUTSIDE, 0}, {FORKS, 2, 11, 10, 0}, {EXITS, 110, 10, 0, STATUS(0)}},
	 0,
	 "",
	 1},
	{"who leaves has not ended, and is not there",
	 {{JOINS, 1, 10, OUTSIDE, 0}, {LEAVES, 110, 10, 0, 0}, {EXITS, 120, 10, 0, STATUS(1)}},
	 0,
	 "",
	 0},
	{"a number that is given out again",
	 {{JOINS, 1, 10, OUTSIDE, 0},
	  {EXITS, 110, 10, 0, STATUS(1)},
	  {JOINS, 120, 10, OUTSIDE, 0},
	  {EXITS, 130, 10, 0, STATUS(1)},
	  {JOINS, 140, 10, OUTSIDE, 0}},
	 2,
	 NULL,
	 0},
	{"events that were lost: a number without an end, and an end without a beginning",
	 {{JOINS, 1, 10, OUTSIDE, 0},
	  {FORKS, 2, 11, 10, 0},
	  {JOINS, 110, 10, OUTSIDE, 0},
	  {EXITS, 120, 77, 0, STATUS(1)},
	  {EXITS, 130, 10, 0, STATUS(1)}},
	 1,
	 NULL,
	 1},
};

static int tell(struct rg_lives *lives, const struct step *step, const char *comm)
{
	static const uint32_t kinds[] = {[FORKS] = RGW_EVENT_FORK,
					 [JOINS] = RGW_EVENT_JOIN,
					 [EXITS] = RGW_EVENT_EXIT,
					 [LEAVES] = RGW_EVENT_LEAVE};
	struct rgw_event event = {
		.time_ns = step->time, .pid = step->pid, .parent_pid = step->parent};

	if (step->what == RUNS)
		return rg_lives_begin(lives, (pid_t)step->pid, (pid_t)step->parent, step->time);
	event.kind = kinds[step->what];
	event.status = step->status;
	memcpy(event.comm, comm, strnlen(comm, sizeof(event.comm)));
	return rg_lives_event(lives, &event);
}

/* What runs comes first. */
static struct rg_lives *live(const struct step *steps, const char *comm)
{
	struct rg_lives *lives = rg_lives_new();
	bool settled = false;

	assert_non_null(lives);
	for (size_t i = 0; i < STEPS_MAX && steps[i].what; i++) {
		if (steps[i].what != RUNS && !settled) {
			rg_lives_settle(lives);
			settled = true;
		}
		assert_int_equal(tell(lives, &steps[i], comm), 0);
	}
	return lives;
}

static void ends_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_lives *lives = live(rows[i].steps, "shop");
		const char *failure = rows[i].failure ? rows[i].failure : rg_lives_failure(lives);

		if (rg_lives_failed(lives) != rows[i].failed ||
		    rg_lives_since(lives, WINDOW_NS) != rows[i].lived ||
		    strcmp(rg_lives_failure(lives), failure) != 0)
			fail_msg("%s: %d failed, '%s', %d lived", rows[i].sentence,
				 (int)rg_lives_failed(lives), rg_lives_failure(lives),
				 (int)rg_lives_since(lives, WINDOW_NS));
		rg_lives_free(lives);
	}
	rg_lives_free(NULL);
}

/* As many as there may be, without end: what is free is used again. */
static void thousands_of_short_children_are_no_failure(void **state)
{
	struct rg_lives *lives = rg_lives_new();

	(void)state;
	assert_int_equal(rg_lives_begin(lives, 5, OUTSIDE, 1), 0);
	rg_lives_settle(lives);
	for (uint32_t i = 0; i < 100000; i++) {
		const struct step child[] = {{FORKS, 110 + i, 10 + i % 5000, 5, 0},
					     {EXITS, 110 + i, 10 + i % 5000, 0, STATUS(i % 3)}};
		const struct step other[] = {{JOINS, 110 + i, 9000 + i % 100, OUTSIDE, 0},
					     {EXITS, 110 + i, 9000 + i % 100, 0, STATUS(0)}};

		for (size_t k = 0; k < 2; k++) {
			assert_int_equal(tell(lives, &child[k], "work"), 0);
			assert_int_equal(tell(lives, &other[k], "job"), 0);
		}
	}
	assert_int_equal(rg_lives_failed(lives), 0);
	assert_int_equal(rg_lives_since(lives, WINDOW_NS), 1);
	rg_lives_free(lives);
}

/* A child of one that is not met yet, as a look at all processes comes to it, is no main process. */
static void nobody_fails_before_families_are_known(void **state)
{
	static const struct step steps[] = {
		{JOINS, 1, 11, 10, 0}, {EXITS, 2, 11, 0, STATUS(1)}, {JOINS, 3, 10, OUTSIDE, 0}};
	struct rg_lives *lives = rg_lives_new();

	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++)
		assert_int_equal(tell(lives, &steps[i], "shop"), 0);
	rg_lives_settle(lives);
	assert_int_equal(rg_lives_failed(lives), 0);
	assert_string_equal(rg_lives_failure(lives), "");
	assert_int_equal(tell(lives, &(struct step){EXITS, 110, 10, 0, STATUS(1)}, "shop"), 0);
	assert_int_equal(rg_lives_failed(lives), 1);
	rg_lives_free(lives);
}

/* Each the child of the next: as deep as a machine has room for, children met first, is looked at within moments. */
static void a_long_line_of_descent_is_one_family(void **state)
{
	enum { LINE = 1 << 17, LIMIT_S = 20 };
	struct rg_lives *lives = rg_lives_new();

	(void)state;
	alarm(LIMIT_S);
	for (int pid = 2; pid < LINE; pid++)
		assert_int_equal(rg_lives_begin(lives, pid, pid + 1, 1), 0);
	rg_lives_settle(lives);
	alarm(0);
	assert_int_equal(rg_lives_since(lives, WINDOW_NS), LINE - 2);
	assert_int_equal(tell(lives, &(struct step){EXITS, 110, LINE - 2, 0, STATUS(1)}, "shop"),
			 0);
	assert_int_equal(rg_lives_failed(lives), 0);
	assert_int_equal(tell(lives, &(struct step){EXITS, 111, LINE - 1, 0, STATUS(1)}, "shop"),
			 0);
	assert_int_equal(rg_lives_failed(lives), 1);
	rg_lives_free(lives);
}

/* Of numbers that were given out again while they were looked at. */
static void parents_that_go_in_a_circle_end_it(void **state)
{
	static const uint32_t parents[][2] = {{10, 11}, {11, 12}, {12, 11}, {13, 13}, {14, 10}};
	struct rg_lives *lives = rg_lives_new();

	(void)state;
	for (size_t i = 0; i < COUNT(parents); i++)
		assert_int_equal(
			rg_lives_begin(lives, (pid_t)parents[i][0], (pid_t)parents[i][1], 1), 0);
	rg_lives_settle(lives);
	assert_int_equal(rg_lives_since(lives, WINDOW_NS), COUNT(parents));
	for (size_t i = 0; i < COUNT(parents); i++)
		assert_int_equal(
			tell(lives, &(struct step){EXITS, 110, parents[i][0], 0, 0}, "shop"), 0);
	assert_int_equal(rg_lives_since(lives, WINDOW_NS), 0);
	assert_int_equal(rg_lives_failed(lives), 0);
	rg_lives_free(lives);
}

/* A name may be all that a process can write, and as long as it may be. */
static void a_name_is_one_line(void **state)
{
	static const struct step steps[STEPS_MAX] = {{JOINS, 1, 10, OUTSIDE, 0},
						     {EXITS, 2, 10, 0, STATUS(1)}};
	static const struct {
		const char *comm, *says;
	} names[] = {
		{"a\nb\x7f", "a?b? exited with status 1"},
		{"", " exited with status 1"},
		{"0123456789abcdefXX", "0123456789abcdef exited with status 1"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct rg_lives *lives = live(steps, names[i].comm);

		assert_string_equal(rg_lives_failure(lives), names[i].says);
		rg_lives_free(lives);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_are_told),
		cmocka_unit_test(thousands_of_short_children_are_no_failure),
		cmocka_unit_test(nobody_fails_before_families_are_known),
		cmocka_unit_test(a_long_line_of_descent_is_one_family),
		cmocka_unit_test(parents_that_go_in_a_circle_end_it),
		cmocka_unit_test(a_name_is_one_line),
	};

	return cmocka_run_group_tests_name("lives", tests, NULL, NULL);
}
