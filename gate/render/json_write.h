/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_JSON_WRITE_H
#define RG_RENDER_JSON_WRITE_H

#include <jansson.h>

struct rg_buf;
struct rg_err;

/* `what` names the whole in the errors: RG_ELIMIT or RG_ENOMEM. */

/* A text as UTF-8, every byte that belongs to none replaced by U+FFFD; of NULL "". NULL: the error is set. */
json_t *rg_json_text(const char *text, const char *what, struct rg_err *err);

/* Appends a value as ASCII, indented, with a newline at the end and nothing that a log runner acts on. */
int rg_json_write(const json_t *root, const char *what, struct rg_buf *out, struct rg_err *err);

#endif
