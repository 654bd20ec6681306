/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Members of keys as names in a store: what a store's names cannot hold is written %XX. Keys hold no
 * '%' (key.h), so that a key has one name and a name one key.
 */

enum { ESCAPE_MAX = 256 }; /* bytes of a name and NUL: NAME_MAX of Linux's file systems */

/* Whether text[at] stands for itself. '%' never does. */
typedef bool escape_plain_fn(const char *text, size_t at);

/* RG_ELIMIT when it does not fit in `size` bytes, NUL included. */
int escape_text(const char *text, escape_plain_fn *plain, char *out, size_t size);

/* The text a name stands for; RG_EFORMAT when escape_text() would not have made it. */
int escape_undo(const char *name, escape_plain_fn *plain, char *out, size_t size);

/* A letter, digit or one of `marks`. */
bool escape_is_word(char c, const char *marks);

#endif
