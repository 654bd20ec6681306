/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "settings.h"
#include "version.h"

#include "rg/err.h"

static int act_on_version(const struct rg_baseline *b, const struct rg_baseline_act *act,
			  const char *name, struct rg_err *err)
{
	struct rg_store_key key = {.scenario = b->settings->config.scenario};
	struct rg_version version = {0};
	int rc = rg_version_resolve(name, &version, err);

	if (rc)
		return rc;
	key.version = version.key;
	rc = act->each(act->ctx, b, &key, version.label, err);
	rg_version_done(&version);
	return rc;
}

int rg_baseline_each(const struct rg_baseline *b, const struct rg_baseline_act *act, char **words,
		     size_t count, struct rg_err *err)
{
	const struct rg_store_key all = {.scenario = b->settings->config.scenario};
	int rc = 0;

	if (!count)
		return act->each(act->ctx, b, &all, "all versions", err);
	for (size_t i = 0; !rc && i < count; i++)
		rc = act_on_version(b, act, words[i], err);
	return rc;
}

int rg_baseline_has(const struct rg_baseline *b, const struct rg_store_key *key, bool *has,
		    struct rg_err *err)
{
	struct rg_store_list list = {0};
	int rc = rg_store_find(b->store, key, &list, err);

	if (rc)
		return rc;
	*has = list.count || list.damaged;
	rg_store_list_done(&list);
	return 0;
}
