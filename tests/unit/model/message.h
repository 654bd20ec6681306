/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_MODEL_MESSAGE_H
#define TEST_MODEL_MESSAGE_H

/*
 * pprof messages made by hand. message_base() is a valid one as another tool may write it, with
 * strings last; parts may be added behind it, the order being free.
 */
#include "make.h"

#include "pprof_fields.h"
#include "wire.h"

enum {
	S_EMPTY,
	S_SAMPLES,
	S_COUNT,
	S_CPU,
	S_NANOSECONDS,
	S_MAIN,
	S_WORK,
	S_PATH,
	S_BUILD_ID,
	S_FILE,
	S_THREAD,
	S_WORKER,
	S_SLICE,
	S_MICROSECONDS,
	S_ALLOC_SPACE,
	S_OFF_CPU,
	S_OFF_CPU_COUNT,
	S_NEXT, /* the first that a test adds */
};

static inline void put_strings(struct rg_buf *m)
{
	static const char *const strings[S_NEXT] = {
		[S_EMPTY] = "",
		[S_SAMPLES] = "samples",
		[S_COUNT] = "count",
		[S_CPU] = "cpu",
		[S_NANOSECONDS] = "nanoseconds",
		[S_MAIN] = "main",
		[S_WORK] = "work",
		[S_PATH] = "/usr/bin/app",
		[S_BUILD_ID] = "ABCDEF01",
		[S_FILE] = "src/main.c",
		[S_THREAD] = "thread",
		[S_WORKER] = "worker",
		[S_SLICE] = "slice",
		[S_MICROSECONDS] = "microseconds",
		[S_ALLOC_SPACE] = "alloc_space",
		[S_OFF_CPU] = "off_cpu",
		[S_OFF_CPU_COUNT] = "off_cpu_count",
	};

	for (size_t i = 0; i < S_NEXT; i++)
		rg_wire_put_bytes(m, PPROF_STRING_TABLE, strings[i], strlen(strings[i]));
}

static inline void put_string(struct rg_buf *m, const char *text)
{
	rg_wire_put_bytes(m, PPROF_STRING_TABLE, text, strlen(text));
}

struct number {
	uint32_t field;
	uint64_t value;
};

/* A message of numbers, ended by field 0, as field `field` of m. */
static inline void put_numbers(struct rg_buf *m, uint32_t field, const struct number *numbers)
{
	struct rg_buf part;

	rg_buf_init(&part, 1 << 20);
	for (; numbers->field != 0; numbers++)
		rg_wire_put_number(&part, numbers->field, numbers->value);
	rg_wire_put_bytes(m, field, part.data, part.len);
	rg_buf_done(&part);
}

#define PUT(m, field, ...) put_numbers(m, field, (const struct number[]){__VA_ARGS__, {0, 0}})

static inline void put_type(struct rg_buf *m, uint64_t type, uint64_t unit)
{
	PUT(m, PPROF_SAMPLE_TYPE, {PPROF_VALUE_TYPE_TYPE, type}, {PPROF_VALUE_TYPE_UNIT, unit});
}

static inline void put_function(struct rg_buf *m, uint64_t id, uint64_t name, uint64_t file)
{
	PUT(m, PPROF_FUNCTION, {PPROF_FUNCTION_ID, id}, {PPROF_FUNCTION_NAME, name},
	    {PPROF_FUNCTION_FILENAME, file}, {PPROF_FUNCTION_START_LINE, 7});
}

static inline void put_mapping(struct rg_buf *m, uint64_t id, uint64_t name, uint64_t build_id)
{
	PUT(m, PPROF_MAPPING, {PPROF_MAPPING_ID, id}, {PPROF_MAPPING_START, 0x400000},
	    {PPROF_MAPPING_OFFSET, 0x1000}, {PPROF_MAPPING_FILENAME, name},
	    {PPROF_MAPPING_BUILD_ID, build_id});
}

