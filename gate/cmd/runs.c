/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runs.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/file.h"
#include "rg/formats.h"
#include "rg/grow.h"
#include "rg/pool.h"
#include "rg/pprof.h"
#include "rg/profile.h"
#include "rg/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

int rg_run_set_add(struct rg_run_set *set, struct rg_profile *profile, const char *id,
		   struct rg_err *err)
{
	if (RG_GROW(set->profiles, set->profile_cap, set->count) ||
	    RG_GROW(set->ids, set->id_cap, set->count)) {
		rg_profile_free(profile);
		return rg_err_nomem(err, "list of runs");
	}
	snprintf(set->ids[set->count], sizeof(set->ids[0]), "%s", id ? id : "");
	set->profiles[set->count++] = profile;
	return 0;
}

static int keep_stored(const struct rg_buf *bytes, const char *sample_type,
		       const struct rg_profile *profile, struct rg_buf *stored, struct rg_err *err)
{
	/* What was chosen among several values is a profile of its own. */
	if (sample_type || rg_format_detect(bytes->data, bytes->len) != RG_FORMAT_PPROF)
		return rg_pprof_write(profile, stored, err);
	rg_buf_add(stored, bytes->data, bytes->len);
	return stored->failed ? rg_err_nomem(err, "profile") : 0;
}

int rg_profile_read_file(const char *path, const char *sample_type, struct rg_profile **out,
			 struct rg_buf *stored, struct rg_err *err)
{
	struct rg_read_options options = {.sample_type = sample_type};
	struct rg_buf bytes;
	int rc;

	rg_buf_init(&bytes, RG_PPROF_MAX_FILE);
	rc = rg_file_read(path, RG_PPROF_MAX_FILE, &bytes, err);
	if (!rc) {
		rc = stored ? rg_profile_read(bytes.data, bytes.len, &options, out, err)
			    : rg_profile_read_take(&bytes, &options, out, err);
		if (rc)
			rg_err_prefix(err, "profile '%s'", path);
	}
	if (!rc && stored) {
		rc = keep_stored(&bytes, sample_type, *out, stored, err);
		if (rc)
			rg_profile_free(*out);
	}
	rg_buf_done(&bytes);
	return rc;
}

static int read_named(const char *path, const char *sample_type, struct rg_profile **out,
		      char id[RG_STORE_ID_MAX], struct rg_err *err)
{
	struct rg_buf bytes;
	int rc;

	rg_buf_init(&bytes, RG_PPROF_MAX_FILE);
	rc = rg_profile_read_file(path, sample_type, out, &bytes, err);
	if (rc == 0)
		rg_store_id(bytes.data ? bytes.data : "", bytes.len, id);
	rg_buf_done(&bytes);
	return rc;
}

int rg_run_set_read(const struct rg_run_set *set, const char *path, const char *sample_type,
		    struct rg_profile **out, char id[RG_STORE_ID_MAX], struct rg_err *err)
{
	id[0] = '\0';
	return set->named ? read_named(path, sample_type, out, id, err)
			  : rg_profile_read_file(path, sample_type, out, NULL, err);
}

int rg_run_set_add_file(struct rg_run_set *set, const char *path, const char *sample_type,
			struct rg_err *err)
{
	struct rg_profile *profile;
	char id[RG_STORE_ID_MAX];
	int rc = rg_run_set_read(set, path, sample_type, &profile, id, err);

	return rc ? rc : rg_run_set_add(set, profile, id, err);
}

int rg_run_set_pool(struct rg_run_set *set, const struct rg_profile *profile,
		    struct rg_profile **out, struct rg_err *err)
{
	if (!set->pool)
		set->pool = rg_profile_pool_new();
	return set->pool ? rg_profile_pool_add(set->pool, profile, out, err)
			 : rg_err_nomem(err, "list of runs");
}

static int read_stored(struct rg_store *store, const struct rg_store_run *run,
		       struct rg_profile **out, struct rg_err *err)
{
	struct rg_buf bytes;
	int rc;

	rg_buf_init(&bytes, RG_PPROF_MAX_FILE);
	rc = rg_store_get(store, run, &bytes, err);
	if (!rc) {
		rc = rg_pprof_read(bytes.data, bytes.len, out, err);
		if (rc)
			rg_err_prefix(err, "stored run %.12s of '%s'", run->id, run->label);
	}
	rg_buf_done(&bytes);
	return rc;
}

static int add_run(struct rg_run_set *set, struct rg_store *store, const struct rg_store_run *run,
		   struct rg_err *err)
{
	struct rg_profile *whole, *kept = NULL;
	int rc = read_stored(store, run, &whole, err);

	if (rc)
		return rc;
	rc = rg_run_set_pool(set, whole, &kept, err);
	rg_profile_free(whole);
	return rc ? rc : rg_run_set_add(set, kept, run->id, err);
}

int rg_run_set_add_stored(struct rg_run_set *set, struct rg_store *store,
			  const struct rg_store_key *key, struct rg_err *err)
{
	struct rg_store_list list;
	int rc = rg_store_find(store, key, &list, err);

	if (rc)
		return rc;
	if (list.damaged)
		rc = rg_err_set(err, RG_EFORMAT,
				"baseline: %zu stored run%s cannot be read (%s): put it again, or "
				"see 'regress-gate baseline rm --damaged'",
				list.damaged, list.damaged == 1 ? "" : "s", list.first_damaged);
	for (size_t i = 0; !rc && i < list.count; i++)
		rc = add_run(set, store, &list.runs[i], err);
	rg_store_list_done(&list);
	return rc;
}

void rg_run_set_done(struct rg_run_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		rg_profile_free(set->profiles[i]);
	rg_profile_pool_free(set->pool);
	free(set->profiles);
	free(set->ids);
	*set = (struct rg_run_set){0};
}

struct rg_runs rg_run_set_runs(const struct rg_run_set *set)
{
	/* C has no implicit conversion that adds const two levels down; this one is safe. */
	return (struct rg_runs){.run = (const struct rg_profile *const *)set->profiles,
				.count = set->count};
}

bool rg_run_is_empty(const struct rg_profile *profile)
{
	const bool counted = rg_profile_has(profile, RG_VALUE_SAMPLES);

	return rg_profile_total(profile, counted ? RG_VALUE_SAMPLES : RG_VALUE_CPU_NS) == 0;
}

const char *rg_run_arch(char arch[65])
{
	struct utsname name;

	uname(&name);
	snprintf(arch, 65, "%s", name.machine);
	return arch;
}
