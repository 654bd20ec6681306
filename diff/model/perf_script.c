/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/formats.h"
#include "rg/grow.h"

#include "builder.h"
#include "lines.h"
#include "perf_event.h"
#include "perf_line.h"
#include "perf_profile.h"
#include "text_format.h"
#include "text_frame.h"

struct perf_reader {
	struct rg_profile_builder *builder;
	struct rg_lines lines;
	const char *event; /* the one chosen, or NULL */
	struct rg_buf text;
	struct rg_text_stack stack;

	struct rg_perf_head head; /* of the sample being read */
	bool open;                /* whether one is */

	struct rg_perf_samples samples;
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

static bool same(struct rg_span a, struct rg_span b)
{
	return rg_span_len(a) == rg_span_len(b) && memcmp(a.at, b.at, rg_span_len(a)) == 0;
}

/* Whether the sample counts: 1, 0, or an error for one of a second event when none is chosen. */
static int is_wanted(struct perf_reader *reader, struct rg_err *err)
{
	struct rg_span event = rg_perf_event_name(reader->head.event);
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
		     rg_perf_event_shown(event), event.at, rg_perf_event_shown(reader->first_event),
		     reader->first_event.at);
		return RG_EUSAGE;
	}
	return 1;
}

/* --- Samples --- */

static int add_sample(struct perf_reader *reader, struct rg_err *err)
{
	struct rg_perf_sample sample = {.time_ns = reader->head.time_ns,
					.period = (int64_t)reader->head.period};
	struct rg_perf_samples *samples = &reader->samples;
	const char *comm = text_of(reader, reader->head.comm);
	int rc;

	if (samples->count >= RG_PROFILE_MAX_SAMPLES)
		return FAIL(reader, err, RG_ELIMIT, "more than %d samples", RG_PROFILE_MAX_SAMPLES);
	if (!comm || RG_GROW(samples->all, samples->cap, samples->count))
		return rg_err_nomem(err, "profile");
	rc = rg_builder_text(reader->builder, comm, "thread name", &sample.thread, err);
	if (rc == 0)
		rc = rg_text_stack_take(&reader->stack, &sample.stack, err);
	if (rc != 0)
		return place(reader, rc, err);
	reader->all_periods &= reader->head.has_period;
	samples->all[samples->count++] = sample;
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

static int check_found(const struct perf_reader *reader, struct rg_err *err)
{
	if (!reader->first_event.at)
		return rg_err_set(err, RG_EFORMAT, RG_PERF_SCRIPT_NAME ": no samples");
	if (reader->samples.count == 0)
		return rg_err_set(err, RG_ENOTFOUND,
				  RG_PERF_SCRIPT_NAME
				  ": no samples of the event '%.64s'; there are some of '%.*s'",
				  reader->event, rg_perf_event_shown(reader->first_event),
				  reader->first_event.at);
	return 0;
}

static int build(struct perf_reader *reader, struct rg_profile **out, struct rg_err *err)
{
	struct rg_perf_samples *samples = &reader->samples;
	int rc = check_found(reader, err);

	if (rc != 0)
		return rc;
	samples->event = text_of(reader, reader->first_event);
	if (!samples->event)
		return rg_err_nomem(err, "profile");
	samples->cpu_time = reader->all_periods && rg_perf_event_is_cpu_time(reader->first_event);
	return rg_perf_profile_build(reader->builder, samples, out, err);
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
	free(reader->samples.all);
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
