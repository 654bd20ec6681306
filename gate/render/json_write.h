/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_JSON_WRITE_H
#define RG_RENDER_JSON_WRITE_H

#include <jansson.h>

struct rg_buf;
struct rg_err;

/*
 * Appends a value as ASCII, indented, with a newline at the end and nothing that a log runner acts on.
 * `what` names it in the error: RG_ELIMIT or RG_ENOMEM.
 */
int rg_json_write(const json_t *root, const char *what, struct rg_buf *out, struct rg_err *err);

#endif
