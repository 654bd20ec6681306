/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "settings.h"

#include "rg/err.h"

#include <stdio.h>

static const struct rg_option_group groups[] = {
	{"Which", rg_options_run},
	{"Store", rg_options_store},
	{"General", rg_options_general},
	{0},
};

static int rm(const struct rg_baseline *b, char **words, size_t count, struct rg_err *err)
{
	struct rg_store_list list;
	int rc;

	if (count != 1)
		return rg_err_set(err, RG_EUSAGE, "baseline rm: takes one version");
	rc = rg_baseline_find(b, words[0], &list, err);
	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < list.count; i++) {
		rc = rg_store_remove(b->store, &list.runs[i], err);
		if (!rc)
			printf("removed run %.12s of %s\n", list.runs[i].id, words[0]);
	}
	/* What cannot be read is not removed, and keeps 'check' from a verdict: that is no success. */
	if (!rc && list.damaged)
		rc = rg_err_set(err, RG_EFORMAT,
				"baseline rm: not removed, for it cannot be read: %s",
				list.first_damaged);
	rg_store_list_done(&list);
	return rc;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_baseline_run(command, argc, argv, rm);
}

const struct rg_command rg_command_baseline_rm = {
	.name = "baseline rm",
	.summary = "remove the stored runs of a version",
	.usage = "[options] VERSION",
	.description = "Removes every stored run of a version, or the one --run names, in the "
		       "scenario. In a\n"
		       "git store their space is freed by 'regress-gate baseline prune', an hour "
		       "later at the\n"
		       "earliest: until then another writer may need the same bytes.",
	.examples = "  regress-gate baseline rm v1.3\n"
		    "  regress-gate baseline rm v1.4 --run 3fa9\n",
	.groups = groups,
	.run = run,
};
