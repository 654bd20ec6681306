/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_CONFIG_H
#define RG_CONFIG_H

#include "rg/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_arena;
struct rg_buf;
struct rg_err;
struct rg_policy_change;

/*
 * regress-gate.json: what to run, how long to look, where baselines are, what is tolerated.
 * Every member has a default; the command line overrides the file. docs/config-schema.json describes
 * the file to editors and validators.
 *
 * One file may hold several scenarios: "scenarios": {"checkout": {…}, …}. What stands at the top
 * holds for all of them; a scenario may say "target", "control", "load", "ready", "alternate", "pinned", "work", "window", "extend_to", "warmup", "slice",
 * "frequency", "policy", "functions", "ignore", "accept", "idle", "not_idle" and "plumbing" otherwise. Of its policy
 * single keys replace those at the top; its "functions" and "accept" go before those at the top, its patterns are
 * added to theirs.
 */

#define RG_CONFIG_NAME "regress-gate.json"

enum {
	RG_CONFIG_MAX_BYTES = 1 << 20,
	RG_CONFIG_SCENARIOS_MAX = 256,
	RG_FREQUENCY_MAX_HZ = 10000,
	RG_BASELINE_RUNS_MAX = 1000,
	RG_ROUNDS_MAX = 100,
	RG_ROUNDS_DEFAULT = 4, /* and the least where more are planned by themselves */
};

/* "work": {"uprobe": "BINARY:FUNCTION", or "metric": "URL#NAME", or "command": shell command; "unit": "request"}. NULL: not set. */
struct rg_config_work {
	char *uprobe, *metric, *command;
	char *unit; /* rg_text_is_label() */
};

/* "ready": when a launched target is up, by one of the first three. NULL: not set. */
struct rg_config_ready {
	char *port; /* "8080", or "{port}" */
	char *line, *command;
	uint64_t timeout_ns; /* "timeout"; default 60 s; 100 ms to 1 h */
};

/* "alternate": the baseline is built and run in turns with the canary. */
struct rg_config_alternate {
	bool always; /* "always": also when runs of the baseline are stored */
	char *build; /* "build": shell command that builds a version; "": there is nothing to build; or NULL */
	uint32_t
		rounds; /* "rounds": 2 to RG_ROUNDS_MAX; 0, the default: 4, more of a program that ends by itself */
	uint32_t
		max_rounds; /* "max_rounds": while undecided; 0, the default: not; above rounds, or above 4, to RG_ROUNDS_MAX */
	uint64_t build_timeout_ns; /* "build_timeout"; default 10 min; 1 s to 24 h */
};

/* Ways to name a target that runs already. */
enum rg_config_running {
	RG_CONFIG_COMM,
	RG_CONFIG_CGROUP,
	RG_CONFIG_CONTAINER,
	RG_CONFIG_POD,
	RG_CONFIG_UNIT,
	RG_CONFIG_RUNNING_COUNT,
};

/*
 * "control": {"cgroup", "container", "pod", "unit": name} of a baseline that runs beside the target, and "work_metric" or
 * "work_command", what counts its work. NULL: not set.
 */
struct rg_config_control {
	char *running[RG_CONFIG_RUNNING_COUNT]; /* never by its comm */
	char *work_metric, *work_command;
};

struct rg_config {
	char *path;       /* of the file read, or NULL */
	char *scenario;   /* "scenario": name (as the store takes it); default "default" */
	char **scenarios; /* names of "scenarios" in the file's order; NULL-terminated, or NULL */
	/* There are several, and none is chosen: the values are those that stand at the top. */
	bool scenario_open;
	char **command; /* "target": {"command": [program, argument…]}; NULL-terminated, or NULL */
	/* "target": {"comm", "cgroup", "container", "pod", "unit": name}; by enum rg_config_running */
	char *running[RG_CONFIG_RUNNING_COUNT];
	struct rg_config_control control;
	char *load; /* "load": shell command, or NULL */
	struct rg_config_work work;
	struct rg_config_ready ready;
	struct rg_config_alternate alternate;
	char *store;  /* "store": "dir:PATH", or NULL for the default place; not in a scenario */
	char *remote; /* "remote": where baselines are fetched from and pushed to: the name of a git remote, a URL or "none";
			  * NULL for the default; not in a scenario */
	char *pinned; /* "pinned": a second version to compare with, or NULL */
	/* "baseline_runs": wanted of a version; default 4; 1 to RG_BASELINE_RUNS_MAX; not in a scenario. */
	uint32_t baseline_runs;
	uint64_t window_ns; /* "window": "30s"; default 30 s; 1 s to 24 h */
	uint64_t
		extend_to_ns; /* "extend_to": "15m": while undecided; 0, the default: not; longer than the window, to 24 h */
	uint64_t warmup_ns;    /* "warmup": "2s"; default 0; at most 24 h */
	uint64_t slice_ns;     /* "slice": "1s"; default 1 s; 100 ms to 1 h */
	uint32_t frequency_hz; /* "frequency": 99; default 99; 1 to RG_FREQUENCY_MAX_HZ */
	/*
	 * "policy": {"rule", "basis"; "growth", "total_growth", "limit", "min_share", "q", "prior_cv":
	 * percent texts ("15%"); "top_k", "min_samples": integers; "on_cpu": {the same but rule, basis,
	 * q and prior_cv, for this dimension alone}; "off_cpu": {"growth", "total_growth", "limit",
	 * "top_k" as there; "min_time": "10ms" per second, "min_waits", "max_unattributed"},
	 * "comparable": {"max_throttled", "max_starved", "max_steal", "max_lost", "max_unnamed_gap": percent texts,
	 * "max_failed": integer}};
	 * "functions": [{"match", "module": patterns, "growth", "limit", "min_share"}]; "accept": [{"match",
	 * "module": patterns, "growth": percent, "expires": "2026-03-31", "owner", "reason": texts}]; "ignore",
	 * "idle", "not_idle", "plumbing": [pattern…].
	 */
	struct rg_policy policy;
	struct rg_arena *arena; /* owns the policy's lists, or NULL */
};

