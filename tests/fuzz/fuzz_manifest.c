/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are refused, with what is wrong, or are a manifest; what is read is written, and reads
 * back as the same run.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rg/buf.h"
#include "rg/err.h"

#include "../../gate/store/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void require_equal(const struct rg_store_run *a, const struct rg_store_run *b)
{
	require(!strcmp(a->scenario, b->scenario));
	require(!strcmp(a->version, b->version));
	require(!strcmp(a->arch, b->arch));
	require(!strcmp(a->label, b->label));
	require(!strcmp(a->id, b->id));
	require(a->bytes == b->bytes && a->stored_ns == b->stored_ns);
}

/* A key becomes a name in a folder and a ref: no more than printable ASCII, and not too long. */
static void require_plain(const char *text)
{
	size_t len = strlen(text);

	require(len > 0 && len <= RG_STORE_NAME_MAX && *text != '.' && *text != '-');
	for (size_t i = 0; i < len; i++)
		require(text[i] > ' ' && text[i] <= '~');
}

static void require_harmless(const struct rg_store_run *run)
{
	require_plain(run->scenario);
	require_plain(run->version);
	require_plain(run->arch);
	require(!strchr(run->scenario, '/') && !strchr(run->arch, '/'));
	require(*run->label && strlen(run->label) <= RG_STORE_NAME_MAX);
	require(strlen(run->id) == RG_STORE_ID_MAX - 1);
}

static void write_and_read(const struct rg_store_run *run)
{
	struct rg_store_run back = {0};
	struct rg_buf text;

	rg_buf_init(&text, MANIFEST_MAX_BYTES);
	require(manifest_write(run, &text, NULL) == 0);
	require(manifest_read(text.data, text.len, &back, NULL) == 0);
	require_equal(run, &back);
	rg_store_run_done(&back);
	rg_buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct rg_store_run run = {0};
	struct rg_err err = {0};
	int rc = manifest_read((const char *)bytes, len, &run, &err);

	require(rc == err.code);
	require(rc == 0 || rc == RG_EFORMAT);
	require((rc == 0) == (run.scenario != NULL));
	if (rc == 0) {
		require_harmless(&run);
		write_and_read(&run);
	} else {
		require(*err.text);
	}
	rg_store_run_done(&run);
	return 0;
}
