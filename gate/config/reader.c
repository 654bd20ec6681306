/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reader.h"

#include "rg/config.h"
#include "rg/err.h"

#include <stdarg.h>
#include <stdio.h>

int reader_fail(const struct reader *reader, const struct where_path *path, enum where_part part,
		const char *fmt, ...)
{
	const struct where where = where_of(reader->text, reader->len, path, part);
	char text[RG_ERR_TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return rg_err_set(reader->err, RG_EUSAGE, "%.400s:%zu:%zu: %s", reader->name, where.line,
			  where.column, text);
}
