/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_SHOW_H
#define RG_RENDER_SHOW_H

#include <stdbool.h>
#include <stddef.h>

struct rg_buf;

/*
 * Text from outside, made inert for a terminal, a CI log and markdown alike. On top of
 * rg_text_add_safe(): log runners read "##[command]" and "##vso[command]" anywhere in a line and
 * "::command::" after white space, so the second '#' of a pair, and the first ':' of a pair that
 * begins a word, are shown as \xNN.
 *
 * Without `unicode` the result is ASCII: on a terminal that does not read UTF-8 the bytes of an
 * innocent letter hold C1 controls. NULL is shown as nothing.
 */
void rg_show_add(struct rg_buf *out, const char *text, bool unicode);

/*
 * The same, cut to `columns` by an ellipsis in the middle; also bounded in bytes, whatever combining
 * marks the text holds. Returns the columns used.
 */
size_t rg_show_cut(struct rg_buf *out, const char *text, size_t columns, bool unicode);

/* rg_show_cut() for text that is inert already. */
size_t rg_show_cut_inert(struct rg_buf *out, const char *inert, size_t len, size_t columns,
			 bool unicode);

/* Columns rg_show_add() would use. */
size_t rg_show_columns(const char *text, bool unicode);

/* Appends a scratch buffer's failure to `out`, whose caller looks there only. */
void rg_show_inherit(struct rg_buf *out, const struct rg_buf *scratch);

/* Room for one name or sentence while it is being escaped. */
enum { RG_SHOW_SCRATCH_MAX = 1 << 20 };

#endif
