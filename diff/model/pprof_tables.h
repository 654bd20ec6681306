/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PPROF_TABLES_H
#define RG_MODEL_PPROF_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "rg/buf.h"

#include "pprof_ids.h"
#include "wire.h"

/*
 * All of a pprof message but its samples, gathered in a first pass, since parts may come in any
 * order (strings last, usually). Once rg_pprof_tables_read() has succeeded, every index and id in
 * here is valid. `at` is the byte an entry came from, for errors.
 */
enum {
	PPROF_MAX_TYPES = 64,
	PPROF_MAX_STRINGS = 1 << 25,
	PPROF_MAX_MAPPINGS = 1 << 20,
	PPROF_MAX_COMMENTS = 1 << 14,
};

struct rg_pprof_type {
	uint32_t type, unit, at;
};

struct rg_pprof_mapping {
	uint64_t start, offset;
	uint32_t name, build_id;
	uint32_t at;
	uint32_t module; /* of the builder, once used, or PPROF_NONE */
};

struct rg_pprof_function {
	uint64_t code; /* 0: none */
	uint32_t name, system_name, file;
	uint32_t start_line;
	uint32_t at;
};

struct rg_pprof_location {
	uint64_t address;
	uint64_t mapping_id, function_id; /* of the file; 0: none */
	uint32_t mapping, function;       /* positions, or PPROF_NONE */
	uint32_t line;
	uint32_t at;
};

struct rg_pprof_tables {
	struct rg_wire message;
	struct rg_buf text; /* all strings, NUL-terminated */
	uint32_t *text_at;
	struct rg_pprof_mapping *mappings;
	struct rg_pprof_function *functions;
	struct rg_pprof_location *locations;
	uint32_t *frames; /* by location: the builder's, once used, or PPROF_NONE */
	uint32_t *comments;
	size_t text_count, mapping_count, function_count, location_count, comment_count;
	size_t text_cap, mapping_cap, function_cap, location_cap, comment_cap;
	struct rg_pprof_ids mapping_ids, function_ids, location_ids;
	struct rg_pprof_type types[PPROF_MAX_TYPES];
	size_t type_count;
	struct rg_pprof_type period_type;
	int64_t period, time_ns, duration_ns;
};

/* `tables` is zeroed; free it with rg_pprof_tables_done(), also after a failure. */
int rg_pprof_tables_read(struct rg_pprof_tables *tables, struct rg_wire message,
			 struct rg_err *err);
void rg_pprof_tables_done(struct rg_pprof_tables *tables);

/* The last step of reading: checks all indices, finds all ids. */
int rg_pprof_tables_resolve(struct rg_pprof_tables *tables, struct rg_err *err);

/* NULL when there is no such string. */
const char *rg_pprof_text(const struct rg_pprof_tables *tables, uint64_t index);

#endif
