/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/profile.h"
#include "object.h"
#include "units.h"

struct rg_lines {
	struct rg_units units;
};

/* A source file: as DWARF names it, and as it is shown. NULL when not known. */
struct source {
	const char *path, *shown;
};

int rg_lines_open(struct rg_lines **out, const struct rg_image *image, const struct rg_image *debug,
		  const char *debug_dir)
{
	struct rg_lines *lines = calloc(1, sizeof(*lines));
	int rc;

	*out = NULL;
	if (!lines)
		return RG_ENOMEM;
	rc = rg_units_open(&lines->units, image, debug, debug_dir);
	if (rc < 0) {
		free(lines);
		return rc == RG_ENOTFOUND ? 0 : rc;
	}
	*out = lines;
	return 0;
}

void rg_lines_free(struct rg_lines *lines)
{
	if (!lines)
		return;
	rg_units_done(&lines->units);
	free(lines);
}

const char *rg_lines_short_path(const char *path, const char *comp_dir)
{
	size_t len = comp_dir ? strlen(comp_dir) : 0;

	while (len > 0 && comp_dir[len - 1] == '/')
		len--;
	if (path[0] == '/' && (len == 0 || strncmp(path, comp_dir, len) != 0 || path[len] != '/'))
		return strrchr(path, '/') + 1;
	if (path[0] == '/')
		path += len;
	/* "/./src/a.c" and "./src/a.c" */
	while (path[0] == '/' || (path[0] == '.' && path[1] == '/'))
		path++;
	return path;
}

static struct source make_source(const char *path, Dwarf_Die *unit)
{
	Dwarf_Attribute attr;
	const char *comp_dir = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attr));
	struct source source = {.path = path};
	size_t len;

	if (!path)
		return source;
	source.shown = rg_lines_short_path(path, comp_dir);
	len = strlen(source.shown);
	if (len >= RG_PROFILE_MAX_TEXT) /* its end says more than its beginning */
		source.shown += len - (RG_PROFILE_MAX_TEXT - 1);
	return source;
}

/*
 * The file that an attribute of a DIE (or of what it is an instance of) numbers in its unit's
 * table.
 */
static struct source file_of(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attr;
	Dwarf_Word index;
	Dwarf_Files *files;
	Dwarf_Half version;
	Dwarf_Die unit;
	size_t count;

	if (dwarf_formudata(dwarf_attr_integrate(die, name, &attr), &index) != 0 ||
	    !dwarf_cu_die(attr.cu, &unit, &version, NULL, NULL, NULL, NULL, NULL) ||
	    (index == 0 && version < 5) || dwarf_getsrcfiles(&unit, &files, &count) != 0 ||
	    index >= count)
		return (struct source){0};
	return make_source(dwarf_filesrc(files, index, NULL, NULL), &unit);
}

static uint32_t number_of(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attr;
	Dwarf_Word value;

	if (dwarf_formudata(dwarf_attr_integrate(die, name, &attr), &value) != 0 ||
	    value > INT32_MAX)
		return 0;
	return (uint32_t)value;
}

static bool same_source(const struct source *a, const struct source *b)
{
	return a->path && b->path && strcmp(a->path, b->path) == 0;
}

/* The line in the function's own file that code from another file was inlined at, or 0. */
static uint32_t call_line(struct rg_lines *lines, Dwarf_Die *function, const struct source *home,
			  uint64_t address)
{
	struct source file;
	Dwarf_Die call;

	if (!rg_functions_inlined(function, address, &lines->units.budget, &call))
		return 0;
	file = file_of(&call, DW_AT_call_file);
	return same_source(&file, home) ? number_of(&call, DW_AT_call_line) : 0;
}

struct place {
	struct source source;
	uint32_t line;
};

/* What the line table says of an address. */
static struct place written_at(struct rg_unit *unit, uint64_t address)
{
	Dwarf_Line *row = dwarf_getsrc_die(&unit->die, address);
	struct place place = {0};
	int line;

	if (!row || dwarf_lineno(row, &line) != 0)
		return place;
	place.source = make_source(dwarf_linesrc(row, NULL, NULL), &unit->die);
	place.line = line > 0 ? (uint32_t)line : 0;
	return place;
}

/*
 * Where a function is declared; for what only the compiler declared (a lambda's operator) where its
 * code starts.
 */
static struct place home_of(struct rg_unit *unit, Dwarf_Die *function)
{
	struct place home = {.source = file_of(function, DW_AT_decl_file),
			     .line = number_of(function, DW_AT_decl_line)};
	Dwarf_Addr entry;

	if ((home.source.path && home.line > 0) || dwarf_entrypc(function, &entry) != 0)
		return home;
	return written_at(unit, entry);
}

static int look_up(struct rg_lines *lines, uint64_t address, struct rg_symbol *out)
{
	struct rg_unit *unit = rg_units_find(&lines->units, address);
	struct place written, home = {0};
	Dwarf_Die function;
	bool found;

	if (!unit || !rg_budget_look(&lines->units.budget))
		return 0;
	if (rg_units_function(&lines->units, unit, address, &function, &found) < 0)
		return RG_ENOMEM;
	written = written_at(unit, address);
	if (found)
		home = home_of(unit, &function);
	if (!home.source.path)
		home = (struct place){.source = written.source};
	if (!home.source.path)
		return 0;
	out->file = home.source.shown;
	out->start_line = home.line;
	if (same_source(&written.source, &home.source))
		out->line = written.line;
	else if (found)
		out->line = call_line(lines, &function, &home.source, address);
	return 0;
}

int rg_lines_find(struct rg_lines *lines, uint64_t address, struct rg_symbol *out)
{
	int rc;

	if (!lines)
		return 0;
	rg_budget_enter(&lines->units.budget);
	rc = look_up(lines, address, out);
	rg_budget_leave(&lines->units.budget);
	return rc;
}

static int is_line(struct rg_lines *lines, uint64_t address, uint32_t number, bool *is)
{
	struct rg_unit *unit = rg_units_find(&lines->units, address);
	Dwarf_Die function;
	bool found;

	if (!unit || !rg_budget_look(&lines->units.budget))
		return 0;
	*is = written_at(unit, address).line == number;
	if (*is)
		return 0;
	if (rg_units_function(&lines->units, unit, address, &function, &found) < 0)
		return RG_ENOMEM;
	*is = found && rg_functions_inlined_at(&function, address, number, &lines->units.budget);
	return 0;
}

int rg_lines_is_line(struct rg_lines *lines, uint64_t address, uint32_t number, bool *is)
{
	int rc;

	*is = false;
	if (!lines || number == 0)
		return 0;
	rg_budget_enter(&lines->units.budget);
	rc = is_line(lines, address, number, is);
	rg_budget_leave(&lines->units.budget);
	return rc;
}
