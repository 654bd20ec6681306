/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_parts.h"

#include "fields.h"
#include "json_reader.h"

#include "rg/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_id(const char *id)
{
	size_t len = strlen(id);

	return (len == 40 || len == 64) && strspn(id, "0123456789abcdef") == len;
}

/* A path that cannot leave the repository, whoever opens it. */
static bool is_path(const char *path)
{
	size_t len = strlen(path);

	return len > 0 && path[0] != '/' && !strstr(path, "//") && !strchr(path, '\\') &&
	       strncmp(path, "../", 3) != 0 && !strstr(path, "/../") && strcmp(path, "..") != 0 &&
	       !(len > 3 && strcmp(path + len - 3, "/..") == 0);
}

static int check_commit(struct rg_json_reader *reader, const struct rg_verdict *verdict,
			const struct rg_commit *commit)
{
	size_t rows = commit->dimension == RG_DIMENSION_OFF_CPU ? verdict->off_cpu.row_count
								: verdict->row_count;

	if (commit->of == RG_COMMIT_OF_CALLER)
		rows = verdict->caller_count;
	if (commit->of == RG_COMMIT_OF_ENTRY)
		rows = verdict->entry_count;
	if (commit->row >= rows)
		return rg_reader_refuse(reader, "row", "is none of the rows");
	if (!is_id(commit->id))
		return rg_reader_refuse(reader, "id", "is not the id of a commit");
	if (!is_path(commit->file))
		return rg_reader_refuse(reader, "file", "is not a path below the repository's top");
	if (commit->first_line > commit->last_line)
		return rg_reader_refuse(reader, "last_line", "is before the first");
	return 0;
}

int rg_json_check_files(struct rg_json_reader *reader, const struct rg_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].in_repo && !is_path(rows[i].file))
			return rg_reader_refuse(reader, "file",
						"is not a path below the repository's top");
	}
	return 0;
}

int rg_json_read_commits(struct rg_json_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	const struct rg_off_cpu *off_cpu = &verdict->off_cpu;
	void *commits = NULL;
	int rc = rg_reader_array(reader, &rg_fields_commit, "commits", root,
				 sizeof(*verdict->commits), RG_VERDICT_MAX_COMMITS, &commits,
				 &verdict->commit_count);

	verdict->commits = commits;
	for (size_t i = 0; rc == 0 && i < verdict->commit_count; i++)
		rc = check_commit(reader, verdict, &verdict->commits[i]);
	if (rc == 0)
		rc = rg_json_check_files(reader, verdict->rows, verdict->row_count);
	if (rc == 0)
		rc = rg_json_check_files(reader, off_cpu->rows, off_cpu->row_count);
	return rc ? rc : rg_json_check_files(reader, off_cpu->idle, off_cpu->idle_count);
}
