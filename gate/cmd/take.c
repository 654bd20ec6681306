/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "take.h"
#include "counter.h"
#include "launching.h"
#include "progress.h"
#include "settings.h"
#include "signals.h"
#include "version.h"

#include "rg/buf.h"
#include "rg/capture.h"
#include "rg/err.h"
#include "rg/file.h"
#include "rg/owner.h"
#include "rg/pprof.h"
#include "rg/profile.h"
#include "rg/units.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- Facts the capture itself cannot know ---------------------------------------------------- */

/* Whatever the user calls it: a build of uncommitted changes must not pass for its commit's. */
static int add_label(const char *wanted, const char *described, struct rg_profile_builder *builder,
		     struct rg_err *err)
{
	char *label;
	int rc;

	if (asprintf(&label, "%s%s", wanted, rg_version_is_dirty(described) ? "-dirty" : "") < 0)
		return rg_err_nomem(err, "version");
	rc = rg_profile_builder_fact(builder, RG_KEY_VERSION, label, err);
	free(label);
	return rc;
}

int rg_take_version(const struct rg_settings *s, struct rg_profile_builder *builder,
		    struct rg_err *err)
{
	char *label, *commit;
	int rc = rg_version_here(&label, &commit, err);

	if (!rc && s->label)
		rc = add_label(s->label, label, builder, err);
	else if (!rc && label)
		rc = rg_profile_builder_fact(builder, RG_KEY_VERSION, label, err);
	if (!rc && commit)
		rc = rg_profile_builder_fact(builder, RG_KEY_COMMIT, commit, err);
	free(label);
	free(commit);
	return rc;
}

int rg_take_facts(const struct rg_settings *s, struct rg_profile_builder *builder,
		  struct rg_err *err)
{
	int rc =
		rg_profile_builder_fact(builder, RG_KEY_TOOL, "regress-gate " RG_VERSION_TEXT, err);

	return rc ? rc : rg_profile_builder_fact(builder, RG_KEY_SCENARIO, s->config.scenario, err);
}

static int add_round(const struct rg_take_run *run, struct rg_profile_builder *builder,
		     struct rg_err *err)
{
	int rc = rg_take_facts(run->settings, builder, err);

	if (!rc && run->label)
		rc = rg_profile_builder_fact(builder, RG_KEY_VERSION, run->label, err);
	if (!rc && run->commit)
		rc = rg_profile_builder_fact(builder, RG_KEY_COMMIT, run->commit, err);
	if (!rc)
		rc = rg_profile_builder_fact_u64(builder, RG_KEY_ROUND, run->round, err);
	return rc ? rc : rg_profile_builder_fact(builder, RG_KEY_ROUND_SERIES, run->series, err);
}

/* --- Capturing ------------------------------------------------------------------------------ */

struct rg_capture_options rg_take_options(const struct rg_settings *s, struct rg_progress *progress)
{
	return (struct rg_capture_options){
		.load = s->config.load,
		.window_ns = s->config.window_ns,
		.warmup_ns = s->config.warmup_ns,
		.slice_ns = s->config.slice_ns,
		.frequency_hz = s->config.frequency_hz,
		.off_cpu = !s->no_off_cpu,
		.max_overhead = s->max_overhead,
		.without = s->without,
		.output_fd = s->verbosity > 0 ? STDERR_FILENO : -1,
		.progress = rg_progress_update,
		.progress_ctx = progress,
		.stop = rg_signals_flag(),
	};
}

/* What a capture is told, and what is open for it. */
struct capturing {
	struct rg_capture_options options;
	struct rg_capture_user user;
	struct rg_counter counter;
};

/* `own` has what is of this run alone. After 0 call end(). */
static int begin(struct capturing *capturing, const struct rg_settings *s,
		 const struct rg_capture_options *own, struct rg_progress *progress,
		 struct rg_err *err)
{
	struct rg_capture_options *options = &capturing->options;

	*options = rg_take_options(s, progress);
	int rc = rg_target_enter(s, options, err);

