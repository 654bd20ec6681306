/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "export.h"
#include "export_filter.h"
#include "export_lfs.h"
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

/* A file is read into memory whole. */
enum { FILE_MAX_BYTES = 1 << 30 };

/* A repository that files come from: the user's, or a submodule's. */
struct source {
	struct exporter *x;
	const char *common_dir;
	const char *work_dir; /* NULL in a bare repository */
	size_t base;          /* of the exporter's path, where this repository's begins */
	struct export_filter filter;
	bool has_modules; /* its .gitmodules is in the commit */
};

static int fail_git(const struct exporter *x)
{
	char action[RG_ERR_TEXT_MAX];

	snprintf(action, sizeof(action), "export '%.600s'", x->path);
	return repo_git_fail(x->err, action);
}

/* In its own repository. */
static const char *path_in(const struct source *source)
{
	return source->x->path + source->base;
}

/* --- Files ---------------------------------------------------------------------------------- */

static int fail_object(const struct exporter *x, int rc)
{
	if (rc != GIT_ENOTFOUND)
		return fail_git(x);
	return export_refuse(x, RG_EUSAGE,
			     "is not in this clone, which seems to be a partial one: 'git fetch "
			     "--refetch --no-filter' brings all of it");
}

/* The size is asked for first: what is too large is not inflated. */
static int read_blob(const struct source *source, const git_oid *id, git_blob **blob)
{
	git_odb *odb = NULL;
	git_object_t type;
	size_t size = 0;
	int rc = git_repository_odb(&odb, source->filter.git);

	if (!rc)
		rc = git_odb_read_header(&size, &type, odb, id);
	git_odb_free(odb);
	if (rc)
		return fail_object(source->x, rc);
	if (size > FILE_MAX_BYTES)
		return export_refuse(source->x, RG_ELIMIT, "is larger than 1 GiB");
	rc = git_blob_lookup(blob, source->filter.git, id);
	return rc ? fail_object(source->x, rc) : 0;
}

static int write_link(const struct source *source, git_blob *blob, int at, const char *name)
{
	const size_t len = (size_t)git_blob_rawsize(blob);
	const char *bytes = git_blob_rawcontent(blob);
	char target[PATH_MAX];

	if (len == 0 || len >= sizeof(target) || memchr(bytes, '\0', len))
		return export_refuse(source->x, RG_EFORMAT, "is a link to what is no path");
	memcpy(target, bytes, len);
	target[len] = '\0';
	return export_make_link(source->x, at, name, target);
}

static int write_blob(const struct source *source, git_blob *blob, int fd)
{
	git_buf bytes = {0};
	int rc = export_filter_apply(&source->filter, blob, path_in(source), &bytes);

	if (rc)
		rc = fail_git(source->x);
	else
		rc = export_write(source->x, fd, bytes.ptr, bytes.size);
	git_buf_dispose(&bytes);
	return rc;
}

/* A pointer stays one where the work tree has one as well: then both sides do without. */
static int write_lfs(const struct source *source, const struct lfs_pointer *pointer, git_blob *blob,
		     int fd)
{
	int from = lfs_open(source->common_dir, pointer), rc;

	if (from >= 0) {
		rc = export_copy(source->x, from, fd);
		close(from);
		return rc;
	}
	if (!source->work_dir || !lfs_is_pointer_at(source->work_dir, path_in(source)))
		return export_refuse(
			source->x, RG_EUSAGE,
			"is kept by Git LFS, and its content is not here: 'git lfs fetch REMOTE "
			"REVISION' brings that of one version, 'git lfs fetch --all' of all");
	export_note_lack(source->x, RG_EXPORT_LACKS_LFS);
	return export_write(source->x, fd, git_blob_rawcontent(blob),
			    (size_t)git_blob_rawsize(blob));
}

static int write_file(const struct source *source, git_blob *blob, int at, const char *name,
		      mode_t mode)
{
	struct lfs_pointer pointer;
	int fd, rc = export_filter_check(&source->filter, source->x, path_in(source));

	if (rc)
		return rc;
	fd = export_make_file(source->x, at, name, mode);
	if (fd < 0)
		return fd;
	if (lfs_parse(git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob), &pointer))
		rc = write_lfs(source, &pointer, blob, fd);
	else
		rc = write_blob(source, blob, fd);
	if (rc) {
		close(fd);
		return rc;
	}
	return export_end_file(source->x, fd);
}

static int write_entry(const struct source *source, const git_tree_entry *entry, int at)
{
	const git_filemode_t mode = git_tree_entry_filemode(entry);
	const char *name = git_tree_entry_name(entry);
	git_blob *blob;
	int rc = read_blob(source, git_tree_entry_id(entry), &blob);

	if (rc)
		return rc;
	if (mode == GIT_FILEMODE_LINK)
		rc = write_link(source, blob, at, name);
	else
		rc = write_file(source, blob, at, name,
				mode == GIT_FILEMODE_BLOB_EXECUTABLE ? 0777 : 0666);
	git_blob_free(blob);
	return rc;
}

