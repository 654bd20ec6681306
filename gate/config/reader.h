/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef READER_H
#define READER_H

#include "where.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct rg_config;
struct rg_config_wanted;
struct rg_err;

/* One text being read. */
struct reader {
	const char *text;
	size_t len;
	const char *name;   /* for messages */
	const json_t *root; /* of the text */
	const struct rg_config_wanted *wanted;
	struct rg_config *draft;
	struct rg_err *err;
};

/* RG_EUSAGE with "NAME:LINE:COLUMN: …", the position being that of the path's key or value. */
int reader_fail(const struct reader *reader, const struct where_path *path, enum where_part part,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
