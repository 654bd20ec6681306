/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_JSON_READ_H
#define RG_RENDER_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>

struct rg_err;
struct rg_verdict;

/*
 * rg_verdict_read_json() of JSON that is parsed already. With `sparse` a member may be missing and is then
 * zero, or the policy's default.
 */
int rg_json_read_verdict(json_t *root, bool sparse, struct rg_verdict **out, struct rg_err *err);

#endif
