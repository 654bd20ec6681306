/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rg/err.h"
#include "utf8.h"

/* Ends a text that was formatted into `out` and would have taken `wanted` bytes. */
static void end_text(char out[RG_ERR_TEXT_MAX], int wanted)
{
	if (wanted < 0)
		out[0] = '\0';
	else if (wanted >= RG_ERR_TEXT_MAX)
		out[rg_utf8_whole(out, RG_ERR_TEXT_MAX - 1)] = '\0';
}

int rg_err_set(struct rg_err *err, int code, const char *fmt, ...)
{
	va_list args;

	if (!err || err->code)
		return code;
	err->code = code;
	va_start(args, fmt);
	end_text(err->text, vsnprintf(err->text, sizeof(err->text), fmt, args));
	va_end(args);
	return code;
}

int rg_err_nomem(struct rg_err *err, const char *what)
{
	return rg_err_set(err, RG_ENOMEM, "%s: out of memory", what);
}

int rg_err_prefix(struct rg_err *err, const char *fmt, ...)
{
	char context[RG_ERR_TEXT_MAX];
	char joined[RG_ERR_TEXT_MAX];
	va_list args;

	/* There is no code to give back here, and 0 would read as success. */
	if (!err)
		return RG_EIO;
	if (!err->code)
		return RG_OK;
	va_start(args, fmt);
	end_text(context, vsnprintf(context, sizeof(context), fmt, args));
	va_end(args);
	end_text(joined, snprintf(joined, sizeof(joined), "%s: %s", context, err->text));
	memcpy(err->text, joined, strlen(joined) + 1);
	return err->code;
}
