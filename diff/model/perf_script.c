/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/formats.h"
#include "rg/intern.h"
#include "rg/units.h"

#include "builder.h"
#include "grow.h"
#include "lines.h"
#include "perf_line.h"
#include "text_format.h"
#include "text_frame.h"

/* A sample whose slice is not known before all are read. */
struct perf_sample {
	uint64_t time_ns;
	int64_t period;
	uint32_t stack, thread;
};

struct perf_reader {
	struct rg_profile_builder *builder;
	struct rg_lines lines;
	const char *event; /* the one chosen, or NULL */
	struct rg_buf text;
	struct rg_text_stack stack;

	struct rg_perf_head head; /* of the sample being read */
	bool open;                /* whether one is */
	bool inlined;             /* whether its last frame was */

	struct perf_sample *samples;
	size_t count, cap;
	struct rg_span first_event; /* of the samples taken, or of all when none was */
	bool all_periods;
};

#define FAIL(reader, err, code, fmt, ...)                                                     \
	rg_err_set(err, code, RG_PERF_SCRIPT_NAME ": line %zu: " fmt, (reader)->lines.number, \
		   ##__VA_ARGS__)

static int place(const struct perf_reader *reader, int rc, struct rg_err *err)
{
	rg_err_prefix(err, RG_PERF_SCRIPT_NAME ": line %zu", reader->lines.number);
	return rc;
}

/* A NUL-terminated copy, good until the next. Too long a one is cut: the builder refuses it. */
static const char *text_of(struct perf_reader *reader, struct rg_span span)
{
	if (rg_span_len(span) > RG_PROFILE_MAX_TEXT)
		span.end = span.at + RG_PROFILE_MAX_TEXT + 1;
	rg_buf_reset(&reader->text);
	rg_buf_add(&reader->text, span.at, rg_span_len(span));
	return reader->text.failed ? NULL : reader->text.data;
}

/* --- Events --- */

/*
 * "cpu-clock:pppH" is "cpu-clock": how precisely, and whether hosts or guests, is no other event.
 * 'u' and 'k' stay.
 */
static struct rg_span event_name(struct rg_span event)
{
	const char *colon = memrchr(event.at, ':', rg_span_len(event));

	for (const char *at = colon ? colon + 1 : event.end; at < event.end; at++)
		if (!strchr("pPHGDSI", *at))
			return event;
	return (struct rg_span){event.at, colon ? colon : event.end};
}

/* perf counts these in nanoseconds of CPU time. */
static bool is_cpu_time(struct rg_span event)
{
	const char *colon = memchr(event.at, ':', rg_span_len(event));

	if (colon)
		event.end = colon;
	return rg_span_is(event, "cpu-clock") || rg_span_is(event, "task-clock");
}

static bool same(struct rg_span a, struct rg_span b)
{
	return rg_span_len(a) == rg_span_len(b) && memcmp(a.at, b.at, rg_span_len(a)) == 0;
}

/* What an error quotes of an event. */
static int shown(struct rg_span event)
{
	return rg_span_len(event) < 64 ? (int)rg_span_len(event) : 64;
}

/* Whether the sample counts: 1, 0, or an error for one of a second event when none is chosen. */
static int is_wanted(struct perf_reader *reader, struct rg_err *err)
{
	struct rg_span event = event_name(reader->head.event);
	bool first = reader->first_event.at == NULL;

	if (reader->event) {
		bool wanted = rg_span_is(event, reader->event) ||
			      rg_span_is(reader->head.event, reader->event);

		if (first || wanted)
			reader->first_event = event;
		return wanted;
	}
	if (first)
		reader->first_event = event;
	if (!same(event, reader->first_event)) {
		FAIL(reader, err, RG_EUSAGE,
		     "a second event, '%.*s' besides '%.*s': choose one with --sample-type",
		     shown(event), event.at, shown(reader->first_event), reader->first_event.at);
		return RG_EUSAGE;
	}
	return 1;
}

/* --- Samples --- */

static int add_sample(struct perf_reader *reader, struct rg_err *err)
{
	struct perf_sample sample = {.time_ns = reader->head.time_ns,
				     .period = (int64_t)reader->head.period};
	const char *comm = text_of(reader, reader->head.comm);
	int rc;

	if (reader->count >= RG_PROFILE_MAX_SAMPLES)
		return FAIL(reader, err, RG_ELIMIT, "more than %d samples", RG_PROFILE_MAX_SAMPLES);
	if (!comm || !RG_GROW(reader->samples, reader->cap, reader->count))
		return rg_err_nomem(err, "profile");
	rc = rg_builder_text(reader->builder, comm, "thread name", &sample.thread, err);
	if (rc == 0)
		rc = rg_text_stack_take(&reader->stack, &sample.stack, err);
	if (rc != 0)
		return place(reader, rc, err);
	reader->all_periods &= reader->head.has_period;
	reader->samples[reader->count++] = sample;
	return 0;
}

static int end_sample(struct perf_reader *reader, struct rg_err *err)
{
	int rc;

	if (!reader->open)
		return 0;
	reader->open = false;
	rc = is_wanted(reader, err);
	if (rc > 0)
		return add_sample(reader, err);
	reader->stack.depth = 0;
	return rc;
}

/* An inlined frame comes before the one it is in, to which it counts. */
static int push_frame(struct perf_reader *reader, const struct rg_perf_frame *frame,
		      struct rg_err *err)
{
	int rc;

	if (frame->inlined)
		return 0;
	rc = rg_text_stack_push(&reader->stack, frame->function, frame->module, err);
	return rc != 0 ? place(reader, rc, err) : 0;
}

/* A sample without a call chain is its one line; another may follow without an empty line. */
static int begin_sample(struct perf_reader *reader, const struct rg_perf_head *head,
			struct rg_err *err)
{
	struct rg_perf_frame frame;
	int rc;

	if (rg_span_len(head->event) == 0)
		return 0;
	reader->head = *head;
	reader->open = true;
	if (!rg_perf_frame_parse(head->rest, &frame))
		return 0;
	rc = push_frame(reader, &frame, err);
	return rc != 0 ? rc : end_sample(reader, err);
}

/* --- Lines --- */

/* "# hostname : build7", printed by --header. */
static int take_header(struct perf_reader *reader, struct rg_span line, struct rg_err *err)
{
	static const struct {
		const char *name, *key;
	} known[] = {{"hostname", RG_KEY_HOST},
		     {"os release", RG_KEY_KERNEL},
		     {"arch", RG_KEY_ARCH},
		     {"cpudesc", RG_KEY_CPU_MODEL},
		     {"nrcpus online", RG_KEY_CPUS}};
	const char *colon = memchr(line.at, ':', rg_span_len(line));
	struct rg_span name, value;
	int rc;

	if (!colon)
		return 0;
	name = rg_span_trim((struct rg_span){line.at + 1, colon});
	value = rg_span_trim((struct rg_span){colon + 1, line.end});
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const char *text;

		if (!rg_span_is(name, known[i].name) || value.at == value.end)
			continue;
		text = text_of(reader, value);
		if (!text)
			return rg_err_nomem(err, "profile");
		rc = rg_profile_builder_fact(reader->builder, known[i].key, text, err);
		return rc != 0 ? place(reader, rc, err) : 0;
	}
	return 0;
}

