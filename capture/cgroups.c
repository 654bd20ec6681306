/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cgroups.h"
#include "path.h"

#include "rg/err.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* --- Mounts --------------------------------------------------------------------------------- */

/* Whether a list with commas has this entry. */
static bool has_entry(const char *list, const char *entry)
{
	size_t len = strlen(entry);

	for (const char *at = list; (at = strstr(at, entry)); at += len)
		if ((at == list || at[-1] == ',') && (at[len] == ',' || at[len] == '\0'))
			return true;
	return false;
}

/* Spaces and the like are written as octal numbers. */
static void unescape(char *path)
{
	char *to = path;

	for (const char *from = path; *from;) {
		unsigned int byte;

		if (*from == '\\' && sscanf(from + 1, "%3o", &byte) == 1 && byte) {
			*to++ = (char)byte;
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

/* The number of the hierarchy a line of /proc/self/mountinfo is about, by proc(5)'s /proc/PID/cgroup. */
static bool find_number(const char *type, const char *options, struct rg_hierarchy *h)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX + 256];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		char *end, *controllers, *first;
		long number = strtol(line, &end, 10);

		if (*end != ':' || number < 0 || number > INT32_MAX)
			continue;
		controllers = end + 1;
		controllers[strcspn(controllers, ":")] = '\0';
		snprintf(h->controllers, sizeof(h->controllers), "%s", controllers);
		first = strdupa(controllers);
		first[strcspn(first, ",")] = '\0';
		h->number = (int32_t)number;
		found = strcmp(type, "cgroup2") == 0 ? !*controllers
						     : *controllers && has_entry(options, first);
	}
	if (file)
		fclose(file);
	return found;
}

/* Whether it is the top of a hierarchy: "/", or "/../.." to whom is in a cgroup namespace below it, as in a container. */
static bool is_top(const char *root)
{
	while (!strncmp(root, "/..", 3))
		root += 3;
	return !*root || !strcmp(root, "/");
}

/* "36 25 0:31 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu": one of the whole hierarchy. */
static bool read_mount(char *line, struct rg_hierarchy *h)
{
	char root[PATH_MAX], directory[PATH_MAX], type[32], options[512];
	char *behind = strstr(line, " - ");

	if (!behind || sscanf(line, "%*d %*d %*s %4095s %4095s", root, directory) != 2 ||
	    sscanf(behind, " - %31s %*s %511s", type, options) != 2)
		return false;
	if (strcmp(type, "cgroup") != 0 && strcmp(type, "cgroup2") != 0)
		return false;
	unescape(directory);
	memcpy(h->directory, directory, sizeof(directory));
	h->from_below = strcmp(root, "/") != 0;
	return is_top(root) && find_number(type, options, h);
}

static int rank(const struct rg_hierarchy *h)
{
	if (h->number == 0)
		return -2;
	return strcmp(h->controllers, "name=systemd") == 0 ? -1 : h->number;
}

static int by_rank(const void *a, const void *b)
{
	int x = rank(a), y = rank(b);

	return x < y ? -1 : x > y;
}

static bool is_known(const struct rg_hierarchies *out, int32_t number)
{
	for (size_t i = 0; i < out->count; i++)
		if (out->all[i].number == number)
			return true;
	return false;
}

int rg_hierarchies_read(struct rg_hierarchies *out, struct rg_err *err)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	struct rg_hierarchies found = {.all = calloc(RG_HIERARCHIES_MAX, sizeof(*found.all))};
	size_t size = 0;
	char *line = NULL;

	if (!file || !found.all) {
		int code = file ? RG_ENOMEM : RG_EIO, error = errno;

		if (file)
			fclose(file);
		free(found.all);
		return rg_err_set(err, code, "capture: read '/proc/self/mountinfo': %s",
				  strerror(error));
	}
	while (found.count < RG_HIERARCHIES_MAX && getline(&line, &size, file) > 0) {
		struct rg_hierarchy *h = &found.all[found.count];

		if (read_mount(line, h) && !is_known(&found, h->number))
			found.count++;
	}
	free(line);
	fclose(file);
	qsort(found.all, found.count, sizeof(*found.all), by_rank);
	*out = found;
	return 0;
}

void rg_hierarchies_done(struct rg_hierarchies *h)
{
	free(h->all);
	*h = (struct rg_hierarchies){0};
}

const struct rg_hierarchy *rg_hierarchies_controller(const struct rg_hierarchies *h,
						     const char *controller)
{
	for (size_t i = 0; i < h->count; i++)
		if (has_entry(h->all[i].controllers, controller))
			return &h->all[i];
	return NULL;
}

/* --- Cgroups -------------------------------------------------------------------------------- */

int rg_hierarchy_directory(const struct rg_hierarchy *h, pid_t pid, char directory[PATH_MAX])
{
	char path[64], line[PATH_MAX + 256];
	int rc = RG_ENOTFOUND;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	file = fopen(path, "re");
	while (file && rc && fgets(line, sizeof(line), file)) {
		char *below, *end;

		if (strtol(line, &end, 10) != h->number || *end != ':' ||
		    !(below = strchr(end + 1, ':')))
			continue;
		below[strcspn(below, "\n")] = '\0';
		rg_path_cut_deleted(below);
		/* Told from where we are, which has no name here. */
		if (h->from_below)
			break;
		rc = snprintf(directory, PATH_MAX, "%s%s", h->directory, below + 1) < PATH_MAX
			     ? 0
			     : RG_ENOTFOUND;
	}
	if (file)
		fclose(file);
	return rc;
}

static bool is_below(const char *path, const char *directory)
{
	size_t len = strlen(directory);

	return strncmp(path, directory, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

int rg_cgroup_open(const char *directory, struct rg_cgroup *out, struct rg_err *err)
{
	struct rg_hierarchies hierarchies = {0};
	char real[PATH_MAX];
	struct statfs fs;
	struct stat st;
	int rc;

	if (!realpath(directory, real) || stat(real, &st) || statfs(real, &fs))
		return rg_err_set(err, RG_ETARGET, "target: cgroup '%.400s': %s", directory,
				  strerror(errno));
	if (!S_ISDIR(st.st_mode) ||
	    (fs.f_type != CGROUP2_SUPER_MAGIC && fs.f_type != CGROUP_SUPER_MAGIC))
		return rg_err_set(err, RG_EUSAGE, "target: '%.400s' is no cgroup", directory);
	rc = rg_hierarchies_read(&hierarchies, err);
	if (rc)
		return rc;
	rc = RG_ENOTFOUND;
	for (size_t i = 0; rc && i < hierarchies.count; i++) {
		if (!is_below(real, hierarchies.all[i].directory))
			continue;
		/* Identifiers are inodes: KERNFS_ROOT of the kernel's fs/kernfs, on 64 bits. */
		*out = (struct rg_cgroup){.id = st.st_ino, .hierarchy = hierarchies.all[i].number};
		rc = 0;
	}
	rg_hierarchies_done(&hierarchies);
	return rc ? rg_err_set(err, rc,
			       "target: cgroup '%.400s': it is in no hierarchy that is mounted",
			       directory)
		  : 0;
}