/* --- Folders -------------------------------------------------------------------------------- */

static int export_submodule(const struct source *outer, const git_oid *commit, int at,
			    const char *name);
static int export_tree(const struct source *source, const git_tree *tree, int at);

static int export_folder(const struct source *source, const git_tree_entry *entry, int at)
{
	git_tree *tree;
	int rc = git_tree_lookup(&tree, source->filter.git, git_tree_entry_id(entry)), fd;

	if (rc)
		return fail_object(source->x, rc);
	fd = export_make_folder(source->x, at, git_tree_entry_name(entry));
	if (fd < 0) {
		git_tree_free(tree);
		return fd;
	}
	rc = export_tree(source, tree, fd);
	close(fd);
	git_tree_free(tree);
	return rc;
}

static int export_entry(const struct source *source, const git_tree_entry *entry, int at)
{
	switch (git_tree_entry_filemode(entry)) {
	case GIT_FILEMODE_TREE:
		return export_folder(source, entry, at);
	case GIT_FILEMODE_BLOB:
	case GIT_FILEMODE_BLOB_EXECUTABLE:
	case GIT_FILEMODE_LINK:
		return write_entry(source, entry, at);
	case GIT_FILEMODE_COMMIT:
		return export_submodule(source, git_tree_entry_id(entry), at,
					git_tree_entry_name(entry));
	case GIT_FILEMODE_UNREADABLE:
	default:
		return export_refuse(source->x, RG_EFORMAT, "is of a kind that git has not");
	}
}

static int export_tree(const struct source *source, const git_tree *tree, int at)
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
static int export_root(struct source *source, git_commit *commit, int at)
{
	git_tree *tree = NULL;
	int rc = export_filter_open(&source->filter, source->common_dir, git_commit_id(commit));

	if (rc)
		rc = fail_git(source->x);
	else if ((rc = git_commit_tree(&tree, commit)))
		rc = fail_object(source->x, rc);
	if (!rc) {
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
static enum presence presence_of(const struct source *source)
{
	char path[PATH_MAX];
	int n = source->work_dir
			? snprintf(path, sizeof(path), "%s/%s", source->work_dir, path_in(source))
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

static int open_submodule(const struct source *outer, git_repository **git)
{
	char path[PATH_MAX];
	int n = outer->work_dir
			? snprintf(path, sizeof(path), "%s/%s", outer->work_dir, path_in(outer))
			: -1;

	if (n < 0 || n >= (int)sizeof(path))
		return GIT_ENOTFOUND;
	if (git_repository_open_ext(git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL))
		return GIT_ENOTFOUND;
	return guard_install(*git);
}

static int fail_submodule(const struct source *outer, const git_oid *commit)
{
	char hex[GIT_OID_HEXSZ + 1];

	git_oid_tostr(hex, sizeof(hex), commit);
	return rg_err_set(outer->x->err, RG_EUSAGE,
			  "export: submodule '%.400s' at %.12s is not here: 'git submodule update "
			  "--init --recursive' checks it out, 'git fetch --recurse-submodules' "
			  "brings its older commits",
			  outer->x->path, hex);
}

static int export_nested(const struct source *outer, git_repository *git, const git_oid *id, int at)
{
	struct source source = {
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
		return fail_git(outer->x);
	rc = export_root(&source, commit, at);
	git_commit_free(commit);
	return rc;
}

static int do_without(const struct source *outer, const git_oid *commit)
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
static int export_submodule(const struct source *outer, const git_oid *commit, int at,
			    const char *name)
{
	git_repository *git = NULL;
	int fd = export_make_folder(outer->x, at, name), rc;

	if (fd < 0)
		return fd;
	rc = open_submodule(outer, &git);
	if (!rc)
		rc = export_nested(outer, git, commit, fd);
	else if (rc == GIT_ENOTFOUND)
		rc = do_without(outer, commit);
	else
		rc = fail_git(outer->x);
	git_repository_free(git);
	close(fd);
	return rc;
}

/* --- The whole ------------------------------------------------------------------------------ */

int rg_repo_export_commit(const struct rg_repo *repo, const char *id, const struct rg_export *plan,
			  struct rg_export_result *result, struct rg_err *err)
{
	struct exporter x;
	struct source source = {
		.x = &x, .common_dir = repo->common_dir, .work_dir = repo->work_dir};
	git_commit *commit = NULL;
	int rc = repo_find_commit(repo, id, &commit, err);

	if (rc)
		return rc;
	exporter_init(&x, plan, err);
	rc = export_root(&source, commit, plan->folder);
	git_commit_free(commit);
	if (!rc)
		*result = x.result;
	return rc;
}
