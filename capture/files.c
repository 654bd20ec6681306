/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"
#include "elf/object.h"
#include "jitmaps.h"
#include "sideband.h"

#include "rg/err.h"
#include "rg/grow.h"
#include "rg/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct entry {
	char *key;
	struct rg_object *object;
	bool had; /* the file; else the object stands for it */
};

struct rg_files {
	struct entry *entries;
	size_t count, cap;
	struct rg_index index;
	struct rg_jitmaps *jitmaps;
};

struct rg_files *rg_files_new(void)
{
	struct rg_files *files = calloc(1, sizeof(*files));

	if (!files)
		return NULL;
	files->jitmaps = rg_jitmaps_new();
	if (files->jitmaps)
		return files;
	free(files);
	return NULL;
}

void rg_files_free(struct rg_files *files)
{
	if (!files)
		return;
	for (size_t i = 0; i < files->count; i++) {
		free(files->entries[i].key);
		rg_object_free(files->entries[i].object);
	}
	free(files->entries);
	rg_index_done(&files->index);
	rg_jitmaps_free(files->jitmaps);
	free(files);
}

struct rg_jitmaps *rg_files_jitmaps(const struct rg_files *files)
{
	return files->jitmaps;
}

struct rg_object *rg_files_object(const struct rg_files *files, uint32_t file)
{
	return files->entries[file].object;
}

/* --- Identity ------------------------------------------------------------------------------- */

enum { KEY_MAX = 4096 + 64 };

static void hex(char *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sprintf(out + 2 * i, "%02x", bytes[i]);
	out[2 * len] = '\0';
}

/* The build-id where there is one; the path is part of it, for the base name is what is shown. */
static void make_key(char key[KEY_MAX], const struct rg_mapping_record *record)
{
	char id[2 * RG_SIDEBAND_BUILD_ID_MAX + 1];

	hex(id, record->build_id, record->build_id_len);
	if (record->build_id_len)
		snprintf(key, KEY_MAX, "b%s:%s", id, record->path);
	else
		snprintf(key, KEY_MAX, "i%" PRIu64 ":%s", record->inode, record->path);
}

static int key_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_files *files = ctx;

	return strcmp(files->entries[id].key, key) == 0;
}

size_t rg_files_count(const struct rg_files *files)
{
	return files->count;
}

const char *rg_files_path(const struct rg_files *files, uint32_t file)
{
	return strchr(files->entries[file].key, ':') + 1;
}

/* --- Opening -------------------------------------------------------------------------------- */

/*
 * Opens a regular file for reading, and nothing else: the path is the target's choice, and opening a
 * device or a pipe can block or act.
 */
static int open_regular(const char *path)
{
	char again[64];
	struct stat st;
	int fd, handle = open(path, O_PATH | O_CLOEXEC);

	if (handle < 0)
		return -1;
	if (fstat(handle, &st) || !S_ISREG(st.st_mode)) {
		close(handle);
		return -1;
	}
	snprintf(again, sizeof(again), "/proc/self/fd/%d", handle);
	fd = open(again, O_RDONLY | O_CLOEXEC);
	close(handle);
	return fd;
}

static bool same_inode(int fd, const struct rg_mapping_record *record)
{
	struct stat st;

	return !record->inode || (fstat(fd, &st) == 0 && st.st_ino == record->inode);
}

static bool same_build_id(const struct rg_object *object, const struct rg_mapping_record *record)
{
	char id[2 * RG_SIDEBAND_BUILD_ID_MAX + 1];

	hex(id, record->build_id, record->build_id_len);
	return !record->build_id_len || strcmp(id, rg_object_build_id(object)) == 0;
}

/* *object stays NULL when the path does not lead to the file that was mapped. */
static int try_path(const char *path, const struct rg_mapping_record *record,
		    struct rg_object **object, struct rg_err *err)
{
	struct rg_object *opened;
	int fd = open_regular(path), rc;

	if (fd < 0)
		return 0;
	if (!same_inode(fd, record)) {
		close(fd);
		return 0;
	}
	rc = rg_object_open(fd, record->path, &opened, err);
	if (rc)
		return rc;
	if (same_build_id(opened, record))
		*object = opened;
	else
		rg_object_free(opened);
	return 0;
}

/* *object is NULL when the file cannot be had. */
static int open_object(const struct rg_mapping_record *record, struct rg_object **object,
		       struct rg_err *err)
{
	char path[KEY_MAX];
	int rc;

	*object = NULL;
	if (!strcmp(record->path, "[vdso]")) {
		rc = rg_object_open_vdso(object, err);
		if (rc || *object)
			return rc;
	}
	snprintf(path, sizeof(path), "/proc/%u/map_files/%" PRIx64 "-%" PRIx64, record->pid,
		 record->start, record->start + record->length);
	rc = try_path(path, record, object, err);
	if (rc || *object)
		return rc;
	snprintf(path, sizeof(path), "/proc/%u/root%s", record->pid, record->path);
	rc = try_path(path, record, object, err);
	if (rc || *object)
		return rc;
	return try_path(record->path, record, object, err);
}

/*
 * A process may be over before its file is opened. In the next one that maps the same file it is had, and what was sampled in
 * the first one is named by it as well.
 */
static int open_again(struct rg_files *files, uint32_t file, const struct rg_mapping_record *record,
		      struct rg_err *err)
{
	struct entry *entry = &files->entries[file];
	struct rg_object *object;
	int rc;

	if (entry->had)
		return 0;
	rc = open_object(record, &object, err);
	if (rc || !object)
		return rc;
	rg_object_free(entry->object);
	entry->object = object;
	entry->had = true;
	return 0;
}

static int add(struct rg_files *files, const char *key, uint64_t hash, struct rg_object *object,
	       struct rg_err *err)
{
	char *own = strdup(key);

	if (!own || RG_GROW(files->entries, files->cap, files->count) ||
	    rg_index_add(&files->index, hash, (uint32_t)files->count)) {
		free(own);
		return rg_err_nomem(err, "list of files");
	}
	files->entries[files->count++] = (struct entry){.key = own, .object = object};
	return 0;
}

/* Memory that is no file's: what JIT compilers write into. "//anon" is the kernel's own word. */
static bool is_anonymous(const char *path)
{
	return !*path || !strncmp(path, "//", 2) || !strncmp(path, "/dev/zero", 9) ||
	       (*path == '[' && strcmp(path, "[vdso]") != 0);
}

int rg_files_open(struct rg_files *files, const struct rg_mapping_record *record, uint32_t *file,
		  struct rg_err *err)
{
	struct rg_object *object;
	char key[KEY_MAX];
	uint64_t hash;
	uint32_t found;
	bool had;
	int rc;

	if (is_anonymous(record->path)) {
		if (rg_jitmaps_note(files->jitmaps, (pid_t)record->pid))
			return rg_err_nomem(err, "list of processes");
		*file = RG_FILE_NONE;
		return 0;
	}
	make_key(key, record);
	hash = rg_hash_bytes(key, strlen(key), 0);
	found = rg_index_find(&files->index, hash, key_equal, files, key);
	if (found != RG_INDEX_NONE) {
		*file = found;
		return open_again(files, found, record, err);
	}
	rc = open_object(record, &object, err);
	had = !rc && object;
	if (!rc && !object)
		rc = rg_object_open_memory("", 0, record->path, &object, err);
	if (rc)
		return rc;
	rc = add(files, key, hash, object, err);
	if (rc) {
		rg_object_free(object);
		return rc;
	}
	*file = (uint32_t)files->count - 1;
	files->entries[*file].had = had;
	return 0;
}
