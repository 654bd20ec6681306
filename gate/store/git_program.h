/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GIT_PROGRAM_H
#define GIT_PROGRAM_H

#include <stddef.h>

struct gs_wire;
struct rg_buf;
struct rg_err;

enum { GS_PROGRAM_WORDS_MAX = 128, GS_PROGRAM_OUTPUT_MAX = 32 << 20 };

/* One call of the git program. */
struct gs_program {
	const struct gs_wire *wire;
	const char *directory;    /* the repository, or NULL */
	const char *const *words; /* NULL-terminated */
	const char *input;
	size_t input_len;
	int alive; /* where to say, while it runs, that it does */
};

/*
 * Runs it with an environment of its own: no configuration of the checkout, no hooks, no questions; the user's and
 * the system's configuration, for they know of proxies, credential helpers and keys. Nothing secret is
 * in its arguments. Appends what it printed; *status is its exit status. RG_EUSAGE when there is no
 * git program; RG_EIO.
 */
int gs_program_run(const struct gs_program *program, struct rg_buf *out, struct rg_buf *errors,
		   int *status, struct rg_err *err);

#endif
