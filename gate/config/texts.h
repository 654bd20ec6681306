/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEXTS_H
#define TEXTS_H

#include <stdbool.h>

struct rg_config;
struct rg_err;

/* A copy of `from`, which may be NULL, in *to. False when out of memory. */
bool text_copy(char **to, const char *from);

/* Puts a copy in place of *text. RG_ENOMEM. */
int text_set(char **text, const char *from, struct rg_err *err);

/* Frees a NULL-terminated array of texts; NULL is nothing. */
void text_free_argv(char **argv);

/* Puts `taken` in place of *argv, which is freed. */
void text_take_argv(char ***argv, char **taken);

/* A copy of the configuration with texts and an arena of its own. RG_ENOMEM, and then nothing is to be freed. */
int texts_copy(struct rg_config *copy, const struct rg_config *config);

#endif
