/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scope.h"
#include "cgroups.h"
#include "sampler.h"
#include "target.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int rg_scope_find(const struct rg_capture_options *o, struct rg_sampler_target *out,
		  struct rg_err *err)
{
	struct rg_sampler_target target = {.kind = RGW_TARGET_PROCESSES};
	struct rg_cgroup cgroup;
	int rc;

	if (o->comm)
		target = (struct rg_sampler_target){.kind = RGW_TARGET_COMM, .comm = o->comm};
	else if (o->all)
		target.kind = RGW_TARGET_ALL;
	if (o->cgroup) {
		rc = rg_cgroup_open(o->cgroup, &cgroup, err);
		if (rc)
			return rc;
		target = (struct rg_sampler_target){
			.kind = RGW_TARGET_CGROUP,
			.cgroup = cgroup.id,
			.hierarchy = cgroup.hierarchy,
		};
	}
	*out = target;
	return 0;
}

/* One that was removed may be there again, made anew for a service that is started again: it is another. */
bool rg_scope_over(const struct rg_capture_options *o, const struct rg_sampler_target *found)
{
	struct stat st;

	if (o->comm || o->all)
		return false;
	return !o->cgroup || stat(o->cgroup, &st) != 0 || st.st_ino != found->cgroup;
}

/* --- Members -------------------------------------------------------------------------------- */

static void read_comm(const char *pid, char name[RGW_COMM_SIZE])
{
	char path[NAME_MAX + 32];
	FILE *file;

	*name = '\0';
	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(name, RGW_COMM_SIZE, file))
		*name = '\0';
	name[strcspn(name, "\n")] = '\0';
	fclose(file);
}

static int add_named(const struct rg_capture_options *o, struct rg_pids *pids)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	int rc = proc ? 0 : RG_EIO;

	while (!rc && proc && (entry = readdir(proc))) {
		char name[RGW_COMM_SIZE];
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid <= 0 || pid == getpid())
			continue;
		read_comm(entry->d_name, name);
		if (o->all || !strncmp(name, o->comm, RGW_COMM_SIZE - 1))
			rc = rg_pids_add(pids, pid);
	}
	if (proc)
		closedir(proc);
	return rc;
}

static int add_listed(const char *path, struct rg_pids *pids)
{
	FILE *file = fopen(path, "re");
	int rc = 0, pid;

	while (!rc && file && fscanf(file, "%d", &pid) == 1)
		rc = pid > 0 && pid != getpid() ? rg_pids_add(pids, (pid_t)pid) : 0;
	if (file)
		fclose(file);
	return rc;
}

static int add_in_cgroup(const char *directory, struct rg_pids *pids)
{
	char *const top[] = {(char *)directory, NULL};
	FTS *tree = fts_open(top, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
	const FTSENT *entry;
	int rc = 0;

	while (!rc && tree && (entry = fts_read(tree)))
		if (entry->fts_info == FTS_F && !strcmp(entry->fts_name, "cgroup.procs"))
			rc = add_listed(entry->fts_path, pids);
	if (tree)
		fts_close(tree);
	return rc;
}

static int add_numbered(const struct rg_capture_options *o, struct rg_pids *pids,
			struct rg_err *err)
{
	for (size_t i = 0; i < o->pid_count; i++) {
		if (!rg_pid_alive(o->pids[i]))
			return rg_err_set(err, RG_EUSAGE,
					  "capture: process %d: no such process (has it ended?)",
					  (int)o->pids[i]);
		if (rg_pids_add(pids, o->pids[i]))
			return rg_err_nomem(err, "list of processes");
	}
	return rg_pids_add_descendants(pids, err);
}

int rg_scope_members(const struct rg_capture_options *o, struct rg_pids *pids, struct rg_err *err)
{
	int rc = 0;

	if (o->comm || o->all)
		rc = add_named(o, pids);
	else if (o->cgroup)
		rc = add_in_cgroup(o->cgroup, pids);
	else
		return add_numbered(o, pids, err);
	if (rc == RG_ENOMEM)
		return rg_err_nomem(err, "list of processes");
	return rc ? rg_err_set(err, rc, "capture: open '/proc': %s", strerror(errno)) : 0;
}

/* --- Nobody --------------------------------------------------------------------------------- */

enum { MAX_NAMES = 32768 };

/* The name of a process nearest to `wanted`; "" when none is like it. */
static void nearest_name(const char *wanted, char nearest[RGW_COMM_SIZE])
{
	char(*names)[RGW_COMM_SIZE] = calloc(MAX_NAMES, RGW_COMM_SIZE);
	const char **list = calloc(MAX_NAMES, sizeof(*list)), *found;
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;

	*nearest = '\0';
	while (names && list && proc && count < MAX_NAMES && (entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		read_comm(entry->d_name, names[count]);
		list[count] = names[count];
		count += *names[count] != '\0';
	}
	found = count ? rg_text_nearest(wanted, list, count) : NULL;
	if (found)
		memcpy(nearest, found, RGW_COMM_SIZE);
	if (proc)
		closedir(proc);
	free(names);
	free(list);
}

int rg_scope_nobody(const struct rg_capture_options *o, struct rg_err *err)
{
	char nearest[RGW_COMM_SIZE];

	if (o->cgroup)
		return rg_err_set(err, RG_ETARGET, "target: no process is in cgroup '%.400s'",
				  o->cgroup);
	if (!o->comm)
		return rg_err_set(err, RG_ETARGET, "target: no process to profile");
	nearest_name(o->comm, nearest);
	if (*nearest)
		return rg_err_set(err, RG_ETARGET,
				  "target: no process is called '%.100s'; is it '%s'?", o->comm,
				  nearest);
	return rg_err_set(err, RG_ETARGET,
			  "target: no process is called '%.100s': 'ps -eo pid,comm' lists them",
			  o->comm);
}

/* --- For people ----------------------------------------------------------------------------- */

static void list_pids(const struct rg_capture_options *o, char *text, size_t size)
{
	size_t len = (size_t)snprintf(text, size, "pid");

	for (size_t i = 0; i < o->pid_count && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s %d", i ? "," : "",
					(int)o->pids[i]);
}

void rg_scope_text(const struct rg_capture_options *o, char *text, size_t size)
{
	if (o->target_text)
		snprintf(text, size, "%s", o->target_text);
	else if (o->argv)
		snprintf(text, size, "command %s", o->argv[0]);
	else if (o->comm)
		snprintf(text, size, "comm %s", o->comm);
	else if (o->cgroup)
		snprintf(text, size, "cgroup %s", o->cgroup);
	else if (o->all)
		snprintf(text, size, "all processes");
	else
		list_pids(o, text, size);
	/* A fact is one line. */
	for (char *c = text; *c; c++)
		if (*c == '\n')
			*c = ' ';
}
