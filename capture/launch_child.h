/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_LAUNCH_CHILD_H
#define CAPTURE_LAUNCH_CHILD_H

struct rg_launch_plan;

/* Both ends of the pipes between us, the guardian and its child, named by what they carry. */
struct rg_launch_pipes {
	int control[2]; /* to the guardian: at its end of file it ends all it guards */
	int news[2];    /* from the guardian */
	int output[2];  /* the child's stdout and stderr */
	int gate[2];    /* to the child: a byte when it may run; end of file: it may not */
	int exec[2];    /* from the child: errno of a failed exec; closed by a successful one */
};

/* The rest of a forked process's life: it starts the child and guards it. Holds nothing open but its ends. */
_Noreturn void rg_launch_guard(const struct rg_launch_pipes *pipes,
			       const struct rg_launch_plan *plan);

#endif
