/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "target.h"
#include "path.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- The set -------------------------------------------------------------------------------- */

static size_t lower_bound(const struct rg_pids *pids, pid_t pid)
{
	size_t low = 0, high = pids->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pids->pid[middle] < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool rg_pids_has(const struct rg_pids *pids, pid_t pid)
{
	size_t at = lower_bound(pids, pid);

	return at < pids->count && pids->pid[at] == pid;
}

int rg_pids_add(struct rg_pids *pids, pid_t pid)
{
	size_t at = lower_bound(pids, pid);

	if (at < pids->count && pids->pid[at] == pid)
		return 0;
	if (RG_GROW(pids->pid, pids->cap, pids->count))
		return RG_ENOMEM;
	memmove(&pids->pid[at + 1], &pids->pid[at], (pids->count - at) * sizeof(*pids->pid));
	pids->pid[at] = pid;
	pids->count++;
	return 0;
}

void rg_pids_done(struct rg_pids *pids)
{
	free(pids->pid);
	*pids = (struct rg_pids){0};
}

/* --- /proc ---------------------------------------------------------------------------------- */

struct stat_line {
	char state;
	pid_t parent;
};

/* /proc/PID/stat, proc(5): "pid (comm) state ppid …"; comm may hold anything, so look from the last ')'. */
static bool read_stat(const char *path, struct stat_line *out)
{
	char line[512], *after;
	size_t n;
	FILE *file = fopen(path, "re");

	if (!file)
		return false;
	n = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[n] = '\0';
	after = strrchr(line, ')');
	return after && sscanf(after + 1, " %c %d", &out->state, &out->parent) == 2;
}

static bool thread_alive(pid_t pid, pid_t thread)
{
	struct stat_line stat;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", (int)pid, (int)thread);
	return read_stat(path, &stat) && stat.state != 'Z' && stat.state != 'X';
}

pid_t rg_pid_thread(pid_t pid)
{
	struct dirent *entry;
	pid_t found = 0;
	char path[64];
	DIR *tasks;

	if (thread_alive(pid, pid))
		return pid;
	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	while (tasks && !found && (entry = readdir(tasks))) {
		pid_t thread = (pid_t)strtol(entry->d_name, NULL, 10);

		if (thread > 0 && thread_alive(pid, thread))
			found = thread;
	}
	if (tasks)
		closedir(tasks);
	return found;
}

bool rg_pid_alive(pid_t pid)
{
	return rg_pid_thread(pid) != 0;
}

static bool read_process(pid_t pid, struct stat_line *out)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	return read_stat(path, out);
}

pid_t rg_pid_parent(pid_t pid)
{
	struct stat_line stat;

	return read_process(pid, &stat) ? stat.parent : 0;
}

bool rg_pid_waits(pid_t pid)
{
	struct stat_line stat;

	return read_process(pid, &stat) && stat.state == 'S';
}

int rg_pid_program(pid_t pid, char *name, size_t size)
{
	char path[64], link[4096], *base;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/exe", (int)pid, (int)rg_pid_thread(pid));
	n = readlink(path, link, sizeof(link) - 1);
	if (n <= 0)
		return RG_ENOTFOUND;
	link[n] = '\0';
	rg_path_cut_deleted(link);
	base = strrchr(link, '/');
	snprintf(name, size, "%s", base ? base + 1 : link);
	return 0;
}

/* One pass over /proc; sets *grew when a child of a member was added. */
static int add_children(struct rg_pids *pids, bool *grew, struct rg_err *err)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int rc = 0;

	if (!proc)
		return rg_err_set(err, RG_EIO, "capture: open '/proc': %s", strerror(errno));
	*grew = false;
	while (!rc && (entry = readdir(proc))) {
		struct stat_line stat;
		pid_t pid;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (rg_pids_has(pids, pid) || !read_process(pid, &stat))
			continue;
		/* The capture itself is never profiled, not even by who started it. */
		if (!rg_pids_has(pids, stat.parent) || pid == getpid())
			continue;
		*grew = true;
		rc = rg_pids_add(pids, pid);
	}
	closedir(proc);
	return rc ? rg_err_nomem(err, "list of processes") : 0;
}

int rg_pids_add_descendants(struct rg_pids *pids, struct rg_err *err)
{
	bool grew = false;
	int rc;

	do
		rc = add_children(pids, &grew, err);
	while (!rc && grew);
	return rc;
}
