/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "program.h"

#include "rg/err.h"
#include "rg/text.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- One file ------------------------------------------------------------------------------- */

/* Type and byte order are at the same place in files of 32 and of 64 bits. */
static bool is_elf_program(int fd)
{
	unsigned char head[EI_NIDENT + 2];
	unsigned int first, second, type;

	if (pread(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head) ||
	    memcmp(head, ELFMAG, SELFMAG) != 0)
		return false;
	first = head[EI_NIDENT];
	second = head[EI_NIDENT + 1];
	type = head[EI_DATA] == ELFDATA2MSB ? first << 8 | second : second << 8 | first;
	return type == ET_EXEC || type == ET_DYN;
}

/* A shared library is told by its name: by its header a program may look the same. */
static bool is_library(const char *name)
{
	const char *so = strstr(name, ".so");

	return so && (so[3] == '\0' || so[3] == '.');
}

static bool is_utf8(const char *text)
{
	const size_t len = strlen(text);
	uint32_t codepoint;
	size_t n;

	for (size_t at = 0; at < len; at += n) {
		n = rg_utf8_decode(text + at, len - at, &codepoint);
		if (n == 0)
			return false;
	}
	return true;
}

static bool is_program(const FTSENT *entry)
{
	bool yes;
	int fd;

	if (!(entry->fts_statp->st_mode & 0111) || is_library(entry->fts_name) ||
	    !is_utf8(entry->fts_path))
		return false;
	fd = open(entry->fts_accpath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	yes = is_elf_program(fd);
	close(fd);
	return yes;
}

/* --- The likeliest -------------------------------------------------------------------------- */

enum {
	LIKE_THE_REPOSITORY = 1000,
	BEGINS_LIKE_IT = 400,
	NOT_FOR_USE = -500,
	A_DIRECTORY_DOWN = -20
};

static bool begins(const char *text, const char *with)
{
	return *with && strncmp(text, with, strlen(with)) == 0;
}

/* Higher is likelier. `below` is the path from the top. */
static int likelihood(const char *below, const char *file, const char *name, int depth)
{
	static const char *const others[] = {"test",   "bench", "example",
					     "sample", "tool",  "CMakeFiles"};
	int score = depth * A_DIRECTORY_DOWN;

	if (!strcmp(file, name))
		score += LIKE_THE_REPOSITORY;
	else if (begins(file, name) || begins(name, file))
		score += BEGINS_LIKE_IT;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strstr(below, others[i])) {
			score += NOT_FOR_USE;
			break;
		}
	}
	return score;
}

struct search {
	const char *name;
	size_t top_len;
	struct rg_program found;
	int best;
	size_t entries;
};

/* Of two as likely the one first by name, so that the answer does not hang on the order of a directory. */
static int consider(struct search *search, const FTSENT *entry)
{
	const char *below = entry->fts_path + search->top_len;
	const int score = likelihood(below, entry->fts_name, search->name, entry->fts_level - 1);
	char *path;

	search->found.found++;
	if (search->found.path &&
	    (score < search->best ||
	     (score == search->best && strcmp(below, search->found.path + 1) >= 0)))
		return 0;
	if (asprintf(&path, ".%s", below) < 0)
		return RG_ENOMEM;
	free(search->found.path);
	search->found.path = path;
	search->found.named = !strcmp(entry->fts_name, search->name);
	search->best = score;
	return 0;
}

static bool skip_directory(const FTSENT *entry)
{
	if (entry->fts_level == 0)
		return false;
	return entry->fts_name[0] == '.' || !strcmp(entry->fts_name, "node_modules") ||
	       entry->fts_level > RG_PROGRAM_DEPTH_MAX;
}

static int walk(struct search *search, FTS *tree)
{
	FTSENT *entry;

	while ((entry = fts_read(tree))) {
		int rc = 0;

		if (++search->entries > RG_PROGRAM_ENTRIES_MAX) {
			search->found.cut = true;
			return 0;
		}
		if (entry->fts_info == FTS_D && skip_directory(entry))
			fts_set(tree, entry, FTS_SKIP);
		if (entry->fts_info == FTS_F && is_program(entry))
			rc = consider(search, entry);
		if (rc)
			return rc;
	}
	return 0;
}

int rg_program_find(const char *top, const char *name, struct rg_program *out, struct rg_err *err)
{
	char *path = strdup(top), *paths[] = {path, NULL};
	struct search search = {.name = name, .top_len = strlen(top)};
	FTS *tree;
	int rc;

	if (!path)
		return rg_err_nomem(err, "init");
	tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	if (!tree) {
		rc = rg_err_set(err, RG_EIO, "init: look through '%.400s': %s", top,
				strerror(errno));
		free(path);
		return rc;
	}
	rc = walk(&search, tree);
	fts_close(tree);
	free(path);
	if (rc) {
		free(search.found.path);
		return rg_err_nomem(err, "init");
	}
	*out = search.found;
	return 0;
}
