/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo.h"

#include "changed_range.h"

#include "rg/arena.h"
#include "rg/changes.h"
#include "rg/err.h"

#include <string.h>

enum {
	CANDIDATES_MAX = 16,
	FILE_MAX_BYTES = 8 << 20,
};

/* The files of a commit whose path ends in the profile's. */
struct search {
	const struct rg_repo *repo;
	const char *file;
	struct rg_arena *arena;
	const char *paths[CANDIDATES_MAX];
	git_oid blobs[CANDIDATES_MAX];
	size_t count;
	bool too_many, no_memory;
};

/* "../src/a.c" and "./a.c" name the same file from elsewhere. */
static const char *without_dots(const char *file)
{
	while (!strncmp(file, "../", 3) || !strncmp(file, "./", 2))
		file += file[1] == '.' ? 3 : 2;
	return file;
}

/* Whether folder + name ends in `file` at the boundary of a part. */
static bool ends_in(const char *path, const char *file)
{
	size_t path_len = strlen(path), len = strlen(file);

	return path_len >= len && !strcmp(path + path_len - len, file) &&
	       (path_len == len || path[path_len - len - 1] == '/');
}

static int visit(const char *folder, const git_tree_entry *entry, void *context)
{
	struct search *search = context;
	const char *name = git_tree_entry_name(entry), *slash = strrchr(search->file, '/');
	char *path;

	if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB ||
	    strcmp(name, slash ? slash + 1 : search->file) != 0)
		return 0;
	path = rg_arena_printf(search->arena, "%s%s", folder, name);
	search->no_memory |= !path;
	if (!path)
		return -1;
	if (!ends_in(path, search->file))
		return 0;
	if (search->count == CANDIDATES_MAX) {
		search->too_many = true;
		return -1;
	}
	search->paths[search->count] = path;
	search->blobs[search->count++] = *git_tree_entry_id(entry);
	return 0;
}

static int collect(struct search *search, const char *commit_id, struct rg_err *err)
{
	git_commit *commit = NULL;
	git_tree *tree = NULL;
	git_oid id;
	int rc = git_oid_fromstr(&id, commit_id);

	if (!rc)
		rc = git_commit_lookup(&commit, search->repo->git, &id);
	if (rc == GIT_ENOTFOUND)
		return rg_err_set(err, RG_ENOTFOUND, "repo: commit %.12s is not in this clone",
				  commit_id);
	if (!rc)
		rc = git_commit_tree(&tree, commit);
	if (!rc)
		rc = git_tree_walk(tree, GIT_TREEWALK_PRE, visit, search);
	git_tree_free(tree);
	git_commit_free(commit);
	if (search->no_memory)
		return rg_err_nomem(err, "repo");
	return rc && !search->too_many ? repo_git_fail(err, "find a function's file") : 0;
}

static bool look_into(const struct search *search, size_t index, uint32_t line, const char *name,
		      struct changed_range *range)
{
	git_blob *blob = NULL;
	bool found = false;

	if (git_blob_lookup(&blob, search->repo->git, &search->blobs[index]))
		return false;
	if (git_blob_rawsize(blob) <= FILE_MAX_BYTES)
		found = changed_find_range(git_blob_rawcontent(blob),
					   (size_t)git_blob_rawsize(blob), line, name, range);
	git_blob_free(blob);
	return found;
}

/* The one file with a function of that name there; without one, the only file there is. */
static bool choose(const struct search *search, uint32_t line, const char *name,
		   struct rg_function_place *out)
{
	size_t named = 0;

	for (size_t i = 0; i < search->count; i++) {
		struct changed_range range;

		if (!look_into(search, i, line, name, &range) ||
		    (!range.by_name && search->count > 1))
			continue;
		named++;
		*out = (struct rg_function_place){search->paths[i], range.first, range.last};
	}
	return named == 1;
}

int rg_repo_find_function(const struct rg_repo *repo, const char *commit, const char *file,
			  uint32_t line, const char *name, struct rg_arena *arena,
			  struct rg_function_place *out, bool *found, struct rg_err *err)
{
	struct search search = {.repo = repo, .file = without_dots(file), .arena = arena};
	struct rg_function_place place;
	char own[CHANGED_NAME_MAX] = "";
	int rc;

	*found = false;
	if (!*search.file || line == 0)
		return 0;
	rc = collect(&search, commit, err);
	if (rc)
		return rc;
	(void)changed_own_name(name, own);
	if (search.too_many || !choose(&search, line, own, &place))
		return 0;
	*out = place;
	*found = true;
	return 0;
}
