/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kin_pairs.h"
#include "kin_common.h"

#include "rg/err.h"
#include "rg/grow.h"
#include "rg/kin.h"

#include <stdlib.h>

/* Of what went from one function, or came to one; as of a file that was renamed (diff --find-renames), */
#define PART_MIN  0.5
/* and of a whole function's body, which has more in common with others than a file has. */
#define ALIKE_MIN 0.6

struct finding {
	const struct kin_functions *functions;
	struct kin_pairs *pairs;
};

static bool is_renamed(struct kin_function *from, struct kin_function *to, struct kin_match *match)
{
	struct kin_version *before = &from->version[KIN_BASE], *after = &to->version[KIN_CANARY];
	size_t longer =
		before->lines.count > after->lines.count ? before->lines.count : after->lines.count;

	if (from->version[KIN_CANARY].definitions || to->version[KIN_BASE].definitions)
		return false;
	*match = kin_lines_match(&before->lines, &after->lines, true, false);
	return kin_match_shows(match) && (double)match->lines >= ALIKE_MIN * (double)longer;
}

static int find_pair(void *ctx, struct kin_function *from, struct kin_function *to)
{
	const struct finding *finding = ctx;
	struct kin_pairs *pairs = finding->pairs;
	struct kin_match match = kin_lines_match(&from->gone, &to->come, false, false), whole;
	bool renamed = is_renamed(from, to, &whole);

	if (!renamed && !kin_match_shows(&match))
		return 0;
	if (kin_match_shows(&match))
		match = kin_lines_match(&from->gone, &to->come, false, true);
	if (RG_GROW(pairs->items, pairs->cap, pairs->count))
		return RG_ENOMEM;
	pairs->items[pairs->count++] = (struct kin_pair){
		.from = (size_t)(from - finding->functions->items),
		.to = (size_t)(to - finding->functions->items),
		.lines = renamed ? whole.lines : match.lines,
		.line = match.middle,
		.renamed = renamed,
	};
	return 0;
}

/* Of what went to, or came from, all functions together. */
static bool is_moved(const struct kin_functions *functions, const struct kin_pair *pair)
{
	const struct kin_lines *gone = &functions->items[pair->from].gone;
	const struct kin_lines *come = &functions->items[pair->to].come;

	return pair->renamed || ((double)kin_lines_paired(gone) >= PART_MIN * (double)gone->count &&
				 (double)kin_lines_paired(come) >= PART_MIN * (double)come->count);
}

static int by_lines(const void *left, const void *right)
{
	const struct kin_pair *a = left, *b = right;

	if (a->lines != b->lines)
		return a->lines < b->lines ? 1 : -1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

static void keep_moved(struct kin_pairs *pairs, const struct kin_functions *functions)
{
	size_t kept = 0;

	for (size_t i = 0; i < pairs->count; i++) {
		if (is_moved(functions, &pairs->items[i]))
			pairs->items[kept++] = pairs->items[i];
	}
	if (kept)
		qsort(pairs->items, kept, sizeof(*pairs->items), by_lines);
	pairs->count = kept < RG_KIN_FOUND_MAX ? kept : RG_KIN_FOUND_MAX;
}

int kin_pairs_find(struct kin_pairs *out, struct kin_functions *functions,
		   const struct kin_files *files, struct rg_err *err)
{
	struct finding finding = {functions, out};
	int rc;

	*out = (struct kin_pairs){0};
	rc = kin_common_mark(functions, files, err);
	if (!rc)
		rc = kin_functions_each_pair(functions, find_pair, &finding, err);
	if (!rc)
		keep_moved(out, functions);
	return rc;
}
