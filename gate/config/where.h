/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WHERE_H
#define WHERE_H

#include <stddef.h>

/* A place in a JSON document, from the leaf up: a member of an object or an element of an array. */
struct where_path {
	const struct where_path *parent; /* NULL: the root is the parent */
	const char *key;                 /* NULL: an element */
	size_t index;                    /* of the element */
};

enum where_part {
	WHERE_VALUE,
	WHERE_KEY, /* of a member */
};

struct where {
	size_t line, column; /* from 1; columns are characters (code points) */
};

/*
 * Where that part of the path's last step starts. `text` must be valid JSON without duplicate keys
 * and hold the path; otherwise the position is that of its beginning. A NULL path is the root.
 */
struct where where_of(const char *text, size_t len, const struct where_path *path,
		      enum where_part part);

#endif
