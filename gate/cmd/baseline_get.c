/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "settings.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/file.h"
#include "rg/pprof.h"

static const struct rg_option_group groups[] = {
	{"Output", rg_options_output},
	{"Which", rg_options_run},
	{"Store", rg_options_store},
	{"General", rg_options_general},
	{0},
};

static int write_run(const struct rg_baseline *b, const struct rg_store_run *run,
		     struct rg_err *err)
{
	struct rg_buf bytes;
	int rc;

	rg_buf_init(&bytes, RG_PPROF_MAX_FILE);
	rc = rg_store_get(b->store, run, &bytes, err);
	if (!rc)
		rc = rg_file_write_atomic(b->settings->output, bytes.data, bytes.len, 0600, err);
	rg_buf_done(&bytes);
	return rc;
}

static int get(const struct rg_baseline *b, char **words, size_t count, struct rg_err *err)
{
	struct rg_store_list list;
	int rc;

	if (count != 1)
		return rg_err_set(err, RG_EUSAGE, "baseline get: takes one version");
	if (!b->settings->output)
		return rg_err_set(err, RG_EUSAGE,
				  "baseline get: say where to write: --output FILE");
	rc = rg_baseline_find(b, words[0], &list, err);
	if (rc)
		return rc;
	if (list.count > 1)
		rc = rg_err_set(err, RG_EUSAGE,
				"baseline get: %zu runs of %s are stored: say which with --run "
				"(see 'regress-gate baseline list')",
				list.count, words[0]);
	else
		rc = write_run(b, &list.runs[0], err);
	rg_store_list_done(&list);
	return rc;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_baseline_run(command, argc, argv, get);
}

const struct rg_command rg_command_baseline_get = {
	.name = "baseline get",
	.summary = "write a stored run to a file",
	.usage = "[options] VERSION -o FILE",
	.description =
		"Writes a stored run of a version to a file, after checking that it is as it "
		"was stored.",
	.examples = "  regress-gate baseline get v1.4 -o v1.4.pb.gz\n"
		    "  regress-gate baseline get v1.4 --run 3fa9 -o v1.4.pb.gz\n",
	.groups = groups,
	.run = run,
};
