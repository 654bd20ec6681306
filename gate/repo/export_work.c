/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "export.h"
#include "export_lfs.h"
#include "guard.h"
#include "repo.h"

#include "rg/err.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A repository whose work tree is copied: the user's, or one within it. */
struct source {
	struct exporter *x;
	git_repository *git;
	git_index *index;
	size_t base;         /* of the exporter's path, where this repository's begins */
	bool modes_in_index; /* not on disk */
};

/* A folder being copied; it is written to unless it is being measured. */
struct folder {
	const struct source *source;
	int from, at;
	bool tracked_only; /* it is ignored, and has tracked files all the same */
};

static int fail_git(const struct exporter *x)
{
	char action[RG_ERR_TEXT_MAX];

	if (x->path_len)
		snprintf(action, sizeof(action), "copy '%.600s'", x->path);
	else
		snprintf(action, sizeof(action), "copy the work tree");
	return repo_git_fail(x->err, action);
}

static int fail_read(const struct exporter *x)
{
	return rg_err_set(x->err, RG_EIO,
			  "export: read '%.600s': %s (what the build does not need may be named in "
			  ".gitignore)",
			  x->path, strerror(errno));
}

/* Editors' temporary files come and go. */
static int gone_or_fail(const struct exporter *x)
{
	return errno == ENOENT ? 0 : fail_read(x);
}

/* In its own repository. */
static const char *path_in(const struct source *source)
{
	return source->x->path + source->base;
}

/* --- What belongs to it --------------------------------------------------------------------- */

static bool is_tracked(const struct source *source)
{
	return git_index_find(NULL, source->index, path_in(source)) == 0;
}

static bool has_tracked_below(const struct source *source)
{
	char prefix[PATH_MAX + 1];

	snprintf(prefix, sizeof(prefix), "%s/", path_in(source));
	return git_index_find_prefix(NULL, source->index, prefix) == 0;
}

static bool is_submodule(const struct source *source)
{
	const git_index_entry *entry = git_index_get_bypath(source->index, path_in(source), 0);

	return entry && entry->mode == GIT_FILEMODE_COMMIT;
}

static int ask_ignored(const struct source *source, bool *ignored)
{
	int yes = 0;

	if (git_ignore_path_is_ignored(&yes, source->git, path_in(source)))
		return fail_git(source->x);
	*ignored = yes;
	return 0;
}

/* Of a file or a link. */
static int ask_wanted(const struct folder *folder, bool *wanted)
{
	bool ignored = false;
	int rc = 0;

	*wanted = is_tracked(folder->source);
	if (*wanted || folder->tracked_only)
		return 0;
	rc = ask_ignored(folder->source, &ignored);
	*wanted = !ignored;
	return rc;
}

/* --- Files ---------------------------------------------------------------------------------- */

/* What is executable is the index's to say where the file system cannot tell (core.fileMode). */
static mode_t mode_of(const struct source *source, mode_t mode)
{
	const git_index_entry *entry = NULL;

	if (source->modes_in_index)
		entry = git_index_get_bypath(source->index, path_in(source), 0);
	if (!entry)
		return mode & 0777;
	return entry->mode == GIT_FILEMODE_BLOB_EXECUTABLE ? (mode & 0777) | 0111 : mode & 0666;
}

static int copy_bytes(const struct folder *folder, const char *name, int from,
		      const struct stat *st)
{
	struct exporter *x = folder->source->x;
	struct lfs_pointer pointer;
	int fd = export_make_file(x, folder->at, name, 0600), rc;

	if (fd < 0)
		return fd;
	if (lfs_parse_file(from, &pointer))
		export_note_lack(x, RG_EXPORT_LACKS_LFS);
	rc = export_copy(x, from, fd, (uint64_t)st->st_size);
	if (!rc && fchmod(fd, mode_of(folder->source, st->st_mode)))
		rc = export_fail(x, "write");
	if (rc) {
		close(fd);
		return rc;
	}
	return export_end_file(x, fd);
}

static int copy_file(const struct folder *folder, const char *name)
{
	int from = openat(folder->from, name,
			  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int rc = 0;

	if (from < 0)
		return gone_or_fail(folder->source->x);
	if (fstat(from, &st))
		rc = fail_read(folder->source->x);
	else if (S_ISREG(st.st_mode))
		rc = folder->source->x->measuring
			     ? export_measure(folder->source->x, (uint64_t)st.st_size)
			     : copy_bytes(folder, name, from, &st);
	close(from);
	return rc;
}

static int copy_link(const struct folder *folder, const char *name)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(folder->from, name, target, sizeof(target) - 1);

	if (n < 0)
		return gone_or_fail(folder->source->x);
	target[n] = '\0';
	if (folder->source->x->measuring)
		return export_measure(folder->source->x, (uint64_t)n);
	return export_make_link(folder->source->x, folder->at, name, target);
}

/* --- Folders -------------------------------------------------------------------------------- */

static int copy_entries(const struct folder *folder);
static int copy_repository(struct exporter *x, git_repository *git, size_t base, int from, int at);

/* `below` has its descriptors; a repository has its own tracked and ignored files. */
static int copy_opened(const struct folder *below, git_repository *nested)
{
	struct exporter *x = below->source->x;

	if (nested)
		return copy_repository(x, nested, x->path_len + 1, below->from, below->at);
	return copy_entries(below);
}

/*
 * git keeps no empty folders: one that holds ignored files only would be there on this side alone. That of a
 * submodule is there on both.
 */
