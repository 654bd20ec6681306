/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "export.h"
#include "export_filter.h"
#include "export_lfs.h"
#include "export_source.h"
#include "guard.h"
#include "repo.h"

#include "rg/err.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- Folders -------------------------------------------------------------------------------- */

static int export_submodule(const struct export_source *outer, const git_oid *commit, int at,
			    const char *name);
static int export_tree(const struct export_source *source, const git_tree *tree, int at);

static int export_folder(const struct export_source *source, const git_tree_entry *entry, int at)
{
	git_tree *tree;
	int rc = git_tree_lookup(&tree, source->filter.git, git_tree_entry_id(entry)), fd;

	if (rc)
		return export_fail_object(source->x, rc);
	fd = export_make_folder(source->x, at, git_tree_entry_name(entry));
	if (fd < 0 && !source->x->measuring) {
		git_tree_free(tree);
		return fd;
	}
	rc = export_tree(source, tree, fd);
	if (fd >= 0)
		close(fd);
	git_tree_free(tree);
	return rc;
}

static int export_entry(const struct export_source *source, const git_tree_entry *entry, int at)
{
	switch (git_tree_entry_filemode(entry)) {
	case GIT_FILEMODE_TREE:
		return export_folder(source, entry, at);
	case GIT_FILEMODE_BLOB:
	case GIT_FILEMODE_BLOB_EXECUTABLE:
	case GIT_FILEMODE_LINK:
		return export_file(source, entry, at);
	case GIT_FILEMODE_COMMIT:
		return export_submodule(source, git_tree_entry_id(entry), at,
					git_tree_entry_name(entry));
	case GIT_FILEMODE_UNREADABLE:
	default:
		return export_refuse(source->x, RG_EFORMAT, "is of a kind that git has not");
	}
}

static int export_tree(const struct export_source *source, const git_tree *tree, int at)
{
	const size_t count = git_tree_entrycount(tree);

	for (size_t i = 0; i < count; i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		int rc = export_enter(source->x, git_tree_entry_name(entry));

		if (!rc)
			rc = export_entry(source, entry, at);
		if (rc)
			return rc;
		export_leave(source->x);
	}
	return 0;
}

/* `source` has all but its filter and what is known of the commit. */
static int export_root(struct export_source *source, git_commit *commit, int at)
{
	git_tree *tree = NULL;
	int rc = export_filter_open(&source->filter, source->common_dir, git_commit_id(commit));

	if (rc)
		rc = export_fail_git(source->x);
	else if ((rc = git_commit_tree(&tree, commit)))
		rc = export_fail_object(source->x, rc);
	if (!rc) {
		source->has_lfs = lfs_is_used(source->common_dir);
		source->has_modules = git_tree_entry_byname(tree, ".gitmodules") != NULL;
		rc = export_tree(source, tree, at);
	}
	git_tree_free(tree);
	export_filter_close(&source->filter);
	return rc;
}

/* --- Submodules ----------------------------------------------------------------------------- */

/* In the work tree. */
enum presence { ABSENT, EMPTY, FILLED };

static enum presence presence_in(DIR *names)
{
	const struct dirent *entry;

	while ((entry = readdir(names)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			return FILLED;
	return EMPTY;
}

/*
 * Empty: the user does without. Filled, although its repository cannot be opened: it has the files all the same, as in a
 * checkout that was moved, and the other side would be built without.
 */
static enum presence presence_of(const struct export_source *source)
{
	char path[PATH_MAX];
	int n = source->work_dir ? snprintf(path, sizeof(path), "%s/%s", source->work_dir,
					    export_path_in(source))
				 : -1;
	int fd = n > 0 && n < (int)sizeof(path)
			 ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
			 : -1;
	DIR *names = fd < 0 ? NULL : fdopendir(fd);
	enum presence presence;

	if (!names) {
		if (fd >= 0)
			close(fd);
		return ABSENT;
	}
	presence = presence_in(names);
	closedir(names);
	return presence;
}

static int open_submodule(const struct export_source *outer, git_repository **git)
{
	char path[PATH_MAX];
	int n = outer->work_dir ? snprintf(path, sizeof(path), "%s/%s", outer->work_dir,
					   export_path_in(outer))
				: -1;

	if (n < 0 || n >= (int)sizeof(path))
		return GIT_ENOTFOUND;
	if (git_repository_open_ext(git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL))
		return GIT_ENOTFOUND;
	return guard_install(*git, GUARD_MAX_BYTES);
}

static int fail_submodule(const struct export_source *outer, const git_oid *commit)
{
	char hex[GIT_OID_HEXSZ + 1];

	git_oid_tostr(hex, sizeof(hex), commit);
	return rg_err_set(outer->x->err, RG_EUSAGE,
			  "export: submodule '%.400s' at %.12s is not here: 'git submodule update "
			  "--init --recursive' checks it out, 'git fetch --recurse-submodules' "
			  "brings its older commits",
			  outer->x->path, hex);
}

static int export_nested(const struct export_source *outer, git_repository *git, const git_oid *id,
			 int at)
{
	struct export_source source = {
		.x = outer->x,
		.common_dir = git_repository_commondir(git),
		.work_dir = git_repository_workdir(git),
		.base = outer->x->path_len + 1,
	};
	git_commit *commit = NULL;
	int rc = git_commit_lookup(&commit, git, id);

	if (rc == GIT_ENOTFOUND)
		return fail_submodule(outer, id);
	if (rc)
		return export_fail_git(outer->x);
	rc = export_root(&source, commit, at);
	git_commit_free(commit);
	return rc;
}

static int do_without(const struct export_source *outer, const git_oid *commit)
{
	enum presence presence = presence_of(outer);

	if (presence == EMPTY)
		export_note_lack(outer->x, RG_EXPORT_LACKS_SUBMODULE);
	/* git checks one that .gitmodules does not name out as an empty folder, too. */
	return presence == FILLED || (presence == ABSENT && outer->has_modules)
		       ? fail_submodule(outer, commit)
		       : 0;
}

/* As deep as folders may be, since its files lie in one. */
static int export_submodule(const struct export_source *outer, const git_oid *commit, int at,
			    const char *name)
{
	git_repository *git = NULL;
	int fd = export_make_folder(outer->x, at, name), rc;

	if (fd < 0 && !outer->x->measuring)
		return fd;
	rc = open_submodule(outer, &git);
	if (!rc)
		rc = export_nested(outer, git, commit, fd);
	else if (rc == GIT_ENOTFOUND)
		rc = do_without(outer, commit);
	else
		rc = export_fail_git(outer->x);
	git_repository_free(git);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* --- The whole ------------------------------------------------------------------------------ */

int rg_repo_export_commit(const struct rg_repo *repo, const char *id, const struct rg_export *plan,
			  struct rg_export_result *result, struct rg_err *err)
{
	struct exporter x;
	struct export_source source = {
		.x = &x, .common_dir = repo->common_dir, .work_dir = repo->work_dir};
	git_commit *commit = NULL;
	int rc = repo_find_commit(repo, id, &commit, err);

	if (rc)
		return rc;
	exporter_init(&x, plan, err);
	/* Twice: nothing is written before all of it was found, and there is known to be room for it. */
	rc = export_root(&source, commit, -1);
	if (!rc)
		rc = exporter_begin(&x);
	if (!rc)
		rc = export_root(&source, commit, plan->folder);
	git_commit_free(commit);
	if (!rc)
		*result = x.result;
	return rc;
}
