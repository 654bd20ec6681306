/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { END_MAX_BYTES = 4096, END_LINES = 20 };

int log_open(const char *path, struct rg_err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? rg_err_set(err, RG_EIO, "build: write '%.500s': %s", path, strerror(errno))
		      : fd;
}

/* Where the last lines of a text begin. */
static size_t last_lines(const char *text, size_t len)
{
	size_t at = len;

	for (int lines = 0; at > 0; at--)
		if (text[at - 1] == '\n' && at < len && ++lines == END_LINES)
			break;
	return at;
}

/* Without what is left of a line that began earlier, unless there is nothing else. */
static size_t first_whole(const char *text, size_t len)
{
	const char *newline = memchr(text, '\n', len);
	const size_t from = newline ? (size_t)(newline - text) + 1 : 0;

	return from < len ? from : 0;
}

void log_add_end(int fd, unsigned int max_bytes, struct rg_buf *out)
{
	const unsigned int wanted = max_bytes < END_MAX_BYTES ? max_bytes : END_MAX_BYTES;
	char text[END_MAX_BYTES];
	struct stat st;
	size_t len, from;
	off_t at;
	ssize_t n;

	if (fstat(fd, &st))
		return;
	at = st.st_size > (off_t)wanted ? st.st_size - (off_t)wanted : 0;
	n = pread(fd, text, wanted, at);
	if (n <= 0)
		return;
	len = (size_t)n;
	/* A NUL would end the error's text before its end. */
	for (size_t i = 0; i < len; i++)
		if (!text[i])
			text[i] = ' ';
	from = at > 0 ? first_whole(text, len) : 0;
	from += last_lines(text + from, len - from);
	rg_buf_add(out, text + from, len - from);
}

char *log_keep(const char *path, const char *folder, const char *side)
{
	const char *slash = strrchr(folder, '/');
	struct stat st;
	char *kept = NULL;
	int fd;

	if (stat(path, &st) || st.st_size == 0)
		return NULL;
	if (!slash || asprintf(&kept, "%.*s/regress-gate-%s-XXXXXX.log", (int)(slash - folder),
			       folder, side) < 0)
		return NULL;
	fd = mkostemps(kept, (int)strlen(".log"), O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	if (fd < 0 || rename(path, kept)) {
		if (fd >= 0)
			unlink(kept);
		free(kept);
		return NULL;
	}
	return kept;
}
