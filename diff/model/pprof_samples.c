/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/profile.h"

#include "builder.h"
#include "pprof_columns.h"
#include "pprof_fields.h"
#include "pprof_samples.h"
#include "pprof_stacks.h"
#include "pprof_tables.h"

enum { PENDING_MAX = 64 };

struct sample_reader {
	struct rg_pprof_tables *tables;
	struct rg_profile_builder *builder;
	const struct rg_pprof_columns *columns;
	bool has_slices;
	bool has_waits; /* waits are measured; else such a label is some other tool's */
	struct rg_pprof_stacks stacks;

	/* The sample being read. */
	struct rg_wire list; /* the first location list, decoded when there is another */
	size_t lists;
	uint64_t values[PPROF_MAX_TYPES];
	size_t value_count;
	const char *thread, *wait;
	uint32_t slice;

	/* Samples whose stacks are still to be found: all at once, see rg_pprof_stacks_find(). */
	struct rg_sample pending[PENDING_MAX];
	struct rg_pprof_lookup lookups[PENDING_MAX];
	size_t pending_count;
};

/*
 * Writers use one packed list a sample. Several, or numbers on their own, are legal: the payload is
 * a sequence of varints in any case.
 */
static int read_locations(struct sample_reader *reader, struct rg_wire list, struct rg_err *err)
{
	int rc = 0;

	if (reader->lists++ == 0) {
		reader->list = list;
		return 0;
	}
	if (reader->lists == 2) {
		reader->stacks.depth = 0;
		rc = rg_pprof_stacks_decode(&reader->stacks, reader->list, err);
	}
	return rc != 0 ? rc : rg_pprof_stacks_decode(&reader->stacks, list, err);
}

static int read_values(struct sample_reader *reader, struct rg_wire at, struct rg_err *err)
{
	while (at.at < at.end) {
		int rc;

		if (reader->value_count == reader->tables->type_count)
			return RG_WIRE_FAIL(&at, err, RG_EFORMAT,
					    "a sample with more values than sample types");
		rc = rg_wire_varint(&at, &reader->values[reader->value_count], err);
		if (rc != 0)
			return rc;
		reader->value_count++;
	}
	return 0;
}

static int take_label(struct sample_reader *reader, const struct rg_wire *at,
		      const uint64_t *values, struct rg_err *err)
{
	const char *key = rg_pprof_text(reader->tables, values[PPROF_LABEL_KEY]);
	const char *text = rg_pprof_text(reader->tables, values[PPROF_LABEL_STR]);

	if (!key || !text)
		return RG_WIRE_FAIL(at, err, RG_EFORMAT, "a string that is not in the table");
	if (strcmp(key, PPROF_LABEL_THREAD) == 0)
		reader->thread = text;
	if (strcmp(key, PPROF_LABEL_WAIT) == 0 && reader->has_waits)
		reader->wait = text;
	if (!reader->has_slices || strcmp(key, PPROF_LABEL_SLICE) != 0)
		return 0;
	if (values[PPROF_LABEL_NUM] >= RG_PROFILE_MAX_SLICES)
		return RG_WIRE_FAIL(at, err, RG_EFORMAT, "a slice that is not in the file");
	reader->slice = (uint32_t)values[PPROF_LABEL_NUM];
	return 0;
}

static int read_sample_field(struct sample_reader *reader, const struct rg_wire_field *field,
			     struct rg_err *err)
{
	uint64_t label[PPROF_LABEL_COUNT];
	int rc;

	switch (field->number) {
	case PPROF_SAMPLE_LOCATION_ID:
		rc = rg_wire_expect_varints(field, err);
		return rc != 0 ? rc : read_locations(reader, field->payload, err);
	case PPROF_SAMPLE_VALUE:
		rc = rg_wire_expect_varints(field, err);
		return rc != 0 ? rc : read_values(reader, field->payload, err);
	case PPROF_SAMPLE_LABEL:
		rc = rg_wire_expect(field, RG_WIRE_BYTES, err);
		if (rc == 0)
			rc = rg_wire_numbers(field->payload, label, PPROF_LABEL_COUNT, err);
		return rc != 0 ? rc : take_label(reader, &field->payload, label, err);
	default:
		return 0;
	}
}

static int fill_value(const struct sample_reader *reader, int value, const struct rg_wire *at,
		      struct rg_sample *sample, struct rg_err *err)
{
	const struct rg_pprof_columns *columns = reader->columns;
	int64_t read;

	if (columns->of[value] == PPROF_NO_COLUMN)
		return 0;
	read = (int64_t)reader->values[columns->of[value]];
	if (read < 0)
		return RG_WIRE_FAIL(at, err, RG_EFORMAT, "a negative value");
	if (__builtin_mul_overflow(read, columns->scale[value], &sample->value[value]))
		return RG_WIRE_FAIL(at, err, RG_ELIMIT, "a time of more than 2^63 - 1 ns");
	return 0;
}

static int fill_values(const struct sample_reader *reader, const struct rg_wire *at,
		       struct rg_sample *sample, struct rg_err *err)
{
	int rc = 0;

