/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "path.h"

#include <string.h>

void rg_path_cut_deleted(char *path)
{
	static const char mark[] = " (deleted)";
	size_t len = strlen(path), cut = strlen(mark);

	if (len > cut && !strcmp(path + len - cut, mark))
		path[len - cut] = '\0';
}

void rg_path_unescape(char *path)
{
	static const char newline[] = "\\012";
	char *to = path;

	for (const char *from = path; *from;) {
		if (!strncmp(from, newline, strlen(newline))) {
			*to++ = '\n';
			from += strlen(newline);
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}
