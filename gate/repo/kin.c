/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/kin.h"

#include "changed_range.h"
#include "kin_definitions.h"
#include "kin_files.h"
#include "kin_lines.h"

#include "rg/arena.h"
#include "rg/changes.h"
#include "rg/err.h"

#include <stdlib.h>
#include <string.h>

enum {
	LINES_MIN = 3,
	PLACES_MAX = 200000, /* where a name may be defined */
	LETTERS_MIN = 20,    /* as git asks of a block of moved lines (diff --color-moved=blocks) */
};
/* Of what went from one function, or came to one; as of a file that was renamed (diff --find-renames), */
#define PART_MIN  0.5
/* and of a whole function's body, which has more in common with others than a file has. */
#define ALIKE_MIN 0.6

/* A function in one version. */
struct version {
	size_t definitions; /* that its name may stand for */
	const char *path;
	uint32_t first, last;   /* lines, the head included */
	struct kin_lines lines; /* of the body */
};

struct function {
	const struct rg_kin_function *asked;
	char own[CHANGED_NAME_MAX]; /* the last part of its name; "": none, or that of several */
	struct version version[KIN_SIDES];
	struct kin_lines gone, come;
};

struct pair {
	size_t from, to, lines;
	uint32_t line; /* in the canary */
	bool renamed;
};

/* How often the baseline's changed files have a line that went from somewhere. */
struct occurrence {
	uint64_t hash;
	size_t count;
};

struct search {
	const struct rg_repo *repo;
	const char *base, *canary;
	struct rg_arena *arena;
	struct kin_files files;
	struct function *functions; /* by their own names */
	size_t count;
	const char **names; /* of the functions, in their order */
	enum kin_side side; /* that is being read */
	size_t places_left;
	bool no_history; /* commits between the two cannot be looked at */
	struct occurrence *occurrences;
	size_t occurrence_count;
	struct pair *pairs;
	size_t pair_count;
};

/* --- Functions -------------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int by_own_name(const void *left, const void *right)
{
	const struct function *a = left, *b = right;

	return strcmp(a->own, b->own);
}

/* Those that share their own name cannot be told apart, and are left out. */
static void leave_out_doubles(struct search *search)
{
	size_t kept = 0;

	for (size_t i = 0, next; i < search->count; i = next) {
		const char *own = search->functions[i].own;

		for (next = i + 1;
		     next < search->count && strcmp(search->functions[next].own, own) == 0;)
			next++;
		if (next == i + 1 && *own)
			search->functions[kept++] = search->functions[i];
	}
	search->count = kept;
}

static int make_functions(struct search *search, const struct rg_kin_function *asked, size_t count,
			  struct rg_err *err)
{
	search->functions = rg_arena_array(search->arena, count + 1, sizeof(*search->functions));
	search->names = rg_arena_array(search->arena, count + 1, sizeof(*search->names));
	if (!search->functions || !search->names)
		return rg_err_nomem(err, "repo");
	search->count = count < RG_KIN_FUNCTIONS_MAX ? count : RG_KIN_FUNCTIONS_MAX;
	for (size_t i = 0; i < search->count; i++) {
		search->functions[i].asked = &asked[i];
		(void)changed_own_name(asked[i].name, search->functions[i].own);
	}
	if (search->count)
		qsort(search->functions, search->count, sizeof(*search->functions), by_own_name);
	leave_out_doubles(search);
	for (size_t i = 0; i < search->count; i++)
		search->names[i] = search->functions[i].own;
	return 0;
}

static bool is_its_file(const struct rg_kin_function *asked, enum kin_side side, const char *path)
{
	return !*asked->file || asked->in_canary != (side == KIN_CANARY) ||
	       strcmp(base_name(asked->file), base_name(path)) == 0;
}

/* One file being looked through. */
struct looking {
	struct search *search;
	const struct kin_file *file;
	const struct source *source;
};

