/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a verdict passed becomes a baseline: that profile, of that version, and nothing else. */
#include "e2e.h"
#include "repo.h"
#include "selves.h"

#include <stdlib.h>
#include <string.h>

static const struct e2e_self again[] = {
	{"parse", 3001}, {"check", 3000}, {"hash", 3000}, {"print", 3000}, {"", 0}};

/* v1.4 is stored; canary.pb.gz and slow.pb.gz are of v1.5, which is checked out. */
static void setup(struct e2e *e)
{
	const char *commit;

	e2e_repo(e);
	commit = e2e_ask(e, "git -C r rev-parse HEAD");
	e2e_make_profile(e, "p.pb.gz", steady);
	e2e_make_profile_of(e, "canary.pb.gz", again, "v1.5", commit);
	e2e_make_profile_of(e, "slow.pb.gz", grown, "v1.5", commit);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
}

static void judge(struct e2e *e, const char *baseline, const char *canary, int status)
{
	E2E_RG(e, "check", "--baseline", baseline, "--canary", e2e_path(e, "%s", canary),
	       "--json-out", e2e_path(e, "v.json"));
	e2e_assert_status(e, status);
}

#define PUT(e, ...) \
	E2E_RG(e, "baseline", "put", "--from-verdict", e2e_path(e, "v.json"), __VA_ARGS__)

static void assert_nothing_stored(struct e2e *e)
{
	E2E_RG(e, "baseline", "show", "v1.5");
	e2e_assert_status(e, 2);
}

static void test_what_passed_becomes_a_baseline(void **state)
{
	struct e2e *e = *state;

	setup(e);
	judge(e, "v1.4", "canary.pb.gz", 0);
	PUT(e, e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_assert_out(e, " of v1.5 (default, ");
	judge(e, "v1.5", "canary.pb.gz", 0);
	/* The one that was compared with is named, too. */
	assert_true(
		strncmp(e2e_ask(e,
				"grep -A1 '\"profiles\": .$' v.json | grep -c '[0-9a-f]\\{64\\}'"),
			"2", 1) == 0);
}

/* A capture that was kept is the one that was judged. */
static void test_a_capture_that_was_kept(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	setup(e);
	E2E_RG(e, "check", "--baseline", "v1.4", "--window", "1s", "-o", e2e_path(e, "kept.pb.gz"),
	       "--json-out", e2e_path(e, "v.json"), "--", e2e_program(e, "steady"), "1");
	assert_true(e->status == 3 || e->status == 1);
	PUT(e, "--accept", "undecided", "--accept", "not-comparable", "--accept", "fail",
	    e2e_path(e, "kept.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_assert_out(e, " of v1.5 (default, ");
}

/* Every run of a folder is one that was judged. */
static void test_a_folder_of_runs(void **state)
{
	struct e2e *e = *state;

	setup(e);
	e2e_sh(e, "mkdir runs; cp canary.pb.gz runs/1; cp p.pb.gz runs/2");
	judge(e, "v1.4", "runs", 0);
	PUT(e, e2e_path(e, "runs/1"), e2e_path(e, "runs/2"));
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "2 of 4 runs collected");
	PUT(e, e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "is none of the 2 profiles");
}

static void test_what_did_not_pass_does_not(void **state)
{
	struct e2e *e = *state;

	setup(e);
	judge(e, "v1.4", "slow.pb.gz", 1);
	PUT(e, e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e,
		       "the verdict is 'fail', and only what passed becomes a baseline: --accept "
		       "fail stores it all the same");
	PUT(e, "--accept", "undecided", e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 2);
	assert_nothing_stored(e);
	PUT(e, "--accept", "fail", e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 0);
	PUT(e, "--accept", "pass", e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "must be one of: fail, undecided, not-comparable, no-baseline");
}

/* The first ones of all: there is nothing yet to pass by. */
static void test_seeding(void **state)
{
	struct e2e *e = *state;

	setup(e);
	judge(e, "v1.3", "canary.pb.gz", 3);
	PUT(e, e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "--accept no-baseline stores it");
	PUT(e, "--accept", "no-baseline", e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "1 of 4 runs collected");
}

static void test_only_what_was_judged(void **state)
{
	struct e2e *e = *state;

	setup(e);
	judge(e, "v1.4", "canary.pb.gz", 0);
	PUT(e, e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "is none of the 1 profile that the verdict names as its canary's");
	assert_nothing_stored(e);
	/* A list that was emptied, or is of another, names nothing. */
	e2e_sh(e, "python3 - <<'E'\n"
		  "import json\n"
		  "v = json.load(open('v.json'))\n"
		  "v['canary']['profiles'] = []\n"
		  "json.dump(v, open('v.json', 'w'))\n"
		  "E");
	PUT(e, e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "is none of the 0 profiles");
	assert_nothing_stored(e);
}

/* The file says which version it is; the profile must say the same. */
static void test_a_verdict_that_lies_about_its_version(void **state)
{
	struct e2e *e = *state;

	setup(e);
	judge(e, "v1.4", "canary.pb.gz", 0);
	e2e_sh(e, "sed -i \"s/$(git -C r rev-parse v1.5^{commit})/$(git -C r rev-parse v1.3)/\" "
		  "v.json");
	PUT(e, e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "was captured at commit");
	e2e_sh(e, "sed -i 's/\"commit\": \"[0-9a-f]*\"/\"commit\": \"\"/; "
		  "s/\"version\": \"v1.5\"/\"version\": \"\"/' v.json");
	PUT(e, e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "does not say which version its canary is");
	/* Nor is anything in it a revision to be looked up. */
	e2e_sh(e, "sed -i 's/\"version\": \"\"/\"version\": \"HEAD~1\"/' v.json");
	PUT(e, e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "HEAD~1");
}

static void test_a_hostile_file(void **state)
{
	struct e2e *e = *state;

	setup(e);
	e2e_write_text(e, "v.json", "{\"outcome\": \"pass\"}");
	PUT(e, e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "'schema': is missing");
	e2e_sh(e, "head -c 17000000 /dev/zero >v.json");
	PUT(e, e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 4);
	e2e_sh(e, "rm v.json; mkfifo v.json");
	PUT(e, e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 4);
	e2e_sh(e, "rm v.json");
	PUT(e, e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 2);
	assert_nothing_stored(e);
}

static void test_usage(void **state)
{
	struct e2e *e = *state;

	setup(e);
	E2E_RG(e, "baseline", "put", "--from-verdict", "v.json");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "takes the profiles of the verdict");
	E2E_RG(e, "baseline", "put", "--accept", "fail", "v1.4", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "--accept goes with --from-verdict");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_what_passed_becomes_a_baseline),
		E2E_TEST(test_a_capture_that_was_kept),
		E2E_TEST(test_a_folder_of_runs),
		E2E_TEST(test_what_did_not_pass_does_not),
		E2E_TEST(test_seeding),
		E2E_TEST(test_only_what_was_judged),
		E2E_TEST(test_a_verdict_that_lies_about_its_version),
		E2E_TEST(test_a_hostile_file),
		E2E_TEST(test_usage),
	};

	return cmocka_run_group_tests_name("put_judged", tests, NULL, NULL);
}