static int copy_below(const struct folder *folder, const char *name, bool tracked_only,
		      git_repository *nested)
{
	struct exporter *x = folder->source->x;
	const uint64_t before = x->result.files;
	struct folder below = {.source = folder->source, .tracked_only = tracked_only};
	const bool keep = is_submodule(folder->source);
	int rc;

	below.from = openat(folder->from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below.from < 0)
		return gone_or_fail(x);
	below.at = export_make_folder(x, folder->at, name);
	rc = below.at < 0 && !x->measuring ? below.at : copy_opened(&below, nested);
	if (below.at >= 0)
		close(below.at);
	close(below.from);
	if (rc || x->measuring || x->result.files != before)
		return rc;
	if (keep)
		export_note_lack(x, RG_EXPORT_LACKS_SUBMODULE);
	else
		unlinkat(folder->at, name, AT_REMOVEDIR);
	return 0;
}

/* *git stays NULL where no repository is: what is broken is a folder like any other. */
static int open_nested(const struct folder *folder, const char *name, git_repository **git)
{
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/.git", name);
	if (faccessat(folder->from, path, F_OK, AT_SYMLINK_NOFOLLOW))
		return 0;
	snprintf(path, sizeof(path), "%s%s", git_repository_workdir(folder->source->git),
		 path_in(folder->source));
	if (git_repository_open_ext(git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL))
		return 0;
	return guard_install(*git, GUARD_MAX_BYTES) ? fail_git(folder->source->x) : 0;
}

static int copy_folder(const struct folder *folder, const char *name)
{
	git_repository *nested = NULL;
	bool ignored = folder->tracked_only;
	int rc = ignored ? 0 : ask_ignored(folder->source, &ignored);

	if (rc)
		return rc;
	if (ignored && !is_submodule(folder->source) && !has_tracked_below(folder->source))
		return 0;
	rc = open_nested(folder, name, &nested);
	if (!rc)
		rc = copy_below(folder, name, ignored, nested);
	git_repository_free(nested);
	return rc;
}

static int copy_kind(const struct folder *folder, const char *name)
{
	bool wanted = false;
	struct stat st;
	int rc;

	if (fstatat(folder->from, name, &st, AT_SYMLINK_NOFOLLOW))
		return gone_or_fail(folder->source->x);
	if (S_ISDIR(st.st_mode))
		return copy_folder(folder, name);
	if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
		return 0;
	rc = ask_wanted(folder, &wanted);
	if (rc || !wanted)
		return rc;
	return S_ISLNK(st.st_mode) ? copy_link(folder, name) : copy_file(folder, name);
}

static int copy_entry(const struct folder *folder, const char *name)
{
	struct exporter *x = folder->source->x;
	int rc;

	if (!strcmp(name, ".") || !strcmp(name, "..") || !strcmp(name, ".git"))
		return 0;
	rc = export_enter(x, name);
	if (!rc)
		rc = copy_kind(folder, name);
	if (!rc)
		export_leave(x);
	return rc;
}

static int copy_entries(const struct folder *folder)
{
	int own = openat(folder->from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *names = own < 0 ? NULL : fdopendir(own);
	const struct dirent *entry;

	if (!names) {
		rc = fail_read(folder->source->x);
		if (own >= 0)
			close(own);
		return rc;
	}
	for (errno = 0; !rc && (entry = readdir(names)); errno = 0)
		rc = copy_entry(folder, entry->d_name);
	if (!rc && errno)
		rc = fail_read(folder->source->x);
	closedir(names);
	return rc;
}

static int find_modes(struct source *source)
{
	git_config *config = NULL;
	int on_disk = true, rc = git_repository_config_snapshot(&config, source->git);

	if (!rc)
		rc = git_config_get_bool(&on_disk, config, "core.filemode");
	git_config_free(config);
	source->modes_in_index = !on_disk;
	return rc == GIT_ENOTFOUND ? 0 : rc;
}

static int copy_repository(struct exporter *x, git_repository *git, size_t base, int from, int at)
{
	struct source source = {.x = x, .git = git, .base = base};
	const struct folder top = {.source = &source, .from = from, .at = at};
	int rc = git_repository_index(&source.index, git);

	if (!rc)
		rc = git_index_read(source.index, 0);
	if (!rc)
		rc = find_modes(&source);
	rc = rc ? fail_git(x) : copy_entries(&top);
	git_index_free(source.index);
	return rc;
}

/* Twice: nothing is written before there is known to be room for it. */
static int copy_measured(struct exporter *x, git_repository *git, int from)
{
	int rc = copy_repository(x, git, 0, from, -1);

	if (!rc)
		rc = exporter_begin(x);
	return rc ? rc : copy_repository(x, git, 0, from, x->plan->folder);
}

int rg_repo_export_work(const struct rg_repo *repo, const struct rg_export *plan,
			struct rg_export_result *result, struct rg_err *err)
{
	struct exporter x;
	int from, rc;

	if (!repo->work_dir)
		return rg_err_set(err, RG_EUSAGE,
				  "export: a bare repository has no work tree to copy: name a "
				  "version in its place");
	exporter_init(&x, plan, err);
	from = open(repo->work_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (from < 0)
		return rg_err_set(err, RG_EIO, "export: read '%.600s': %s", repo->work_dir,
				  strerror(errno));
	rc = copy_measured(&x, repo->git, from);
	close(from);
	if (!rc)
		*result = x.result;
	return rc;
}
