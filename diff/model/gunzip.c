/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdint.h>
#include <zlib.h>

#include "rg/buf.h"
#include "rg/err.h"

#include "gzip.h"

enum {
	GZIP_ONLY = 15 + 16, /* inflateInit2: window of 32 KiB, gzip header and trailer required */
	CHUNK = 32 << 10,
	/*
	 * Profiles shrink to a tenth or a fortieth, deep folded stacks to a hundredth; deflate can
	 * reach a thousandth, of nothing but zeros. What is small may shrink as it likes.
	 */
	PLAUSIBLE_RATIO = 128,
	PLAUSIBLE_ANYWAY_BYTES = 64 << 20,
};

/* How much of `max` a file of `len` bytes may inflate to. */
static size_t plausible_max(size_t len, size_t max)
{
	size_t bytes = len < SIZE_MAX / PLAUSIBLE_RATIO ? len * PLAUSIBLE_RATIO : SIZE_MAX;

	bytes = bytes > PLAUSIBLE_ANYWAY_BYTES ? bytes : PLAUSIBLE_ANYWAY_BYTES;
	return bytes < max ? bytes : max;
}

bool rg_gzip_is(const void *bytes, size_t len)
{
	const uint8_t *magic = bytes;

	return len >= 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

static int damaged(const z_stream *stream, struct rg_err *err)
{
	return rg_err_set(err, RG_EFORMAT, "profile: inflate: %s",
			  stream->msg ? stream->msg : "damaged gzip data");
}

/* Translates what inflate() said; 1 at the end of a member. */
static int inflate_result(int said, const z_stream *stream, struct rg_err *err)
{
	switch (said) {
	case Z_OK:
		return 0;
	case Z_STREAM_END:
		return 1;
	case Z_BUF_ERROR: /* neither input left nor the end reached */
		return rg_err_set(err, RG_EFORMAT, "profile: inflate: the gzip file is cut short");
	case Z_MEM_ERROR:
		return rg_err_nomem(err, "inflated profile");
	default:
		return damaged(stream, err);
	}
}

static int append(struct rg_buf *out, const void *bytes, size_t len, struct rg_err *err)
{
	rg_buf_add(out, bytes, len);
	if (out->failed == RG_ELIMIT)
		return rg_err_set(err, RG_ELIMIT,
				  "profile: inflate: more than %zu bytes: too many for a profile "
				  "in a file of this size",
				  out->max);
	if (out->failed)
		return rg_err_nomem(err, "inflated profile");
	return 0;
}

static int inflate_member(z_stream *stream, struct rg_buf *out, struct rg_err *err)
{
	uint8_t chunk[CHUNK];
	int rc, end;

	do {
		stream->next_out = chunk;
		stream->avail_out = sizeof(chunk);
		end = inflate_result(inflate(stream, Z_NO_FLUSH), stream, err);
		if (end < 0)
			return end;
		rc = append(out, chunk, sizeof(chunk) - stream->avail_out, err);
		if (rc != 0)
			return rc;
	} while (!end);
	return 0;
}

static int inflate_members(z_stream *stream, struct rg_buf *out, struct rg_err *err)
{
	int rc;

	do {
		if (!rg_gzip_is(stream->next_in, stream->avail_in))
			return rg_err_set(err, RG_EFORMAT,
					  "profile: inflate: other bytes behind the gzip data");
		if (inflateReset(stream) != Z_OK)
			return damaged(stream, err);
		rc = inflate_member(stream, out, err);
		if (rc != 0)
			return rc;
	} while (stream->avail_in > 0);
	return 0;
}

int rg_gzip_inflate(const void *bytes, size_t len, struct rg_buf *out, struct rg_err *err)
{
	z_stream stream = {.next_in = (z_const Bytef *)bytes, .avail_in = (uInt)len};
	size_t max = out->max;
	int rc;

	if (len > UINT_MAX)
		return rg_err_set(err, RG_ELIMIT, "profile: inflate: file of %zu bytes", len);
	if (inflateInit2(&stream, GZIP_ONLY) != Z_OK)
		return rg_err_nomem(err, "inflated profile");
	out->max = plausible_max(len, max);
	rc = inflate_members(&stream, out, err);
	out->max = max;
	inflateEnd(&stream);
	return rc;
}

void rg_gzip_peek(const void *bytes, size_t len, struct rg_buf *out)
{
	z_stream stream = {.next_in = (z_const Bytef *)bytes,
			   .avail_in = len < UINT_MAX ? (uInt)len : UINT_MAX};
	uint8_t chunk[CHUNK];
	int said = Z_OK;

	if (inflateInit2(&stream, GZIP_ONLY) != Z_OK)
		return;
	while (said == Z_OK && out->len < out->max && !out->failed) {
		size_t room = out->max - out->len;

		stream.next_out = chunk;
		stream.avail_out = room < sizeof(chunk) ? (uInt)room : sizeof(chunk);
		said = inflate(&stream, Z_NO_FLUSH);
		rg_buf_add(out, chunk, (size_t)(stream.next_out - chunk));
	}
	inflateEnd(&stream);
}