/* With a line for each function, innermost first, ended by 0; line numbers are 10, 11, … */
static inline void put_location(struct rg_buf *m, uint64_t id, uint64_t mapping, uint64_t address,
				const uint64_t *functions)
{
	struct rg_buf part;

	rg_buf_init(&part, 1 << 20);
	rg_wire_put_number(&part, PPROF_LOCATION_ID, id);
	rg_wire_put_number(&part, PPROF_LOCATION_MAPPING_ID, mapping);
	rg_wire_put_number(&part, PPROF_LOCATION_ADDRESS, address);
	for (uint64_t line = 10; *functions != 0; functions++, line++)
		PUT(&part, PPROF_LOCATION_LINE, {PPROF_LINE_FUNCTION_ID, *functions},
		    {PPROF_LINE_LINE, line});
	rg_wire_put_bytes(m, PPROF_LOCATION, part.data, part.len);
	rg_buf_done(&part);
}

#define FUNCTIONS(...) ((const uint64_t[]){__VA_ARGS__ __VA_OPT__(, ) 0})

struct sample_parts {
	const uint64_t *locations;
	size_t depth;
	const uint64_t *values;
	size_t value_count;
	struct number label[5];
};

static inline void put_packed(struct rg_buf *m, uint32_t field, const uint64_t *values, size_t n)
{
	struct rg_buf packed;

	rg_buf_init(&packed, 1 << 20);
	for (size_t i = 0; i < n; i++)
		rg_wire_put_varint(&packed, values[i]);
	rg_wire_put_bytes(m, field, packed.data, packed.len);
	rg_buf_done(&packed);
}

static inline void put_sample(struct rg_buf *m, struct sample_parts sample)
{
	struct rg_buf part;

	rg_buf_init(&part, 1 << 20);
	put_packed(&part, PPROF_SAMPLE_LOCATION_ID, sample.locations, sample.depth);
	put_packed(&part, PPROF_SAMPLE_VALUE, sample.values, sample.value_count);
	if (sample.label[0].field)
		put_numbers(&part, PPROF_SAMPLE_LABEL, sample.label);
	rg_wire_put_bytes(m, PPROF_SAMPLE, part.data, part.len);
	rg_buf_done(&part);
}

#define LOCATIONS(...)                                \
	.locations = (const uint64_t[]){__VA_ARGS__}, \
	.depth = COUNT(((const uint64_t[]){__VA_ARGS__}))
#define VALUES(...)                                \
	.values = (const uint64_t[]){__VA_ARGS__}, \
	.value_count = COUNT(((const uint64_t[]){__VA_ARGS__}))
#define SAMPLE(...) ((struct sample_parts){__VA_ARGS__})

/* Locations 1 (main) and 2 (0x234 behind the start of the mapping, without a name). */
static inline void message_places(struct rg_buf *m)
{
	put_mapping(m, 1, S_PATH, S_BUILD_ID);
	put_location(m, 1, 1, 0, FUNCTIONS(1));
	put_location(m, 2, 1, 0x400234, FUNCTIONS(0));
	put_function(m, 1, S_MAIN, S_FILE);
}

static inline void message_base(struct rg_buf *m)
{
	rg_buf_init(m, 4 << 20);
	put_type(m, S_SAMPLES, S_COUNT);
	put_type(m, S_CPU, S_NANOSECONDS);
	put_sample(m, SAMPLE(LOCATIONS(2, 1), VALUES(3, 3000)));
	message_places(m);
	put_strings(m);
}

/* Reads the message, which is freed. */
static inline struct rg_profile *read_done(struct rg_buf *m)
{
	struct rg_profile *profile = make_read(m->data, m->len);

	rg_buf_done(m);
	return profile;
}

/* The sentence is what such a message breaks. */
static inline void assert_refused(const char *sentence, const struct rg_buf *m, int code,
				  const char *text)
{
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};
	int rc = rg_pprof_read(m->data, m->len, &profile, &err);

	if (rc != code || err.code != code || !strstr(err.text, text))
		fail_msg("%s: %d '%s'", sentence, rc, err.text);
	assert_null(profile);
}

#endif