	options->directory = own->directory;
	options->helpers_directory = own->helpers_directory;
	options->executions = own->executions;
	options->mapped = own->mapped;
	options->mapped_ctx = own->mapped_ctx;
	if (!rc)
		rc = rg_launching_ready(s, &options->ready, err);
	if (!rc)
		rc = rg_counter_open(s, &capturing->counter, &options->work, err);
	if (rc)
		return rc;
	if (rg_owner_user(&capturing->user.uid, &capturing->user.gid))
		options->user = &capturing->user;
	return 0;
}

static void end(struct capturing *capturing, struct rg_progress *progress)
{
	rg_progress_done(progress);
	rg_counter_close(&capturing->counter);
}

static int capture_as(const struct rg_settings *s, const struct rg_capture_options *own,
		      struct rg_progress *progress, struct rg_profile_builder *builder,
		      struct rg_capture_result *result, struct rg_err *err)
{
	struct capturing capturing;
	int rc = begin(&capturing, s, own, progress, err);

	if (rc)
		return rc;
	rc = rg_capture_run(&capturing.options, builder, result, err);
	end(&capturing, progress);
	return rc;
}

static int capture(const struct rg_settings *s, struct rg_profile_builder *builder,
		   struct rg_err *err)
{
	const struct rg_capture_options own = {0};
	struct rg_capture_result result;
	struct rg_progress progress;
	struct rg_settings filled;
	int rc = rg_launching_fill(s, s->arena, &filled, err);

	if (rc)
		return rc;
	rg_progress_init(&progress, s);
	rg_signals_hold();
	rc = capture_as(&filled, &own, &progress, builder, &result, err);
	rg_signals_release();
	if (rc)
		return rc;
	rg_take_remark(s, &result);
	rg_counter_remark(s, &result);
	return 0;
}

static int finish_here(const struct rg_settings *s, struct rg_profile_builder *builder,
		       struct rg_profile **out, struct rg_err *err)
{
	int rc = rg_take_facts(s, builder, err);

	if (!rc)
		rc = rg_take_version(s, builder, err);
	return rc ? rc : rg_profile_builder_finish(builder, out, err);
}

int rg_take_profile(const struct rg_settings *s, struct rg_profile **out, struct rg_err *err)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	int rc;

	if (!builder)
		return rg_err_nomem(err, "profile");
	rc = capture(s, builder, err);
	if (!rc)
		rc = finish_here(s, builder, out, err);
	rg_profile_builder_free(builder);
	return rc;
}

/* --- A run that goes on ----------------------------------------------------------------------- */

struct growing {
	const struct rg_settings *settings;
	struct rg_progress progress;
	struct rg_profile *whole; /* so far; NULL before the first part */
	uint64_t wall_ns;         /* of it */
	rg_take_look *look;
	void *ctx;
};

static int join(struct growing *growing, struct rg_profile *part, struct rg_err *err)
{
	const struct rg_profile *const parts[] = {growing->whole, part};
	struct rg_profile *whole;

	if (!growing->whole) {
		growing->whole = part;
		return 0;
	}
	int rc = rg_profile_join(parts, 2, &whole, err);

	rg_profile_free(part);
	if (rc)
		return rc;
	rg_profile_free(growing->whole);
	growing->whole = whole;
	return 0;
}

static int add_part(struct growing *growing, struct rg_profile_builder *builder, struct rg_err *err)
{
	struct rg_profile *part;
	int rc = finish_here(growing->settings, builder, &part, err);

	return rc ? rc : join(growing, part, err);
}

/* Times are told from the beginning of the first part. */
static void remark_part(struct growing *growing, const struct rg_capture_result *part)
{
	struct rg_capture_result result = *part;

	result.wall_ns += growing->wall_ns;
	result.load_after_ns += growing->wall_ns;
	growing->wall_ns = result.wall_ns;
	rg_take_remark(growing->settings, &result);
	rg_counter_remark(growing->settings, part);
}

