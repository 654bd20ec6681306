/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "export.h"

#include "rg/err.h"
#include "rg/units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	CHUNK_BYTES = 4 << 20,
	BLOCK_BYTES =
		4096, /* a file takes whole ones nearly everywhere; what NFS calls a block is its transfers' */
	/* What a build, its log and everybody else on the machine are left: this part of it all, at most so much. */
	KEPT_SHARE = 32,
	KEPT_MAX_BYTES = 256 << 20,
};

int export_fail(const struct exporter *x, const char *action)
{
	const int error = errno;
	char written[RG_UNITS_TEXT_MAX];

	if (error != ENOSPC && error != EDQUOT)
		return rg_err_set(x->err, RG_EIO, "export: %s '%.600s': %s", action, x->path,
				  strerror(error));
	return rg_err_set(x->err, RG_EIO,
			  "export: %s '%.600s': %s, with %s of its files written: make room, or "
			  "set TMPDIR to a folder that has more",
			  action, x->path, strerror(error),
			  rg_format_bytes(written, x->result.bytes));
}

int export_refuse(const struct exporter *x, int code, const char *what)
{
	return rg_err_set(x->err, code, "export: '%.400s' %s", x->path, what);
}

static int ask(const struct exporter *x)
{
	if (x->plan->stop && x->plan->stop(x->plan->ctx))
		return rg_err_set(x->err, RG_EINTERRUPTED, "export: interrupted");
	return 0;
}

/* --- Where we are --------------------------------------------------------------------------- */

/* git refuses the same names: what is called so is no file of a project but an attack on whoever checks it out. */
static bool is_name(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strcasecmp(name, ".git") != 0;
}

int export_enter(struct exporter *x, const char *name)
{
	const size_t room = sizeof(x->path) - x->path_len;
	const int n = snprintf(x->path + x->path_len, room, "%s%s", x->path_len ? "/" : "", name);

	if (n < 0 || (size_t)n >= room) {
		x->path[x->path_len] = '\0';
		return export_refuse(x, RG_ELIMIT, "holds a path that is too long");
	}
	if (!is_name(name))
		return export_refuse(x, RG_EFORMAT, "is no name that a file may have");
	if (x->depth == RG_EXPORT_DEPTH_MAX)
		return export_refuse(x, RG_ELIMIT, "lies too deep");
	if (x->entries == RG_EXPORT_ENTRIES_MAX)
		return export_refuse(x, RG_ELIMIT, "is one file too many");
	x->path_len += (size_t)n;
	x->depth++;
	x->entries++;
	return ask(x);
}

void export_leave(struct exporter *x)
{
	const char *slash = strrchr(x->path, '/');

	x->path_len = slash ? (size_t)(slash - x->path) : 0;
	x->path[x->path_len] = '\0';
	x->depth--;
}

void export_note_lack(struct exporter *x, enum rg_export_lack lack)
{
	if (x->result.lack)
		return;
	x->result.lack = lack;
	memcpy(x->result.lacking, x->path, sizeof(x->path));
}

/* --- Room ----------------------------------------------------------------------------------- */

static void begin(struct exporter *x, bool measuring)
{
	x->measuring = measuring;
	x->path[0] = '\0';
	x->path_len = 0;
	x->depth = 0;
	x->entries = 0;
	memset(&x->result, 0, sizeof(x->result));
	clock_gettime(CLOCK_REALTIME, &x->time);
}

static int ask_room(const struct exporter *x, struct statvfs *fs)
{
	if (fstatvfs(x->plan->folder, fs))
		return rg_err_set(x->err, RG_EIO, "export: the room of the temporary folder: %s",
				  strerror(errno));
	return 0;
}

void exporter_init(struct exporter *x, const struct rg_export *plan, struct rg_err *err)
{
	memset(x, 0, sizeof(*x));
	x->plan = plan;
	x->err = err;
	begin(x, true);
}

int export_measure(struct exporter *x, uint64_t bytes)
{
	if (x->needed_bytes > RG_EXPORT_BYTES_MAX || bytes > RG_EXPORT_BYTES_MAX - x->needed_bytes)
		return export_refuse(x, RG_ELIMIT,
				     "is one file too many: with it they take more than 1 TiB");
	x->needed_bytes += (bytes / BLOCK_BYTES + 1) * BLOCK_BYTES;
	x->result.files++;
	return 0;
}

