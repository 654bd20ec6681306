/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a target can be unwound and named, and what to do about the rest. */
#include "inspect.h"
#include "scope.h"
#include "target.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/launch.h"
#include "rg/units.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ENOUGH 0.9 /* of a file's code */

enum {
	RUN_MS = 1000, /* a program maps most of what it will by then */
	STEP_MS = 50,
	FILES_SHOWN = 6,
};

struct listing {
	struct rg_check *checks;
	size_t count;
};

static struct rg_check *add(struct listing *listing, const char *what, enum rg_check_state state)
{
	struct rg_check *check = &listing->checks[listing->count++];

	*check = (struct rg_check){.state = state};
	snprintf(check->what, sizeof(check->what), "%s", what);
	return check;
}

/* --- Lines ---------------------------------------------------------------------------------- */

static void add_target(struct listing *listing, const struct rg_capture_options *o,
		       const struct rg_inspection *found, size_t processes, uint64_t bytes)
{
	struct rg_check *check = add(listing, "target", RG_CHECK_PASS);
	char by[128], size[RG_UNITS_TEXT_MAX];

	rg_scope_text(o, by, sizeof(by));
	snprintf(check->found, sizeof(check->found), "%s: %zu process%s, %s of code in %zu file%s",
		 by, processes, processes == 1 ? "" : "es", rg_format_bytes(size, bytes),
		 found->count, found->count == 1 ? "" : "s");
}

/* part: of one file. */
static void add_share(struct listing *listing, const char *what, const char *words,
		      const struct rg_inspection *found, uint64_t bytes,
		      double (*part)(const struct rg_inspected *file))
{
	double sum = 0, share;
	struct rg_check *check;

	for (size_t i = 0; i < found->count; i++)
		sum += part(&found->found[i]) * (double)found->found[i].bytes;
	share = bytes ? sum / (double)bytes : 0;
	check = add(listing, what, share >= ENOUGH ? RG_CHECK_PASS : RG_CHECK_WARN);
	snprintf(check->found, sizeof(check->found), "%.1f %% of it has %s", 100 * share, words);
	if (check->state == RG_CHECK_WARN)
		snprintf(check->mend, sizeof(check->mend), "see the files below");
}

static double unwound(const struct rg_inspected *file)
{
	return file->unwound;
}

static double named(const struct rg_inspected *file)
{
	return file->named;
}

static const char *mend_of(const struct rg_inspected *file)
{
	if (file->unwound < ENOUGH && file->named < ENOUGH)
		return "build it with -fasynchronous-unwind-tables, and do not strip it";
	if (file->unwound < ENOUGH)
		return "build it with -fasynchronous-unwind-tables, or with frame pointers: "
		       "without "
		       "either its callers are not known";
	return "do not strip it, or install its debug symbols (a package NAME-dbgsym or -dbg, or "
	       "-debuginfo), which are found by build id in /usr/lib/debug";
}

/* The largest first; what is a hundredth of the code and less is not worth a line. */
static void add_files(struct listing *listing, const struct rg_inspection *found, uint64_t bytes)
{
	size_t shown = 0;

	for (size_t i = 0; i < found->count && shown < FILES_SHOWN; i++) {
		const struct rg_inspected *file = &found->found[i];
		struct rg_check *check;
		char size[RG_UNITS_TEXT_MAX];

		if ((file->unwound >= ENOUGH && file->named >= ENOUGH) || file->bytes < bytes / 100)
			continue;
		shown++;
		check = add(listing, "file", RG_CHECK_WARN);
		snprintf(check->found, sizeof(check->found),
			 "%.100s, %s: %.1f %% unwound, %.1f %% named", file->name,
			 rg_format_bytes(size, file->bytes), 100 * file->unwound,
			 100 * file->named);
		snprintf(check->mend, sizeof(check->mend), "%s", mend_of(file));
	}
}

