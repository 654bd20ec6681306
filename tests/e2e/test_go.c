/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Go service's own CPU profiles, taken by net/http and runtime/pprof, are gated. */
#include "e2e.h"

#include <stdio.h>
#include <unistd.h>

/* CPU time in a profile: at Go's 100 samples a second some 250 in each function that is heavy. */
#define CPU_TIME "8s"

#define GO "export GOCACHE=$PWD/cache GOPROXY=off GOFLAGS= GOTOOLCHAIN=local; "

/* Newer ones than Go 1.19 bring their packages as sources only: building those takes longer than the rest. */
static void build_packages(struct e2e *e)
{
	e2e_sh(e, GO "go build runtime/pprof; go build crypto/tls; go build net/http");
}

/* A release is built from the same sources, and its program is called the same. */
static void build(struct e2e *e, const char *folder, const char *tags)
{
	char top[E2E_PATH_MAX];

	assert_non_null(getcwd(top, sizeof(top)));
	e2e_sh(e,
	       GO "cd '%s/tests/e2e/programs/go';"
		  " go build -buildvcs=false -tags '%s' -o %s/%s/service .",
	       top, tags, e->root, folder);
}

static const char *profile(struct e2e *e, const char *folder, const char *name)
{
	e2e_sh(e, "%s/service %s %s", folder, name, CPU_TIME);
	return e2e_path(e, "%s", name);
}

/* What only this program's own captures can tell is named, not taken for known. */
static void assert_limits_are_told(struct e2e *e)
{
	e2e_assert_out(e, "losses     baseline not known; canary not known");
	e2e_assert_out(e, "not recorded: architecture, CPU model, kernel, sampling event,");
	e2e_assert_out(e, "lost samples (whether these agree cannot be known)");
	e2e_assert_out(e, "time slices: 0 of 1 runs (without them the noise within a run may");
}

/*
 * Of one release there is little doubt only with more samples than a test has time for: so a pass
 * is asked to rule out less.
 */
static void assert_passes(struct e2e *e, const char *base, const char *canary)
{
	E2E_RG(e, "diff", "--top", "3", "--limit", "60%", base, canary);
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "PASS");
	e2e_assert_out(e, "unchanged  main.hashOrder");
	assert_limits_are_told(e);
}

static void assert_fails(struct e2e *e)
{
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "FAIL  main.discountOrder uses ");
	e2e_assert_out(e, "regressed  main.discountOrder");
	e2e_assert_out(e, "order_discount.go:");
	assert_limits_are_told(e);
}

static void test_a_go_service_is_gated(void **state)
{
	struct e2e *e = *state;
	const char *base, *same, *slow;

	build_packages(e);
	build(e, "v1", "");
	build(e, "v2", "slow");
	base = profile(e, "v1", "base.pb.gz");
	same = profile(e, "v1", "same.pb.gz");
	slow = profile(e, "v2", "slow.pb.gz");
	assert_passes(e, base, same);
	E2E_RG(e, "diff", base, slow);
	assert_fails(e);
	/* By way of the store, too. */
	E2E_RG(e, "baseline", "put", "v1", base, same);
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1", "--canary", slow);
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "FAIL  main.discountOrder uses ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_go_service_is_gated),
	};

	return cmocka_run_group_tests_name("go", tests, NULL, NULL);
}