static int take_part(void *ctx, const struct rg_capture_part *part, uint64_t *window_ns,
		     struct rg_err *err)
{
	struct growing *growing = ctx;
	int rc = part->builder ? add_part(growing, part->builder, err) : 0;

	rg_progress_done(&growing->progress);
	if (rc)
		return rc;
	if (part->builder)
		remark_part(growing, part->result);
	else
		rg_take_remark(growing->settings,
			       &(struct rg_capture_result){.wall_ns = growing->wall_ns,
							   .samples = 1,
							   .target_ended = true});
	return growing->look(growing->ctx, growing->whole, part->more, window_ns, err);
}

static int capture_growing(struct growing *growing, struct rg_err *err)
{
	const struct rg_capture_options own = {0};
	struct capturing capturing;
	struct rg_settings filled;
	int rc = rg_launching_fill(growing->settings, growing->settings->arena, &filled, err);

	if (rc)
		return rc;
	rg_progress_init(&growing->progress, growing->settings);
	rg_signals_hold();
	rc = begin(&capturing, &filled, &own, &growing->progress, err);
	if (!rc) {
		rc = rg_capture_run_parts(&capturing.options, take_part, growing, err);
		end(&capturing, &growing->progress);
	}
	rg_signals_release();
	return rc;
}

int rg_take_growing(const struct rg_settings *s, rg_take_look *look, void *ctx,
		    struct rg_profile **out, struct rg_err *err)
{
	struct growing growing = {.settings = s, .look = look, .ctx = ctx};
	int rc = capture_growing(&growing, err);

	if (rc)
		rg_profile_free(growing.whole);
	else
		*out = growing.whole;
	return rc;
}

/* --- One run of several ----------------------------------------------------------------------- */

/* What ends when it should not has done other work than the other side's. */
static int check_end(const struct rg_take_run *run, const struct rg_capture_result *result,
		     struct rg_err *err)
{
	char wall[RG_UNITS_TEXT_MAX];

	if (result->interrupted || run->executions || !result->target_ended)
		return 0;
	rg_format_duration(wall, result->wall_ns - result->wall_ns % RG_NS_PER_MS);
	return rg_err_set(err, RG_ETARGET,
			  "target: ended by itself %s into its window: give it work that lasts, or "
			  "a --window in which it ends on both sides",
			  wall);
}

int rg_take_one(const struct rg_take_run *run, struct rg_profile **out, bool *late,
		struct rg_err *err)
{
	const struct rg_capture_options own = {
		.directory = run->directory,
		.helpers_directory = run->helpers_directory,
		.executions = run->executions,
		.mapped = run->mapped,
		.mapped_ctx = run->mapped_ctx,
	};
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_capture_result result;
	int rc;

	if (!builder)
		return rg_err_nomem(err, "profile");
	rc = capture_as(run->settings, &own, run->progress, builder, &result, err);
	if (!rc) {
		rg_take_remark_load(run->settings, &result);
		rg_counter_remark(run->settings, &result);
		*late = run->executions && !result.target_ended && !result.interrupted;
		rc = check_end(run, &result, err);
	}
	if (!rc)
		rc = add_round(run, builder, err);
	if (!rc)
		rc = rg_profile_builder_finish(builder, out, err);
	rg_profile_builder_free(builder);
	return rc;
}

int rg_take_write(const struct rg_profile *profile, const char *path, char id[RG_STORE_ID_MAX],
		  struct rg_err *err)
{
	struct rg_buf bytes;
	int rc;

	rg_buf_init(&bytes, RG_PPROF_MAX_FILE);
	rc = rg_pprof_write(profile, &bytes, err);
	/* A profile tells what a machine runs: for its owner's eyes. */
	if (!rc)
		rc = rg_file_write_atomic(path, bytes.data, bytes.len, 0600, err);
	if (!rc && id)
		rg_store_id(bytes.data, bytes.len, id);
	rg_buf_done(&bytes);
	return rc;
}
