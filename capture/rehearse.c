/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run that nobody looks at: whether it works, and how long it takes. */
#include "machine.h"
#include "ready.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/launch.h"
#include "rg/units.h"

#include <time.h>

enum { TURN_MS = 5 };

struct rehearsal {
	const struct rg_capture_options *options;
	struct rg_launch *target;
	struct rg_ready ready;
	uint64_t from_ns;
};

/* *over: there is nothing more to wait for. */
static int look(struct rehearsal *r, uint64_t limit_ns, bool *over,
		struct rg_capture_rehearsal *out, struct rg_err *err)
{
	const struct rg_capture_options *o = r->options;
	const bool asked = rg_ready_asked(o);
	int rc;

	rg_launch_poll(r->target);
	*over = false;
	out->took_ns = rg_clock_ns() - r->from_ns;
	if (o->stop && *o->stop)
		return rg_err_set(err, RG_EINTERRUPTED, "interrupted: nothing was profiled");
	rc = rg_launch_failure(r->target, err);
	if (!rc && asked)
		rc = rg_ready_look(&r->ready, o, r->target, r->from_ns + out->took_ns, over, err);
	out->ready = *over;
	if (rc || *over)
		return rc;
	out->ended = rg_launch_gone(r->target);
	if (out->ended && asked)
		return rg_ready_ended(o, r->target, err);
	if (asked && out->took_ns >= o->ready.timeout_ns)
		return rg_ready_late(o, r->target, err);
	*over = out->ended || (!asked && out->took_ns >= limit_ns);
	return 0;
}

static int run(struct rehearsal *r, uint64_t limit_ns, struct rg_capture_rehearsal *out,
	       struct rg_err *err)
{
	const struct timespec pause = {.tv_nsec = TURN_MS * (long)RG_NS_PER_MS};
	bool over = false;
	int rc = rg_ready_begin(r->options, r->target, err);

	if (!rc)
		rc = rg_launch_go(r->target, err);
	r->from_ns = rg_clock_ns();
	while (!rc && !over) {
		rc = look(r, limit_ns, &over, out, err);
		if (!rc && !over)
			nanosleep(&pause, NULL);
	}
	return rc;
}

int rg_capture_rehearse(const struct rg_capture_options *options, uint64_t limit_ns,
			struct rg_capture_rehearsal *out, struct rg_err *err)
{
	struct rehearsal r = {.options = options};
	struct rg_capture_rehearsal result = {0};
	const struct rg_launch_options plan = {
		.argv = options->argv,
		.user = options->user,
		.directory = options->directory,
		.what = "target",
		.output_fd = options->output_fd,
	};
	int rc = rg_launch_start(&plan, &r.target, err);

	if (!rc)
		rc = run(&r, limit_ns, &result, err);
	rg_ready_done(&r.ready);
	rg_launch_free(r.target);
	if (!rc)
		*out = result;
	return rc;
}
