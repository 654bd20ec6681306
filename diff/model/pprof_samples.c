/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/profile.h"

#include "pprof_fields.h"
#include "pprof_places.h"
#include "pprof_samples.h"
#include "pprof_tables.h"

enum { NO_COLUMN = -1 };

struct sample_reader {
	struct rg_pprof_tables *tables;
	struct rg_profile_builder *builder;
	bool has_slices;
	bool derive_cpu;            /* from samples and the period */
	int column[RG_VALUE_COUNT]; /* which of a sample's values, or NO_COLUMN */

	/* The sample being read. */
	uint32_t frames[RG_PROFILE_MAX_DEPTH];
	size_t depth;
	uint64_t values[PPROF_MAX_TYPES];
	size_t value_count;
	const char *thread;
	uint32_t slice;
};

/* --- Sample types --- */

static int value_named(const char *type)
{
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (strcmp(rg_pprof_types[v].type, type) == 0)
			return v;
	return NO_COLUMN;
}

static int take_type(struct sample_reader *reader, size_t column, struct rg_err *err)
{
	const struct rg_pprof_tables *tables = reader->tables;
	const char *type = rg_pprof_text(tables, tables->types[column].type);
	const char *unit = rg_pprof_text(tables, tables->types[column].unit);
	int value = value_named(type);

	if (value == NO_COLUMN)
		return 0;
	if (strcmp(unit, rg_pprof_types[value].unit) != 0)
		return rg_err_set(
			err, RG_EFORMAT,
			"pprof: read sample type '%s': unit '%s' where only '%s' is known", type,
			unit, rg_pprof_types[value].unit);
	if (reader->column[value] != NO_COLUMN)
		return rg_err_set(err, RG_EFORMAT, "pprof: read sample type '%s': given twice",
				  type);
	reader->column[value] = (int)column;
	rg_profile_builder_measures(reader->builder, (enum rg_value)value);
	return 0;
}

bool rg_pprof_period_is_cpu_ns(const struct rg_pprof_tables *tables)
{
	const struct rg_pprof_type_name *cpu = &rg_pprof_types[RG_VALUE_CPU_NS];

	return tables->period > 0 &&
	       strcmp(rg_pprof_text(tables, tables->period_type.type), cpu->type) == 0 &&
	       strcmp(rg_pprof_text(tables, tables->period_type.unit), cpu->unit) == 0;
}

static int take_types(struct sample_reader *reader, struct rg_err *err)
{
	bool any = false;

	for (int v = 0; v < RG_VALUE_COUNT; v++)
		reader->column[v] = NO_COLUMN;
	for (size_t i = 0; i < reader->tables->type_count; i++) {
		int rc = take_type(reader, i, err);

		if (rc != 0)
			return rc;
	}
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		any |= reader->column[v] != NO_COLUMN;
	if (!any)
		return rg_err_set(
			err, RG_EFORMAT,
			"pprof: read sample types: none of samples/count, cpu/nanoseconds, "
			"off_cpu_count/count and off_cpu/nanoseconds: not a CPU profile");
	reader->derive_cpu = reader->column[RG_VALUE_SAMPLES] != NO_COLUMN &&
			     reader->column[RG_VALUE_CPU_NS] == NO_COLUMN &&
			     rg_pprof_period_is_cpu_ns(reader->tables);
	if (reader->derive_cpu)
		rg_profile_builder_measures(reader->builder, RG_VALUE_CPU_NS);
	return 0;
}

/* --- One sample --- */

static int read_locations(struct sample_reader *reader, struct rg_wire at, struct rg_err *err)
{
	struct rg_pprof_tables *tables = reader->tables;

	while (at.at < at.end) {
		uint64_t id;
		uint32_t position;
		int rc = rg_wire_varint(&at, &id, err);

		if (rc != 0)
			return rc;
		position = rg_pprof_ids_find(&tables->location_ids, id);
		if (position == PPROF_NONE)
			return RG_WIRE_FAIL(&at, err, RG_EFORMAT,
					    "a location that is not in the file");
		if (reader->depth == RG_PROFILE_MAX_DEPTH)
			return RG_WIRE_FAIL(&at, err, RG_ELIMIT, "a stack of more than %d frames",
					    RG_PROFILE_MAX_DEPTH);
		rc = rg_pprof_frame(tables, &tables->locations[position], reader->builder,
				    &reader->frames[reader->depth], err);
		if (rc != 0)
			return rc;
		reader->depth++;
	}
	return 0;
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

static int fill_values(const struct sample_reader *reader, const struct rg_wire *at,
		       struct rg_sample *sample, struct rg_err *err)
{
	if (reader->value_count != reader->tables->type_count)
		return RG_WIRE_FAIL(at, err, RG_EFORMAT,
				    "a sample with %zu values for %zu sample types",
				    reader->value_count, reader->tables->type_count);
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (reader->column[v] != NO_COLUMN)
			sample->value[v] = (int64_t)reader->values[reader->column[v]];
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (sample->value[v] < 0)
			return RG_WIRE_FAIL(at, err, RG_EFORMAT, "a negative value");
	if (reader->derive_cpu &&
	    __builtin_mul_overflow(sample->value[RG_VALUE_SAMPLES], reader->tables->period,
				   &sample->value[RG_VALUE_CPU_NS]))
		return RG_WIRE_FAIL(at, err, RG_ELIMIT, "samples x period exceeds 2^63 - 1 ns");
	return 0;
}

static int add_sample(struct sample_reader *reader, const struct rg_wire *at, struct rg_err *err)
{
	struct rg_sample sample = {.slice = reader->slice, .thread = reader->thread};
	int rc = fill_values(reader, at, &sample, err);

	if (rc == 0 && reader->depth == 0) {
		rc = rg_pprof_no_stack(reader->builder, &reader->frames[0], err);
		reader->depth = 1;
	}
	if (rc == 0)
		rc = rg_profile_builder_stack(reader->builder, reader->frames, reader->depth,
					      &sample.stack, err);
	return rc != 0 ? rc : rg_profile_builder_sample(reader->builder, &sample, err);
}

static int read_sample(struct sample_reader *reader, struct rg_wire message, struct rg_err *err)
{
	struct rg_wire start = message;
	struct rg_wire_field field;
	int rc;

	reader->depth = 0;
	reader->value_count = 0;
	reader->thread = "";
	reader->slice = RG_NO_SLICE;
	while ((rc = rg_wire_next(&message, &field, err)) > 0) {
		rc = read_sample_field(reader, &field, err);
		if (rc != 0)
			return rc;
	}
	return rc != 0 ? rc : add_sample(reader, &start, err);
}

static int read_samples(struct sample_reader *reader, struct rg_err *err)
{
	struct rg_wire message = reader->tables->message;
	struct rg_wire_field field;
	int rc = take_types(reader, err);

	if (rc != 0)
		return rc;
	while ((rc = rg_wire_next(&message, &field, err)) > 0) {
		if (field.number != PPROF_SAMPLE)
			continue;
		rc = read_sample(reader, field.payload, err);
		if (rc != 0)
			return rc;
	}
	return rc;
}

int rg_pprof_samples_read(struct rg_pprof_tables *tables, bool has_slices,
			  struct rg_profile_builder *builder, struct rg_err *err)
{
	struct sample_reader *reader = calloc(1, sizeof(*reader));
	int rc;

	if (!reader)
		return rg_err_nomem(err, "pprof message");
	reader->tables = tables;
	reader->builder = builder;
	reader->has_slices = has_slices;
	rc = read_samples(reader, err);
	free(reader);
	return rc;
}
