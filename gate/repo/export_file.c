/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "export_convert.h"
#include "export_lfs.h"
#include "export_source.h"
#include "guard.h"
#include "repo.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- Reading -------------------------------------------------------------------------------- */

int export_fail_git(const struct exporter *x)
{
	char action[RG_ERR_TEXT_MAX];

	snprintf(action, sizeof(action), "export '%.600s'", x->path);
	return repo_git_fail(x->err, action);
}

static int fail_size(const struct exporter *x)
{
	return export_refuse(x, RG_ELIMIT,
			     "is larger than 1 GiB, and none such is read: profile that version by "
			     "'regress-gate capture' in a work tree of its own, and put it into "
			     "the store");
}

int export_fail_object(const struct exporter *x, int rc)
{
	if (rc == GUARD_TOO_LARGE)
		return fail_size(x);
	if (rc != GIT_ENOTFOUND)
		return export_fail_git(x);
	return export_refuse(x, RG_EUSAGE,
			     "is not in this clone, which seems to be a partial one: 'git fetch "
			     "--refetch --no-filter' brings all of it");
}

/* The size is asked for first: what is too large is not inflated. */
static int read_size(const struct export_source *source, const git_oid *id, size_t *size)
{
	git_odb *odb = NULL;
	git_object_t type;
	int rc = git_repository_odb(&odb, source->filter.git);

	if (!rc)
		rc = git_odb_read_header(size, &type, odb, id);
	git_odb_free(odb);
	if (rc)
		return export_fail_object(source->x, rc);
	return *size > EXPORT_FILE_MAX_BYTES ? fail_size(source->x) : 0;
}

static int read_blob(const struct export_source *source, const git_oid *id, git_blob **blob)
{
	size_t size = 0;
	int rc = read_size(source, id, &size);

	if (rc)
		return rc;
	rc = git_blob_lookup(blob, source->filter.git, id);
	return rc ? export_fail_object(source->x, rc) : 0;
}

static bool is_pointer(git_blob *blob, struct lfs_pointer *out)
{
	return lfs_parse(git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob), out);
}

static int write_link(const struct export_source *source, git_blob *blob, int at, const char *name)
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

static int fail_conversion(const struct export_source *source, const struct export_conversion *how,
			   int code)
{
	if (code == RG_ENOMEM)
		return rg_err_nomem(source->x->err, "export");
	if (code == RG_ELIMIT)
		return export_refuse(source->x, code, "is too large to be converted");
	return rg_err_set(source->x->err, code,
			  "export: '%.400s' is to be written in '%.60s', which the C library here "
			  "does not know",
			  source->x->path, how->encoding);
}

static int write_blob(const struct export_source *source, const struct export_conversion *how,
		      git_blob *blob, int fd)
{
	const size_t len = (size_t)git_blob_rawsize(blob);
	const char *bytes = git_blob_rawcontent(blob);
	char id[GIT_OID_HEXSZ + 1];
	struct rg_buf made;
	int rc;

	if (!export_converts(how))
		return export_write(source->x, fd, bytes, len);
	rg_buf_init(&made, SIZE_MAX);
	rc = export_convert(how, git_oid_tostr(id, sizeof(id), git_blob_id(blob)), bytes, len,
			    &made);
	rc = rc ? fail_conversion(source, how, rc)
		: export_write(source->x, fd, made.data, made.len);
	rg_buf_done(&made);
	return rc;
}

static int write_lfs_content(const struct export_source *source, const struct lfs_pointer *pointer,
			     int fd)
{
	int from = lfs_open(source->common_dir, pointer), rc;

	if (from < 0)
		return export_refuse(
			source->x, RG_EUSAGE,
			"is kept by Git LFS, and its content is not here: 'git lfs fetch REMOTE "
			"REVISION' brings that of one version, 'git lfs fetch --all' of all");
	rc = export_copy(source->x, from, fd, pointer->bytes);
	close(from);
	return rc;
}

