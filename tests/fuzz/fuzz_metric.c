/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a server says are its metrics, behind a line that selects some of them: a sum that comes out is a count. The
 * selected metric alone, with all its series, cannot be less.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../gate/work/exposition.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

static char *copy(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1);

	require(text != NULL);
	if (len)
		memcpy(text, bytes, len);
	text[len] = '\0';
	return text;
}

static void read_reply(const struct rg_selector *selector, const char *reply, size_t len)
{
	static struct rg_selector all;
	double sum = -1, of_all = -1;
	int rc = rg_exposition_sum(reply, len, selector, &sum, NULL);

	require(rc ? sum == -1 : isfinite(sum) && sum >= 0);
	require(rg_selector_parse(&all, selector->name, NULL) == 0);
	if (!rc && rg_exposition_sum(reply, len, &all, &of_all, NULL) == 0)
		require(of_all >= sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct rg_selector selector;
	const uint8_t *end = len ? memchr(bytes, '\n', len) : NULL;
	char *selected = copy(bytes, end ? (size_t)(end - bytes) : 0), *reply;

	if (end && rg_selector_parse(&selector, selected, NULL) == 0) {
		size_t rest = len - (size_t)(end + 1 - bytes);

		reply = copy(end + 1, rest);
		read_reply(&selector, reply, rest);
		free(reply);
	}
	free(selected);
	return 0;
}
