/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_STORE_GIT_FIXTURE_H
#define TEST_STORE_GIT_FIXTURE_H

#define FIXTURE_SCHEME "git"
#include "fixture.h"

#include "git_program.h"

/* What is the git backend's own; the rest is in conformance.h. */

#define KEY "refs/regress-gate/checkout/v1.4/x86_64"

static inline int setup(void **state)
{
	git_environment();
	return fixture_setup(state);
}

#define GIT_STORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

static inline void reopen(struct fixture *fixture, const char *name)
{
	rg_store_close(fixture->store);
	fixture->store = fixture_open(fixture, name);
}

static inline void two_runs(struct fixture *fixture)
{
	char id[RG_STORE_ID_MAX];

	put_text(fixture, &sample_key, "hello", id);
	put_text(fixture, &sample_key, "another", id);
}

static inline void assert_asked(struct fixture *fixture, const char *script, const char *expected)
{
	char answer[256];

	assert_string_equal(git_ask(&fixture->scratch, script, answer), expected);
}

#endif
