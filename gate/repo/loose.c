/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/err.h"
#include "rg/repo.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* "commit 18446744073709551615" and NUL fit: gitformat-loose(5). */
enum { HEADER_MAX = 64, CHUNK_BYTES = 1 << 14 };

/* One object being read through. */
struct loose {
	int fd;
	uint64_t max_bytes;
	z_stream z;
	unsigned char in[CHUNK_BYTES], out[CHUNK_BYTES];
	uint64_t size;  /* of the contents, as the header says */
	uint64_t total; /* bytes inflated, header and all */
	uint64_t end;   /* what the total has to come to; 0 before the header is read */
};

/* Takes in decimal digits and the NUL behind them. */
static bool read_size(const char *digits, uint64_t *size)
{
	char *end;

	if (*digits < '0' || *digits > '9')
		return false;
	errno = 0;
	*size = strtoull(digits, &end, 10);
	return !errno && *end == '\0' && *size <= SIZE_MAX / 2;
}

/* Reads "TYPE SIZE\0" off the first bytes. */
static bool read_header(struct loose *loose, size_t len)
{
	const unsigned char *nul = memchr(loose->out, '\0', len < HEADER_MAX ? len : HEADER_MAX);
	const char *header = (const char *)loose->out, *space = nul ? strchr(header, ' ') : NULL;

	if (!space || !read_size(space + 1, &loose->size))
		return false;
	loose->end = loose->size + strlen(header) + 1;
	return true;
}

/* Takes in what one call inflated. */
static int take(struct loose *loose, size_t len, struct rg_err *err)
{
	if (!loose->end && !read_header(loose, len))
		return rg_err_set(err, RG_EFORMAT, "is not an object of git: it is damaged");
	if (loose->size > loose->max_bytes)
		return rg_err_set(err, RG_ELIMIT, "is larger than what may be read");
	loose->total += len;
	if (loose->total > loose->end)
		return rg_err_set(err, RG_EFORMAT, "is longer than it says: it is damaged");
	return 0;
}

/* Sets *ended at the end of the stream. */
static int inflate_chunk(struct loose *loose, bool *ended, struct rg_err *err)
{
	int status;

	loose->z.next_out = loose->out;
	loose->z.avail_out = sizeof(loose->out);
	status = inflate(&loose->z, Z_NO_FLUSH);
	if (status == Z_MEM_ERROR)
		return rg_err_nomem(err, "object of git");
	if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
		return rg_err_set(err, RG_EFORMAT, "cannot be inflated: it is damaged");
	*ended = status == Z_STREAM_END;
	if (loose->z.avail_out == sizeof(loose->out))
		return 0;
	return take(loose, sizeof(loose->out) - loose->z.avail_out, err);
}

static int fill(struct loose *loose, struct rg_err *err)
{
	ssize_t n;

	do
		n = read(loose->fd, loose->in, sizeof(loose->in));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return rg_err_set(err, RG_EIO, "%s", strerror(errno));
	if (n == 0)
		return rg_err_set(err, RG_EFORMAT,
				  "was cut short after %" PRIu64 " bytes: it is damaged",
				  loose->total);
	loose->z.next_in = loose->in;
	loose->z.avail_in = (uInt)n;
	return 0;
}

static int read_through(struct loose *loose, struct rg_err *err)
{
	bool ended = false;
	int rc = 0;

	while (!rc && !ended) {
		if (loose->z.avail_in == 0)
			rc = fill(loose, err);
		if (!rc)
			rc = inflate_chunk(loose, &ended, err);
	}
	if (!rc && (!loose->end || loose->total != loose->end))
		rc = rg_err_set(err, RG_EFORMAT, "is shorter than it says: it is damaged");
	return rc;
}

int rg_repo_check_loose(int fd, uint64_t max_bytes, struct rg_err *err)
{
	struct loose loose = {.fd = fd, .max_bytes = max_bytes};
	int rc;

	if (inflateInit(&loose.z) == Z_OK)
		rc = read_through(&loose, err);
	else
		rc = rg_err_nomem(err, "object of git");
	inflateEnd(&loose.z);
	return rc;
}
