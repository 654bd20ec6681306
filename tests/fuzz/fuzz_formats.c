/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A first line that is the sample type asked for, empty for none, then a file of any form: it is
 * refused or a profile, and one that is read has been recognised.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/formats.h"

enum { MAX_TYPE = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void read_file(const uint8_t *bytes, size_t len, const char *sample_type)
{
	const struct rg_read_options options = {.sample_type = sample_type, .max_bytes = 1 << 20};
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};
	int rc = rg_profile_read(bytes, len, &options, &profile, &err);
	enum rg_format format = len ? rg_format_detect(bytes, len) : RG_FORMAT_UNKNOWN;

	require(rc == err.code);
	require((rc == 0) == (profile != NULL));
	if (rc == 0)
		require(format != RG_FORMAT_UNKNOWN && format != RG_FORMAT_PERF_DATA);
	rg_profile_free(profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const uint8_t *end = len ? memchr(bytes, '\n', len) : NULL;
	char type[MAX_TYPE + 1] = "";
	size_t type_len = end ? (size_t)(end - bytes) : 0;

	if (!end || type_len > MAX_TYPE)
		return 0;
	memcpy(type, bytes, type_len);
	read_file(end + 1, len - type_len - 1, type_len ? type : NULL);
	return 0;
}
