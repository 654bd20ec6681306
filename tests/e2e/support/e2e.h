/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_E2E_H
#define E2E_E2E_H

/* One end-to-end test: a scratch directory, runs of the program under test, and what they left. */

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <sys/types.h>

struct rg_profile;

enum {
	E2E_PATH_MAX = 512,
	E2E_PATHS = 16,            /* of e2e_path() alive at a time */
	E2E_SETTINGS = 20,         /* of each kind below */
	E2E_ENV = 24,              /* variables */
	E2E_LIMIT_S = 60,          /* a run that takes longer hangs */
	E2E_OUTPUT_MAX = 16 << 20, /* bytes of one stream: more is a failure */
};

struct e2e_run;

struct e2e {
	char root[E2E_PATH_MAX]; /* the scratch directory; anybody may write to it */
	char paths[E2E_PATHS][E2E_PATH_MAX];
	size_t next_path;

	/* How the next runs are started; a test sets what it needs. */
	const char *directory;    /* below root; NULL: root */
	const char *env[E2E_ENV]; /* "NAME=VALUE" */
	uid_t uid;                /* 0: as we are */
	const char *stdout_path;  /* its output goes there instead of to `out` */
	bool stdout_closed;
	int limit_s; /* a run that takes longer hangs; 0: E2E_LIMIT_S */

	/* What the last finished run came to. */
	int status; /* exit status, or 128+n when signal n killed it */
	char *out, *err;

	struct e2e_run *run;         /* under way, or NULL */
	pid_t helpers[E2E_SETTINGS]; /* programs started by e2e_spawn() */
	size_t helper_count;
	struct rg_profile *profiles[E2E_SETTINGS]; /* read by e2e_profile() */
	size_t profile_count;
};

/* cmocka's per-test setup and teardown: *state is a struct e2e. The teardown ends what still runs. */
int e2e_setup(void **state);
int e2e_teardown(void **state);
#define E2E_TEST(function) cmocka_unit_test_setup_teardown(function, e2e_setup, e2e_teardown)

/*
 * Skips the test without root, which eBPF, other users and other owners' files need; with
 * RG_REQUIRE_BPF=1 in the environment it fails instead.
 */
void e2e_need_root(void);

/* RG_LONG=1: what more of the same costs is wanted. */
bool e2e_is_long(void);
/* Skips the test without it. */
void e2e_need_long(void);

/* --- Programs ------------------------------------------------------------------------------- */

/* Runs the program under test to its end. A hang fails the test, and nothing is left running. */
int e2e_rg(struct e2e *e, const char *const *words);
#define E2E_RG(e, ...) e2e_rg(e, (const char *const[]){__VA_ARGS__, NULL})

/* The same in two steps, with time for signals between them. */
void e2e_rg_start(struct e2e *e, const char *const *words);
#define E2E_RG_START(e, ...) e2e_rg_start(e, (const char *const[]){__VA_ARGS__, NULL})
pid_t e2e_rg_pid(const struct e2e *e);
int e2e_rg_finish(struct e2e *e);
/* Ends the run under way by a signal, and asserts that it is what ended it. */
#define e2e_rg_end_by(e, sig) e2e_rg_end_by_at(e, sig, __FILE__, __LINE__)
void e2e_rg_end_by_at(struct e2e *e, int sig, const char *file, int line);

/* Waits until the run under way has printed `words` on stderr; fails when it ends or hangs before. */
void e2e_rg_wait_for(struct e2e *e, const char *words);

/* Starts a program that lives until the test ends. argv[0] is a path. */
pid_t e2e_spawn(struct e2e *e, const char *const *argv);
#define E2E_SPAWN(e, ...) e2e_spawn(e, (const char *const[]){__VA_ARGS__, NULL})
void e2e_end_helpers(struct e2e *e);

/* Path of a program of tests/e2e/programs. */
const char *e2e_program(struct e2e *e, const char *name);
/* Copies it into the scratch directory as `to`, where everybody can reach it; returns its path. */
const char *e2e_program_copy(struct e2e *e, const char *name, const char *to);

/* Runs a shell script in the scratch directory that must succeed. */
void e2e_sh(struct e2e *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same; returns the first line it prints, in the space of a path. */
const char *e2e_ask(struct e2e *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

void e2e_sleep_ms(unsigned int ms);

/* --- Files ---------------------------------------------------------------------------------- */

/* Path of `name` in the scratch directory. Valid until E2E_PATHS later ones were asked for. */
const char *e2e_path(struct e2e *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
void e2e_write(struct e2e *e, const char *name, const void *bytes, size_t len);
void e2e_write_text(struct e2e *e, const char *name, const char *text);
/*
 * Configures the directory of later runs so that captures are compared whatever the machine's host took of its CPUs meanwhile:
 * for tests of something else, that plant more than that changes.
 */
void e2e_disregard_steal(struct e2e *e);
/* A file's content, NUL-terminated; NULL when there is none. Free it. *len may be NULL. */
char *e2e_read(struct e2e *e, const char *name, size_t *len);
bool e2e_exists(struct e2e *e, const char *name);
/* The same of a file that may come late. */
void e2e_wait_for_file(struct e2e *e, const char *name);
/* The number behind "NAME " in a file of such lines; `column` 1 is the one next to the name. */
uint64_t e2e_number(struct e2e *e, const char *file, const char *name, int column);

/* --- Assertions ----------------------------------------------------------------------------- */

/* They print what the program said when they fail. */
#define e2e_assert_status(e, expected) e2e_assert_status_at(e, expected, __FILE__, __LINE__)
#define e2e_assert_out(e, words)       e2e_assert_says_at(e, (e)->out, words, __FILE__, __LINE__)
#define e2e_assert_err(e, words)       e2e_assert_says_at(e, (e)->err, words, __FILE__, __LINE__)
#define e2e_assert_no_err(e, words)    e2e_assert_silent_at(e, (e)->err, words, __FILE__, __LINE__)
/* Of standard output: how it begins, and what else its first line says. */
#define e2e_assert_first_line(e, begin, words) \
	e2e_assert_first_line_at(e, begin, words, __FILE__, __LINE__)
/* The same of all of the headline, however it is broken into lines. */
#define e2e_assert_headline(e, begin, words) \
	e2e_assert_headline_at(e, begin, words, __FILE__, __LINE__)
/* A file of the scratch directory says so. */
#define e2e_assert_in_file(e, name, words) e2e_assert_in_file_at(e, name, words, __FILE__, __LINE__)
void e2e_assert_status_at(const struct e2e *e, int expected, const char *file, int line);
void e2e_assert_says_at(const struct e2e *e, const char *text, const char *words, const char *file,
			int line);
void e2e_assert_silent_at(const struct e2e *e, const char *text, const char *words,
			  const char *file, int line);
void e2e_assert_first_line_at(const struct e2e *e, const char *begin, const char *words,
			      const char *file, int line);
void e2e_assert_headline_at(const struct e2e *e, const char *begin, const char *words,
			    const char *file, int line);
void e2e_assert_in_file_at(struct e2e *e, const char *name, const char *words, const char *file,
			   int line);

#endif
