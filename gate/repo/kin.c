/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/kin.h"

#include "kin_files.h"
#include "kin_functions.h"
#include "kin_pairs.h"

#include "rg/arena.h"
#include "rg/changes.h"
#include "rg/err.h"

#include <stdlib.h>

struct search {
	const struct rg_repo *repo;
	const char *base, *canary;
	struct rg_arena *arena;
	struct kin_files files;
	struct kin_functions functions;
	struct kin_pairs pairs;
	bool no_history; /* commits between the two cannot be looked at */
};

/*
 * The one commit that changed these lines of the canary's function; "" without one, or when it cannot be told. A history
 * that is not all here is not asked again.
 */
static const char *changed_by(struct search *search, const struct kin_version *version,
			      uint32_t first, uint32_t last)
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
static const char *commit_of(struct search *search, const struct kin_pair *pair)
{
	const struct kin_version *version = &search->functions.items[pair->to].version[KIN_CANARY];
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
	const struct kin_pairs *pairs = &search->pairs;
	struct rg_kin *kin = rg_arena_array(search->arena, pairs->count + 1, sizeof(*kin));

	if (!kin)
		return rg_err_nomem(err, "repo");
	for (size_t i = 0; i < pairs->count; i++) {
		const struct kin_pair *pair = &pairs->items[i];

		kin[i] = (struct rg_kin){
			.from = (size_t)(search->functions.items[pair->from].asked - asked),
			.to = (size_t)(search->functions.items[pair->to].asked - asked),
			.renamed = pair->renamed,
			.commit = i < RG_KIN_COMMITS_MAX ? commit_of(search, pair) : "",
		};
	}
	*out = kin;
	*found = pairs->count;
	return 0;
}

int rg_repo_find_kin(const struct rg_repo *repo, const char *base, const char *canary,
		     const struct rg_kin_function *functions, size_t count, struct rg_arena *arena,
		     const struct rg_kin **out, size_t *found, struct rg_err *err)
{
	struct search search = {.repo = repo, .base = base, .canary = canary, .arena = arena};
	int rc = kin_functions_make(&search.functions, functions, count, arena, err);

	if (!rc)
		rc = kin_files_list(&search.files, repo, base, canary, arena, err);
	if (!rc)
		rc = kin_functions_read(&search.functions, &search.files, err);
	if (!rc)
		rc = kin_pairs_find(&search.pairs, &search.functions, &search.files, err);
	if (!rc)
		rc = tell(&search, functions, out, found, err);
	kin_functions_done(&search.functions);
	free(search.pairs.items);
	return rc;
}
