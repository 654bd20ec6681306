/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that go from one function to another between two commits, both captured: tests/e2e/moved. */
#include "e2e.h"
#include "samples.h"

#include "rg/profile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* On a busy machine all is slower alike, and so shares are compared. What is small varies by more than a second shows. */
#define POLICY                                                                           \
	"{\"policy\": {\"basis\": \"share\", \"prior_cv\": \"2%\", \"limit\": \"60%\", " \
	"\"min_share\": \"5%\", \"comparable\": {\"max_starved\": \"100%\", "            \
	"\"max_steal\": \"100%\"}}}\n"

static void begin(struct e2e *e)
{
	char *here = getcwd(NULL, 0);

	e2e_need_root();
	e2e_write_text(e, "regress-gate.json", POLICY);
	e2e_sh(e,
	       "ln -s %s/tests/e2e/moved sources; git init -q -b main r; cd r\n"
	       "git config user.name Ada; git config user.email a@example.org\n"
	       "cp ../regress-gate.json ../sources/orders.[ch] .",
	       here);
	free(here);
	e->directory = "r";
}

/* Commits a version's files, builds it outside of the repository, and captures it. */
static void capture(struct e2e *e, const char *version)
{
	e2e_sh(e,
	       "cd r; cp ../sources/%s/*.c .; git add .; git commit -q -m %s; mkdir ../%s\n"
	       "gcc -O2 -g -fno-omit-frame-pointer *.c -o ../%s/orders",
	       version, version, version, version);
	E2E_RG(e, "capture", "-q", "-o", e2e_path(e, "%s.pb.gz", version), "--no-off-cpu",
	       "--frequency", "4999", "--window", "1200ms", "--slice", "100ms", "--warmup", "100ms",
	       "--", e2e_path(e, "%s/orders", version));
	e2e_assert_status(e, 0);
}

/* What `diff` makes of the first version and this one. */
static void diff(struct e2e *e, const char *canary, int status)
{
	E2E_RG(e, "diff", "--json-out", e2e_path(e, "v.json"), e2e_path(e, "first.pb.gz"),
	       e2e_path(e, "%s.pb.gz", canary));
	e2e_assert_status(e, status);
}

static const char *ask_verdict(struct e2e *e, const char *query)
{
	return e2e_ask(e, "jq -r '%s' v.json", query);
}

/* Part of the samples. */
static double part_of(struct e2e *e, const char *version, const char *function)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.pb.gz", version);
	const struct rg_profile *profile = e2e_profile(e, name);

	return (double)e2e_self(profile, function, RG_VALUE_SAMPLES) /
	       (double)e2e_total(profile, RG_VALUE_SAMPLES);
}

static void assert_warns_of_the_move(struct e2e *e, const char *commit)
{
	char words[128];

	diff(e, "moved", 0);
	e2e_assert_out(e, "tax: from price (-");
	snprintf(words, sizeof(words), ", commit %.10s), whose lines it has now", commit);
	e2e_assert_out(e, words);
	assert_string_equal(ask_verdict(e, ".moves | length"), "1");
	assert_string_equal(ask_verdict(e, ".moves[0] | .function + \" \" + .how"), "price lines");
	assert_string_equal(ask_verdict(e, ".moves[0].moved_by"), commit);
	assert_string_equal(ask_verdict(e, ".rows[] | select(.status == \"moved\") | .function"),
			    "tax");
}

static void assert_fails(struct e2e *e, const char *canary)
{
	diff(e, canary, 1);
	e2e_assert_out(e, "FAIL  tax()");
	assert_string_equal(ask_verdict(e, ".moves | length"), "0");
}

static void test_lines_that_moved_are_a_warning(void **state)
{
	struct e2e *e = *state;
	char commit[64];

	begin(e);
	capture(e, "first");
	capture(e, "moved");
	snprintf(commit, sizeof(commit), "%s", e2e_ask(e, "git -C r rev-parse HEAD"));
	assert_warns_of_the_move(e, commit);
	/* The same captures, and nothing to show that it is the same code. */
	e->directory = NULL;
	assert_fails(e, "moved");
	/* As much less of the one and more of the other, by lines of their own. */
	e->directory = "r";
	e2e_sh(e, "git -C r checkout -q HEAD~1");
	capture(e, "slower");
	assert_true(fabs(part_of(e, "slower", "tax") - part_of(e, "moved", "tax")) < 0.05);
	assert_true(fabs(part_of(e, "slower", "price") - part_of(e, "moved", "price")) < 0.05);
	assert_fails(e, "slower");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_lines_that_moved_are_a_warning),
	};

	return cmocka_run_group_tests_name("moved_captured", tests, NULL, NULL);
}
