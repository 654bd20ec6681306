/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/err.h"
#include "rg/intern.h"
#include "rg/pprof.h"
#include "rg/profile.h"

#include "comment.h"
#include "pprof_fields.h"
#include "pprof_message.h"
#include "wire.h"

/*
 * A Profile message in the making. Ids are positions + 1: of mappings the module's, of locations
 * the frame's. The string table comes last, when all strings are known.
 */
struct writer {
	const struct rg_profile *profile;
	struct rg_arena *arena;
	struct rg_intern *strings;
	int failed; /* 0 or what rg_intern_add() returned; buffers keep their own */
	struct rg_buf *message;
	struct rg_buf part, inner;
};

static uint64_t string_id_n(struct writer *w, const char *text, size_t len)
{
	uint32_t id = 0;
	int rc = rg_intern_add(w->strings, text, len, &id);

	if (rc != 0 && w->failed == 0)
		w->failed = rc;
	return id;
}

static uint64_t string_id(struct writer *w, const char *text)
{
	return string_id_n(w, text, strlen(text));
}

/* Ends the part as a field of the message and begins an empty one. */
static void put_part(struct writer *w, uint32_t field)
{
	if (w->part.failed && !w->message->failed)
		w->message->failed = w->part.failed;
	rg_wire_put_bytes(w->message, field, w->part.data, w->part.len);
	rg_buf_reset(&w->part);
}

/* The same, one level deeper. */
static void put_inner(struct writer *w, uint32_t field)
{
	if (w->inner.failed && !w->part.failed)
		w->part.failed = w->inner.failed;
	rg_wire_put_bytes(&w->part, field, w->inner.data, w->inner.len);
	rg_buf_reset(&w->inner);
}

static void put_type(struct writer *w, uint32_t field, enum rg_value value)
{
	rg_wire_put_number(&w->part, PPROF_VALUE_TYPE_TYPE,
			   string_id(w, rg_pprof_types[value].type));
	rg_wire_put_number(&w->part, PPROF_VALUE_TYPE_UNIT,
			   string_id(w, rg_pprof_types[value].unit));
	put_part(w, field);
}

static void put_sample_types(struct writer *w)
{
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (rg_profile_has(w->profile, (enum rg_value)v))
			put_type(w, PPROF_SAMPLE_TYPE, (enum rg_value)v);
}

static void put_text_label(struct writer *w, const char *key, const char *text)
{
	if (text[0] == '\0')
		return;
	rg_wire_put_number(&w->inner, PPROF_LABEL_KEY, string_id(w, key));
	rg_wire_put_number(&w->inner, PPROF_LABEL_STR, string_id(w, text));
	put_inner(w, PPROF_SAMPLE_LABEL);
}

static void put_slice(struct writer *w, uint32_t slice)
{
	if (slice == RG_NO_SLICE)
		return;
	rg_wire_put_number(&w->inner, PPROF_LABEL_KEY, string_id(w, PPROF_LABEL_SLICE));
	rg_wire_put_number(&w->inner, PPROF_LABEL_NUM, slice);
	/* Go's reader drops a label that has neither a number other than 0 nor a unit. */
	rg_wire_put_number(&w->inner, PPROF_LABEL_NUM_UNIT, string_id(w, "count"));
	put_inner(w, PPROF_SAMPLE_LABEL);
}

static void put_sample(struct writer *w, const struct rg_sample *sample,
		       const struct rg_stack *stack)
{
	for (uint32_t i = 0; i < stack->depth; i++)
		rg_wire_put_varint(&w->inner, (uint64_t)stack->frames[i] + 1);
	put_inner(w, PPROF_SAMPLE_LOCATION_ID);
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (rg_profile_has(w->profile, (enum rg_value)v))
			rg_wire_put_varint(&w->inner, (uint64_t)sample->value[v]);
	put_inner(w, PPROF_SAMPLE_VALUE);
	put_text_label(w, PPROF_LABEL_THREAD, sample->thread);
	put_text_label(w, PPROF_LABEL_WAIT, sample->wait);
	put_slice(w, sample->slice);
	put_part(w, PPROF_SAMPLE);
}

