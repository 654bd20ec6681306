/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "debugfile.h"

#include <fcntl.h>
#include <limits.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "image.h"

enum {
	/*
	 * A symbol table for 2 million functions; the compressed form says nothing that could be
	 * trusted.
	 */
	MINI_MAX_BYTES = 256 << 20,
	MINI_FIRST_BYTES = 64 << 10, /* the maximum divided by a power of four */
	LZMA_MAX_BYTES = 128 << 20,  /* memory of the decoder */
};

/* O_NONBLOCK: opening a FIFO in its place must not wait. */
static int open_checked(struct rg_image *out, const char *path, const char *build_id)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), rc;
	char found[RG_BUILD_ID_TEXT_MAX];

	if (fd < 0)
		return RG_ENOTFOUND;
	rc = rg_image_open_fd(out, fd);
	if (rc < 0)
		return rc == RG_ENOMEM ? rc : RG_ENOTFOUND;
	rg_image_build_id(out, found);
	if (strcmp(found, build_id) == 0)
		return 0;
	rg_image_done(out);
	return RG_ENOTFOUND;
}

int rg_debugfile_open(struct rg_image *out, const char *dir, const char *build_id)
{
	char path[PATH_MAX];
	int len;

	if (strlen(build_id) < 3)
		return RG_ENOTFOUND;
	len = snprintf(path, sizeof(path), "%s/.build-id/%.2s/%s.debug", dir, build_id,
		       build_id + 2);
	return len < (int)sizeof(path) ? open_checked(out, path, build_id) : RG_ENOTFOUND;
}

/* The section is a path, a NUL, and the build-id of the file. */
static int parse_altlink(const Elf_Data *data, const char **path,
			 char build_id[RG_BUILD_ID_TEXT_MAX])
{
	const char *bytes = data->d_buf, *end = memchr(bytes, '\0', data->d_size);
	size_t len = end ? data->d_size - (size_t)(end + 1 - bytes) : 0;

	if (len < 2 || len > (RG_BUILD_ID_TEXT_MAX - 1) / 2)
		return RG_ENOTFOUND;
	for (size_t i = 0; i < len; i++)
		snprintf(build_id + 2 * i, 3, "%02x", (unsigned char)end[1 + i]);
	*path = bytes;
	return 0;
}

/*
 * The path is not believed: Debian keeps these files by name in dir/.dwz, Fedora by build-id as
 * well, and nowhere else is one looked for.
 */
int rg_debugfile_open_alt(struct rg_image *out, const char *dir, const struct rg_image *image)
{
	char build_id[RG_BUILD_ID_TEXT_MAX], path[PATH_MAX];
	const char *link, *tail;
	GElf_Shdr header;
	Elf_Scn *section = rg_image_section(image, ".gnu_debugaltlink", &header);
	Elf_Data *data = section ? rg_image_bytes(section, &header) : NULL;
	int rc;

	if (!data || parse_altlink(data, &link, build_id) < 0)
		return RG_ENOTFOUND;
	rc = rg_debugfile_open(out, dir, build_id);
	tail = strstr(link, "/.dwz/");
	if (rc != RG_ENOTFOUND || !tail || strstr(tail, "/../"))
		return rc;
	if (snprintf(path, sizeof(path), "%s%s", dir, tail) >= (int)sizeof(path))
		return RG_ENOTFOUND;
	return open_checked(out, path, build_id);
}

/* Bounded in output and memory, unlike libdw's own. LZMA_BUF_ERROR: `max` bytes are too few. */
static lzma_ret decode(const Elf_Data *data, uint8_t *out, size_t max, size_t *len)
{
	uint64_t memory = LZMA_MAX_BYTES;
	size_t in = 0;

	*len = 0;
	return lzma_stream_buffer_decode(&memory, 0, NULL, data->d_buf, &in, data->d_size, out, len,
					 max);
}

/* Most hold little: room is made as it turns out to be needed, four times as much each time. */
static int decode_whole(const Elf_Data *data, uint8_t **out, size_t *len)
{
	for (size_t max = MINI_FIRST_BYTES; max <= MINI_MAX_BYTES; max *= 4) {
		uint8_t *bytes = malloc(max);
		lzma_ret said = bytes ? decode(data, bytes, max, len) : LZMA_MEM_ERROR;

		if (said == LZMA_OK && *len > 0) {
			*out = bytes;
			return 0;
		}
		free(bytes);
		if (!bytes)
			return RG_ENOMEM;
		if (said != LZMA_BUF_ERROR)
			return RG_ENOTFOUND;
	}
	return RG_ENOTFOUND;
}

int rg_debugfile_open_mini(struct rg_image *out, const struct rg_image *image)
{
	GElf_Shdr header;
	Elf_Scn *section = rg_image_section(image, ".gnu_debugdata", &header);
	Elf_Data *data = section ? rg_image_bytes(section, &header) : NULL;
	uint8_t *bytes = NULL;
	size_t len = 0;
	int rc = data ? decode_whole(data, &bytes, &len) : RG_ENOTFOUND;

	if (rc < 0)
		return rc;
	rc = rg_image_open_memory(out, bytes, len);
	return rc == RG_EFORMAT ? RG_ENOTFOUND : rc;
}
