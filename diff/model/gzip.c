/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdint.h>
#include <zlib.h>

#include "rg/buf.h"
#include "rg/err.h"

#include "gzip.h"

enum {
	LEVEL = 6,
	MEM_LEVEL = 8, /* zlib's default, stated because the bytes depend on it */
	GZIP_FORMAT = 15 + 16,
	OS_UNKNOWN = 255, /* RFC 1952: the same file whatever it was written on */
	CHUNK = 32 << 10,
};

static int deflate_all(z_stream *stream, struct rg_buf *out, struct rg_err *err)
{
	uint8_t chunk[CHUNK];
	int said;

	do {
		stream->next_out = chunk;
		stream->avail_out = sizeof(chunk);
		said = deflate(stream, Z_FINISH);
		rg_buf_add(out, chunk, sizeof(chunk) - stream->avail_out);
	} while (said == Z_OK && !out->failed);
	if (out->failed == RG_ELIMIT)
		return rg_err_set(err, RG_ELIMIT, "profile: deflate: more than %zu bytes",
				  out->max);
	if (out->failed || said != Z_STREAM_END)
		return rg_err_nomem(err, "deflated profile");
	return 0;
}

int rg_gzip_deflate(const void *bytes, size_t len, struct rg_buf *out, struct rg_err *err)
{
	z_stream stream = {.next_in = (z_const Bytef *)bytes, .avail_in = (uInt)len};
	gz_header header = {.os = OS_UNKNOWN};
	int rc;

	if (len > UINT_MAX)
		return rg_err_set(err, RG_ELIMIT, "profile: deflate: message of %zu bytes", len);
	if (deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_FORMAT, MEM_LEVEL, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		return rg_err_nomem(err, "deflated profile");
	deflateSetHeader(&stream, &header);
	rc = deflate_all(&stream, out, err);
	deflateEnd(&stream);
	return rc;
}
