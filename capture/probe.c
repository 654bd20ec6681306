/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe.h"
#include "elf/lookup.h"
#include "elf/object.h"
#include "procmaps.h"

#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FORM "must be BINARY:FUNCTION, such as './server:handle_request'"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The colon between the two; NULL when there is none, or nothing on one of its sides. */
static const char *colon_of(const char *spec)
{
	const char *base = base_name(spec), *colon = strchr(base, ':');

	return colon && colon > base && colon[1] && colon - spec < PATH_MAX ? colon : NULL;
}

int rg_probe_check(const char *spec, struct rg_err *err)
{
	return colon_of(spec) ? 0 : rg_err_set(err, RG_EUSAGE, FORM);
}

/* --- The file of a process -------------------------------------------------------------------- */

struct search {
	const char *binary;
	int fd;
};

static bool is_meant(const char *binary, const char *path)
{
	return strcmp(binary, strchr(binary, '/') ? path : base_name(path)) == 0;
}

/* What it has mapped, though it may be deleted, replaced, or in a mount namespace of its own. */
static int try_mapping(void *ctx, const struct rg_mapping_record *record)
{
	struct search *search = ctx;
	char path[96];

	if (!is_meant(search->binary, record->path))
		return 0;
	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/map_files/%" PRIx64 "-%" PRIx64,
		 record->pid, record->start, record->start + record->length);
	search->fd = open(path, O_RDONLY | O_CLOEXEC);
	return search->fd >= 0;
}

static int open_of_process(const char *binary, pid_t pid)
{
	struct search search = {.binary = binary, .fd = -1};
	char path[PATH_MAX];

	rg_procmaps_read(pid, 0, try_mapping, &search);
	if (search.fd >= 0 || binary[0] != '/')
		return search.fd;
	if (snprintf(path, sizeof(path), "/proc/%d/root%s", (int)pid, binary) >= (int)sizeof(path))
		return -1;
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* --- The file of a command -------------------------------------------------------------------- */

static int open_along_path(const char *binary)
{
	const char *at = getenv("PATH");
	char path[PATH_MAX];

	while (at && *at) {
		size_t len = strcspn(at, ":");
		int fd;

		if (snprintf(path, sizeof(path), "%.*s/%s", (int)len, at, binary) <
			    (int)sizeof(path) &&
		    (fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) >= 0)
			return fd;
		at += len + (at[len] == ':');
	}
	errno = ENOENT;
	return -1;
}

/* A path as the command sees it. */
static int open_beside(const char *binary, const char *directory)
{
	char path[PATH_MAX];

	if (!directory || *binary == '/')
		return open(binary, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (snprintf(path, sizeof(path), "%s/%s", directory, binary) < (int)sizeof(path))
		return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	errno = ENAMETOOLONG;
	return -1;
}

static int open_of_command(const char *binary, const struct rg_probe_scope *scope)
{
	if (!strchr(binary, '/') && strcmp(binary, base_name(scope->program)) == 0)
		binary = scope->program;
	if (strchr(binary, '/'))
		return open_beside(binary, scope->directory);
	return open_along_path(binary);
}

/* --- The whole -------------------------------------------------------------------------------- */

static int open_file(const char *binary, const struct rg_probe_scope *scope)
{
	int fd = -1;

	if (scope->program)
		return open_of_command(binary, scope);
	errno = ENOENT;
	for (size_t i = 0; fd < 0 && i < scope->pid_count; i++)
		fd = open_of_process(binary, scope->pids[i]);
	return fd;
}

int rg_probe_open(const char *spec, const struct rg_probe_scope *scope, struct rg_probe *out,
		  struct rg_err *err)
{
	const char *colon = colon_of(spec);
	struct rg_probe probe = {.fd = -1};
	char binary[PATH_MAX];
	int rc;

	if (!colon)
		return rg_err_set(err, RG_EUSAGE, "work: '%.100s': " FORM, spec);
	snprintf(binary, sizeof(binary), "%.*s", (int)(colon - spec), spec);
	probe.fd = open_file(binary, scope);
	if (probe.fd < 0)
		return rg_err_set(err, RG_EUSAGE, "work: open '%.200s': %s: %s", binary,
				  strerror(errno),
				  scope->program
					  ? "say its path"
					  : "say the path of a file that the target runs, or "
					    "the base name of one that it has mapped");
	rc = rg_elf_find_place(probe.fd, binary, RG_DEBUG_DIR, colon + 1, &probe.offset, err);
	if (rc) {
		close(probe.fd);
		return rg_err_prefix(err, "work");
	}
	snprintf(probe.name, sizeof(probe.name), "%s", base_name(spec));
	*out = probe;
	return 0;
}

void rg_probe_close(struct rg_probe *probe)
{
	if (probe->fd >= 0)
		close(probe->fd);
	probe->fd = -1;
}