static bool is_indented(struct rg_span line)
{
	return *line.at == ' ' || *line.at == '\t';
}

static int read_line(struct perf_reader *reader, struct rg_span line, struct rg_err *err)
{
	struct rg_perf_head head;
	struct rg_perf_frame frame;
	struct rg_span text = rg_span_trim(line);
	int rc;

	if (text.at == text.end)
		return end_sample(reader, err);
	if (reader->open && is_indented(line) && rg_perf_frame_parse(line, &frame))
		return push_frame(reader, &frame, err);
	if (rg_perf_head_parse(line, &head)) {
		rc = end_sample(reader, err);
		return rc != 0 ? rc : begin_sample(reader, &head, err);
	}
	/* Only before the first sample: a thread's name may begin like a comment. */
	if (*line.at == '#' && !reader->open && !reader->first_event.at)
		return take_header(reader, line, err);
	return FAIL(reader, err, RG_EFORMAT, "%s",
		    reader->open ? "neither a frame nor the beginning of a sample"
				 : "not the beginning of a sample");
}

static int read_lines(struct perf_reader *reader, struct rg_err *err)
{
	struct rg_span line;
	int rc = 0;

	while (rc == 0 && rg_lines_next(&reader->lines, &line))
		rc = read_line(reader, line, err);
	return rc != 0 ? rc : end_sample(reader, err);
}

/* --- The profile --- */

static void find_window(const struct perf_reader *reader, uint64_t *start, uint64_t *wall)
{
	uint64_t first = UINT64_MAX, last = 0;

	for (size_t i = 0; i < reader->count; i++) {
		uint64_t time = reader->samples[i].time_ns;

		first = time < first ? time : first;
		last = time > last ? time : last;
	}
	*start = first;
	*wall = last - first;
}

/* Of one second; the last one is what is left. */
static int add_slices(struct perf_reader *reader, uint64_t wall, uint64_t *count,
		      struct rg_err *err)
{
	uint64_t slices = wall / RG_NS_PER_S + (wall % RG_NS_PER_S != 0);
	int rc = 0;