/*
 * A pointer stays one where the work tree has one as well: then both sides do without. One that no filter fills is
 * a text like any other, unless the work tree has something else in its place: that is what it stands for.
 */
static int write_pointer(const struct export_source *source, const struct export_made *how,
			 const struct lfs_pointer *pointer, git_blob *blob, int fd)
{
	const char *work_dir = source->work_dir;

	if (work_dir && lfs_is_pointer_at(work_dir, export_path_in(source)))
		export_note_lack(source->x, RG_EXPORT_LACKS_LFS);
	else if (how->lfs)
		return write_lfs_content(source, pointer, fd);
	else if (work_dir && lfs_is_other_at(work_dir, export_path_in(source)))
		return export_refuse(
			source->x, RG_EUSAGE,
			"is a pointer of Git LFS in that version, whose .gitattributes do not say "
			"so (filter=lfs), and your work tree has content in its place: both would "
			"not be built from the same. Name another version; or say so for all "
			"versions in .git/info/attributes, and 'git lfs fetch --all'");
	return write_blob(source, &how->conversion, blob, fd);
}

static int write_file(const struct export_source *source, git_blob *blob, int at, const char *name,
		      mode_t mode)
{
	struct lfs_pointer pointer;
	struct export_made how;
	int fd, rc = export_filter_find(&source->filter, source->x, export_path_in(source), &how);

	if (rc)
		return rc;
	fd = export_make_file(source->x, at, name, mode);
	if (fd < 0)
		return fd;
	if (is_pointer(blob, &pointer))
		rc = write_pointer(source, &how, &pointer, blob, fd);
	else
		rc = write_blob(source, &how.conversion, blob, fd);
	if (rc) {
		close(fd);
		return rc;
	}
	return export_end_file(source->x, fd);
}

/* Where there are to be no links, git writes down where they lead. */
static int write_target(const struct export_source *source, git_blob *blob, int at,
			const char *name)
{
	int fd = export_make_file(source->x, at, name, 0666), rc;

	if (fd < 0)
		return fd;
	rc = export_write(source->x, fd, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	if (rc) {
		close(fd);
		return rc;
	}
	return export_end_file(source->x, fd);
}

static int write_entry(const struct export_source *source, const git_tree_entry *entry, int at)
{
	const git_filemode_t mode = git_tree_entry_filemode(entry);
	const char *name = git_tree_entry_name(entry);
	git_blob *blob;
	int rc = read_blob(source, git_tree_entry_id(entry), &blob);

	if (rc)
		return rc;
	if (mode == GIT_FILEMODE_LINK && source->filter.no_links)
		rc = write_target(source, blob, at, name);
	else if (mode == GIT_FILEMODE_LINK)
		rc = write_link(source, blob, at, name);
	else
		rc = write_file(source, blob, at, name,
				mode == GIT_FILEMODE_BLOB_EXECUTABLE ? 0777 : 0666);
	git_blob_free(blob);
	return rc;
}

/* Of what is small enough for a pointer, where Git LFS keeps anything, that of its content. */
static int measure_entry(const struct export_source *source, const git_tree_entry *entry)
{
	struct lfs_pointer pointer;
	git_blob *blob;
	size_t size = 0;
	int rc = read_size(source, git_tree_entry_id(entry), &size), from;

	if (rc)
		return rc;
	if (size > LFS_POINTER_MAX_BYTES || !source->has_lfs)
		return export_measure(source->x, size);
	rc = read_blob(source, git_tree_entry_id(entry), &blob);
	if (rc)
		return rc;
	from = is_pointer(blob, &pointer) ? lfs_open(source->common_dir, &pointer) : -1;
	rc = export_measure(source->x, from < 0 ? size : pointer.bytes);
	if (from >= 0)
		close(from);
	git_blob_free(blob);
	return rc;
}

int export_file(const struct export_source *source, const git_tree_entry *entry, int at)
{
	return source->x->measuring ? measure_entry(source, entry) : write_entry(source, entry, at);
}