/* Sets the defaults. Want of memory shows in rg_config_check(). */
void rg_config_init(struct rg_config *config);
void rg_config_done(struct rg_config *config);

/* Which scenario is meant. */
struct rg_config_wanted {
	const char *scenario; /* NULL: the one that the file names, or its only one */
	/* A file with "scenarios" need not have this one: what stands at the top holds for it then. */
	bool may_be_unknown;
};

/*
 * Reads a configuration over what *config holds. `name` is for messages only; `wanted` may be NULL.
 * RG_EUSAGE for everything wrong with it, as "NAME:LINE:COLUMN: …": syntax, an unknown key or scenario (naming
 * the nearest known one), a duplicate key, a wrong type, a value out of range (naming the range). Scenarios
 * that are not meant are checked just as well. On error *config is as it was.
 */
int rg_config_parse(struct rg_config *config, const char *text, size_t len, const char *name,
		    const struct rg_config_wanted *wanted, struct rg_err *err);

/*
 * Reads the file: `path` when given (RG_EUSAGE when missing), else RG_CONFIG_NAME in `directory` when
 * there is one; without either only the scenario wanted is set and 0 returned. A symbolic link is
 * followed only when the file is named, and a file of another user than root, this one, the one who
 * ran sudo or the current directory's owner is taken only then. Sets config->path. RG_EUSAGE as above and for what is no
 * readable file; RG_EIO, RG_ENOMEM.
 */
int rg_config_load(struct rg_config *config, const char *path, const char *directory,
		   const struct rg_config_wanted *wanted, struct rg_err *err);

/*
 * Checks that the values go together whatever they came from (file or command line): window not 0,
 * slice not longer than the window, limits as above. RG_EUSAGE naming the value and the range;
 * RG_ENOMEM when rg_config_init() lacked memory.
 */
int rg_config_check(const struct rg_config *config, struct rg_err *err);

/* Whether a text is "{port}", or the number of a port; and the rule in words. */
bool rg_config_port_ok(const char *text);
#define RG_CONFIG_PORT_RULE "\"{port}\" or a number from 1 to 65535 in quotes"
#define RG_CONFIG_PORT      "{port}" /* is replaced by the number of a free port */

/* RG_EUSAGE, listing the scenarios, when one must be chosen. */
int rg_config_need_scenario(const struct rg_config *config, struct rg_err *err);

/*
 * Appends a file to begin with, which rg_config_parse() reads: `program` (UTF-8) as the target, or NULL for
 * a place to fill in. RG_ENOMEM.
 */
int rg_config_write_start(const char *program, struct rg_buf *out, struct rg_err *err);

/* Sets config->path, as rg_config_load() does. RG_ENOMEM. */
int rg_config_set_path(struct rg_config *config, const char *path, struct rg_err *err);

/* Moves the policy of `from` into `to`, in place of its own; `from` is left with the defaults. */
void rg_config_take_policy(struct rg_config *to, struct rg_config *from);

/*
 * How one policy differs from another, key by key, in the words of the file; texts live in the arena.
 * RG_ENOMEM.
 */
int rg_config_compare_policies(const struct rg_policy *applied, const struct rg_policy *proposed,
			       struct rg_arena *arena, const struct rg_policy_change **changes,
			       size_t *count, struct rg_err *err);

#endif
