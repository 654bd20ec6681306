/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/grow.h"
#include "rg/profile.h"

#include "pprof_fields.h"
#include "pprof_tables.h"

static int out_of_memory(struct rg_err *err)
{
	return rg_err_nomem(err, "pprof message");
}

static int too_many(const struct rg_wire *wire, const char *what, long limit, struct rg_err *err)
{
	return RG_WIRE_FAIL(wire, err, RG_ELIMIT, "more than %ld %s", limit, what);
}

static uint32_t offset32(const struct rg_wire *wire)
{
	return (uint32_t)rg_wire_offset(wire); /* messages are at most RG_PPROF_MAX_BYTES */
}

/* A string index that does not fit is one that does not exist. */
static uint32_t index32(uint64_t index)
{
	return index < PPROF_NONE ? (uint32_t)index : PPROF_NONE;
}

/* Line numbers are a help to the reader only: an impossible one is "not known". */
static uint32_t line32(uint64_t line)
{
	return line <= UINT32_MAX ? (uint32_t)line : 0;
}

static int read_string(struct rg_pprof_tables *tables, const struct rg_wire *at, struct rg_err *err)
{
	size_t len = (size_t)(at->end - at->at);

	if (len > RG_PROFILE_MAX_TEXT)
		return RG_WIRE_FAIL(at, err, RG_ELIMIT, "a string of more than %d bytes",
				    RG_PROFILE_MAX_TEXT);
	if (len > 0 && memchr(at->at, '\0', len))
		return RG_WIRE_FAIL(at, err, RG_EFORMAT, "a string with a zero byte");
	if (tables->text_count == 0 && len != 0)
		return RG_WIRE_FAIL(at, err, RG_EFORMAT, "the first string is not empty");
	if (tables->text_count >= PPROF_MAX_STRINGS)
		return too_many(at, "strings", PPROF_MAX_STRINGS, err);
	if (RG_GROW(tables->text_at, tables->text_cap, tables->text_count))
		return out_of_memory(err);
	tables->text_at[tables->text_count++] = (uint32_t)tables->text.len;
	rg_buf_add(&tables->text, at->at, len);
	rg_buf_addc(&tables->text, '\0');
	return tables->text.failed ? out_of_memory(err) : 0;
}

static int read_type(struct rg_pprof_type *type, const struct rg_wire *at, struct rg_err *err)
{
	uint64_t values[PPROF_VALUE_TYPE_COUNT];
	int rc = rg_wire_numbers(*at, values, PPROF_VALUE_TYPE_COUNT, err);

	if (rc != 0)
		return rc;
	type->type = index32(values[PPROF_VALUE_TYPE_TYPE]);
	type->unit = index32(values[PPROF_VALUE_TYPE_UNIT]);
	type->at = offset32(at);
	return 0;
}

static int read_sample_type(struct rg_pprof_tables *tables, const struct rg_wire *at,
			    struct rg_err *err)
{
	if (tables->type_count >= PPROF_MAX_TYPES)
		return too_many(at, "sample types", PPROF_MAX_TYPES, err);
	return read_type(&tables->types[tables->type_count++], at, err);
}

static int read_mapping(struct rg_pprof_tables *tables, const struct rg_wire *at,
			struct rg_err *err)
{
	uint64_t values[PPROF_MAPPING_COUNT];
	int rc = rg_wire_numbers(*at, values, PPROF_MAPPING_COUNT, err);

	if (rc != 0)
		return rc;
	if (tables->mapping_count >= PPROF_MAX_MAPPINGS)
		return too_many(at, "mappings", PPROF_MAX_MAPPINGS, err);
	rc = rg_pprof_ids_add(&tables->mapping_ids, values[PPROF_MAPPING_ID], at, err);
	if (rc != 0)
		return rc;
	if (RG_GROW(tables->mappings, tables->mapping_cap, tables->mapping_count))
		return out_of_memory(err);
	tables->mappings[tables->mapping_count++] = (struct rg_pprof_mapping){
		.start = values[PPROF_MAPPING_START],
		.offset = values[PPROF_MAPPING_OFFSET],
		.name = index32(values[PPROF_MAPPING_FILENAME]),
		.build_id = index32(values[PPROF_MAPPING_BUILD_ID]),
		.at = offset32(at),
		.module = PPROF_NONE,
	};
	return 0;
}

