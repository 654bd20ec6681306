/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commits.h"
#include "version.h"

#include "rg/arena.h"
#include "rg/changes.h"
#include "rg/err.h"
#include "rg/repo.h"
#include "rg/verdict.h"

#include <string.h>

enum {
	FUNCTIONS_MAX = 5, /* whose history is looked at */
	COMMITS_MAX = 5,   /* of one function */
};

/* One verdict being completed. */
struct search {
	const struct rg_repo *repo;
	struct rg_verdict *verdict;
	/* To take the place of the verdict's. */
	struct rg_row *on_cpu, *off_cpu;
	struct rg_commit commits[2 * FUNCTIONS_MAX * COMMITS_MAX];
	size_t commit_count;
};

static const char *text(const char *text)
{
	return text ? text : "";
}

static bool is_id(const char *id)
{
	size_t len = strlen(id);

	return (len == 40 || len == 64) && strspn(id, "0123456789abcdef") == len;
}

static bool is_guilty(const struct rg_row *row)
{
	return row->status == RG_STATUS_REGRESSED || row->status == RG_STATUS_NEW ||
	       row->status == RG_STATUS_SUSPECT;
}

static bool any_guilty(const struct rg_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_guilty(&rows[i]) && *text(rows[i].file))
			return true;
	}
	return false;
}

/* The first reason stands. */
static void note(struct rg_verdict *verdict, const char *why)
{
	if (!*text(verdict->commits_note))
		verdict->commits_note = rg_arena_strdup(verdict->arena, why);
}

static void keep(struct search *search, enum rg_dimension dimension, size_t row,
		 const struct rg_changed *changed, size_t count)
{
	for (size_t i = 0; i < count; i++)
		search->commits[search->commit_count++] = (struct rg_commit){
			.dimension = dimension,
			.row = row,
			.id = changed[i].id,
			.subject = changed[i].subject,
			.author = changed[i].author,
			.file = changed[i].path,
			.first_line = changed[i].first_line,
			.last_line = changed[i].last_line,
			.lines = changed[i].lines,
		};
}

static void find_commits(struct search *search, const struct rg_row *row, size_t index,
			 const struct rg_function_place *place)
{
	struct rg_verdict *verdict = search->verdict;
	const struct rg_changed *changed;
	struct rg_err err = {0};
	size_t count;

	if (!is_id(text(verdict->base.commit)))
		return;
	if (rg_repo_changed_lines(search->repo, verdict->base.commit, verdict->canary.commit, place,
				  COMMITS_MAX, verdict->arena, &changed, &count, &err))
		note(verdict, err.text);
	else
		keep(search, row->dimension, index, changed, count);
}

static void look_at(struct search *search, struct rg_row *row, size_t index)
{
	struct rg_verdict *verdict = search->verdict;
	struct rg_function_place place;
	struct rg_err err = {0};
	bool found;

	if (rg_repo_find_function(search->repo, verdict->canary.commit, text(row->file), row->line,
				  *text(row->key) ? row->key : text(row->function), verdict->arena,
				  &place, &found, &err)) {
		note(verdict, err.text);
		return;
	}
	if (!found)
		return;
	row->file = place.path;
	row->in_repo = true;
	find_commits(search, row, index, &place);
}

static void look_at_all(struct search *search, struct rg_row *rows, size_t count)
{
	size_t looked_at = 0;

	for (size_t i = 0; i < count && looked_at < FUNCTIONS_MAX; i++) {
		if (!is_guilty(&rows[i]) || !*text(rows[i].file))
			continue;
		looked_at++;
		look_at(search, &rows[i], i);
	}
}

/* Rows of the search's own, to write into. */
static struct rg_row *copy_rows(const struct rg_verdict *verdict, const struct rg_row *rows,
				size_t count)
{
	struct rg_row *copy = rg_arena_array(verdict->arena, count + 1, sizeof(*copy));

	if (copy && count)
		memcpy(copy, rows, count * sizeof(*copy));
	return copy;
}

static void finish(struct search *search)
{
	struct rg_verdict *verdict = search->verdict;
	struct rg_commit *commits =
		rg_arena_array(verdict->arena, search->commit_count + 1, sizeof(*commits));

	verdict->rows = search->on_cpu;
	verdict->off_cpu.rows = search->off_cpu;
	if (!commits)
		return;
	memcpy(commits, search->commits, search->commit_count * sizeof(*commits));
	verdict->commits = commits;
	verdict->commit_count = search->commit_count;
}

static void explain_gaps(struct rg_verdict *verdict)
{
	if (!is_id(text(verdict->base.commit)))
		note(verdict, "of which commit the baseline is was not recorded");
	if (rg_version_is_dirty(verdict->canary.version))
		note(verdict, "the canary holds changes that are in no commit");
}

void rg_commits_tell(struct rg_verdict *verdict)
{
	struct search search = {.verdict = verdict};
	struct rg_repo *repo;

	if ((!any_guilty(verdict->rows, verdict->row_count) &&
	     !any_guilty(verdict->off_cpu.rows, verdict->off_cpu.row_count)) ||
	    !is_id(text(verdict->canary.commit)) || rg_repo_open(".", &repo, NULL))
		return;
	search.repo = repo;
	search.on_cpu = copy_rows(verdict, verdict->rows, verdict->row_count);
	search.off_cpu = copy_rows(verdict, verdict->off_cpu.rows, verdict->off_cpu.row_count);
	if (search.on_cpu && search.off_cpu) {
		look_at_all(&search, search.on_cpu, verdict->row_count);
		look_at_all(&search, search.off_cpu, verdict->off_cpu.row_count);
		explain_gaps(verdict);
		finish(&search);
	}
	rg_repo_free(repo);
}