static void put_samples(struct writer *w)
{
	size_t count, stack_count;
	const struct rg_sample *samples = rg_profile_samples(w->profile, &count);
	const struct rg_stack *stacks = rg_profile_stacks(w->profile, &stack_count);

	for (size_t i = 0; i < count; i++)
		put_sample(w, &samples[i], &stacks[samples[i].stack]);
}

/* No module at all is said by no mapping. */
static bool is_module(const struct rg_module *module)
{
	return module->name[0] || module->build_id[0];
}

static void put_mapping(struct writer *w, const struct rg_module *module, uint64_t id)
{
	if (!is_module(module))
		return;
	rg_wire_put_number(&w->part, PPROF_MAPPING_ID, id);
	rg_wire_put_number(&w->part, PPROF_MAPPING_FILENAME, string_id(w, module->name));
	rg_wire_put_number(&w->part, PPROF_MAPPING_BUILD_ID, string_id(w, module->build_id));
	/* All that could be resolved was, at capture: readers need not look for the files. */
	rg_wire_put_number(&w->part, PPROF_MAPPING_HAS_FUNCTIONS, 1);
	rg_wire_put_number(&w->part, PPROF_MAPPING_HAS_FILENAMES, 1);
	rg_wire_put_number(&w->part, PPROF_MAPPING_HAS_LINE_NUMBERS, 1);
	put_part(w, PPROF_MAPPING);
}

/* The position of the target's own module, or `count`. */
static size_t main_module(const struct rg_profile *profile, const struct rg_module *modules,
			  size_t count)
{
	const char *build_id = rg_profile_fact(profile, RG_KEY_BUILD_ID);
	size_t i = 0;

	if (!build_id || build_id[0] == '\0')
		return count;
	while (i < count && strcmp(modules[i].build_id, build_id) != 0)
		i++;
	return i;
}

/* Readers take the first mapping for the program's. */
static void put_mappings(struct writer *w)
{
	size_t count;
	const struct rg_module *modules = rg_profile_modules(w->profile, &count);
	size_t first = main_module(w->profile, modules, count);

	if (first < count)
		put_mapping(w, &modules[first], first + 1);
	for (size_t i = 0; i < count; i++)
		if (i != first)
			put_mapping(w, &modules[i], i + 1);
}

static bool same_function(const struct rg_frame *a, const struct rg_frame *b)
{
	return a->module == b->module && a->start_line == b->start_line && a->code == b->code &&
	       strcmp(a->function, b->function) == 0 && strcmp(a->file, b->file) == 0;
}

static void put_function(struct writer *w, const struct rg_frame *frame, uint64_t id)
{
	rg_wire_put_number(&w->part, PPROF_FUNCTION_ID, id);
	rg_wire_put_number(&w->part, PPROF_FUNCTION_NAME, string_id(w, frame->function));
	rg_wire_put_number(&w->part, PPROF_FUNCTION_FILENAME, string_id(w, frame->file));
	rg_wire_put_number(&w->part, PPROF_FUNCTION_START_LINE, frame->start_line);
	rg_wire_put_number(&w->part, PPROF_FUNCTION_CODE, frame->code);
	put_part(w, PPROF_FUNCTION);
}

static void put_location(struct writer *w, const struct rg_frame *frame,
			 const struct rg_module *module, uint64_t id, uint64_t function_id)
{
	rg_wire_put_number(&w->part, PPROF_LOCATION_ID, id);
	if (is_module(module))
		rg_wire_put_number(&w->part, PPROF_LOCATION_MAPPING_ID,
				   (uint64_t)frame->module + 1);
	rg_wire_put_number(&w->inner, PPROF_LINE_FUNCTION_ID, function_id);
	rg_wire_put_number(&w->inner, PPROF_LINE_LINE, frame->line);
	put_inner(w, PPROF_LOCATION_LINE);
	put_part(w, PPROF_LOCATION);
}

/* The canonical order puts the lines of a function next to each other. */
static void put_frames(struct writer *w)
{
	size_t count, module_count;
	const struct rg_frame *frames = rg_profile_frames(w->profile, &count);
	const struct rg_module *modules = rg_profile_modules(w->profile, &module_count);
	uint64_t function_id = 0;

	for (size_t i = 0; i < count; i++) {
		if (i == 0 || !same_function(&frames[i - 1], &frames[i]))
			put_function(w, &frames[i], ++function_id);
		put_location(w, &frames[i], &modules[frames[i].module], i + 1, function_id);
	}
}

