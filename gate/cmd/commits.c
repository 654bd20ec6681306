/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commits.h"
#include "version.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/changes.h"
#include "rg/diff.h"
#include "rg/err.h"
#include "rg/profile.h"
#include "rg/repo.h"
#include "rg/verdict.h"

#include <string.h>

enum {
	FUNCTIONS_MAX = 5, /* whose history is looked at, of each kind */
	COMMITS_MAX = 5,   /* of one function */
	KINDS = 4,         /* functions, waits, callers, entries */
};

_Static_assert(KINDS *FUNCTIONS_MAX *COMMITS_MAX <= RG_VERDICT_MAX_COMMITS,
	       "what is found can be read back");

/* Whose history is asked for. */
struct subject {
	enum rg_dimension dimension;
	enum rg_commit_of of;
	size_t index; /* among the rows, callers or entries */
	const char *function, *module, *file;
	uint32_t line;
};

/* One verdict being completed. */
struct search {
	const struct rg_repo *repo;
	struct rg_verdict *verdict;
	/* To take the place of the verdict's. */
	struct rg_row *on_cpu, *off_cpu, *callers;
	struct rg_entry *entries;
	struct subject seen[KINDS * FUNCTIONS_MAX];
	size_t seen_count;
	struct rg_commit commits[KINDS * FUNCTIONS_MAX * COMMITS_MAX];
	size_t commit_count;
};

static const char *text(const char *text)
{
	return text ? text : "";
}

bool rg_commit_is_id(const char *id)
{
	size_t len = strlen(text(id));

	return (len == 40 || len == 64) && strspn(id, "0123456789abcdef") == len;
}

static bool is_guilty(const struct rg_row *row)
{
	return row->status == RG_STATUS_REGRESSED || row->status == RG_STATUS_NEW ||
	       row->status == RG_STATUS_SUSPECT || row->status == RG_STATUS_MOVED;
}

static bool any_guilty(const struct rg_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_guilty(&rows[i]) && *text(rows[i].file))
			return true;
	}
	return false;
}

void rg_commits_note(struct rg_verdict *verdict, const char *why)
{
	if (!*text(verdict->commits_note))
		verdict->commits_note = rg_arena_strdup(verdict->arena, why);
}

static void keep(struct search *search, const struct subject *subject,
		 const struct rg_changed *changed, size_t count)
{
	for (size_t i = 0; i < count; i++)
		search->commits[search->commit_count++] = (struct rg_commit){
			.dimension = subject->dimension,
			.of = subject->of,
			.row = subject->index,
			.id = changed[i].id,
			.subject = changed[i].subject,
			.author = changed[i].author,
			.file = changed[i].path,
			.first_line = changed[i].first_line,
			.last_line = changed[i].last_line,
			.lines = changed[i].lines,
		};
}

static void find_commits(struct search *search, const struct subject *subject,
			 const struct rg_function_place *place)
{
	struct rg_verdict *verdict = search->verdict;
	const struct rg_changed *changed;
	struct rg_err err = {0};
	size_t count;

	if (!rg_commit_is_id(verdict->base.commit))
		return;
	if (rg_repo_changed_lines(search->repo, verdict->base.commit, verdict->canary.commit, place,
				  COMMITS_MAX, verdict->arena, &changed, &count, &err))
		rg_commits_note(verdict, err.text);
	else
		keep(search, subject, changed, count);
}

/* Where the function is in the repository, and what changed it; NULL when it is not found. */
static const char *look_at(struct search *search, const struct subject *subject)
{
	struct rg_verdict *verdict = search->verdict;
	struct rg_function_place place;
	struct rg_err err = {0};
	bool found;

	if (rg_repo_find_function(search->repo, verdict->canary.commit, subject->file,
				  subject->line, subject->function, verdict->arena, &place, &found,
				  &err)) {
		rg_commits_note(verdict, err.text);
		return NULL;
	}
	if (!found)
		return NULL;
	find_commits(search, subject, &place);
	return place.path;
}

static void look_at_row(struct search *search, struct rg_row *row, enum rg_commit_of of,
			size_t index)
{
	const struct subject subject = {
		.dimension = row->dimension,
		.of = of,
		.index = index,
		.function = *text(row->key) ? row->key : text(row->function),
		.module = text(row->module),
		.file = text(row->file),
		.line = row->line,
	};
	const char *path = look_at(search, &subject);

	search->seen[search->seen_count++] = subject;
	if (!path)
		return;
	row->file = path;
	row->in_repo = true;
}

static void look_at_rows(struct search *search, struct rg_row *rows, size_t count,
			 enum rg_commit_of of)
{
	size_t looked_at = 0;

	for (size_t i = 0; i < count && looked_at < FUNCTIONS_MAX; i++) {
		if (!is_guilty(&rows[i]) || !*text(rows[i].file))
			continue;
		looked_at++;
		look_at_row(search, &rows[i], of, i);
	}
}

