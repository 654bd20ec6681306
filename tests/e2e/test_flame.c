/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flame graph as the commands write it; what it shows is looked at by flame_oracle.sh. */
#include "e2e.h"
#include "repo.h"
#include "selves.h"

#include <stdio.h>

static void make_profiles(struct e2e *e)
{
	e2e_make_profile(e, "base.pb.gz", steady);
	e2e_make_profile(e, "canary.pb.gz", grown);
}

static void test_one_or_two_profiles_are_drawn(void **state)
{
	struct e2e *e = *state;

	make_profiles(e);
	E2E_RG(e, "flame", "base.pb.gz", "canary.pb.gz", "-o", "two.html");
	/* It judges nothing by its exit status. */
	e2e_assert_status(e, 0);
	assert_string_equal(e->out, "");
	e2e_assert_in_file(e, "two.html", "<h1 class=\"fail\"><b>FAIL</b> hash() uses");
	E2E_RG(e, "flame", "--growth", "5000%", "base.pb.gz", "canary.pb.gz", "-o", "two.html");
	e2e_assert_status(e, 0);
	e2e_assert_in_file(e, "two.html", "<h1 class=\"pass\"><b>PASS</b>");
	E2E_RG(e, "flame", "canary.pb.gz", "-o", "one.html");
	e2e_assert_status(e, 0);
	e2e_assert_in_file(e, "one.html", "<h1>Flame graph</h1>");
	E2E_RG(e, "flame", "--svg", "base.pb.gz", "canary.pb.gz", "-o", "two.svg");
	e2e_assert_status(e, 0);
	e2e_assert_in_file(e, "two.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"");
	e2e_assert_in_file(e, "two.svg", ">FAIL: hash() uses");
}

static void test_misuse_is_told(void **state)
{
	struct e2e *e = *state;

	make_profiles(e);
	E2E_RG(e, "flame", "-o", "f.html");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "flame: takes one or two profile files");
	E2E_RG(e, "flame", "base.pb.gz", "base.pb.gz", "canary.pb.gz", "-o", "f.html");
	e2e_assert_status(e, 2);
	E2E_RG(e, "flame", "base.pb.gz", "canary.pb.gz");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "flame: say where the graph goes: --output FILE");
	E2E_RG(e, "flame", "canary.pb.gz", "-o", "no/such/folder/f.html");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "output 'no/such/folder/f.html'");
	E2E_RG(e, "flame", "missing.pb.gz", "-o", "f.html");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "missing.pb.gz");
	e2e_write_text(e, "broken", "neither a profile\n");
	E2E_RG(e, "flame", "base.pb.gz", "broken", "-o", "f.html");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "broken");
	E2E_RG(e, "flame", "base.pb.gz", "canary.pb.gz", "-o", "/dev/full");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "/dev/full");
	assert_false(e2e_exists(e, "f.html"));
	/* A verdict alone has no stacks. */
	E2E_RG(e, "report", "--html-out", "f.html", "v.json");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "unknown option '--html-out'");
}

static void test_a_verdict_may_come_with_it(void **state)
{
	struct e2e *e = *state;

	make_profiles(e);
	E2E_RG(e, "diff", "--html-out", "d.html", "base.pb.gz", "canary.pb.gz");
	e2e_assert_status(e, 1);
	e2e_assert_in_file(e, "d.html", "<b>FAIL</b> hash() uses");
	e2e_repo(e);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "base.pb.gz"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "canary.pb.gz"),
	       "--html-out", e2e_path(e, "c.html"));
	e2e_assert_status(e, 1);
	e2e_assert_in_file(e, "c.html", "<b>FAIL</b> hash() uses");
	/* Without a baseline the canary alone is drawn. */
	E2E_RG(e, "check", "--baseline", "v1.5", "--canary", e2e_path(e, "canary.pb.gz"),
	       "--html-out", e2e_path(e, "n.html"));
	e2e_assert_status(e, 3);
	e2e_assert_in_file(e, "n.html", "<b>NO BASELINE</b>");
	e2e_assert_in_file(e, "n.html", "Colours tell modules apart.");
}

/* A pass that could not be reported is none; a failure stays one. */
static void test_a_graph_that_cannot_be_written(void **state)
{
	struct e2e *e = *state;

	make_profiles(e);
	E2E_RG(e, "diff", "base.pb.gz", "base.pb.gz");
	e2e_assert_status(e, 0);
	E2E_RG(e, "diff", "--html-out", "/dev/full", "base.pb.gz", "base.pb.gz");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "/dev/full");
	E2E_RG(e, "diff", "--html-out", "/dev/full", "base.pb.gz", "canary.pb.gz");
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "/dev/full");
}

/* What the comment's link is in that environment; the page is drawn into `page`. */
static void check_link(struct e2e *e, const char *page, const char *link)
{
	E2E_RG(e, "diff", "--post", "github", "--repo", "shop/orders", "--pr", "7", "--dry-run",
	       "--html-out", page, "base.pb.gz", "canary.pb.gz");
	e2e_assert_status(e, 1);
	if (link)
		e2e_assert_err(e, link);
	else
		e2e_assert_no_err(e, "[Flame graph");
}

static void test_ci_says_where_it_will_be(void **state)
{
	struct e2e *e = *state;

	make_profiles(e);
	check_link(e, "d.html", NULL);
	e->env[0] = "GITHUB_SERVER_URL=https://github.example";
	e->env[1] = "GITHUB_REPOSITORY=shop/orders";
	check_link(e, "d.html", NULL);
	e->env[2] = "GITHUB_RUN_ID=12";
	check_link(e, "d.html",
		   "[Flame graph of the difference]"
		   "(https://github.example/shop/orders/actions/runs/12#artifacts)");
	/* No address of a page that was not drawn. */
	E2E_RG(e, "diff", "--post", "github", "--repo", "shop/orders", "--pr", "7", "--dry-run",
	       "base.pb.gz", "canary.pb.gz");
	e2e_assert_no_err(e, "[Flame graph");
	e->env[0] = "CI_JOB_URL=https://gitlab.example/shop/-/jobs/7";
	check_link(e, "d.html", "(https://gitlab.example/shop/-/jobs/7/artifacts/file/d.html)");
	e->env[0] = "CI_JOB_URL=https://gitlab.example/a)[b](c";
	check_link(e, "d.html", NULL);
}

static void test_a_comment_links_to_it(void **state)
{
	struct e2e *e = *state;

	make_profiles(e);
	E2E_RG(e, "diff", "--post", "github", "--repo", "shop/orders", "--pr", "7", "--dry-run",
	       "--flame-url", "https://ci.example/runs/1#artifacts", "base.pb.gz", "canary.pb.gz");
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "[Flame graph of the difference](https://ci.example/runs/1#artifacts)");
	E2E_RG(e, "diff", "--flame-url", "file:///etc/passwd", "base.pb.gz", "canary.pb.gz");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "must be a web address");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_one_or_two_profiles_are_drawn),
		E2E_TEST(test_misuse_is_told),
		E2E_TEST(test_a_verdict_may_come_with_it),
		E2E_TEST(test_a_graph_that_cannot_be_written),
		E2E_TEST(test_a_comment_links_to_it),
		E2E_TEST(test_ci_says_where_it_will_be),
	};

	return cmocka_run_group_tests_name("flame", tests, NULL, NULL);
}
