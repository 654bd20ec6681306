/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_TEXT_H
#define RG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_buf;

/*
 * Text from outside (symbol names, paths, server replies) made safe to look at. Everything that
 * shows such text goes through here first; markup escaping comes on top, in the renderers.
 */

/*
 * Decodes one UTF-8 sequence (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF) and
 * returns its length, or 0 when the bytes at `bytes` (len > 0) are not one.
 */
size_t rg_utf8_decode(const char *bytes, size_t len, uint32_t *codepoint);

/*
 * Appends len bytes with control characters (C0, DEL, C1), bidirectional controls, line and paragraph
 * separators, zero-width and other invisible format characters, and invalid UTF-8 shown as \xNN
 * per byte; everything else as it is, a backslash too (names hold backslashes rarely, paths often;
 * the aim is safety, not reversibility).
 */
void rg_text_add_safe(struct rg_buf *buf, const char *bytes, size_t len);

/* Whether rg_text_add_safe() would leave every byte as it is. */
bool rg_text_is_safe(const char *bytes, size_t len);

/* Columns a terminal uses for safe text: wide East Asian characters count 2, combining marks 0. */
size_t rg_text_columns(const char *safe, size_t len);

/*
 * Appends safe text cut to at most `columns` columns with a middle ellipsis ("…", one column) that
 * keeps more of the end than of the beginning: the end of a qualified name is the function's own.
 * Returns the columns used.
 */
size_t rg_text_add_cut(struct rg_buf *buf, const char *safe, size_t len, size_t columns);

/*
 * Whether the text is a plain name that may stand anywhere as it is: 1 to 24 ASCII letters, digits, inner spaces and
 * hyphens, a letter first.
 */
bool rg_text_is_label(const char *text);

/*
 * The candidate nearest to `word` by edit distance (Damerau-Levenshtein), or NULL when none is
 * within a third of its length. For "did you mean".
 */
const char *rg_text_nearest(const char *word, const char *const *candidates, size_t count);

#endif
