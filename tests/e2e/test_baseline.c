/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store from the command line. */
#include "e2e.h"
#include "repo.h"
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct e2e_self one[] = {{"parse", 3000}, {"check", 2000}, {"", 0}};
static const struct e2e_self two[] = {{"parse", 3010}, {"check", 1990}, {"", 0}};

static void setup_two(struct e2e *e)
{
	e2e_repo(e);
	e2e_make_profile(e, "one.pb.gz", one);
	e2e_make_profile(e, "two.pb.gz", two);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "one.pb.gz"), e2e_path(e, "two.pb.gz"));
	e2e_assert_status(e, 0);
}

/* What a run is called in `stored run ID of …`, of the last put. */
static void last_id(const struct e2e *e, char id[13])
{
	assert_int_equal(sscanf(e->out, "stored run %12s", id), 1);
}

static void test_put_and_get_give_the_same_bytes(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_make_profile(e, "one.pb.gz", one);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "one.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "stored run ");
	e2e_assert_out(e, "of v1.4 (default, ");
	E2E_RG(e, "baseline", "get", "v1.4", "-o", e2e_path(e, "got.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_sh(e, "cmp one.pb.gz got.pb.gz");
	assert_string_equal(e2e_ask(e, "stat -c %%a got.pb.gz"), "600");
}

/* Nobody else may read below, and nothing is seen of it in the work tree. */
static void assert_private(struct e2e *e, const char *store)
{
	assert_string_equal(e2e_ask(e, "find r/.git/%s -perm /077", store), "");
	assert_string_equal(e2e_ask(e, "git -C r status --porcelain"), "");
}

static void test_files_are_the_owners_alone(void **state)
{
	struct e2e *e = *state;

	setup_two(e);
	assert_private(e, "regress-gate.git");
	E2E_RG(e, "baseline", "put", "--store", "dir:.git/folder", "v1.4", e2e_path(e, "one.pb.gz"),
	       e2e_path(e, "two.pb.gz"));
	e2e_assert_status(e, 0);
	assert_private(e, "folder");
	assert_string_equal(e2e_ask(e, "find r/.git/folder -name '*.pb.gz' | wc -l"), "2");
}

static void test_the_same_twice_is_stored_once(void **state)
{
	struct e2e *e = *state;

	setup_two(e);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "one.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "already stored");
	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "2 runs, ");
}

static void test_list_shows_what_there_is(void **state)
{
	struct e2e *e = *state;

	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "0 runs");
	setup_two(e);
	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "v1.4");
	e2e_assert_out(e, e2e_ask(e, "echo \"2 runs, $(cat one.pb.gz two.pb.gz | wc -c) B\""));
	e2e_assert_out(e, e2e_ask(e, "git -C r rev-parse v1.4 | cut -c1-12"));
	E2E_RG(e, "baseline", "list", "v1.4");
	e2e_assert_status(e, 2);
}

/* As on a terminal of so many columns; into a pipe a run is a line, and nothing is cut. */
static void test_list_fits_the_terminal(void **state)
{
	static const char longest[] =
		"label:a-release-whose-name-is-longer-than-a-line-has-room-for-it";
	struct e2e *e = *state;

	setup_two(e);
	E2E_RG(e, "baseline", "put", longest, e2e_path(e, "one.pb.gz"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "list");
	e2e_assert_out(e, longest + strlen("label:"));
	assert_string_equal(e2e_ask(e, "cd r && \"$RG\" baseline list | grep -c '^default *v1.4 '"),
			    "2");
	e->env[0] = "LC_ALL=C.UTF-8";
	e->env[1] = "COLUMNS=80";
	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 0);
	e2e_write_text(e, "list", e->out);
	assert_string_equal(e2e_ask(e, "LC_ALL=C.UTF-8 grep -cE '^.{81}' list || true"), "0");
	/* The version once, its runs below, and how many of them there are. */
	assert_string_equal(e2e_ask(e, "grep -c '^default *v1.4 ' list"), "1");
	assert_string_equal(
		e2e_ask(e, "grep -cE '^ {17}[0-9a-f]{12}  [0-9-]{10} [0-9:]{5} .* B *$' list"),
		"3");
	e2e_assert_out(e, e2e_ask(e, "git -C r rev-parse v1.4 | cut -c1-12"));
	e2e_assert_out(e, "2 of 4 runs collected");
	e2e_assert_out(e, "3 runs, ");
}

