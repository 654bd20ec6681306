/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/launch.h"
#include "rg/profile.h"

/*
 * A window in parts. Each is a session of its own: what a profile says is settled when its window has ended. What was
 * launched by the first runs on, and the later ones attach to it.
 */
struct parts {
	const struct rg_capture_options *options;
	struct rg_launch *target, *load; /* or NULL */
	pid_t pid;                       /* of the target, where it was launched */
	struct rg_profile_builder *builder;
	struct rg_capture_result result;
};

static void poll_launched(const struct parts *parts)
{
	if (parts->target)
		rg_launch_poll(parts->target);
	if (parts->load)
		rg_launch_poll(parts->load);
}

/* Called often enough to keep what the programs print from filling a pipe. */
static void update(void *ctx, const struct rg_capture_status *status)
{
	const struct parts *parts = ctx;

	poll_launched(parts);
	if (parts->options->progress)
		parts->options->progress(parts->options->progress_ctx, status);
}

static int failure(const struct parts *parts, struct rg_err *err)
{
	int rc = parts->target ? rg_launch_failure(parts->target, err) : 0;

	return rc || !parts->load ? rc : rg_launch_failure(parts->load, err);
}

static bool has_ended(const struct rg_launch *launch)
{
	int status;

	return launch && rg_launch_ended(launch, &status);
}

/* Children that a target left behind when it ended cannot be found again by its number. */
static bool can_go_on(const struct parts *parts)
{
	return !parts->result.interrupted && !parts->result.target_ended &&
	       !parts->result.load_ended && !has_ended(parts->target) && !has_ended(parts->load);
}

static int capture_part(struct parts *parts, const struct rg_capture_options *options, bool first,
			struct rg_err *err)
{
	struct rg_session session;
	int rc = rg_session_start(&session, options, err);

	session.keep = true;
	if (!rc)
		rc = rg_session_run(&session, err);
	if (!rc)
		rc = rg_session_profile(&session, parts->builder, &parts->result, err);
	if (first) {
		parts->target = session.target;
		parts->load = session.load;
		session.target = session.load = NULL;
		parts->pid = parts->target ? rg_launch_pid(parts->target) : 0;
	}
	rg_session_done(&session);
	if (rc)
		return rc;
	poll_launched(parts);
	return failure(parts, err);
}

static struct rg_capture_options options_of_more(struct parts *parts, uint64_t window_ns)
{
	struct rg_capture_options options = *parts->options;

	if (parts->target) {
		options.argv = NULL;
		options.pids = &parts->pid;
		options.pid_count = 1;
	}
	options.ready = (struct rg_capture_ready){0};
	options.executions = 0;
	options.load = NULL;
	options.warmup_ns = 0;
	options.window_ns = window_ns;
	options.progress = update;
	options.progress_ctx = parts;
	return options;
}

/*
 * The target may end between two parts, or before the second has seen anything of it: that is the end of the run, and
 * what there is of it stands. Unless it failed.
 */
static int capture_more(struct parts *parts, uint64_t window_ns, bool *gone, struct rg_err *err)
{
	struct rg_capture_options options = options_of_more(parts, window_ns);
	struct rg_err why = {0};
	int rc = capture_part(parts, &options, false, &why);

	*gone = false;
	if (!rc)
		return 0;
	poll_launched(parts);
	if (failure(parts, err))
		return RG_ETARGET;
	*gone = rc == RG_EUSAGE || rc == RG_ETARGET;
	return *gone ? 0 : rg_err_set(err, rc, "%s", why.text);
}

static int run(struct parts *parts, rg_capture_next *next, void *ctx, struct rg_err *err)
{
	struct rg_capture_part part = {.builder = parts->builder, .result = &parts->result};
	uint64_t window_ns = 0;
	int rc = capture_part(parts, parts->options, true, err);

	while (!rc) {
		part.more = part.builder && can_go_on(parts);
		rc = next(ctx, &part, &window_ns, err);
		if (rc || !window_ns || !part.more)
			break;
		bool gone;

		rc = capture_more(parts, window_ns, &gone, err);
		if (gone)
			part.builder = NULL;
	}
	return rc;
}

int rg_capture_run_parts(const struct rg_capture_options *options, rg_capture_next *next, void *ctx,
			 struct rg_err *err)
{
	struct parts parts = {.options = options, .builder = rg_profile_builder_new()};
	int rc = parts.builder ? run(&parts, next, ctx, err) : rg_err_nomem(err, "profile");

	rg_launch_free(parts.load);
	rg_launch_free(parts.target);
	rg_profile_builder_free(parts.builder);
	return rc;
}