	if (reader->value_count != reader->tables->type_count)
		return RG_WIRE_FAIL(at, err, RG_EFORMAT,
				    "a sample with %zu values for %zu sample types",
				    reader->value_count, reader->tables->type_count);
	for (int v = 0; rc == 0 && v < RG_VALUE_COUNT; v++)
		rc = fill_value(reader, v, at, sample, err);
	if (rc != 0)
		return rc;
	if (reader->columns->derive_cpu &&
	    __builtin_mul_overflow(sample->value[RG_VALUE_SAMPLES], reader->columns->period_ns,
				   &sample->value[RG_VALUE_CPU_NS]))
		return RG_WIRE_FAIL(at, err, RG_ELIMIT, "samples x period exceeds 2^63 - 1 ns");
	return 0;
}

/* What the builder will look at: each stack's latest sample. */
static void fetch_samples(const struct sample_reader *reader)
{
	const struct rg_profile_builder *builder = reader->builder;

	for (size_t i = 0; i < reader->pending_count; i++) {
		uint32_t last = builder->stacks[reader->lookups[i].stack].last_sample;

		if (last != RG_BUILDER_NO_SAMPLE)
			__builtin_prefetch(&builder->samples[last]);
	}
}

static int add_pending(struct sample_reader *reader, struct rg_err *err)
{
	int rc = rg_pprof_stacks_find(&reader->stacks, reader->lookups, reader->pending_count, err);

	if (rc != 0)
		return rc;
	fetch_samples(reader);
	for (size_t i = 0; rc == 0 && i < reader->pending_count; i++) {
		reader->pending[i].stack = reader->lookups[i].stack;
		rc = rg_profile_builder_sample(reader->builder, &reader->pending[i], err);
	}
	reader->pending_count = 0;
	return rc;
}

/* One without a list, or with several. */
static int add_unusual(struct sample_reader *reader, struct rg_sample *sample, struct rg_err *err)
{
	int rc;

	if (reader->lists == 0)
		reader->stacks.depth = 0;
	rc = rg_pprof_stacks_take(&reader->stacks, &sample->stack, err);
	return rc != 0 ? rc : rg_profile_builder_sample(reader->builder, sample, err);
}

static int add_sample(struct sample_reader *reader, const struct rg_wire *at, struct rg_err *err)
{
	struct rg_sample sample = {
		.slice = reader->slice, .thread = reader->thread, .wait = reader->wait};
	int rc = fill_values(reader, at, &sample, err);

	if (rc != 0)
		return rc;
	if (reader->lists != 1)
		return add_unusual(reader, &sample, err);
	reader->pending[reader->pending_count] = sample;
	reader->lookups[reader->pending_count].list = reader->list;
	return ++reader->pending_count == PENDING_MAX ? add_pending(reader, err) : 0;
}

static int read_sample(struct sample_reader *reader, struct rg_wire message, struct rg_err *err)
{
	struct rg_wire start = message;
	struct rg_wire_field field;
	int rc;

	reader->lists = 0;
	reader->value_count = 0;
	reader->thread = "";
	reader->wait = "";
	reader->slice = RG_NO_SLICE;
	while ((rc = rg_wire_next(&message, &field, err)) > 0) {
		rc = read_sample_field(reader, &field, err);
		if (rc != 0)
			return rc;
	}
	return rc != 0 ? rc : add_sample(reader, &start, err);
}

static void say_what_is_measured(const struct sample_reader *reader)
{
	const struct rg_pprof_columns *columns = reader->columns;

	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (columns->of[v] != PPROF_NO_COLUMN)
			rg_profile_builder_measures(reader->builder, (enum rg_value)v);
	if (columns->derive_cpu)
		rg_profile_builder_measures(reader->builder, RG_VALUE_CPU_NS);
}

static int read_samples(struct sample_reader *reader, struct rg_err *err)
{
	struct rg_wire message = reader->tables->message;
	struct rg_wire_field field;
	int rc;

	say_what_is_measured(reader);
	while ((rc = rg_wire_next(&message, &field, err)) > 0) {
		if (field.number != PPROF_SAMPLE)
			continue;
		rc = read_sample(reader, field.payload, err);
		if (rc != 0)
			return rc;
	}
	return rc != 0 ? rc : add_pending(reader, err);
}

int rg_pprof_samples_read(struct rg_pprof_tables *tables, const struct rg_pprof_columns *columns,
			  bool has_slices, struct rg_profile_builder *builder, struct rg_err *err)
{
	struct sample_reader *reader = calloc(1, sizeof(*reader));
	int rc;

	if (!reader)
		return rg_err_nomem(err, "pprof message");
	reader->tables = tables;
	reader->builder = builder;
	reader->columns = columns;
	reader->has_slices = has_slices;
	reader->has_waits = columns->of[RG_VALUE_WAITS] != PPROF_NO_COLUMN ||
			    columns->of[RG_VALUE_OFF_CPU_NS] != PPROF_NO_COLUMN;
	rg_pprof_stacks_init(&reader->stacks, tables, builder);
	rc = read_samples(reader, err);
	rg_pprof_stacks_done(&reader->stacks);
	free(reader);
	return rc;
}
