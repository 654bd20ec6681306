/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_POST_H
#define CMD_POST_H

#include "rg/cli.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_err;
struct rg_settings;
struct rg_verdict;

enum { RG_POST_DESTINATIONS_MAX = 8 };

/* What the command line says about posting. NULL and 0: not said. */
struct rg_post_settings {
	const char *destinations[RG_POST_DESTINATIONS_MAX]; /* names, or "auto" */
	size_t count;
	const char *repo, *number, *commit, *api_url, *login, *key;
	const char *flame_url;
	const char *token_file, *ca_file, *summary_path;
	uint64_t timeout_ns, retry_ns;
	bool dry_run, allow_http;
};

extern const struct rg_option rg_options_post[];

/*
 * RG_EUSAGE where the command line has an option about posting, other than `but` (or NULL), and nothing is posted: it
 * would be ignored. The message begins with the command's name.
 */
int rg_post_check(const struct rg_settings *settings, const char *command, const char *but,
		  struct rg_err *err);

/*
 * Sends the verdict where --post says. Everything that fails is said, and nothing of it is an error: the exit status
 * is the verdict's. `status` is that one.
 */
void rg_post_verdict(const struct rg_settings *settings, const struct rg_verdict *verdict,
		     int status);

#endif