static int check_bytes(const struct exporter *x, const struct statvfs *fs, const char *place)
{
	const uint64_t share_bytes = (uint64_t)fs->f_blocks * fs->f_frsize / KEPT_SHARE;
	const uint64_t kept_bytes = share_bytes < KEPT_MAX_BYTES ? share_bytes : KEPT_MAX_BYTES;
	const uint64_t free_bytes = (uint64_t)fs->f_bavail * fs->f_frsize;
	char needed[RG_UNITS_TEXT_MAX], kept[RG_UNITS_TEXT_MAX], have[RG_UNITS_TEXT_MAX];

	if (free_bytes >= kept_bytes && free_bytes - kept_bytes >= x->needed_bytes)
		return 0;
	return rg_err_set(x->err, RG_EIO,
			  "export: its files take %s, and %s are to stay free for the build, but "
			  "only %s are free in '%.600s': make room, or set TMPDIR to a folder that "
			  "has more",
			  rg_format_bytes(needed, x->needed_bytes),
			  rg_format_bytes(kept, kept_bytes), rg_format_bytes(have, free_bytes),
			  place);
}

/* Those file systems that make them as needed say zero. */
static int check_files(const struct exporter *x, const struct statvfs *fs, const char *place)
{
	char needed[RG_UNITS_TEXT_MAX], have[RG_UNITS_TEXT_MAX];

	if (!fs->f_files || fs->f_favail >= x->entries)
		return 0;
	return rg_err_set(x->err, RG_EIO,
			  "export: it has %s files and folders, and no more than %s can be made in "
			  "'%.600s': set TMPDIR to a folder elsewhere",
			  rg_format_count(needed, x->entries), rg_format_count(have, fs->f_favail),
			  place);
}

int exporter_begin(struct exporter *x)
{
	char link[32], place[PATH_MAX];
	struct statvfs fs;
	ssize_t n;
	int rc = ask_room(x, &fs);

	if (rc)
		return rc;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", x->plan->folder);
	n = readlink(link, place, sizeof(place) - 1);
	place[n > 0 ? n : 0] = '\0';
	rc = check_bytes(x, &fs, place);
	if (!rc)
		rc = check_files(x, &fs, place);
	if (!rc)
		begin(x, false);
	return rc;
}

/* --- Making --------------------------------------------------------------------------------- */

int export_make_folder(struct exporter *x, int at, const char *name)
{
	int fd;

	if (x->measuring)
		return -1;
	if (mkdirat(at, name, 0777))
		return export_fail(x, "make");
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? export_fail(x, "open") : fd;
}

int export_make_file(struct exporter *x, int at, const char *name, mode_t mode)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	return fd < 0 ? export_fail(x, "write") : fd;
}

int export_make_link(struct exporter *x, int at, const char *name, const char *target)
{
	const struct timespec times[2] = {x->time, x->time};

	if (symlinkat(target, at, name) || utimensat(at, name, times, AT_SYMLINK_NOFOLLOW))
		return export_fail(x, "write");
	x->result.files++;
	return 0;
}

int export_write(struct exporter *x, int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = write(fd, at, len < CHUNK_BYTES ? len : CHUNK_BYTES);
		int rc;

		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return export_fail(x, "write");
		at += n;
		len -= (size_t)n;
		x->result.bytes += (uint64_t)n;
		rc = ask(x);
		if (rc)
			return rc;
	}
	return 0;
}

int export_copy(struct exporter *x, int from, int fd, uint64_t max_bytes)
{
	while (max_bytes > 0) {
		ssize_t n =
			sendfile(fd, from, NULL, max_bytes < CHUNK_BYTES ? max_bytes : CHUNK_BYTES);
		int rc;

		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return export_fail(x, "copy");
		max_bytes -= (uint64_t)n;
		x->result.bytes += (uint64_t)n;
		rc = ask(x);
		if (rc)
			return rc;
	}
	return 0;
}

int export_end_file(struct exporter *x, int fd)
{
	const struct timespec times[2] = {x->time, x->time};
	int rc = futimens(fd, times) ? export_fail(x, "write") : 0;

	/* Some file systems report a full disk or quota here only. */
	if (close(fd) && !rc)
		rc = export_fail(x, "write");
	x->result.files++;
	return rc;
}
