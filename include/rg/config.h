/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_CONFIG_H
#define RG_CONFIG_H

#include "rg/policy.h"

#include <stddef.h>
#include <stdint.h>

struct rg_err;

/*
 * regress-gate.json: what to run, how long to look, where baselines are, what is tolerated.
 * Every member has a default; the command line overrides the file.
 */

#define RG_CONFIG_NAME "regress-gate.json"

enum {
	RG_CONFIG_MAX_BYTES = 1 << 20,
	RG_FREQUENCY_MAX_HZ = 10000,
};

struct rg_config {
	char *path;     /* of the file read, or NULL */
	char *scenario; /* "scenario": text; default "default" */
	char **command; /* "target": {"command": [program, argument…]}; NULL-terminated, or NULL */
	char *load;     /* "load": shell command, or NULL */
	char *store;    /* "store": "dir:PATH", or NULL for the default place */
	uint64_t window_ns;      /* "window": "30s"; default 30 s; 1 s to 24 h */
	uint64_t warmup_ns;      /* "warmup": "2s"; default 0; at most 24 h */
	uint64_t slice_ns;       /* "slice": "1s"; default 1 s; 100 ms to 1 h */
	uint32_t frequency_hz;   /* "frequency": 99; default 99; 1 to RG_FREQUENCY_MAX_HZ */
	struct rg_policy policy; /* "policy": {"rule", "basis", "growth", "total_growth", "limit",
				  * "min_share", "q", "prior_cv": percent texts ("15%"), "top_k",
				  * "min_samples": integers} */
};

/* Sets the defaults. Want of memory shows in rg_config_check(). */
void rg_config_init(struct rg_config *config);
void rg_config_done(struct rg_config *config);

/*
 * Reads a configuration over what *config holds. `name` is for messages only. RG_EUSAGE for
 * everything wrong with it, as "NAME:LINE:COLUMN: …": syntax, an unknown key (naming the nearest known one),
 * a duplicate key, a wrong type, a value out of range (naming the range). On error *config is as it was.
 */
int rg_config_parse(struct rg_config *config, const char *text, size_t len, const char *name,
		    struct rg_err *err);

/*
 * Reads the file: `path` when given (RG_EUSAGE when missing), else RG_CONFIG_NAME in `directory` when
 * there is one; without either nothing is changed and 0 returned. A symbolic link is followed only
 * when the file is named. Sets config->path. RG_EUSAGE as above and for what is no readable file;
 * RG_EIO, RG_ENOMEM.
 */
int rg_config_load(struct rg_config *config, const char *path, const char *directory,
		   struct rg_err *err);

/*
 * Checks that the values go together whatever they came from (file or command line): window not 0,
 * slice not longer than the window, limits as above. RG_EUSAGE naming the value and the range;
 * RG_ENOMEM when rg_config_init() lacked memory.
 */
int rg_config_check(const struct rg_config *config, struct rg_err *err);

#endif
