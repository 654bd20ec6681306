/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_PRODUCER_H
#define CAPTURE_ELF_PRODUCER_H

struct rg_image;

/*
 * Who compiled a program, and how, as far as the file tells: Go's build information, else what the first compilation unit with
 * debug information says (DWARF 5, 3.1.1, DW_AT_producer), else the section .comment, which has no flags. Texts are
 * of one line; "" when not known.
 */
struct rg_producer {
	char compiler[128]; /* "GNU C17 12.2.0", "go1.22.1" */
	char flags[1024];   /* "-march=x86-64 -g -O2" */
};

void rg_producer_read(const struct rg_image *image, struct rg_producer *out);

#endif
