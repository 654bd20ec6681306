/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --on-undecided and --on-no-baseline pass let through: what lacks certainty, or a baseline, and not what was not seen. */
#include "e2e.h"
#include "repo.h"
#include "samples.h"

static const struct e2e_self steady[] = {
	{"parse", 3000}, {"check", 3000}, {"hash", 3000}, {"print", 3000}, {"", 0}};
static const struct e2e_self few[] = {{"parse", 20}, {"check", 20}, {"", 0}};
static const struct e2e_self none[] = {{"", 0}};

static void put_few(struct e2e *e, const char *version)
{
	e2e_make_profile(e, "few.pb.gz", few);
	E2E_RG(e, "baseline", "put", version, e2e_path(e, "few.pb.gz"));
	e2e_assert_status(e, 0);
}

/* Nothing was seen: no option makes evidence of it, in whatever way the verdict comes to its status. */
static void test_an_empty_profile_is_let_through_by_no_option(void **state)
{
	static const char *const rules[] = {"statistical", "literal"};
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_make_profile(e, "empty.pb.gz", none);
	e2e_make_profile(e, "full.pb.gz", steady);
	e2e_make_profile(e, "few.pb.gz", few);
	e2e_sh(e, "mkdir mixed && cp full.pb.gz empty.pb.gz mixed");
	e->directory = NULL;
	for (size_t i = 0; i < 2; i++) {
		static const char *const sides[][2] = {{"full.pb.gz", "empty.pb.gz"},
						       {"empty.pb.gz", "full.pb.gz"},
						       {"empty.pb.gz", "empty.pb.gz"},
						       {"full.pb.gz", "mixed"}};

		for (size_t k = 0; k < 4; k++) {
			E2E_RG(e, "diff", "--rule", rules[i], "--on-undecided", "pass",
			       "--on-no-baseline", "pass", "--json-out", "v.json", sides[k][0],
			       sides[k][1]);
			e2e_assert_status(e, 3);
			e2e_assert_err(e, "undecided: exit status 3: --on-undecided pass does not "
					  "apply where nothing was compared");
			e2e_assert_out(e, "holds no CPU samples");
			/* Read again it is no better, and a failure if that is what is asked for. */
			E2E_RG(e, "report", "--on-undecided", "pass", "v.json");
			e2e_assert_status(e, 3);
			E2E_RG(e, "report", "--on-undecided", "fail", "v.json");
			e2e_assert_status(e, 1);
		}
	}
	E2E_RG(e, "diff", "--on-undecided", "pass", "--json-out", "v.json", "few.pb.gz",
	       "few.pb.gz");
	e2e_assert_status(e, 0);
	E2E_RG(e, "report", "--on-undecided", "pass", "v.json");
	e2e_assert_status(e, 0);
}

/* Nor as a first version: that nothing is stored yet does not tell what was not seen of it. */
static void test_an_empty_canary_is_no_first_version(void **state)
{
	static const char *const rules[] = {"statistical", "literal"};
	static const char *const canaries[] = {"empty.pb.gz", "mixed"};
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_make_profile(e, "empty.pb.gz", none);
	e2e_make_profile(e, "full.pb.gz", steady);
	e2e_sh(e, "mkdir mixed && cp full.pb.gz empty.pb.gz mixed");
	for (size_t i = 0; i < 4; i++) {
		E2E_RG(e, "check", "--baseline", "v1.4", "--rule", rules[i / 2], "--canary",
		       e2e_path(e, "%s", canaries[i % 2]), "--on-no-baseline", "pass",
		       "--on-undecided", "pass", "--json-out", "v.json");
		e2e_assert_status(e, 3);
		e2e_assert_first_line(e, "UNDECIDED", "a canary run holds no CPU samples");
		e2e_assert_out(e, "no run of v1.4 is stored");
		e2e_assert_err(e, "--on-no-baseline pass does not apply to a canary in which "
				  "nothing was seen");
		e2e_assert_err(e, "undecided: exit status 3: --on-undecided pass does not apply");
		E2E_RG(e, "report", "--on-no-baseline", "pass", "--on-undecided", "pass", "v.json");
		e2e_assert_status(e, 3);
	}
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "full.pb.gz"),
	       "--on-no-baseline", "pass");
	e2e_assert_status(e, 0);
}

/* Of a canary that both versions leave undecided, and of one of these two comparisons nothing is known. */
static void test_both_comparisons_have_to_be_let_through(void **state)
{
	static const char *const wipes[] = {"^  ", "^    "};
	struct e2e *e = *state;

	e2e_repo(e);
	put_few(e, "v1.3");
	put_few(e, "v1.4");
	e2e_make_profile(e, "canary.pb.gz", few);
	E2E_RG(e, "check", "--baseline", "v1.4", "--pinned", "v1.3", "--canary",
	       e2e_path(e, "canary.pb.gz"), "--on-undecided", "pass", "--json-out", "v.json");
	e2e_assert_status(e, 0);
	for (size_t i = 0; i < 2; i++) {
		e2e_sh(e,
		       "sed 's/%s\"compared\": true/\"compared\": false/' r/v.json > r/wiped.json",
		       wipes[i]);
		e2e_sh(e, "test $(grep -c '\"compared\": true' r/wiped.json) = 1");
		E2E_RG(e, "report", "--on-undecided", "pass", "wiped.json");
		e2e_assert_status(e, 3);
		e2e_assert_err(e, "does not apply where nothing was compared");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_an_empty_profile_is_let_through_by_no_option),
		E2E_TEST(test_an_empty_canary_is_no_first_version),
		E2E_TEST(test_both_comparisons_have_to_be_let_through),
	};

	return cmocka_run_group_tests_name("let_through", tests, NULL, NULL);
}