	if (slices > RG_PROFILE_MAX_SLICES)
		return rg_err_set(err, RG_ELIMIT,
				  RG_PERF_SCRIPT_NAME ": the times span more than %d seconds",
				  RG_PROFILE_MAX_SLICES);
	for (uint64_t i = 0; rc == 0 && i < slices; i++) {
		uint64_t left = wall - i * RG_NS_PER_S;
		struct rg_slice slice = {.wall_ns = left < RG_NS_PER_S ? left : RG_NS_PER_S};

		rc = rg_profile_builder_slice(reader->builder, &slice, err);
	}
	if (rc == 0 && wall > 0)
		rc = rg_profile_builder_fact_u64(reader->builder, RG_KEY_WALL_NS, wall, err);
	*count = slices;
	return rc;
}

/* The period as a fact when all samples have the same. */
static int add_period(struct perf_reader *reader, struct rg_err *err)
{
	int64_t period = reader->samples[0].period;

	rg_profile_builder_measures(reader->builder, RG_VALUE_CPU_NS);
	for (size_t i = 1; i < reader->count; i++)
		if (reader->samples[i].period != period)
			return 0;
	if (period == 0)
		return 0;
	return rg_profile_builder_fact_u64(reader->builder, RG_KEY_PERIOD_NS, (uint64_t)period,
					   err);
}

static int give_samples(struct perf_reader *reader, uint64_t start, uint64_t slices, bool cpu_time,
			struct rg_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < reader->count; i++) {
		const struct perf_sample *from = &reader->samples[i];
		uint64_t slice = (from->time_ns - start) / RG_NS_PER_S;
		struct rg_sample sample = {
			.value = {1, cpu_time ? from->period : 0},
			.stack = from->stack,
			.slice = RG_NO_SLICE,
			.thread = rg_intern_text(reader->builder->texts, from->thread),
		};

		if (slices > 0) /* the last sample of all may be on the end of the last slice */
			sample.slice = (uint32_t)(slice < slices ? slice : slices - 1);
		rc = rg_profile_builder_sample(reader->builder, &sample, err);
	}
	return rc;
}

static int add_facts(struct perf_reader *reader, struct rg_err *err)
{
	const char *event = text_of(reader, reader->first_event);
	int rc;

	if (!event)
		return rg_err_nomem(err, "profile");
	rc = rg_profile_builder_fact(reader->builder, RG_KEY_EVENT, event, err);
	if (rc == 0)
		rc = rg_profile_builder_fact(reader->builder, RG_KEY_TOOL, RG_PERF_SCRIPT_NAME,
					     err);
	return rc;
}

static int check_found(const struct perf_reader *reader, struct rg_err *err)
{
	if (!reader->first_event.at)
		return rg_err_set(err, RG_EFORMAT, RG_PERF_SCRIPT_NAME ": no samples");
	if (reader->count == 0)
		return rg_err_set(err, RG_ENOTFOUND,
				  RG_PERF_SCRIPT_NAME
				  ": no samples of the event '%.64s'; there are some of '%.*s'",
				  reader->event, shown(reader->first_event),
				  reader->first_event.at);
	return 0;
}

static int build(struct perf_reader *reader, struct rg_profile **out, struct rg_err *err)
{
	uint64_t start, wall, slices = 0;
	bool cpu_time;
	int rc = check_found(reader, err);

	if (rc != 0)
		return rc;
	cpu_time = reader->all_periods && is_cpu_time(reader->first_event);
	find_window(reader, &start, &wall);
	rg_profile_builder_measures(reader->builder, RG_VALUE_SAMPLES);
	rc = add_facts(reader, err);
	if (rc == 0)
		rc = add_slices(reader, wall, &slices, err);
	if (rc == 0 && cpu_time)
		rc = add_period(reader, err);
	if (rc == 0)
		rc = give_samples(reader, start, slices, cpu_time, err);
	return rc != 0 ? rc : rg_profile_builder_finish(reader->builder, out, err);
}

static int read_with(struct perf_reader *reader, const void *text, size_t len,
		     struct rg_profile **out, struct rg_err *err)
{
	int rc = rg_lines_init(&reader->lines, text, len, RG_PERF_SCRIPT_NAME, err);

	if (rc != 0)
		return rc;
	reader->all_periods = true;
	rg_buf_init(&reader->text, RG_PROFILE_MAX_TEXT + 1);
	rg_text_stack_init(&reader->stack, reader->builder);
	rc = read_lines(reader, err);
	if (rc == 0)
		rc = build(reader, out, err);
	rg_text_stack_done(&reader->stack);
	rg_buf_done(&reader->text);
	free(reader->samples);
	return rc;
}

int rg_perf_script_read_text(const void *text, size_t len, const char *sample_type,
			     struct rg_profile **out, struct rg_err *err)
{
	struct perf_reader *reader = calloc(1, sizeof(*reader));
	int rc;

	if (reader)
		reader->builder = rg_profile_builder_new();
	if (reader && reader->builder) {
		reader->event = sample_type;
		rc = read_with(reader, text, len, out, err);
	} else {
		rc = rg_err_nomem(err, "profile");
	}
	if (reader)
		rg_profile_builder_free(reader->builder);
	free(reader);
	return rc;
}
