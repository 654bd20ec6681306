/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kin.h"
#include "commits.h"

#include "rg/arena.h"
#include "rg/diff.h"
#include "rg/err.h"
#include "rg/kin.h"
#include "rg/repo.h"
#include "rg/verdict.h"

#include <string.h>

/* What is asked about: the functions of a verdict's rows, each once. */
struct asking {
	struct rg_kin_function function[RG_KIN_FUNCTIONS_MAX];
	const char *module[RG_KIN_FUNCTIONS_MAX];
	size_t count;
};

/* --- Whether to ask --------------------------------------------------------------------------- */

static bool any_fails(const struct rg_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].status == RG_STATUS_REGRESSED || rows[i].status == RG_STATUS_NEW ||
		    rows[i].status == RG_STATUS_SUSPECT)
			return true;
	}
	return false;
}

static bool can_ask(const struct rg_verdict *verdict)
{
	return verdict->policy.rule == RG_RULE_STATISTICAL &&
	       rg_commit_is_id(verdict->base.commit) && rg_commit_is_id(verdict->canary.commit) &&
	       strcmp(verdict->base.commit, verdict->canary.commit) != 0 &&
	       (any_fails(verdict->rows, verdict->row_count) ||
		any_fails(verdict->off_cpu.rows, verdict->off_cpu.row_count));
}

/* --- What to ask ------------------------------------------------------------------------------ */

static struct rg_kin_function *find(struct asking *asking, const struct rg_row *row)
{
	for (size_t i = 0; i < asking->count; i++) {
		if (strcmp(asking->function[i].name, row->key) == 0 &&
		    strcmp(asking->module[i], row->module) == 0)
			return &asking->function[i];
	}
	return NULL;
}

/* What was renamed for certain has two names, and is one function already. */
static void add_row(struct asking *asking, const struct rg_row *row)
{
	struct rg_kin_function *function = find(asking, row);

	if (row->unnamed || *row->renamed_from)
		return;
	if (!function && asking->count == RG_KIN_FUNCTIONS_MAX)
		return;
	if (!function) {
		asking->module[asking->count] = row->module;
		function = &asking->function[asking->count++];
		*function = (struct rg_kin_function){
			.name = row->key,
			.file = row->file,
			.in_canary = row->samples_canary > 0,
		};
	}
	function->lost |= row->cost_canary < row->cost_base;
	function->gained |= row->cost_canary > row->cost_base;
}

static void add_rows(struct asking *asking, const struct rg_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_row(asking, &rows[i]);
}

/* --- What comes back -------------------------------------------------------------------------- */

static int ask(const struct rg_repo *repo, const struct rg_verdict *verdict, struct rg_arena *arena,
	       struct rg_kinships *out, struct rg_err *err)
{
	struct asking asking = {.count = 0};
	struct rg_kinship *list;
	const struct rg_kin *kin;
	size_t found;
	int rc;

	add_rows(&asking, verdict->rows, verdict->row_count);
	add_rows(&asking, verdict->off_cpu.rows, verdict->off_cpu.row_count);
	rc = rg_repo_find_kin(repo, verdict->base.commit, verdict->canary.commit, asking.function,
			      asking.count, arena, &kin, &found, err);
	if (rc)
		return rc;
	list = rg_arena_array(arena, found + 1, sizeof(*list));
	if (!list)
		return rg_err_nomem(err, "verdict");
	for (size_t i = 0; i < found; i++)
		list[i] = (struct rg_kinship){
			.from = asking.function[kin[i].from].name,
			.to = asking.function[kin[i].to].name,
			.renamed = kin[i].renamed,
			.commit = kin[i].commit,
		};
	*out = (struct rg_kinships){list, found};
	return 0;
}

/* Sets the kinships as far as they can be learned. */
static void learn(struct rg_verdict *verdict, struct rg_arena *arena, struct rg_kinships *out)
{
	struct rg_err failure = {0};
	struct rg_repo *repo;

	if (rg_repo_open(".", &repo, NULL))
		return;
	if (ask(repo, verdict, arena, out, &failure))
		rg_commits_note(verdict, failure.text);
	rg_repo_free(repo);
}

int rg_kin_judge(const struct rg_runs *base, const struct rg_runs *canary,
		 const struct rg_policy *policy, struct rg_verdict **out, struct rg_err *err)
{
	struct rg_kinships kinships = {0};
	struct rg_verdict *first;
	struct rg_arena *arena;
	int rc = rg_diff_judge(base, canary, policy, &first, err);

	if (rc)
		return rc;
	arena = can_ask(first) ? rg_arena_new(0) : NULL;
	if (arena)
		learn(first, arena, &kinships);
	if (kinships.count) {
		rc = rg_diff_judge_kin(base, canary, policy, &kinships, out, err);
		rg_verdict_free(first);
	} else {
		*out = first;
	}
	rg_arena_free(arena);
	return rc;
}
