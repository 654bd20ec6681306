/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_NAME_H
#define RG_RENDER_NAME_H

#include <stdbool.h>
#include <stddef.h>

struct rg_buf;

/*
 * A function's name, made inert as by rg_show_cut(). One that does not fit loses what tells it apart least:
 * first the types of its parameters, then what its templates are of, and only then the middle of what is left.
 * Returns the columns used.
 */
size_t rg_name_show(struct rg_buf *out, const char *name, size_t columns, bool unicode);

#endif