static void put_fact_number(struct writer *w, uint32_t field, const char *key)
{
	uint64_t value = rg_profile_fact_u64(w->profile, key, 0);

	if (value <= INT64_MAX)
		rg_wire_put_number(w->message, field, value);
}

static void put_header(struct writer *w)
{
	static const enum rg_value by_interest[] = {RG_VALUE_CPU_NS, RG_VALUE_OFF_CPU_NS,
						    RG_VALUE_SAMPLES, RG_VALUE_WAITS};
	size_t i = 0;

	put_fact_number(w, PPROF_TIME_NANOS, RG_KEY_STARTED_NS);
	put_fact_number(w, PPROF_DURATION_NANOS, RG_KEY_WALL_NS);
	/* Without CPU time a period would make readers derive it. */
	if (rg_profile_has(w->profile, RG_VALUE_CPU_NS) &&
	    rg_profile_fact_u64(w->profile, RG_KEY_PERIOD_NS, 0) != 0) {
		put_type(w, PPROF_PERIOD_TYPE, RG_VALUE_CPU_NS);
		put_fact_number(w, PPROF_PERIOD, RG_KEY_PERIOD_NS);
	}
	while (!rg_profile_has(w->profile, by_interest[i]))
		i++;
	rg_wire_put_number(w->message, PPROF_DEFAULT_SAMPLE_TYPE,
			   string_id(w, rg_pprof_types[by_interest[i]].type));
}

/* Makes what `inner` holds a comment. */
static void put_comment(struct writer *w)
{
	if (w->inner.failed && !w->message->failed)
		w->message->failed = w->inner.failed;
	else
		rg_wire_put_varint(&w->part, string_id_n(w, w->inner.data, w->inner.len));
	rg_buf_reset(&w->inner);
}

static void put_comments(struct writer *w)
{
	size_t fact_count, slice_count;
	const struct rg_fact *facts = rg_profile_facts(w->profile, &fact_count);
	const struct rg_slice *slices = rg_profile_slices(w->profile, &slice_count);

	for (size_t i = 0; i < fact_count; i++) {
		rg_buf_addf(&w->inner, RG_COMMENT_PREFIX "%s=%s", facts[i].key, facts[i].value);
		put_comment(w);
	}
	for (size_t done = 0; done < slice_count;) {
		done += rg_comment_add_slices(&w->inner, slices + done, slice_count - done);
		put_comment(w);
	}
	if (w->part.len > 0)
		put_part(w, PPROF_COMMENT);
}

static void put_strings(struct writer *w)
{
	for (uint32_t i = 0; i < rg_intern_count(w->strings); i++) {
		const char *text = rg_intern_text(w->strings, i);

		rg_wire_put_bytes(w->message, PPROF_STRING_TABLE, text, strlen(text));
	}
}

static void put_profile(struct writer *w)
{
	string_id(w, ""); /* string 0, by the format's rule */
	put_sample_types(w);
	put_samples(w);
	put_mappings(w);
	put_frames(w);
	put_header(w);
	put_comments(w);
	put_strings(w);
}

static int writer_failure(const struct writer *w, struct rg_err *err)
{
	if (w->message->failed == RG_ELIMIT || w->failed == RG_ELIMIT)
		return rg_err_set(err, RG_ELIMIT, "pprof: write: message of more than %d bytes",
				  RG_PPROF_MAX_BYTES);
	if (w->message->failed || w->failed)
		return rg_err_nomem(err, "pprof message");
	return 0;
}

int rg_pprof_message(const struct rg_profile *profile, struct rg_buf *message, struct rg_err *err)
{
	struct writer w = {.profile = profile, .arena = rg_arena_new(0), .message = message};
	int rc;

	if (w.arena)
		w.strings = rg_intern_new(w.arena);
	rg_buf_init(&w.part, RG_PPROF_MAX_BYTES);
	rg_buf_init(&w.inner, RG_PPROF_MAX_BYTES);
	if (w.strings)
		put_profile(&w);
	rc = w.strings ? writer_failure(&w, err) : rg_err_nomem(err, "pprof message");
	rg_buf_done(&w.part);
	rg_buf_done(&w.inner);
	rg_intern_free(w.strings);
	rg_arena_free(w.arena);
	return rc;
}
