/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comment.h"

#include "rg/render.h"

#include <string.h>

bool rg_comment_is_address(const char *url)
{
	/* What is put between the parentheses of a link as it is. */
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789:/.-_~%?=&#";

	return url && (!strncmp(url, "https://", 8) || !strncmp(url, "http://", 7)) &&
	       url[strspn(url, allowed)] == '\0';
}

void rg_comment_flame(struct rg_buf *out, const char *url)
{
	if (rg_comment_is_address(url))
		rg_buf_addf(out, "\n[Flame graph of the difference](%s)\n", url);
}
