/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What check refuses on its command line, and what of the configuration may go unused. */
#include "stored.h"

static void test_check_usage_is_2(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	E2E_RG(e, "check", "--", "true");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "say what to compare with: --baseline REF");
	E2E_RG(e, "check", "--baseline", "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "no target");
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", "c.pb.gz", "--", "true");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "either --canary or a target");
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", "no-such.pb.gz");
	e2e_assert_status(e, 2);
	E2E_RG(e, "check", "--baselin", "v1.4", "--canary", "no-such.pb.gz", "--grwth", "5%");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "did you mean '--growth'?");
}

/* What would be ignored is refused, with what it goes with: --baseline v1.4 and these words. */
static const struct {
	const char *words[12], *says;
} ignored[] = {
	{{"--build", "make", "--pid", "1"},
	 "--build is of running both versions in turns, which launches them: it goes with '-- "
	 "COMMAND [ARGUMENT…]', not with a target that runs already"},
	{{"--rounds", "4", "--canary", "c"}, "not with --canary"},
	{{"--max-rounds", "9", "--pid", "1", "--baseline-pid", "2"},
	 "not with a baseline that runs already"},
	{{"--build-timeout", "1m", "--comm", "x"}, "--build-timeout is of running both versions"},
	{{"--rounds", "4", "--", "true"},
	 "--rounds is of running both versions in turns: say how to build one by --build COMMAND"},
	{{"--build", "make", "--no-alternate", "--", "true"},
	 "--no-alternate goes by stored runs only: say one of them"},
	{{"--build", "make", "-o", "x.pb.gz", "--", "true"},
	 "takes several profiles, and --output keeps one"},
	{{"--build", "make", "--store-baseline", "-o", "x.pb.gz", "--", "true"},
	 "takes several profiles, and --output keeps one: leave --output out"},
	{{"--store-baseline", "-o", "x.pb.gz", "--", "true"},
	 "--store-baseline is of running both versions in turns: say how to build one by --build"},
	{{"--store-baseline", "-o", "x.pb.gz", "--pid", "1"},
	 "--store-baseline is of running both versions in turns, which launches them"},
	{{"--build", "make", "--alternate", "--extend-to", "15m", "--", "true"},
	 "--extend-to prolongs one window, and both versions are run in turns here: say "
	 "--max-rounds N"},
	{{"--window", "5m", "--canary", "c"},
	 "--window is of capturing a profile, and does nothing with --canary: leave it out"},
	{{"--load", "true", "--canary", "c"}, "--load is of capturing a profile"},
	{{"--no-off-cpu", "--canary", "c"}, "--no-off-cpu is of capturing a profile"},
	{{"--work-cmd", "echo 1", "--canary", "c"}, "--work-cmd is of capturing a profile"},
	{{"--ready-port", "80", "--canary", "c"}, "--ready-port is of capturing a profile"},
	{{"--ready-port", "80", "--pid", "1"},
	 "--ready-port is of a target that is launched ('-- COMMAND [ARGUMENT…]')"},
	{{"--ready-timeout", "9s", "--", "true"},
	 "say by what it shows that it has, --ready-port, --ready-line or --ready-cmd"},
	{{"--sample-type", "cpu", "--pid", "1"},
	 "--sample-type is of profiles that are given by --canary, and does nothing with a target "
	 "that runs already"},
	{{"--store", "dir:s", "--pid", "1", "--baseline-pid", "2"},
	 "--store is of stored runs, and does nothing with a baseline that runs already"},
	{{"--remote", "origin", "--pid", "1", "--baseline-pid", "2"}, "--remote is of stored runs"},
	{{"--dry-run", "--canary", "c"},
	 "--dry-run is of posting the verdict: say where to by --post WHERE"},
};

static void test_what_would_be_ignored_is_refused(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		const char *words[16] = {"check", "--baseline", "v1.4"};

		print_message("%s\n", ignored[i].says);
		for (size_t k = 0; ignored[i].words[k]; k++)
			words[3 + k] = ignored[i].words[k];
		e2e_rg(e, words);
		e2e_assert_status(e, 2);
		e2e_assert_err(e, ignored[i].says);
		assert_string_equal(e->out, "");
	}
	E2E_RG(e, "capture", "-o", "x", "--ready-line", "up", "--pid", "1");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "--ready-line is of a target that is launched");
}

/* The configuration is for every way of checking: what one has no use for waits for another. */
static void test_what_the_configuration_says_may_go_unused(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	e2e_write_text(
		e, "r/regress-gate.json",
		"{\"window\": \"2m\", \"load\": \"false\", \"work\": {\"command\": \"false\"}, "
		"\"ready\": {\"port\": \"80\"}, \"extend_to\": \"5m\", \"alternate\": "
		"{\"build\": \"false\", \"rounds\": 8}, \"target\": {\"command\": [\"./x\"]}}");
	check_file(e, steady);
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1.4", "--no-alternate", "--canary",
	       e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_check_usage_is_2),
		E2E_TEST(test_what_would_be_ignored_is_refused),
		E2E_TEST(test_what_the_configuration_says_may_go_unused),
	};

	return cmocka_run_group_tests_name("check_usage", tests, NULL, NULL);
}
