/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file to begin with. */
#include "rg/config.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <jansson.h>
#include <stdlib.h>

enum { INDENT = 2 };

/* NULL when it is not UTF-8, or out of memory. */
static json_t *new_target(const char *program)
{
	if (program)
		return json_pack("{s: [s]}", "command", program);
	return json_pack("{s: s, s: [s]}", "$comment",
			 "no program was found: name yours, with its arguments", "command",
			 "./your-program");
}

static json_t *new_root(const char *program)
{
	json_t *target = new_target(program);

	if (!target)
		return NULL;
	return json_pack("{s: s, s: o, s: s, s: s, s: i, s: {s: s, s: s}}", "$comment",
			 "every key may be left out; the command line goes over this file",
			 "target", target, "window", "30s", "warmup", "2s", "frequency", 99,
			 "policy", "growth", "15%", "total_growth", "15%");
}

int rg_config_write_start(const char *program, struct rg_buf *out, struct rg_err *err)
{
	json_t *root = new_root(program);
	char *text = root ? json_dumps(root, JSON_INDENT(INDENT)) : NULL;

	json_decref(root);
	if (!text)
		return rg_err_nomem(err, "config");
	rg_buf_adds(out, text);
	rg_buf_addc(out, '\n');
	free(text);
	return out->failed ? rg_err_nomem(err, "config") : 0;
}