static int on_definition(void *ctx, size_t name, size_t first, size_t last)
{
	const struct looking *looking = ctx;
	struct function *function = &looking->search->functions[name];
	struct version *version = &function->version[looking->search->side];

	if (!is_its_file(function->asked, looking->search->side, looking->file->path))
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

static int find_functions(void *ctx, const struct kin_file *file, const struct source *source,
			  struct rg_err *err)
{
	struct search *search = ctx;
	struct looking looking = {search, file, source};
	const struct kin_names names = {search->names, search->count, &search->places_left};
	int rc = kin_find_definitions(source, &names, on_definition, &looking);

	if (rc == RG_ELIMIT)
		return kin_fail_large(err);
	return rc ? rg_err_nomem(err, "repo") : 0;
}

static bool is_certain(const struct function *function)
{
	return function->version[KIN_BASE].definitions <= 1 &&
	       function->version[KIN_CANARY].definitions <= 1;
}

/* --- Lines ------------------------------------------------------------------------------------ */

static int find_changes(struct search *search, struct rg_err *err)
{
	for (size_t i = 0; i < search->count; i++) {
		struct function *function = &search->functions[i];
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

static bool is_enough(const struct kin_match *match)
{
	return match->lines >= LINES_MIN && match->letters >= LETTERS_MIN;
}

typedef int (*pair_fn)(struct search *search, struct function *from, struct function *to);

/* Functions whose code may have gone to others, with each of these. */
static int for_each_pair(struct search *search, pair_fn look)
{
	int rc = 0;

	for (size_t i = 0; i < search->count; i++) {
		for (size_t k = 0; rc == 0 && k < search->count; k++) {
			struct function *from = &search->functions[i];
			struct function *to = &search->functions[k];

			if (i != k && from->asked->lost && to->asked->gained && from->gone.count &&
			    to->come.count)
				rc = look(search, from, to);
		}
	}
	return rc;
}

static int by_occurrence(const void *left, const void *right)
{
	const struct occurrence *a = left, *b = right;

	return (a->hash > b->hash) - (a->hash < b->hash);
}

/* Whether others have these lines as well is asked of those alone that may have gone somewhere. */
static int ask_for_lines(struct search *search, struct function *from, struct function *to)
{
	struct kin_match match = kin_lines_match(&from->gone, &to->come, true, false);
	const size_t count = search->occurrence_count;
	struct occurrence *more;

	if (!is_enough(&match) || from->gone.items[0].common)
		return 0;
	more = reallocarray(search->occurrences, count + from->gone.count, sizeof(*more));
	if (!more)
		return RG_ENOMEM;
	search->occurrences = more;
	for (size_t i = 0; i < from->gone.count; i++) {
		more[count + i] = (struct occurrence){.hash = from->gone.items[i].hash};
		from->gone.items[i].common = true; /* until it is known not to be */
	}
	search->occurrence_count = count + from->gone.count;
	return 0;
}

static void sort_occurrences(struct search *search)
{
	size_t kept = 0;

	if (search->occurrence_count)
		qsort(search->occurrences, search->occurrence_count, sizeof(*search->occurrences),
		      by_occurrence);
	for (size_t i = 0; i < search->occurrence_count; i++) {
		if (i == 0 || search->occurrences[i].hash != search->occurrences[kept - 1].hash)
			search->occurrences[kept++] = search->occurrences[i];
	}
	search->occurrence_count = kept;
}

static struct occurrence *find_occurrence(const struct search *search, uint64_t hash)
{
	const struct occurrence wanted = {.hash = hash};

	if (search->occurrence_count == 0)
		return NULL;
	return bsearch(&wanted, search->occurrences, search->occurrence_count, sizeof(wanted),
		       by_occurrence);
}

static int count_lines(void *ctx, const struct kin_file *file, const struct source *source,
		       struct rg_err *err)
{
	struct search *search = ctx;

	(void)file;
	(void)err;
	for (size_t i = 0; i < source->count; i++) {
		struct kin_line line;
		struct occurrence *found;

		if (!kin_line_read(&source->items[i], &line))
			continue;
		found = find_occurrence(search, line.hash);
		if (found)
			found->count++;
	}
	return 0;
}

/* A line that the baseline has elsewhere, too, need not have come from here. */
static void mark_common(struct search *search)
{
	for (size_t i = 0; i < search->count; i++) {
		struct function *function = &search->functions[i];

		for (size_t k = 0; k < function->gone.count; k++) {
			struct kin_line *line = &function->gone.items[k];
			const struct occurrence *found = find_occurrence(search, line->hash);

			line->common =
				found &&
				found->count > kin_lines_count(&function->version[KIN_BASE].lines,
							       line->hash);
		}
	}
}

/* --- Pairs ------------------------------------------------------------------------------------ */

static bool is_renamed(struct function *from, struct function *to, struct kin_match *match)
{
	struct version *before = &from->version[KIN_BASE], *after = &to->version[KIN_CANARY];
	size_t longer =
		before->lines.count > after->lines.count ? before->lines.count : after->lines.count;

	if (from->version[KIN_CANARY].definitions || to->version[KIN_BASE].definitions)
		return false;
	*match = kin_lines_match(&before->lines, &after->lines, true, false);
	return is_enough(match) && (double)match->lines >= ALIKE_MIN * (double)longer;
}

static int find_pair(struct search *search, struct function *from, struct function *to)
{
	struct kin_match match = kin_lines_match(&from->gone, &to->come, false, false), whole;
	bool renamed = is_renamed(from, to, &whole);
	struct pair *longer;

	if (!renamed && !is_enough(&match))
		return 0;
	if (is_enough(&match))
		kin_lines_match(&from->gone, &to->come, false, true);
	longer = reallocarray(search->pairs, search->pair_count + 1, sizeof(*longer));
	if (!longer)
		return RG_ENOMEM;
	search->pairs = longer;
	longer[search->pair_count++] = (struct pair){
		.from = (size_t)(from - search->functions),
		.to = (size_t)(to - search->functions),
		.lines = renamed ? whole.lines : match.lines,
		.line = renamed ? whole.middle : match.middle,
		.renamed = renamed,
	};
	return 0;
}

/* Of what went to, or came from, all functions together. */
static bool is_moved(const struct search *search, const struct pair *pair)
{
	const struct kin_lines *gone = &search->functions[pair->from].gone;
	const struct kin_lines *come = &search->functions[pair->to].come;

	return pair->renamed || ((double)kin_lines_paired(gone) >= PART_MIN * (double)gone->count &&
				 (double)kin_lines_paired(come) >= PART_MIN * (double)come->count);
}

static int by_lines(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;

	if (a->lines != b->lines)
		return a->lines < b->lines ? 1 : -1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

static void keep_moved(struct search *search)
{
	size_t kept = 0;

	for (size_t i = 0; i < search->pair_count; i++) {
		if (is_moved(search, &search->pairs[i]))
			search->pairs[kept++] = search->pairs[i];
	}
	if (kept)
		qsort(search->pairs, kept, sizeof(*search->pairs), by_lines);
	search->pair_count = kept < RG_KIN_FOUND_MAX ? kept : RG_KIN_FOUND_MAX;
}

/* --- What is told ----------------------------------------------------------------------------- */

/*
 * The one commit that changed these lines of the canary's function; "" without one, or when it cannot be told. A history
 * that is not all here is not asked again.
 */
static const char *changed_by(struct search *search, const struct version *version, uint32_t first,
			      uint32_t last)
{
	const struct rg_function_place place = {version->path, first, last};
	const struct rg_changed *changed;
	size_t count;

	if (search->no_history)
		return "";
	search->no_history =
		rg_repo_changed_lines(search->repo, search->base, search->canary, &place, 2,
				      search->arena, &changed, &count, NULL) != 0;
	if (search->no_history || count != 1)
		return "";
	return changed[0].id;
}

/*
 * By a line in the middle of those that moved. Between neighbours a comparison may have the lines stand still and the
 * functions' heads move over them, and of a function that was renamed the head alone changes.
 */
static const char *commit_of(struct search *search, const struct pair *pair)
{
	const struct version *version = &search->functions[pair->to].version[KIN_CANARY];
	const char *commit = "";

	if (!pair->renamed)
		commit = changed_by(search, version, pair->line, pair->line);
	if (!*commit)
		commit = changed_by(search, version, version->first, version->first);
	return *commit ? commit : changed_by(search, version, version->first, version->last);
}

static int tell(struct search *search, const struct rg_kin_function *asked,
		const struct rg_kin **out, size_t *found, struct rg_err *err)
{
	struct rg_kin *kin = rg_arena_array(search->arena, search->pair_count + 1, sizeof(*kin));

	if (!kin)
		return rg_err_nomem(err, "repo");
	for (size_t i = 0; i < search->pair_count; i++) {
		const struct pair *pair = &search->pairs[i];

		kin[i] = (struct rg_kin){
			.from = (size_t)(search->functions[pair->from].asked - asked),
			.to = (size_t)(search->functions[pair->to].asked - asked),
			.renamed = pair->renamed,
			.commit = i < RG_KIN_COMMITS_MAX ? commit_of(search, pair) : "",
		};
	}
	*out = kin;
	*found = search->pair_count;
	return 0;
}

/* --- The whole -------------------------------------------------------------------------------- */

static int read_sides(struct search *search, struct rg_err *err)
{
	int rc = 0;

	for (int side = 0; rc == 0 && side < KIN_SIDES; side++) {
		search->side = (enum kin_side)side;
		rc = kin_files_read(&search->files, search->side, find_functions, search, err);
	}
	return rc ? rc : find_changes(search, err);
}

static int find_pairs(struct search *search, struct rg_err *err)
{
	int rc = for_each_pair(search, ask_for_lines);

	sort_occurrences(search);
	if (!rc && search->occurrence_count)
		rc = kin_files_read(&search->files, KIN_BASE, count_lines, search, err);
	if (!rc) {
		mark_common(search);
		rc = for_each_pair(search, find_pair);
	}
	if (rc)
		return rc == RG_ENOMEM ? rg_err_nomem(err, "repo") : rc;
	keep_moved(search);
	return 0;
}

static void search_done(struct search *search)
{
	for (size_t i = 0; i < search->count; i++) {
		struct function *function = &search->functions[i];

		free(function->gone.items);
		free(function->come.items);
		for (int side = 0; side < KIN_SIDES; side++)
			free(function->version[side].lines.items);
	}
	free(search->occurrences);
	free(search->pairs);
}

int rg_repo_find_kin(const struct rg_repo *repo, const char *base, const char *canary,
		     const struct rg_kin_function *functions, size_t count, struct rg_arena *arena,
		     const struct rg_kin **out, size_t *found, struct rg_err *err)
{
	struct search search = {
		.repo = repo,
		.base = base,
		.canary = canary,
		.arena = arena,
		.places_left = PLACES_MAX,
	};
	int rc = make_functions(&search, functions, count, err);

	if (!rc)
		rc = kin_files_list(&search.files, repo, base, canary, arena, err);
	if (!rc)
		rc = read_sides(&search, err);
	if (!rc)
		rc = find_pairs(&search, err);
	if (!rc)
		rc = tell(&search, functions, out, found, err);
	search_done(&search);
	return rc;
}
