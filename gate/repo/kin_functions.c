/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kin_functions.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/kin.h"

#include <stdlib.h>
#include <string.h>

enum {
	PLACES_MAX = 200000,
	LINES_MAX = 100000000, /* compared, in all pairs together */
};

/* --- Names ------------------------------------------------------------------------------------ */

static int by_own_name(const void *left, const void *right)
{
	const struct kin_function *a = left, *b = right;

	return strcmp(a->own, b->own);
}

/* Those that share their own name cannot be told apart, and are left out, as are those without one. */
static void leave_out_doubles(struct kin_functions *functions)
{
	size_t kept = 0;

	for (size_t i = 0, next; i < functions->count; i = next) {
		const char *own = functions->items[i].own;

		for (next = i + 1;
		     next < functions->count && strcmp(functions->items[next].own, own) == 0;)
			next++;
		if (next == i + 1 && *own)
			functions->items[kept++] = functions->items[i];
	}
	functions->count = kept;
}

int kin_functions_make(struct kin_functions *out, const struct rg_kin_function *asked, size_t count,
		       struct rg_arena *arena, struct rg_err *err)
{
	/* Definitions that are not one within another are less than what the files hold. */
	*out = (struct kin_functions){.budget = {PLACES_MAX, RG_KIN_TOTAL_MAX_BYTES},
				      .lines_left = LINES_MAX};
	out->items = rg_arena_array(arena, count + 1, sizeof(*out->items));
	out->names = rg_arena_array(arena, count + 1, sizeof(*out->names));
	if (!out->items || !out->names)
		return rg_err_nomem(err, "repo");
	out->count = count < RG_KIN_FUNCTIONS_MAX ? count : RG_KIN_FUNCTIONS_MAX;
	for (size_t i = 0; i < out->count; i++) {
		out->items[i].asked = &asked[i];
		(void)changed_own_name(asked[i].name, out->items[i].own);
	}
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_own_name);
	leave_out_doubles(out);
	for (size_t i = 0; i < out->count; i++)
		out->names[i] = out->items[i].own;
	return 0;
}

void kin_functions_done(struct kin_functions *functions)
{
	for (size_t i = 0; i < functions->count; i++) {
		struct kin_function *function = &functions->items[i];

		free(function->gone.items);
		free(function->come.items);
		for (int side = 0; side < KIN_SIDES; side++)
			free(function->version[side].lines.items);
	}
}

/* --- Definitions ------------------------------------------------------------------------------ */

/* One file of a side being looked through. */
struct looking {
	struct kin_functions *functions;
	enum kin_side side;
	const struct kin_file *file;
	const struct source *source;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_its_file(const struct rg_kin_function *asked, enum kin_side side, const char *path)
{
	return !*asked->file || asked->in_canary != (side == KIN_CANARY) ||
	       strcmp(base_name(asked->file), base_name(path)) == 0;
}

static int on_definition(void *ctx, size_t name, size_t first, size_t last)
{
	const struct looking *looking = ctx;
	struct kin_function *function = &looking->functions->items[name];
	struct kin_version *version = &function->version[looking->side];

	if (!is_its_file(function->asked, looking->side, looking->file->path))
		return 0;
	version->path = looking->file->path;
	if (version->definitions++ > 0)
		return 0;
	version->first = (uint32_t)first + 1;
	version->last = (uint32_t)last + 1;
	int rc = kin_lines_read(&version->lines, looking->source, first + 1, last);

	/* One that is too long is not looked at, as one of several would not be. */
	if (rc == RG_ELIMIT)
		version->definitions++;
	return rc == RG_ENOMEM ? rc : 0;
}

static int fail_large(struct rg_err *err)
{
	return rg_err_set(err, RG_ELIMIT,
			  "repo: too much changed between the two versions to tell whether code "
			  "moved: in the files that differ the functions of the profiles are "
			  "defined in too many places, or too large");
}

static int find_functions(void *ctx, const struct kin_file *file, const struct source *source,
			  struct rg_err *err)
{
	struct looking *looking = ctx;
	struct kin_functions *functions = looking->functions;
	const struct kin_names names = {functions->names, functions->count, &functions->budget};

	looking->file = file;
	looking->source = source;
	int rc = kin_find_definitions(source, &names, on_definition, looking);

	if (rc == RG_ELIMIT)
		return fail_large(err);
	return rc ? rg_err_nomem(err, "repo") : 0;
}

/* --- Changes ---------------------------------------------------------------------------------- */

static bool is_certain(const struct kin_function *function)
{
	return function->version[KIN_BASE].definitions <= 1 &&
	       function->version[KIN_CANARY].definitions <= 1;
}

static int find_changes(struct kin_functions *functions, struct rg_err *err)
{
	for (size_t i = 0; i < functions->count; i++) {
		struct kin_function *function = &functions->items[i];
		const struct kin_lines *before = &function->version[KIN_BASE].lines;
		const struct kin_lines *after = &function->version[KIN_CANARY].lines;

		if (!is_certain(function))
			continue;
		if (kin_lines_subtract(&function->gone, before, after) ||
		    kin_lines_subtract(&function->come, after, before))
			return rg_err_nomem(err, "repo");
	}
	return 0;
}

int kin_functions_read(struct kin_functions *functions, const struct kin_files *files,
		       struct rg_err *err)
{
	int rc = 0;

	for (int side = 0; rc == 0 && side < KIN_SIDES; side++) {
		struct looking looking = {.functions = functions, .side = (enum kin_side)side};

		rc = kin_files_read(files, looking.side, find_functions, &looking, err);
	}
	return rc ? rc : find_changes(functions, err);
}

/* Whether code may have gone from the one to the other. */
static bool is_asked(const struct kin_function *from, const struct kin_function *to)
{
	return from != to && from->asked->lost && to->asked->gained && from->gone.count &&
	       to->come.count;
}

static int look_at(struct kin_functions *functions, struct kin_function *from,
		   struct kin_function *to, kin_pair_fn look, void *ctx, struct rg_err *err)
{
	size_t lines = from->gone.count + to->come.count;

	if (lines > functions->lines_left)
		return fail_large(err);
	functions->lines_left -= lines;
	return look(ctx, from, to) ? rg_err_nomem(err, "repo") : 0;
}

int kin_functions_each_pair(struct kin_functions *functions, kin_pair_fn look, void *ctx,
			    struct rg_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < functions->count; i++) {
		for (size_t k = 0; rc == 0 && k < functions->count; k++) {
			struct kin_function *from = &functions->items[i];
			struct kin_function *to = &functions->items[k];

			if (is_asked(from, to))
				rc = look_at(functions, from, to, look, ctx, err);
		}
	}
	return rc;
}