static void test_runs_of_another_architecture(void **state)
{
	struct e2e *e = *state;
	const char *arch;

	e2e_repo(e);
	e2e_make_profile(e, "one.pb.gz", one);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "one.pb.gz"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "show", "--arch", "riscv64", "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "on riscv64 (see");
	/* As a machine of that kind would have put it. */
	arch = e2e_ask(e, "uname -m");
	e2e_sh(e,
	       "cd r/.git/regress-gate.git; ref=$(git for-each-ref --format='%%(refname)'); "
	       "json=$(git"
	       " ls-tree --name-only $ref | grep json)\n"
	       "blob=$(git show $ref:$json | sed 's/\"%s\"/\"riscv64\"/' | git hash-object -w "
	       "--stdin)\n"
	       "tree=$(git ls-tree $ref | sed \"s/blob [0-9a-f]*\\(.*json\\)/blob $blob\\1/\" | git"
	       " mktree)\n"
	       "git update-ref ${ref%%/*}/riscv64 $(echo x | git -c user.name=a -c user.email=a@b"
	       " commit-tree $tree)",
	       arch);
	E2E_RG(e, "baseline", "get", "--arch", "riscv64", "v1.4", "-o", e2e_path(e, "got.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_sh(e, "cmp one.pb.gz got.pb.gz");
	E2E_RG(e, "baseline", "rm", "--arch", "riscv64", "v1.4");
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "list");
	e2e_assert_out(e, "1 run, ");
}

static void test_several_runs_need_their_name(void **state)
{
	struct e2e *e = *state;
	char id[13];

	setup_two(e);
	last_id(e, id);
	E2E_RG(e, "baseline", "get", "v1.4", "-o", e2e_path(e, "got.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "2 runs of v1.4 are stored: say which with --run");
	assert_false(e2e_exists(e, "got.pb.gz"));
	E2E_RG(e, "baseline", "get", "v1.4", "--run", id, "-o", e2e_path(e, "got.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_sh(e, "cmp one.pb.gz got.pb.gz");
	E2E_RG(e, "baseline", "get", "v1.4", "--run", "0000", "-o", e2e_path(e, "got.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "no run 0000 of v1.4");
}

static void test_show_tells_where_runs_come_from(void **state)
{
	struct e2e *e = *state;

	setup_two(e);
	E2E_RG(e, "baseline", "show", "v1.4");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "5,000 samples");
	e2e_assert_out(e, "period_ns");
	E2E_RG(e, "baseline", "show", "v1.3");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "no run of v1.3 is stored");
}

static void test_rm_removes_one_or_all(void **state)
{
	struct e2e *e = *state;
	char id[13];

	setup_two(e);
	last_id(e, id);
	E2E_RG(e, "baseline", "rm", "v1.4", "--run", id);
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "list");
	e2e_assert_out(e, "1 run, ");
	E2E_RG(e, "baseline", "rm", "v1.4");
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "list");
	e2e_assert_out(e, "0 runs");
	E2E_RG(e, "baseline", "rm", "v1.4");
	e2e_assert_status(e, 2);
	assert_string_equal(e2e_ask(e, "git --git-dir=r/.git/regress-gate.git for-each-ref"), "");
}

static void test_scenarios_are_kept_apart(void **state)
{
	struct e2e *e = *state;

	setup_two(e);
	E2E_RG(e, "baseline", "show", "v1.4", "--scenario", "checkout");
	e2e_assert_status(e, 2);
	E2E_RG(e, "check", "--baseline", "v1.4", "--scenario", "checkout", "--canary",
	       e2e_path(e, "one.pb.gz"));
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "checkout");
}

/* --- What does not belong there ------------------------------------------------------------------ */

/* A profile file with one fact more. */
static void add_fact(struct e2e *e, const char *name, const char *key, const char *value)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_sample sample = {.slice = RG_NO_SLICE, .thread = ""};
	struct rg_frame frame = {.function = "parse", .file = ""};
	uint32_t id = 0;

	assert_non_null(builder);
	sample.value[RG_VALUE_SAMPLES] = 1000;
	assert_int_equal(rg_profile_builder_module(builder, "made", "", &frame.module, NULL), 0);
	assert_int_equal(rg_profile_builder_frame(builder, &frame, &id, NULL), 0);
	assert_int_equal(rg_profile_builder_stack(builder, &id, 1, &sample.stack, NULL), 0);
	assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
	assert_int_equal(rg_profile_builder_fact(builder, key, value, NULL), 0);
	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	e2e_write_profile(e, name, builder);
}

/* Refused with these words, stored with --force. */
static void assert_refused(struct e2e *e, const char *said)
{
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "odd.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, said);
	e2e_assert_err(e, "--force");
	E2E_RG(e, "baseline", "list");
	e2e_assert_out(e, "0 runs");
	E2E_RG(e, "baseline", "put", "--force", "v1.4", e2e_path(e, "odd.pb.gz"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "list");
	e2e_assert_out(e, "1 run, ");
}

static void test_a_profile_of_another_commit_is_refused(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	add_fact(e, "odd.pb.gz", RG_KEY_COMMIT, e2e_ask(e, "git -C r rev-parse v1.5^{commit}"));
	assert_refused(e, "was captured at commit");
}

static void test_an_interrupted_profile_is_refused(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	add_fact(e, "odd.pb.gz", RG_KEY_INTERRUPTED, "1");
	assert_refused(e, "was interrupted");
}

static void test_a_profile_of_another_scenario_is_refused(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	add_fact(e, "odd.pb.gz", RG_KEY_SCENARIO, "checkout");
	assert_refused(e, "was captured for scenario 'checkout'");
}

static void test_an_empty_profile_is_refused_even_by_force(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_make_profile(e, "empty.pb.gz", (const struct e2e_self[]){{"", 0}});
	E2E_RG(e, "baseline", "put", "--force", "v1.4", e2e_path(e, "empty.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "holds no samples");
}

static void test_wrong_usage_is_2(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	E2E_RG(e, "baseline");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "baseline put");
	E2E_RG(e, "baseline", "push", "v1.4");
	e2e_assert_status(e, 2);
	E2E_RG(e, "baseline", "put", "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "takes a version and profile files");
	E2E_RG(e, "baseline", "get", "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "say where to write: --output FILE");
	E2E_RG(e, "baseline", "put", "--scenario", "../up", "v1.4", "x");
	e2e_assert_status(e, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_put_and_get_give_the_same_bytes),
		E2E_TEST(test_files_are_the_owners_alone),
		E2E_TEST(test_the_same_twice_is_stored_once),
		E2E_TEST(test_list_shows_what_there_is),
		E2E_TEST(test_list_fits_the_terminal),
		E2E_TEST(test_runs_of_another_architecture),
		E2E_TEST(test_several_runs_need_their_name),
		E2E_TEST(test_show_tells_where_runs_come_from),
		E2E_TEST(test_rm_removes_one_or_all),
		E2E_TEST(test_scenarios_are_kept_apart),
		E2E_TEST(test_a_profile_of_another_commit_is_refused),
		E2E_TEST(test_an_interrupted_profile_is_refused),
		E2E_TEST(test_a_profile_of_another_scenario_is_refused),
		E2E_TEST(test_an_empty_profile_is_refused_even_by_force),
		E2E_TEST(test_wrong_usage_is_2),
	};

	return cmocka_run_group_tests_name("baseline", tests, NULL, NULL);
}