/* What makes their compilers write /tmp/perf-PID.map. */
static const char *jit_mend(const char *program)
{
	static const struct {
		const char *begins, *mend;
	} known[] = {
		{"node", "start it with --perf-basic-prof"},
		{"java", "run 'jcmd PID Compiler.perfmap' (JDK 17 and newer) before the window "
			 "ends, and start it with -XX:+PreserveFramePointer"},
		{"python", "start it with -X perf (Python 3.12 and newer)"},
		{"dotnet", "set DOTNET_PerfMapEnabled=1"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strncmp(program, known[i].begins, strlen(known[i].begins)))
			return known[i].mend;
	return "have its compiler write /tmp/perf-PID.map, and keep frame pointers";
}

static void add_generated(struct listing *listing, const struct rg_inspection *found)
{
	size_t without = found->own_processes - found->mapped_processes;
	char size[RG_UNITS_TEXT_MAX];
	struct rg_check *check;

	if (!found->own_processes)
		return;
	check = add(listing, "generated code", without ? RG_CHECK_WARN : RG_CHECK_PASS);
	snprintf(check->found, sizeof(check->found),
		 "%s in %zu process%s (%.60s); %zu without a map of its names",
		 rg_format_bytes(size, found->own_bytes), found->own_processes,
		 found->own_processes == 1 ? "" : "es", found->own_program, without);
	if (without)
		snprintf(check->mend, sizeof(check->mend), "%s", jit_mend(found->own_program));
}

static int nothing_found(const struct rg_capture_options *o, struct rg_err *err)
{
	char by[256];

	rg_scope_text(o, by, sizeof(by));
	return rg_err_set(err, RG_EPRIVILEGE,
			  "target: no code of %s can be seen: run it as root (sudo), or with "
			  "CAP_SYS_PTRACE",
			  by);
}

static int check_members(const struct rg_capture_options *o, const struct rg_pids *pids,
			 struct listing *listing, struct rg_err *err)
{
	struct rg_inspection found;
	uint64_t bytes = 0;
	int rc = rg_inspect(&found, pids, err);

	for (size_t i = 0; i < found.count; i++)
		bytes += found.found[i].bytes;
	if (!rc && !bytes)
		rc = nothing_found(o, err);
	if (!rc) {
		add_target(listing, o, &found, pids->count, bytes);
		add_share(listing, "unwinding", "unwind tables", &found, bytes, unwound);
		add_share(listing, "names", "function names", &found, bytes, named);
		add_files(listing, &found, bytes);
		add_generated(listing, &found);
	}
	rg_inspection_done(&found);
	return rc;
}

/* --- The target ----------------------------------------------------------------------------- */

static int check_running(const struct rg_capture_options *o, struct listing *listing,
			 struct rg_err *err)
{
	struct rg_pids pids = {0};
	int rc = rg_scope_members(o, &pids, err);

	if (!rc && !pids.count)
		rc = rg_scope_nobody(o, err);
	if (!rc)
		rc = check_members(o, &pids, listing, err);
	rg_pids_done(&pids);
	return rc;
}

/* For a while, or until it has ended. */
static void let_it_run(struct rg_launch *launch)
{
	struct timespec step = {.tv_nsec = STEP_MS * (long)RG_NS_PER_MS};

	for (int ms = 0; ms < RUN_MS && !rg_launch_gone(launch); ms += STEP_MS) {
		nanosleep(&step, NULL);
		rg_launch_poll(launch);
	}
}

static int check_launched(const struct rg_capture_options *o, struct rg_launch *launch,
			  struct listing *listing, struct rg_err *err)
{
	struct rg_pids pids = {0};
	int rc = rg_launch_go(launch, err);

	if (rc)
		return rc;
	let_it_run(launch);
	rc = rg_launch_failure(launch, err);
	if (!rc && rg_launch_gone(launch))
		rc = rg_err_set(err, RG_ETARGET,
				"target: ended within a second: nothing of it is left to look at");
	if (!rc && rg_pids_add(&pids, rg_launch_pid(launch)))
		rc = rg_err_nomem(err, "list of processes");
	if (!rc)
		rc = rg_pids_add_descendants(&pids, err);
	if (!rc)
		rc = check_members(o, &pids, listing, err);
	rg_pids_done(&pids);
	return rc;
}

static int check_command(const struct rg_capture_options *o, struct listing *listing,
			 struct rg_err *err)
{
	struct rg_launch_options plan = {
		.argv = o->argv, .user = o->user, .what = "target", .output_fd = -1};
	struct rg_launch *launch;
	int rc = rg_launch_start(&plan, &launch, err);

	if (rc)
		return rc;
	rc = check_launched(o, launch, listing, err);
	rg_launch_free(launch);
	return rc;
}

int rg_capture_inspect(const struct rg_capture_options *o,
		       struct rg_check checks[RG_TARGET_CHECKS_MAX], size_t *count,
		       struct rg_err *err)
{
	struct listing listing = {.checks = checks};
	int rc = o->argv ? check_command(o, &listing, err) : check_running(o, &listing, err);

	if (!rc)
		*count = listing.count;
	return rc;
}
