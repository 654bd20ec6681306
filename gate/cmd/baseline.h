/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_BASELINE_H
#define CMD_BASELINE_H

#include "rg/cli.h"
#include "rg/store.h"

#include <stdbool.h>
#include <stddef.h>

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

struct rg_baseline_act {
	int (*each)(void *ctx, const struct rg_baseline *baseline, const struct rg_store_key *key,
		    const char *label, struct rg_err *err);
	void *ctx;
};

/*
 * For each of the versions that are named; for all of the scenario at once, by a key without a version, when none is. Ends with
 * the first failure: its own, or that of a name that cannot be resolved.
 */
int rg_baseline_each(const struct rg_baseline *baseline, const struct rg_baseline_act *act,
		     char **words, size_t count, struct rg_err *err);

/* Whether any run is stored under a key, and be it one that cannot be read. */
int rg_baseline_has(const struct rg_baseline *baseline, const struct rg_store_key *key, bool *has,
		    struct rg_err *err);

/* The list as JSON on stdout: docs/stored-schema.json. RG_ENOMEM, RG_ELIMIT. */
int rg_baseline_print_json(const struct rg_baseline *baseline, const struct rg_store_list *list,
			   struct rg_err *err);

#endif