/* Another type than ours is another tool's field: passed over, as all fields are that nobody here knows. */
static int read_code(struct rg_wire message, uint64_t *code, struct rg_err *err)
{
	struct rg_wire_field field;
	int rc;

	*code = 0;
	while ((rc = rg_wire_next(&message, &field, err)) > 0) {
		if (field.number != PPROF_FUNCTION_CODE || field.type != RG_WIRE_VARINT)
			continue;
		rc = rg_wire_number(&field, code, err);
		if (rc != 0)
			return rc;
	}
	return rc;
}

static int read_function(struct rg_pprof_tables *tables, const struct rg_wire *at,
			 struct rg_err *err)
{
	uint64_t values[PPROF_FUNCTION_COUNT], code;
	int rc = rg_wire_numbers(*at, values, PPROF_FUNCTION_COUNT, err);

	if (rc == 0)
		rc = read_code(*at, &code, err);
	if (rc != 0)
		return rc;
	if (tables->function_count >= RG_PROFILE_MAX_FRAMES)
		return too_many(at, "functions", RG_PROFILE_MAX_FRAMES, err);
	rc = rg_pprof_ids_add(&tables->function_ids, values[PPROF_FUNCTION_ID], at, err);
	if (rc != 0)
		return rc;
	if (RG_GROW(tables->functions, tables->function_cap, tables->function_count))
		return out_of_memory(err);
	tables->functions[tables->function_count++] = (struct rg_pprof_function){
		.code = code,
		.name = index32(values[PPROF_FUNCTION_NAME]),
		.system_name = index32(values[PPROF_FUNCTION_SYSTEM_NAME]),
		.file = index32(values[PPROF_FUNCTION_FILENAME]),
		.start_line = line32(values[PPROF_FUNCTION_START_LINE]),
		.at = offset32(at),
	};
	return 0;
}

/* Lines go from the innermost inlined function outwards: the last one read is the physical one. */
static int read_location_line(struct rg_pprof_location *location, const struct rg_wire_field *field,
			      struct rg_err *err)
{
	uint64_t values[PPROF_LINE_COUNT];
	int rc = rg_wire_expect(field, RG_WIRE_BYTES, err);

	if (rc == 0)
		rc = rg_wire_numbers(field->payload, values, PPROF_LINE_COUNT, err);
	if (rc != 0)
		return rc;
	location->function_id = values[PPROF_LINE_FUNCTION_ID];
	location->line = line32(values[PPROF_LINE_LINE]);
	return 0;
}

static int read_location_fields(struct rg_wire message, struct rg_pprof_location *location,
				uint64_t values[PPROF_LOCATION_NUMBERS], struct rg_err *err)
{
	struct rg_wire_field field;
	int rc;

	while ((rc = rg_wire_next(&message, &field, err)) > 0) {
		if (field.number == PPROF_LOCATION_LINE)
			rc = read_location_line(location, &field, err);
		else if (field.number < PPROF_LOCATION_NUMBERS)
			rc = rg_wire_number(&field, &values[field.number], err);
		else
			continue;
		if (rc != 0)
			return rc;
	}
	return rc;
}

static int read_location(struct rg_pprof_tables *tables, const struct rg_wire *at,
			 struct rg_err *err)
{
	struct rg_pprof_location location = {.at = offset32(at)};
	uint64_t values[PPROF_LOCATION_NUMBERS] = {0};
	int rc = read_location_fields(*at, &location, values, err);

	if (rc != 0)
		return rc;
	location.address = values[PPROF_LOCATION_ADDRESS];
	location.mapping_id = values[PPROF_LOCATION_MAPPING_ID];
	if (tables->location_count >= RG_PROFILE_MAX_FRAMES)
		return too_many(at, "locations", RG_PROFILE_MAX_FRAMES, err);
	rc = rg_pprof_ids_add(&tables->location_ids, values[PPROF_LOCATION_ID], at, err);
	if (rc != 0)
		return rc;
	if (RG_GROW(tables->locations, tables->location_cap, tables->location_count))
		return out_of_memory(err);
	tables->locations[tables->location_count++] = location;
	return 0;
}

