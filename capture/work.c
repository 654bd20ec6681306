/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work.h"
#include "sampler.h"
#include "sampler_work.h"
#include "session.h"
#include "work_reader.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/profile.h"
#include "rg/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than any counter holds; their thousandths fit into 64 bits. */
#define WORK_MOST 1e15

static size_t slices_of(const struct rg_session *s)
{
	uint64_t length = s->end_ns - s->start_ns, slice = s->options->slice_ns;

	return (size_t)((length + slice - 1) / slice);
}

/* --- Beginning -------------------------------------------------------------------------------- */

/* The processes that were named come first: in their root a path is what the user sees. */
static int open_probe(struct rg_session *s, struct rg_err *err)
{
	const struct rg_capture_options *o = s->options;
	pid_t *pids = calloc(o->pid_count + RGW_MAX_PROCESSES, sizeof(*pids));
	struct rg_probe_scope scope = {.pids = pids, .pid_count = o->pid_count};
	int rc;

	if (!pids)
		return rg_err_nomem(err, "list of processes");
	if (o->argv) {
		scope.program = o->argv[0];
		scope.directory = o->directory;
	}
	for (size_t i = 0; i < o->pid_count; i++)
		pids[i] = o->pids[i];
	scope.pid_count += rg_sampler_members(s->sampler, pids + o->pid_count, RGW_MAX_PROCESSES);
	rc = rg_probe_open(o->work.uprobe, &scope, &s->work.probe, err);
	free(pids);
	return rc;
}

int rg_work_open(struct rg_session *s, struct rg_err *err)
{
	const struct rg_capture_work *o = &s->options->work;
	int rc;

	s->work.command = (struct rg_work_command){
		.command = o->command,
		.user = s->options->user,
		.directory = s->options->helpers_directory,
	};
	if (!o->uprobe)
		return 0;
	rc = open_probe(s, err);
	if (rc)
		return rc;
	s->work.call_ns = rg_sampler_call_cost(s->sampler);
	return rg_sampler_count_calls(s->sampler, s->work.probe.fd, s->work.probe.offset, err);
}

static int read_command(void *ctx, double *value, struct rg_err *err)
{
	return rg_work_command_read(ctx, value, err);
}

int rg_work_begin(struct rg_session *s, struct rg_err *err)
{
	const struct rg_capture_work *o = &s->options->work;
	struct rg_work_reader_options options = {
		.read = o->read,
		.ctx = o->read_ctx,
		.start_ns = s->start_ns,
		.end_ns = s->end_ns,
		.slice_ns = s->options->slice_ns,
	};

	if (o->command) {
		options.read = read_command;
		options.ctx = &s->work.command;
	}
	return options.read ? rg_work_reader_start(&options, &s->work.reader, err) : 0;
}

void rg_work_end(struct rg_session *s)
{
	if (s->work.reader)
		rg_work_reader_finish(s->work.reader);
}

void rg_work_done(struct rg_session *s)
{
	rg_work_reader_free(s->work.reader);
	s->work.reader = NULL;
	rg_probe_close(&s->work.probe);
}

/* --- What it came to -------------------------------------------------------------------------- */

static int allocate_slices(const struct rg_session *s, uint64_t **slices, struct rg_err *err)
{
	*slices = calloc(slices_of(s) + 1, sizeof(**slices));
	return *slices ? 0 : rg_err_nomem(err, "work");
}

static int take_calls(const struct rg_session *s, struct rg_work_result *out, struct rg_err *err)
{
	size_t count = slices_of(s);
	uint64_t total = 0;
	int rc = allocate_slices(s, &out->slice_milli, err);

	if (!rc)
		rc = rg_sampler_calls(s->sampler, out->slice_milli, count, &total, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < count; i++)
		out->slice_milli[i] *= 1000;
	out->total = (double)total;
	out->counted = rg_sampler_count(s->sampler, RGW_COUNT_WORK_LOST) == 0;
	if (!out->counted)
		snprintf(out->lost, sizeof(out->lost), "calls came when the window had ended");
	return 0;
}

/* One line of it: facts have no more. */
static void set_lost(struct rg_work_result *out, const struct rg_err *why, const char *last)
{
	snprintf(out->lost, sizeof(out->lost), "%.120s%s%.120s", why->text, *last ? ": " : "",
		 last);
	for (char *c = out->lost; *c; c++) {
		if (*c == '\n')
			*c = ' ';
	}
}

static int take_series_slices(const struct rg_session *s, const struct rg_work_series *series,
			      struct rg_work_result *out, struct rg_err *err)
{
	size_t count = slices_of(s);
	double *growth = calloc(count + 1, sizeof(*growth));

