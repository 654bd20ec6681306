/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "jitmaps.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PROCESSES_MAX = 1024,  /* a file descriptor each */
	BYTES_MAX = 256 << 20, /* of all files; a browser's day of code has some 50 MB */
};

/* A process with code of its own making. */
struct jitted {
	pid_t pid;
	int tmp; /* its /tmp, or -1 */
	uid_t user;
	long own_pid; /* the number it knows itself by */
	bool read;
	char *text;
	struct rg_jitmap map;
};

struct rg_jitmaps {
	struct jitted *process;
	size_t count, cap;
	size_t bytes; /* that the names of all of them take */
};

struct rg_jitmaps *rg_jitmaps_new(void)
{
	return calloc(1, sizeof(struct rg_jitmaps));
}

void rg_jitmaps_free(struct rg_jitmaps *maps)
{
	if (!maps)
		return;
	for (size_t i = 0; i < maps->count; i++) {
		struct jitted *process = &maps->process[i];

		if (process->tmp >= 0)
			close(process->tmp);
		rg_jitmap_done(&process->map);
		free(process->text);
	}
	free(maps->process);
	free(maps);
}

static struct jitted *find_process(const struct rg_jitmaps *maps, pid_t pid)
{
	for (size_t i = 0; i < maps->count; i++) {
		if (maps->process[i].pid == pid)
			return &maps->process[i];
	}
	return NULL;
}

/* --- While the process lives ------------------------------------------------------------------ */

/* The last number of the line is the one in the innermost namespace: proc(5), NSpid. */
static long read_own_pid(pid_t pid)
{
	char path[64], line[256];
	long own = pid;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		const char *last = strncmp(line, "NSpid:", 6) ? NULL : strrchr(line, '\t');

		if (last)
			own = strtol(last, NULL, 10);
	}
	if (file)
		fclose(file);
	return own;
}

int rg_jitmaps_note(struct rg_jitmaps *maps, pid_t pid)
{
	struct jitted process = {.pid = pid, .tmp = -1};
	struct stat st;
	char path[64];

	if (find_process(maps, pid) || maps->count == PROCESSES_MAX)
		return 0;
	if (RG_GROW(maps->process, maps->cap, maps->count))
		return RG_ENOMEM;
	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	if (!stat(path, &st))
		process.user = st.st_uid;
	process.own_pid = read_own_pid(pid);
	snprintf(path, sizeof(path), "/proc/%d/root/tmp", (int)pid);
	process.tmp = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	maps->process[maps->count++] = process;
	return 0;
}

/* --- Afterwards ------------------------------------------------------------------------------- */

/* Who may write names for it. A link, a pipe or a device is nothing a compiler makes. */
static bool is_its_own(const struct jitted *process, int fd, size_t most, size_t *size)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size < 0 || (uint64_t)st.st_size > most)
		return false;
	*size = (size_t)st.st_size;
	return st.st_uid == process->user || st.st_uid == 0;
}

static size_t read_bytes(int fd, char *text, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t got = pread(fd, text + len, size - len, (off_t)len);

		if (got <= 0)
			break;
		len += (size_t)got;
	}
	return len;
}

/* Text that names nothing is not kept. */
static void keep(struct rg_jitmaps *maps, struct jitted *process, char *text, size_t size)
{
	if (process->map.count == 0) {
		free(text);
		return;
	}
	process->text = text;
	maps->bytes += size + process->map.count * sizeof(*process->map.code);
}

static int read_file(struct rg_jitmaps *maps, struct jitted *process, int fd)
{
	size_t most = maps->bytes < BYTES_MAX ? BYTES_MAX - maps->bytes : 0, size;
	char *text;

	if (!is_its_own(process, fd, most, &size))
		return 0;
	text = malloc(size + 1);
	if (!text)
		return RG_ENOMEM;
	if (rg_jitmap_parse(&process->map, text, read_bytes(fd, text, size))) {
		free(text);
		return RG_ENOMEM;
	}
	keep(maps, process, text, size);
	return 0;
}

static int read_map(struct rg_jitmaps *maps, struct jitted *process)
{
	char name[64];
	int fd, rc;

	process->read = true;
	if (process->tmp < 0)
		return 0;
	snprintf(name, sizeof(name), "perf-%ld.map", process->own_pid);
	fd = openat(process->tmp, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return 0;
	rc = read_file(maps, process, fd);
	close(fd);
	return rc;
}

int rg_jitmaps_find(struct rg_jitmaps *maps, pid_t pid, uint64_t address, const char **name,
		    struct rg_err *err)
{
	struct jitted *process = find_process(maps, pid);
	const struct rg_jit_code *code;

	*name = NULL;
	if (!process)
		return 0;
	if (!process->read && read_map(maps, process))
		return rg_err_nomem(err, "names of generated code");
	code = rg_jitmap_find(&process->map, address);
	*name = code ? code->name : NULL;
	return 0;
}

int rg_jitmaps_count(struct rg_jitmaps *maps, pid_t pid, size_t *count, struct rg_err *err)
{
	struct jitted *process = find_process(maps, pid);

	*count = 0;
	if (!process)
		return 0;
	if (!process->read && read_map(maps, process))
		return rg_err_nomem(err, "names of generated code");
	*count = process->map.count;
	return 0;
}
