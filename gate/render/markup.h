/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_MARKUP_H
#define RG_RENDER_MARKUP_H

#include <stddef.h>

struct rg_buf;

/* Text within XML and HTML, between tags or between double quotes. */

/* Inert text (rg/text.h) with entities for what would be markup. */
void rg_markup_add_inert(struct rg_buf *out, const char *inert, size_t len);
/* Any text, made inert and cut to that many columns; NULL is nothing. */
void rg_markup_add(struct rg_buf *out, const char *text, size_t columns);

#endif
