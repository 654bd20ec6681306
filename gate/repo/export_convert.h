/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_EXPORT_CONVERT_H
#define REPO_EXPORT_CONVERT_H

#include <stdbool.h>
#include <stddef.h>

struct rg_buf;

/*
 * What git makes of a file's bytes when it checks it out, by gitattributes(5). libgit2 1.5 knows no working-tree-encoding,
 * expands but the first $Id$, and takes what merely begins so for one.
 */

enum export_ends {
	EXPORT_ENDS_KEPT = 0,
	EXPORT_ENDS_CRLF,
	EXPORT_ENDS_CRLF_IF_TEXT, /* of what looks like text, and has no CR yet */
};

struct export_conversion {
	enum export_ends ends;
	bool ident;
	bool streams;         /* git does so without looking at the whole file first */
	const char *encoding; /* one of export_encoding_find(); NULL: UTF-8, as git keeps it */
};

/* "UTF-16", with its byte order and whether it is marked, and the common ones that are no Unicode. NULL: none of them. */
const char *export_encoding_find(const char *name);
/*
 * Puts a text in UTF-8 into `out`, in an encoding that was found. *kept: it is not UTF-8, or has what that encoding has not, and is
 * left as it is, as git leaves it. RG_EIO when this system has no such encoding, RG_ENOMEM, RG_ELIMIT.
 */
int export_encode(const char *encoding, const char *bytes, size_t len, struct rg_buf *out,
		  bool *kept);

bool export_converts(const struct export_conversion *how);
/* `id`: the blob's, in hex. Codes as above. */
int export_convert(const struct export_conversion *how, const char *id, const char *bytes,
		   size_t len, struct rg_buf *out);

#endif
