/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SHELL_WORD_H
#define CMD_SHELL_WORD_H

struct rg_buf;

/* Appends a word so that it can be copied to a shell: quoted where one would act on something in it. */
void rg_shell_word_add(struct rg_buf *out, const char *word);

#endif
