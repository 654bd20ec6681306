/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare.h"
#include "settings.h"
#include "version.h"

#include "rg/buf.h"
#include "rg/cli.h"
#include "rg/err.h"
#include "rg/pprof.h"
#include "rg/profile.h"
#include "rg/store.h"

#include <string.h>

static int store_run(struct rg_comparison *c, const struct rg_profile *profile,
		     char id[RG_STORE_ID_MAX], struct rg_err *err)
{
	char arch[65];
	const struct rg_store_key key = {
		.scenario = c->settings->config.scenario,
		.version = c->base.version.key,
		.arch = rg_run_arch(arch),
	};
	struct rg_store_run run;
	struct rg_buf bytes;
	bool created;
	int rc;

	rg_buf_init(&bytes, RG_PPROF_MAX_FILE);
	rc = rg_pprof_write(profile, &bytes, err);
	if (!rc)
		rc = rg_store_put(c->store, &key, c->base.version.label, bytes.data, bytes.len,
				  &run, &created, err);
	rg_buf_done(&bytes);
	if (rc)
		return rc;
	memcpy(id, run.id, RG_STORE_ID_MAX);
	rg_store_run_done(&run);
	return 0;
}

/* One of them would keep every later verdict from deciding anything. */
static int check_seen(const struct rg_run_set *set, struct rg_err *err)
{
	for (size_t i = 0; i < set->count; i++)
		if (rg_run_is_empty(set->profiles[i]))
			return rg_err_set(
				err, RG_ETARGET,
				"store: the baseline's runs are not stored, as run %zu of %zu "
				"holds no CPU samples: nothing can be compared with it",
				i + 1, set->count);
	return 0;
}

void rg_comparison_store_baseline(struct rg_comparison *c)
{
	const struct rg_run_set *set = &c->base.runs;
	struct rg_err err = {0};
	int rc = check_seen(set, &err);

	for (size_t i = 0; !rc && i < set->count; i++)
		rc = store_run(c, set->profiles[i], set->ids[i], &err);
	c->unstored = rc != 0;
	if (rc)
		rg_cli_say("%s", err.text);
	else if (c->settings->verbosity >= 0)
		rg_cli_say("stored %zu runs of %s", set->count, c->base.version.label);
}
