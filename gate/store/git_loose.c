/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "io.h"
#include "oserr.h"

#include "rg/err.h"
#include "rg/units.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/*
 * libgit2 1.5 waits for ever for the rest of a loose object that was cut short, and takes what memory
 * an object says it needs. So each is read through once before libgit2 sees it.
 */

/* "commit 18446744073709551615" and NUL fit: gitformat-loose(5). */
enum { HEADER_MAX = 64, CHUNK_BYTES = 1 << 14 };

/* One object being read through. */
struct loose {
	int fd;
	z_stream z;
	unsigned char in[CHUNK_BYTES], out[CHUNK_BYTES];
	uint64_t size;  /* of the contents, as the header says */
	uint64_t total; /* bytes inflated, header and all */
	uint64_t end;   /* what the total has to come to; 0 before the header is read */
};

/* Reads "TYPE SIZE\0" off the first bytes. */
static bool read_header(struct loose *loose, size_t len)
{
	char header[HEADER_MAX];
	const unsigned char *nul = memchr(loose->out, '\0', len < HEADER_MAX ? len : HEADER_MAX);
	const char *space;

	if (!nul)
		return false;
	memcpy(header, loose->out, (size_t)(nul - loose->out) + 1);
	space = strchr(header, ' ');
	if (!space || rg_parse_u64(space + 1, &loose->size) || loose->size > SIZE_MAX / 2)
		return false;
	loose->end = loose->size + strlen(header) + 1;
	return true;
}

/* Takes in what one call inflated. */
static int take(struct loose *loose, size_t len, uint64_t max_bytes, struct rg_err *err)
{
	if (!loose->end && !read_header(loose, len))
		return rg_err_set(err, RG_EFORMAT, "is not an object of git: it is damaged");
	if (loose->size > max_bytes)
		return rg_err_set(err, RG_ELIMIT, "is larger than what may be read");
	loose->total += len;
	if (loose->total > loose->end)
		return rg_err_set(err, RG_EFORMAT, "is longer than it says: it is damaged");
	return 0;
}

/* Sets *ended at the end of the stream. */
static int inflate_chunk(struct loose *loose, uint64_t max_bytes, bool *ended, struct rg_err *err)
{
	int status;

	loose->z.next_out = loose->out;
	loose->z.avail_out = sizeof(loose->out);
	status = inflate(&loose->z, Z_NO_FLUSH);
	if (status == Z_MEM_ERROR)
		return rg_err_nomem(err, "store");
	if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
		return rg_err_set(err, RG_EFORMAT, "cannot be inflated: it is damaged");
	*ended = status == Z_STREAM_END;
	if (loose->z.avail_out == sizeof(loose->out))
		return 0;
	return take(loose, sizeof(loose->out) - loose->z.avail_out, max_bytes, err);
}

static int fill(struct loose *loose, struct rg_err *err)
{
	ssize_t n;

	do
		n = read(loose->fd, loose->in, sizeof(loose->in));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return rg_err_set(err, os_code(errno), "%s", strerror(errno));
	if (n == 0)
		return rg_err_set(err, RG_EFORMAT,
				  "was cut short after %" PRIu64 " bytes: it is damaged",
				  loose->total);
	loose->z.next_in = loose->in;
	loose->z.avail_in = (uInt)n;
	return 0;
}

static int read_through(struct loose *loose, uint64_t max_bytes, struct rg_err *err)
{
	bool ended = false;
	int rc = 0;

	while (!rc && !ended) {
		if (loose->z.avail_in == 0)
			rc = fill(loose, err);
		if (!rc)
			rc = inflate_chunk(loose, max_bytes, &ended, err);
	}
	if (!rc && (!loose->end || loose->total != loose->end))
		rc = rg_err_set(err, RG_EFORMAT, "is shorter than it says: it is damaged");
	return rc;
}

static void path_of(const git_oid *id, char path[GIT_OID_HEXSZ + 16])
{
	char hex[GIT_OID_HEXSZ + 1];

	git_oid_tostr(hex, sizeof(hex), id);
	snprintf(path, GIT_OID_HEXSZ + 16, "objects/%.2s/%s", hex, hex + 2);
}

int gs_check_object(const struct gs_session *session, const git_oid *id, size_t max_bytes,
		    struct rg_err *err)
{
	char path[GIT_OID_HEXSZ + 16];
	struct loose loose = {.fd = -1};
	struct stat st;
	int rc;

	path_of(id, path);
	loose.fd = io_open_regular(session->root, path, 0, &st);
	/* It is in a pack, then, or nowhere: libgit2 will say. */
	if (loose.fd == -ENOENT)
		return 0;
	if (loose.fd < 0)
		return rg_err_set(err, os_code(-loose.fd), "%s", strerror(-loose.fd));
	if (inflateInit(&loose.z) == Z_OK)
		rc = read_through(&loose, max_bytes, err);
	else
		rc = rg_err_nomem(err, "store");
	inflateEnd(&loose.z);
	close(loose.fd);
	return rc;
}

/* Memory or descriptors that ran out say nothing of the object, which other runs may need. */
static bool is_damaged(const struct gs_session *session, const git_oid *id)
{
	git_odb_object *object = NULL;
	int code = gs_check_object(session, id, SIZE_MAX / 2, NULL);

	if (code)
		return code == RG_EFORMAT;
	if (git_odb_read(&object, session->odb, id)) {
		gs_reason(&code);
		return code == RG_EFORMAT;
	}
	git_odb_object_free(object);
	return false;
}

bool gs_drop_damaged(const struct gs_session *session, const git_oid *id)
{
	char path[GIT_OID_HEXSZ + 16];

	if (!git_odb_exists(session->odb, id) || !is_damaged(session, id))
		return false;
	path_of(id, path);
	unlinkat(session->root, path, 0);
	git_odb_refresh(session->odb);
	return true;
}
