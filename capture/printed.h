/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_PRINTED_H
#define CAPTURE_PRINTED_H

#include <stdbool.h>
#include <stddef.h>

enum {
	RG_PRINTED_TAIL_BYTES = 600, /* of its output, kept for an error's text */
	/* What it may print between two looks: the most that pipe(7) lets an unprivileged user have. */
	RG_PRINTED_PIPE_BYTES = 1 << 20,
};

/* What a launched program prints: its end is kept, a text may be waited for, a copy goes where the user looks. */
struct rg_printed {
	int fd;      /* -1 when nobody holds the other end any more */
	int copy_fd; /* -1: no copy */
	char tail[RG_PRINTED_TAIL_BYTES + 1];
	size_t tail_len;
	const char *awaited; /* or NULL */
	bool seen;
};

/* The read end of a pipe, which is closed at its end of file. */
void rg_printed_open(struct rg_printed *printed, int fd, int copy_fd);
/* All that is there; bounded, for a program that never stops printing. */
void rg_printed_read(struct rg_printed *printed);
void rg_printed_close(struct rg_printed *printed);

#endif
