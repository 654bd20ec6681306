/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remains.h"
#include "e2e.h"

#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GONE_WITHIN_MS = 5000, LOOK_EVERY_MS = 50 };

/* --- Processes ------------------------------------------------------------------------------ */

struct process {
	char state;
	pid_t parent;
	uint64_t started;
};

/* /proc/PID/stat, proc(5): fields 3, 4 and 22; the name, field 2, may hold anything. */
static bool read_process(pid_t pid, struct process *out)
{
	char path[64], line[1024], *after;
	unsigned long long started;
	size_t n;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	n = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[n] = '\0';
	after = strrchr(line, ')');
	if (!after || sscanf(after + 1,
			     " %c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			     "%*s %*s %llu",
			     &out->state, &out->parent, &started) != 3)
		return false;
	out->started = started;
	return true;
}

bool e2e_process_lives(pid_t pid)
{
	struct process process;

	return read_process(pid, &process) && process.state != 'Z' && process.state != 'X';
}

static bool noted(const struct e2e_remains *remains, pid_t pid, uint64_t started)
{
	for (size_t i = 0; i < remains->process_count; i++)
		if (remains->processes[i].pid == pid && remains->processes[i].started == started)
			return true;
	return false;
}

static bool is_ours(const struct e2e_remains *remains, pid_t ancestor, pid_t parent)
{
	if (parent == ancestor)
		return true;
	for (size_t i = 0; i < remains->process_count; i++)
		if (remains->processes[i].pid == parent)
			return true;
	return false;
}

/* Returns whether it found any that were not noted yet: their children may have come before them. */
static bool note_children(struct e2e_remains *remains, pid_t ancestor)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	bool any = false;

	assert_non_null(proc);
	while ((entry = readdir(proc))) {
		pid_t pid = (pid_t)atoi(entry->d_name);
		struct process process;

		if (!isdigit((unsigned char)entry->d_name[0]) || !read_process(pid, &process) ||
		    !is_ours(remains, ancestor, process.parent) ||
		    noted(remains, pid, process.started))
			continue;
		assert_true(remains->process_count < E2E_REMAINS_MAX);
		remains->processes[remains->process_count].pid = pid;
		remains->processes[remains->process_count++].started = process.started;
		any = true;
	}
	closedir(proc);
	return any;
}

/* --- BPF objects ---------------------------------------------------------------------------- */

static void add_number(uint32_t *numbers, size_t *count, uint32_t number)
{
	for (size_t i = 0; i < *count; i++)
		if (numbers[i] == number)
			return;
	assert_true(*count < E2E_REMAINS_MAX);
	numbers[(*count)++] = number;
}

/* "prog_id:" and "map_id:" of a descriptor that is one, or of a link to a program. */
static void note_descriptor(struct e2e_remains *remains, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[256];
	unsigned int id;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "prog_id: %u", &id) == 1)
			add_number(remains->programs, &remains->program_count, id);
		else if (sscanf(line, "map_id: %u", &id) == 1)
			add_number(remains->maps, &remains->map_count, id);
	}
	if (file)
		fclose(file);
}

static void note_descriptors(struct e2e_remains *remains, pid_t pid)
{
	char path[64], file[512];
	struct dirent *entry;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", (int)pid);
	directory = opendir(path);
	while (directory && (entry = readdir(directory))) {
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (isdigit((unsigned char)entry->d_name[0]))
			note_descriptor(remains, file);
	}
	if (directory)
		closedir(directory);
}

void e2e_remains_note(struct e2e_remains *remains, pid_t pid)
{
	while (note_children(remains, pid))
		;
	note_descriptors(remains, pid);
}

/* --- Whether they are gone ------------------------------------------------------------------ */

static bool object_gone(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd < 0;
}

/* The first thing that is still there, in `text`; "" when all is gone. */
static void find_left(const struct e2e_remains *remains, char *text, size_t size)
{
	struct process process;

	text[0] = '\0';
	for (size_t i = 0; i < remains->process_count; i++)
		if (read_process(remains->processes[i].pid, &process) &&
		    process.started == remains->processes[i].started && process.state != 'Z')
			snprintf(text, size, "process %d (state %c)",
				 (int)remains->processes[i].pid, process.state);
	for (size_t i = 0; i < remains->program_count; i++)
		if (!object_gone(bpf_prog_get_fd_by_id(remains->programs[i])))
			snprintf(text, size, "BPF program %u", remains->programs[i]);
	for (size_t i = 0; i < remains->map_count; i++)
		if (!object_gone(bpf_map_get_fd_by_id(remains->maps[i])))
			snprintf(text, size, "BPF map %u", remains->maps[i]);
}

void e2e_assert_gone(const struct e2e_remains *remains)
{
	char text[64];

	for (int waited = 0; waited < GONE_WITHIN_MS; waited += LOOK_EVERY_MS) {
		find_left(remains, text, sizeof(text));
		if (!text[0])
			return;
		e2e_sleep_ms(LOOK_EVERY_MS);
	}
	fail_msg("left behind: %s", text);
}
