/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include "digest.h"

#include "rg/err.h"
#include "rg/units.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

uint64_t run_now_ns(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * RG_NS_PER_S + (uint64_t)now.tv_nsec;
}

int run_make(const struct rg_store_key *key, const char *label, const void *bytes, size_t len,
	     struct rg_store_run *run, struct rg_err *err)
{
	struct rg_store_run made = {.bytes = len, .stored_ns = run_now_ns()};

	made.scenario = strdup(key->scenario);
	made.version = strdup(key->version);
	made.arch = strdup(key->arch);
	made.label = strdup(label);
	digest_hex(bytes, len, made.id);
	if (!made.scenario || !made.version || !made.arch || !made.label) {
		rg_store_run_done(&made);
		return rg_err_nomem(err, "store");
	}
	*run = made;
	return 0;
}

int run_check_place(const struct rg_store_run *run, const struct rg_store_key *key, const char *id,
		    struct rg_err *err)
{
	if (strcmp(run->scenario, key->scenario) != 0 || strcmp(run->version, key->version) != 0 ||
	    strcmp(run->arch, key->arch) != 0)
		return rg_err_set(err, RG_EFORMAT, "is the manifest of another key");
	if (strcmp(run->id, id) != 0)
		return rg_err_set(err, RG_EFORMAT, "is the manifest of another run");
	return 0;
}

int run_check_bytes(const struct rg_store_run *run, const void *bytes, size_t len,
		    struct rg_err *err)
{
	char id[RG_STORE_ID_MAX];

	if (len != run->bytes)
		return rg_err_set(err, RG_EFORMAT,
				  "has %zu bytes where its manifest says %llu: it is damaged", len,
				  (unsigned long long)run->bytes);
	digest_hex(bytes, len, id);
	if (strcmp(id, run->id) != 0)
		return rg_err_set(err, RG_EFORMAT, "does not match its SHA-256: it is damaged");
	return 0;
}

void run_file_name(char out[RUN_FILE_MAX], const char *id, const char *suffix)
{
	snprintf(out, RUN_FILE_MAX, "%s%s", id, suffix);
}

bool run_file_is(const char *name, const char *suffix)
{
	return digest_is_hex(name) && !strcmp(name + RG_STORE_ID_MAX - 1, suffix);
}

void run_file_id(char out[RG_STORE_ID_MAX], const char *name)
{
	memcpy(out, name, RG_STORE_ID_MAX - 1);
	out[RG_STORE_ID_MAX - 1] = '\0';
}
