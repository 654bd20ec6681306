/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks that all that the parts of a message refer to exists. */
#include <stdlib.h>

#include "rg/err.h"

#include "pprof_tables.h"

static int fail_at(const struct rg_pprof_tables *tables, uint32_t at, const char *reason,
		   struct rg_err *err)
{
	struct rg_wire wire = tables->message;

	wire.at = wire.base + at;
	return RG_WIRE_FAIL(&wire, err, RG_EFORMAT, "%s", reason);
}

static int check_texts(const struct rg_pprof_tables *tables, const uint32_t *indices, size_t count,
		       uint32_t at, struct rg_err *err)
{
	for (size_t i = 0; i < count; i++)
		if (indices[i] >= tables->text_count)
			return fail_at(tables, at, "a string that is not in the table", err);
	return 0;
}

static int check_all_texts(const struct rg_pprof_tables *tables, struct rg_err *err)
{
	int rc = check_texts(tables, tables->comments, tables->comment_count, 0, err);

	if (rc == 0)
		rc = check_texts(tables,
				 (uint32_t[]){tables->period_type.type, tables->period_type.unit},
				 2, tables->period_type.at, err);
	for (size_t i = 0; rc == 0 && i < tables->type_count; i++) {
		const struct rg_pprof_type *t = &tables->types[i];

		rc = check_texts(tables, (uint32_t[]){t->type, t->unit}, 2, t->at, err);
	}
	for (size_t i = 0; rc == 0 && i < tables->mapping_count; i++) {
		const struct rg_pprof_mapping *m = &tables->mappings[i];

		rc = check_texts(tables, (uint32_t[]){m->name, m->build_id}, 2, m->at, err);
	}
	for (size_t i = 0; rc == 0 && i < tables->function_count; i++) {
		const struct rg_pprof_function *f = &tables->functions[i];

		rc = check_texts(tables, (uint32_t[]){f->name, f->system_name, f->file}, 3, f->at,
				 err);
	}
	return rc;
}

static int resolve_location(const struct rg_pprof_tables *tables,
			    struct rg_pprof_location *location, struct rg_err *err)
{
	location->mapping = rg_pprof_ids_find(&tables->mapping_ids, location->mapping_id);
	if (location->mapping == PPROF_NONE && location->mapping_id != 0)
		return fail_at(tables, location->at, "a mapping that is not in the file", err);
	location->function = rg_pprof_ids_find(&tables->function_ids, location->function_id);
	if (location->function == PPROF_NONE && location->function_id != 0)
		return fail_at(tables, location->at, "a function that is not in the file", err);
	return 0;
}

static int no_frames_yet(struct rg_pprof_tables *tables, struct rg_err *err)
{
	tables->frames = reallocarray(NULL, tables->location_count + 1, sizeof(*tables->frames));
	if (!tables->frames)
		return rg_err_nomem(err, "pprof message");
	for (size_t i = 0; i < tables->location_count; i++)
		tables->frames[i] = PPROF_NONE;
	return 0;
}

int rg_pprof_tables_resolve(struct rg_pprof_tables *tables, struct rg_err *err)
{
	int rc;

	if (tables->text_count == 0)
		return RG_WIRE_FAIL(&tables->message, err, RG_EFORMAT,
				    "no string table: not a pprof profile");
	rc = check_all_texts(tables, err);
	for (size_t i = 0; rc == 0 && i < tables->location_count; i++)
		rc = resolve_location(tables, &tables->locations[i], err);
	return rc != 0 ? rc : no_frames_yet(tables, err);
}
