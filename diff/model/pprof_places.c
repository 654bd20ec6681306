/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/profile.h"

#include "pprof_places.h"
#include "pprof_tables.h"

/* A name, brackets and an address; the builder says what is too long. */
enum { STAND_IN_MAX = 2 * RG_PROFILE_MAX_TEXT };

/* Other tools' build ids may be upper case, or no hex at all (Go's own ids): those are dropped. */
static void add_build_id(struct rg_buf *buf, const char *text)
{
	static const char upper_case[] = "ABCDEF";

	if (text[strspn(text, "0123456789abcdefABCDEF")] != '\0')
		text = "";
	for (; *text; text++) {
		const char *found = strchr(upper_case, *text);

		if (found)
			rg_buf_addc(buf, "abcdef"[found - upper_case]);
		else
			rg_buf_addc(buf, *text);
	}
}

static int add_module(const struct rg_pprof_tables *tables, struct rg_pprof_mapping *mapping,
		      struct rg_profile_builder *builder, struct rg_err *err)
{
	const char *name = rg_pprof_text(tables, mapping->name);
	struct rg_buf build_id;
	int rc;

	rg_buf_init(&build_id, RG_PROFILE_MAX_TEXT);
	add_build_id(&build_id, rg_pprof_text(tables, mapping->build_id));
	if (build_id.failed)
		rc = rg_err_nomem(err, "pprof message");
	else
		rc = rg_profile_builder_module(builder, name, build_id.data ? build_id.data : "",
					       &mapping->module, err);
	rg_buf_done(&build_id);
	return rc;
}

static int module_of(struct rg_pprof_tables *tables, uint32_t position,
		     struct rg_profile_builder *builder, uint32_t *module, struct rg_err *err)
{
	struct rg_pprof_mapping *mapping;
	int rc = 0;

	if (position == PPROF_NONE)
		return rg_profile_builder_module(builder, "", "", module, err);
	mapping = &tables->mappings[position];
	if (mapping->module == PPROF_NONE)
		rc = add_module(tables, mapping, builder, err);
	if (rc == 0)
		*module = mapping->module;
	return rc;
}

/*
 * "[module]+0x…" with the place in the module's file where the mapping tells it, so that two runs
 * under address-space randomisation agree.
 */
static void add_stand_in(struct rg_buf *buf, const struct rg_pprof_tables *tables,
			 const struct rg_pprof_location *location)
{
	const char *name = "", *slash;
	uint64_t address = location->address;

	if (location->mapping != PPROF_NONE) {
		const struct rg_pprof_mapping *mapping = &tables->mappings[location->mapping];

		name = rg_pprof_text(tables, mapping->name);
		slash = strrchr(name, '/');
		name = slash ? slash + 1 : name;
		if (address >= mapping->start)
			address = address - mapping->start + mapping->offset;
	}
	if (name[0] == '\0')
		name = "[unknown]";
	if (name[0] == '[' && name[strlen(name) - 1] == ']')
		rg_buf_addf(buf, "%s+0x%" PRIx64, name, address);
	else
		rg_buf_addf(buf, "[%s]+0x%" PRIx64, name, address);
}

static const char *function_name(const struct rg_pprof_tables *tables,
				 const struct rg_pprof_function *function)
{
	const char *name = rg_pprof_text(tables, function->name);

	return name[0] ? name : rg_pprof_text(tables, function->system_name);
}

static int add_frame(const struct rg_pprof_tables *tables, const struct rg_pprof_location *location,
		     struct rg_frame *frame, struct rg_profile_builder *builder, uint32_t *id,
		     struct rg_err *err)
{
	struct rg_buf stand_in;
	int rc;

	if (location->function != PPROF_NONE) {
		const struct rg_pprof_function *function = &tables->functions[location->function];

		frame->function = function_name(tables, function);
		frame->file = rg_pprof_text(tables, function->file);
		frame->line = location->line;
		frame->start_line = function->start_line;
		frame->code = function->code;
	}
	if (frame->function && frame->function[0])
		return rg_profile_builder_frame(builder, frame, id, err);
	rg_buf_init(&stand_in, STAND_IN_MAX);
	add_stand_in(&stand_in, tables, location);
	frame->function = stand_in.data;
	rc = stand_in.failed ? rg_err_nomem(err, "pprof message")
			     : rg_profile_builder_frame(builder, frame, id, err);
	rg_buf_done(&stand_in);
	return rc;
}

int rg_pprof_add_frame(struct rg_pprof_tables *tables, uint32_t position,
		       struct rg_profile_builder *builder, struct rg_err *err)
{
	const struct rg_pprof_location *location = &tables->locations[position];
	struct rg_frame added = {0};
	int rc = module_of(tables, location->mapping, builder, &added.module, err);

	if (rc != 0)
		return rc;
	return add_frame(tables, location, &added, builder, &tables->frames[position], err);
}

int rg_pprof_no_stack(struct rg_profile_builder *builder, uint32_t *frame, struct rg_err *err)
{
	struct rg_frame added = {.function = "[no stack]", .unnamed = true};
	int rc = rg_profile_builder_module(builder, "", "", &added.module, err);

	return rc != 0 ? rc : rg_profile_builder_frame(builder, &added, frame, err);
}
