/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_PINNED_H
#define RG_RENDER_PINNED_H

#include "pen.h"

#include "rg/verdict.h"

/* Lines on the second, fixed version and what grew since; nothing when none was compared with. */
void rg_pinned_write(struct rg_pen *pen, const struct rg_verdict *verdict);

/* The same of a comment. */
void rg_pinned_add(struct rg_buf *out, const struct rg_verdict *verdict);

#endif