	if (!growth || allocate_slices(s, &out->slice_milli, err)) {
		free(growth);
		return rg_err_nomem(err, "work");
	}
	rg_work_series_slices(series, s->start_ns, s->end_ns, s->options->slice_ns, growth, count);
	for (size_t i = 0; i < count; i++)
		out->slice_milli[i] = (uint64_t)llround(growth[i] * 1000);
	free(growth);
	return 0;
}

static int take_series(const struct rg_session *s, struct rg_work_result *out, struct rg_err *err)
{
	struct rg_err why = {0};
	const char *last;
	const struct rg_work_series *series = rg_work_reader_wait(s->work.reader, &last);

	if (rg_work_series_growth(series, s->start_ns, s->end_ns, &out->total, &why)) {
		set_lost(out, &why, last);
		return 0;
	}
	if (!(out->total <= WORK_MOST)) {
		snprintf(out->lost, sizeof(out->lost), "it grew by more than %.0e", WORK_MOST);
		return 0;
	}
	out->counted = true;
	return take_series_slices(s, series, out, err);
}

/* A command that ends while the window lasts, and began with it, has done one piece of work, itself, each time. */
static void take_completion(const struct rg_session *s, struct rg_work_result *out)
{
	out->asked = s->target && s->target_ended && !s->interrupted && !s->options->warmup_ns;
	out->counted = out->asked;
	out->total = s->executed;
}

static void name_it(const struct rg_session *s, struct rg_work_result *out)
{
	const struct rg_capture_work *o = &s->options->work;
	const char *unit = RG_WORK_UNIT;

	if (o->uprobe) {
		unit = "call";
		snprintf(out->source, sizeof(out->source), RG_WORK_UPROBE " %s",
			 s->work.probe.name);
	} else if (o->command) {
		snprintf(out->source, sizeof(out->source), RG_WORK_COMMAND);
	} else if (o->read) {
		snprintf(out->source, sizeof(out->source), "%s", o->read_name);
	} else {
		unit = "run";
		snprintf(out->source, sizeof(out->source), RG_WORK_COMPLETION);
	}
	out->unit = o->unit ? o->unit : unit;
}

int rg_work_take(struct rg_session *s, struct rg_work_result *out, struct rg_err *err)
{
	int rc = 0;

	*out = (struct rg_work_result){.asked = s->options->work.uprobe || s->work.reader};
	name_it(s, out);
	if (s->options->work.uprobe)
		rc = take_calls(s, out, err);
	else if (s->work.reader)
		rc = take_series(s, out, err);
	else
		take_completion(s, out);
	if (rc)
		rg_work_result_done(out);
	return rc;
}

void rg_work_result_done(struct rg_work_result *result)
{
	free(result->slice_milli);
	result->slice_milli = NULL;
}

/* --- Facts ------------------------------------------------------------------------------------ */

static int total_fact(const struct rg_work_result *result, struct rg_profile_builder *builder,
		      struct rg_err *err)
{
	char text[40];
	bool whole = result->total == floor(result->total);

	if (!result->counted)
		return rg_profile_builder_fact(builder, RG_KEY_WORK_LOST, result->lost, err);
	snprintf(text, sizeof(text), "%.*f", whole ? 0 : 3, result->total);
	return rg_profile_builder_fact(builder, RG_KEY_WORK_TOTAL, text, err);
}

int rg_work_facts(const struct rg_session *s, const struct rg_work_result *result,
		  struct rg_profile_builder *builder, struct rg_err *err)
{
	int rc;

	if (!result->asked)
		return 0;
	rc = rg_profile_builder_fact(builder, RG_KEY_WORK_UNIT, result->unit, err);
	if (!rc)
		rc = rg_profile_builder_fact(builder, RG_KEY_WORK_SOURCE, result->source, err);
	if (!rc)
		rc = total_fact(result, builder, err);
	if (!rc && s->work.call_ns)
		rc = rg_profile_builder_fact_u64(builder, RG_KEY_WORK_CALL_NS, s->work.call_ns,
						 err);
	return rc;
}

void rg_work_summarise(const struct rg_session *s, const struct rg_work_result *work,
		       struct rg_capture_result *result)
{
	double cpu_ns = (double)result->samples * (double)(RG_NS_PER_S / s->options->frequency_hz);

	result->work_counted = work->counted;
	result->work = work->counted ? work->total : 0;
	if (s->work.call_ns && cpu_ns > 0)
		result->work_cost = work->total * (double)s->work.call_ns / cpu_ns;
	snprintf(result->work_lost, sizeof(result->work_lost), "%s", work->lost);
}
