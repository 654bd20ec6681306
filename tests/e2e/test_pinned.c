/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A second baseline that is pinned, so that many small steps add up. */
#include "branch.h"

#include <string.h>

static int check_pinned(struct e2e *e, const char *baseline, const char *pinned)
{
	return E2E_RG(e, "check", "--baseline", baseline, "--pinned", pinned, "--json-out",
		      e2e_path(e, "v.json"), "--markdown-out", e2e_path(e, "v.md"), "--junit-out",
		      e2e_path(e, "v.xml"), "--metrics-out", e2e_path(e, "v.prom"), "--canary",
		      e2e_path(e, "slow.pb.gz"));
}

/* Little by little: no step is a regression, the sum of them is. */
static void test_slow_creep_shows(void **state)
{
	struct e2e *e = *state;

	setup(e);
	put(e, "v1.3", "p.pb.gz");
	put(e, "v1.4", "slow.pb.gz");
	check_pinned(e, "v1.4", "v1.3");
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "FAIL");
	e2e_assert_out(e, "against the pinned v1.3: hash() uses ");
	e2e_assert_in_file(e, "v.json", "\"pinned_decides\": true");
	e2e_assert_in_file(e, "v.md", "**FAIL** (rule: pinned)");
	e2e_assert_in_file(e, "v.md", "- **regressed** `hash`");
	e2e_assert_in_file(e, "v.xml", "name=\"pinned version\"");
	e2e_assert_in_file(e, "v.prom",
			   "regress_gate_pinned_outcome{scenario=\"\",outcome=\"fail\"} 1");
	/* Read again it is the same. */
	E2E_RG(e, "report", e2e_path(e, "v.json"));
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "against the pinned v1.3: hash() uses ");
}

static void test_the_worse_of_both_counts(void **state)
{
	static const struct {
		const char *baseline, *pinned;
		int status;
		const char *words;
	} rows[] = {
		{"v1.4", "v1.4", 0, "PASS"},
		{"v1.3", "v1.4", 1, "hash() uses"},
		{"v1.3", "v1.3", 1, "hash() uses"},
		{"v1.4", "v1.5", 3, "against the pinned v1.5: no run of v1.5 is stored"},
		{"v1.5", "v1.3", 1, "against the pinned v1.3: hash() uses"},
		{"v1.5", "v1.4", 3, "no run of v1.5 is stored"},
		{"v1.3", "v1.5", 1, "hash() uses"},
	};
	struct e2e *e = *state;

	setup(e);
	put(e, "v1.3", "p.pb.gz");
	put(e, "v1.4", "slow.pb.gz");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_pinned(e, rows[i].baseline, rows[i].pinned);
		if (e->status != rows[i].status || !strstr(e->out, rows[i].words))
			fail_msg("%s, pinned %s: %d: %s", rows[i].baseline, rows[i].pinned,
				 e->status, e->out);
	}
}

/* What is let through of one is not let through of the other. Of v1.5 nothing is stored. */
static void test_mappings_hold_for_each(void **state)
{
	static const struct e2e_self few[] = {{"f", 20}, {"", 0}};
	static const struct {
		const char *baseline, *pinned, *mappings[5];
		int status;
	} rows[] = {
		{"v1.3", "v1.5", {NULL}, 3},
		{"v1.3", "v1.5", {"--on-undecided", "pass"}, 3},
		{"v1.3", "v1.5", {"--on-no-baseline", "pass"}, 3},
		{"v1.5", "v1.3", {"--on-undecided", "pass"}, 3},
		{"v1.3", "v1.5", {"--on-undecided", "pass", "--on-no-baseline", "pass"}, 0},
		{"v1.3", "v1.5", {"--on-undecided", "pass", "--on-no-baseline", "fail"}, 1},
	};
	struct e2e *e = *state;

	setup(e);
	e2e_make_profile(e, "few.pb.gz", few);
	put(e, "v1.3", "few.pb.gz");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *words[16] = {
			"check",        "--baseline", rows[i].baseline,      "--pinned",
			rows[i].pinned, "--canary",   e2e_path(e, "p.pb.gz")};

		print_message("row %zu\n", i);
		for (size_t k = 0; rows[i].mappings[k]; k++)
			words[7 + k] = rows[i].mappings[k];
		e2e_rg(e, words);
		e2e_assert_status(e, rows[i].status);
	}
}

static void test_the_configuration_pins(void **state)
{
	struct e2e *e = *state;

	setup(e);
	put(e, "v1.3", "p.pb.gz");
	put(e, "v1.4", "slow.pb.gz");
	e2e_write_text(e, "r/regress-gate.json", "{\"pinned\": \"v1.3\"}");
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 1);
	E2E_RG(e, "check", "--baseline", "v1.4", "--pinned", "none", "--canary",
	       e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1.4", "--pinned", "v9", "--canary",
	       e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "'v9': no such revision");
	/* A change cannot take it away from the gate that judges it. */
	e2e_git(e, "add regress-gate.json");
	e2e_git(e, "commit -q -m pin");
	e2e_write_text(e, "r/regress-gate.json", "{}");
	E2E_RG(e, "check", "--baseline", "v1.4", "--policy-from", "HEAD", "--canary",
	       e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "pinned: v1.3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_slow_creep_shows),
		E2E_TEST(test_the_worse_of_both_counts),
		E2E_TEST(test_mappings_hold_for_each),
		E2E_TEST(test_the_configuration_pins),
	};

	return cmocka_run_group_tests_name("pinned", tests, NULL, NULL);
}
