/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shell_word.h"

#include "rg/buf.h"

#include <string.h>

static const char plain[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/+@:=%~-";

void rg_shell_word_add(struct rg_buf *out, const char *word)
{
	/* In front '~' is somebody's home, and '=' to zsh a command's path. */
	if (*word && *word != '=' && *word != '~' && word[strspn(word, plain)] == '\0') {
		rg_buf_adds(out, word);
		return;
	}
	rg_buf_addc(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			rg_buf_adds(out, "'\\''");
		else
			rg_buf_addc(out, *word);
	}
	rg_buf_addc(out, '\'');
}