static bool was_seen(const struct search *search, const struct subject *subject)
{
	for (size_t i = 0; i < search->seen_count; i++) {
		if (strcmp(search->seen[i].function, subject->function) == 0 &&
		    strcmp(search->seen[i].module, subject->module) == 0)
			return true;
	}
	return false;
}

/* The name as sources have it, without what compilers add. */
static const char *canonical(const struct search *search, const char *function)
{
	struct rg_buf name;
	const char *copy;

	rg_buf_init(&name, RG_PROFILE_MAX_TEXT + 1);
	rg_canon_name(&name, function);
	copy = name.len && !name.failed ? rg_arena_strdup(search->verdict->arena, name.data) : NULL;
	rg_buf_done(&name);
	return copy ? copy : function;
}

static struct subject subject_of_entry(const struct search *search, size_t index)
{
	const struct rg_entry *entry = &search->entries[index];

	return (struct subject){
		.dimension = entry->dimension,
		.of = RG_COMMIT_OF_ENTRY,
		.index = index,
		.function = canonical(search, text(entry->function)),
		.module = text(entry->module),
		.file = text(entry->file),
		.line = entry->line,
	};
}

/* One function is the entry of several, or fails itself: it is looked at once. */
static void look_at_entries(struct search *search)
{
	size_t looked_at = 0;

	for (size_t i = 0; i < search->verdict->entry_count && looked_at < FUNCTIONS_MAX; i++) {
		struct rg_entry *entry = &search->entries[i];
		const struct subject subject = subject_of_entry(search, i);
		const char *path;

		if (!*subject.file || was_seen(search, &subject))
			continue;
		looked_at++;
		search->seen[search->seen_count++] = subject;
		path = look_at(search, &subject);
		if (path)
			entry->file = path;
	}
}

/* To write into. */
static void *copy_array(const struct rg_verdict *verdict, const void *from, size_t count,
			size_t size)
{
	void *copy = rg_arena_array(verdict->arena, count + 1, size);

	if (copy && count)
		memcpy(copy, from, count * size);
	return copy;
}

static bool copy_all(struct search *search)
{
	const struct rg_verdict *verdict = search->verdict;

	search->on_cpu =
		copy_array(verdict, verdict->rows, verdict->row_count, sizeof(*search->on_cpu));
	search->off_cpu = copy_array(verdict, verdict->off_cpu.rows, verdict->off_cpu.row_count,
				     sizeof(*search->off_cpu));
	search->callers = copy_array(verdict, verdict->callers, verdict->caller_count,
				     sizeof(*search->callers));
	search->entries = copy_array(verdict, verdict->entries, verdict->entry_count,
				     sizeof(*search->entries));
	return search->on_cpu && search->off_cpu && search->callers && search->entries;
}

static void finish(struct search *search)
{
	struct rg_verdict *verdict = search->verdict;
	struct rg_commit *commits =
		rg_arena_array(verdict->arena, search->commit_count + 1, sizeof(*commits));

	verdict->rows = search->on_cpu;
	verdict->off_cpu.rows = search->off_cpu;
	verdict->callers = search->callers;
	verdict->entries = search->entries;
	if (!commits)
		return;
	memcpy(commits, search->commits, search->commit_count * sizeof(*commits));
	verdict->commits = commits;
	verdict->commit_count = search->commit_count;
}

static void explain_gaps(struct rg_verdict *verdict)
{
	if (!rg_commit_is_id(verdict->base.commit))
		rg_commits_note(verdict, "of which commit the baseline is was not recorded");
	if (rg_version_is_dirty(verdict->canary.version))
		rg_commits_note(verdict, "the canary holds changes that are in no commit");
}

void rg_commits_tell(struct rg_verdict *verdict)
{
	struct search search = {.verdict = verdict};
	struct rg_repo *repo;

	if ((!any_guilty(verdict->rows, verdict->row_count) &&
	     !any_guilty(verdict->off_cpu.rows, verdict->off_cpu.row_count) &&
	     !any_guilty(verdict->callers, verdict->caller_count) && verdict->entry_count == 0) ||
	    !rg_commit_is_id(verdict->canary.commit) || rg_repo_open(".", &repo, NULL))
		return;
	search.repo = repo;
	if (copy_all(&search)) {
		look_at_rows(&search, search.on_cpu, verdict->row_count, RG_COMMIT_OF_ROW);
		look_at_rows(&search, search.off_cpu, verdict->off_cpu.row_count, RG_COMMIT_OF_ROW);
		look_at_rows(&search, search.callers, verdict->caller_count, RG_COMMIT_OF_CALLER);
		look_at_entries(&search);
		explain_gaps(verdict);
		finish(&search);
	}
	rg_repo_free(repo);
}
