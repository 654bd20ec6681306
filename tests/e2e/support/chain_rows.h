/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_CHAIN_ROWS_H
#define E2E_CHAIN_ROWS_H

#include <stddef.h>

/*
 * Tests over the truth programs for unwinding (tests/e2e/programs/unwind): each row is profiled in several variants of
 * its program and must show its chain (chains.h).
 */

/* The variants that a program in C or C++ has; code with libraries of its own is not linked statically. */
#define CHAIN_SHARED "o0 o2 o3 o0fp o2fp o3fp clang nopie"
#define CHAIN_ALL    CHAIN_SHARED " static staticpie"

/* From main to the root. */
#define CHAIN_ROOT " main (lib)+ _start"

struct e2e_chain_row {
	const char *sentence;                /* what is true, for the one who reads a failure */
	const char *program, *mode, *number; /* number may be NULL */
	const char *variants;                /* of the program that are profiled */
	const char *all; /* instead of these with RG_LONG=1 in the environment; NULL: the same */
	const char *chain;
	int whole_percent;
	unsigned int window_ms; /* 0: what suffices for programs that do one thing */
	const char *cut;   /* the fact that counts why these stacks end early; NULL: they do not */
	int wrong_percent; /* of samples that may be wrong; 0: one */
};

/*
 * Tests every row in every variant; several that end well are captured together. Returns cmocka's exit status. argv[1], if any,
 * is a pattern of the cases to run: "o2/calls*".
 */
int e2e_run_chain_rows(const char *group, const struct e2e_chain_row *rows, size_t count, int argc,
		       char **argv);

#endif
