/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "export.h"

#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 4 << 20 };

void exporter_init(struct exporter *x, const struct rg_export *plan, struct rg_err *err)
{
	memset(x, 0, sizeof(*x));
	x->plan = plan;
	x->err = err;
	clock_gettime(CLOCK_REALTIME, &x->time);
}

int export_fail(const struct exporter *x, const char *action)
{
	return rg_err_set(x->err, RG_EIO, "export: %s '%.600s': %s", action, x->path,
			  strerror(errno));
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

/* --- Making --------------------------------------------------------------------------------- */

int export_make_folder(struct exporter *x, int at, const char *name)
{
	int fd;

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

int export_copy(struct exporter *x, int from, int fd)
{
	for (;;) {
		ssize_t n = sendfile(fd, from, NULL, CHUNK_BYTES);
		int rc;

		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return export_fail(x, "copy");
		x->result.bytes += (uint64_t)n;
		rc = ask(x);
		if (rc)
			return rc;
	}
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
