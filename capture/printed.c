/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "printed.h"

#include "rg/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 16384 };

void rg_printed_open(struct rg_printed *printed, int fd, int copy_fd)
{
	*printed = (struct rg_printed){.fd = fd, .copy_fd = copy_fd};
	fcntl(fd, F_SETFL, O_NONBLOCK);
	/* As it is, where the system refuses. */
	fcntl(fd, F_SETPIPE_SZ, RG_PRINTED_PIPE_BYTES);
}

void rg_printed_close(struct rg_printed *printed)
{
	if (printed->fd >= 0)
		close(printed->fd);
	printed->fd = -1;
}

static void keep_tail(struct rg_printed *printed, const char *bytes, size_t len)
{
	if (len > RG_PRINTED_TAIL_BYTES) {
		bytes += len - RG_PRINTED_TAIL_BYTES;
		len = RG_PRINTED_TAIL_BYTES;
	}
	if (printed->tail_len + len > RG_PRINTED_TAIL_BYTES) {
		size_t drop = printed->tail_len + len - RG_PRINTED_TAIL_BYTES;

		memmove(printed->tail, printed->tail + drop, printed->tail_len - drop);
		printed->tail_len -= drop;
	}
	/* A NUL would end the text before the end. */
	for (size_t i = 0; i < len; i++)
		printed->tail[printed->tail_len++] = (char)(bytes[i] ? bytes[i] : ' ');
	printed->tail[printed->tail_len] = '\0';
}

/* The text may have begun in what was read before. */
static void look_for(struct rg_printed *printed, const char *bytes, size_t len)
{
	char joined[RG_READY_LINE_MAX + READ_BYTES];
	size_t text = strlen(printed->awaited), before = text - 1;

	if (before > printed->tail_len)
		before = printed->tail_len;
	memcpy(joined, printed->tail + printed->tail_len - before, before);
	memcpy(joined + before, bytes, len);
	printed->seen = memmem(joined, before + len, printed->awaited, text) != NULL;
}

/* A copy for the eye: what cannot be written is no loss to the capture. */
static void copy_output(struct rg_printed *printed, const char *bytes, size_t len)
{
	if (printed->copy_fd < 0 || write(printed->copy_fd, bytes, len) >= 0)
		return;
	if (errno != EINTR && errno != EAGAIN)
		printed->copy_fd = -1;
}

void rg_printed_read(struct rg_printed *printed)
{
	/* Bounded by what the pipe holds: a program that never stops printing must not keep us here. */
	for (int i = 0; printed->fd >= 0 && i < RG_PRINTED_PIPE_BYTES / READ_BYTES; i++) {
		char bytes[READ_BYTES];
		ssize_t n = read(printed->fd, bytes, sizeof(bytes));

		if (n < 0)
			return;
		if (n == 0) {
			rg_printed_close(printed);
			return;
		}
		if (printed->awaited && !printed->seen)
			look_for(printed, bytes, (size_t)n);
		keep_tail(printed, bytes, (size_t)n);
		copy_output(printed, bytes, (size_t)n);
	}
}