static int read_comments(struct rg_pprof_tables *tables, struct rg_wire at, struct rg_err *err)
{
	uint64_t index;

	while (at.at < at.end) {
		int rc = rg_wire_varint(&at, &index, err);

		if (rc != 0)
			return rc;
		if (tables->comment_count >= PPROF_MAX_COMMENTS)
			return too_many(&at, "comments", PPROF_MAX_COMMENTS, err);
		if (RG_GROW(tables->comments, tables->comment_cap, tables->comment_count))
			return out_of_memory(err);
		tables->comments[tables->comment_count++] = index32(index);
	}
	return 0;
}

static int read_i64(const struct rg_wire_field *field, int64_t *value, struct rg_err *err)
{
	uint64_t bits;
	int rc = rg_wire_number(field, &bits, err);

	if (rc == 0)
		*value = (int64_t)bits;
	return rc;
}

static int read_number(struct rg_pprof_tables *tables, const struct rg_wire_field *field,
		       struct rg_err *err)
{
	switch (field->number) {
	case PPROF_TIME_NANOS:
		return read_i64(field, &tables->time_ns, err);
	case PPROF_DURATION_NANOS:
		return read_i64(field, &tables->duration_ns, err);
	case PPROF_PERIOD:
		return read_i64(field, &tables->period, err);
	default:
		return 0;
	}
}

static int read_part(struct rg_pprof_tables *tables, const struct rg_wire_field *field,
		     struct rg_err *err)
{
	switch (field->number) {
	case PPROF_SAMPLE_TYPE:
		return read_sample_type(tables, &field->payload, err);
	case PPROF_MAPPING:
		return read_mapping(tables, &field->payload, err);
	case PPROF_LOCATION:
		return read_location(tables, &field->payload, err);
	case PPROF_FUNCTION:
		return read_function(tables, &field->payload, err);
	case PPROF_STRING_TABLE:
		return read_string(tables, &field->payload, err);
	case PPROF_PERIOD_TYPE:
		return read_type(&tables->period_type, &field->payload, err);
	default: /* samples: the second pass reads them */
		return 0;
	}
}

static int read_field(struct rg_pprof_tables *tables, const struct rg_wire_field *field,
		      struct rg_err *err)
{
	int rc;

	switch (field->number) {
	case PPROF_SAMPLE_TYPE:
	case PPROF_SAMPLE:
	case PPROF_MAPPING:
	case PPROF_LOCATION:
	case PPROF_FUNCTION:
	case PPROF_STRING_TABLE:
	case PPROF_PERIOD_TYPE:
		rc = rg_wire_expect(field, RG_WIRE_BYTES, err);
		return rc != 0 ? rc : read_part(tables, field, err);
	case PPROF_COMMENT:
		rc = rg_wire_expect_varints(field, err);
		return rc != 0 ? rc : read_comments(tables, field->payload, err);
	default:
		return read_number(tables, field, err);
	}
}

const char *rg_pprof_text(const struct rg_pprof_tables *tables, uint64_t index)
{
	return index < tables->text_count ? tables->text.data + tables->text_at[index] : NULL;
}

int rg_pprof_tables_read(struct rg_pprof_tables *tables, struct rg_wire message, struct rg_err *err)
{
	struct rg_wire_field field;
	int rc;

	tables->message = message;
	rg_buf_init(&tables->text, UINT32_MAX);
	while ((rc = rg_wire_next(&message, &field, err)) > 0) {
		rc = read_field(tables, &field, err);
		if (rc != 0)
			return rc;
	}
	return rc != 0 ? rc : rg_pprof_tables_resolve(tables, err);
}

void rg_pprof_tables_done(struct rg_pprof_tables *tables)
{
	rg_buf_done(&tables->text);
	free(tables->text_at);
	free(tables->mappings);
	free(tables->functions);
	free(tables->locations);
	free(tables->frames);
	free(tables->comments);
	rg_pprof_ids_done(&tables->mapping_ids);
	rg_pprof_ids_done(&tables->function_ids);
	rg_pprof_ids_done(&tables->location_ids);
}
