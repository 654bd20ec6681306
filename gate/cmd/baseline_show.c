/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "settings.h"
#include "tops.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/pprof.h"
#include "rg/profile.h"
#include "rg/units.h"

#include <stdio.h>
#include <string.h>

static const struct rg_option_group groups[] = {
	{"Which", rg_options_run},
	{"Store", rg_options_store},
	{"General", rg_options_general},
	{0},
};

static void print_profile(const struct rg_store_run *run, const struct rg_profile *profile)
{
	char samples[RG_UNITS_TEXT_MAX], bytes[RG_UNITS_TEXT_MAX];
	size_t count;
	const struct rg_fact *facts = rg_profile_facts(profile, &count);

	printf("run %s  %s  %s samples\n", run->id, rg_format_bytes(bytes, run->bytes),
	       rg_format_count(samples, (uint64_t)rg_profile_total(profile, RG_VALUE_SAMPLES)));
	for (size_t i = 0; i < count; i++) {
		printf("  %-20s ", facts[i].key);
		rg_cli_print(facts[i].value);
		putchar('\n');
	}
}

static int show_run(const struct rg_baseline *b, const struct rg_store_run *run, struct rg_err *err)
{
	struct rg_profile *profile;
	struct rg_buf bytes;
	int rc;

	rg_buf_init(&bytes, RG_PPROF_MAX_FILE);
	rc = rg_store_get(b->store, run, &bytes, err);
	if (!rc) {
		rc = rg_pprof_read(bytes.data, bytes.len, &profile, err);
		if (rc)
			rg_err_prefix(err, "stored run %.12s", run->id);
	}
	rg_buf_done(&bytes);
	if (rc)
		return rc;
	print_profile(run, profile);
	rc = rg_tops_print(profile, err);
	rg_profile_free(profile);
	return rc;
}

static int show(const struct rg_baseline *b, char **words, size_t count, struct rg_err *err)
{
	struct rg_store_list list;
	int rc;

	if (count != 1)
		return rg_err_set(err, RG_EUSAGE, "baseline show: takes one version");
	rc = rg_baseline_find(b, words[0], &list, err);
	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < list.count; i++)
		rc = show_run(b, &list.runs[i], err);
	rg_store_list_done(&list);
	return rc;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_baseline_run(command, argc, argv, show);
}

const struct rg_command rg_command_baseline_show = {
	.name = "baseline show",
	.summary = "show a version's runs: where they come from, what they did",
	.usage = "[options] VERSION",
	.description = "Shows the provenance of each stored run (machine, kernel, window, samples, "
		       "losses) and its\nheaviest functions: those that ran, and those that "
		       "waited, with what for.",
	.groups = groups,
	.run = run,
};
