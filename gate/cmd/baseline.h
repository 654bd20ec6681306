/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_BASELINE_H
#define CMD_BASELINE_H

#include "rg/cli.h"
#include "rg/store.h"

struct rg_err;
struct rg_settings;

/* What the baseline commands share. */

extern const struct rg_option rg_options_run[];    /* --run */
extern const struct rg_option rg_options_output[]; /* --output */

struct rg_baseline {
	const struct rg_settings *settings;
	struct rg_store *store;
};

/*
 * Reads the command line, opens the store, calls body with the positional arguments and returns the exit status.
 */
int rg_baseline_run(const struct rg_command *command, int argc, char **argv,
		    int (*body)(const struct rg_baseline *baseline, char **words, size_t count,
				struct rg_err *err));

/*
 * The runs stored for a version in the scenario, on this architecture; of these the one --run names, when it does.
 * RG_ENOTFOUND when there is none. Free with rg_store_list_done().
 */
int rg_baseline_find(const struct rg_baseline *baseline, const char *name,
		     struct rg_store_list *out, struct rg_err *err);

#endif
