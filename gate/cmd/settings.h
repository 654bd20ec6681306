/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SETTINGS_H
#define CMD_SETTINGS_H

#include "control.h"
#include "post.h"
#include "target.h"

#include "rg/cli.h"
#include "rg/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rg_arena;
struct rg_err;
struct rg_policy_change;

enum {
	RG_SETTINGS_CANARIES_MAX = 256,
};

/* What an outcome that decides nothing is turned into. */
enum rg_mapping {
	RG_MAPPING_KEEP = 0,
	RG_MAPPING_PASS,
	RG_MAPPING_FAIL,
};

/* Whether the baseline is built and run beside the canary. */
enum rg_alternate {
	RG_ALTERNATE_AUTO = 0, /* when nothing is stored of it, and how to build it is known */
	RG_ALTERNATE_ALWAYS,
	RG_ALTERNATE_NEVER,
};

/* Everything a command was told: the configuration file's values, the command line's over them. Texts
 * are borrowed from argv, those in config are its own. */
struct rg_settings {
	struct rg_config config;
	const char *config_path; /* --config */
	const char *scenario;    /* --scenario */
	const char *policy_rev;  /* --policy-from */
	/* Where the policy was read from, and how that of the work tree differs; NULL, 0: from there. */
	const char *policy_from;
	const struct rg_policy_change *policy_changes;
	size_t policy_change_count;
	struct rg_arena *arena; /* owns what stands above */
	/* What the command line says, as rg_cli_rest has it; or NULL. */
	const struct rg_option *const *given;
	const char *baseline;     /* --baseline */
	const char *pinned;       /* --pinned */
	const char *from_verdict; /* --from-verdict */
	uint32_t accepted;        /* --accept: bits 1 << enum rg_outcome */
	const char *sample_type;  /* --sample-type */
	const char *canary[RG_SETTINGS_CANARIES_MAX];
	size_t canary_count;
	pid_t pids[RG_SETTINGS_PIDS_MAX];
	size_t pid_count;
	struct rg_target_settings target;
	struct rg_control_settings control;
	char *keep_runs;             /* --keep-runs */
	char **command;              /* behind "--", or the configuration's */
	bool command_given;          /* behind "--" */
	bool extend_given;           /* --extend-to */
	enum rg_alternate alternate; /* --alternate, --no-alternate */
	bool store_baseline;         /* --store-baseline */
	bool ready_given;            /* how the target is ready, on the command line */
	bool work_given;             /* a counter of work on the command line */
	const char *output;          /* -o */
	const char *label;           /* --as: what a capture calls its version */
	const char *run;             /* --run: beginning of a stored run's id */
	const char *arch;            /* --arch */
	uint64_t remote_timeout_ns;  /* --remote-timeout */
	bool push, no_fetch, damaged;
	bool no_off_cpu;
	double max_overhead; /* part of the target's CPU time */
	uint32_t without;    /* enum rg_capture_feature */
	bool json, force;
	bool svg; /* --svg: a picture instead of a page */
	/* Bits of enum rg_templates: what init writes beside the configuration. */
	unsigned int templates;
	const char *json_out, *markdown_out, *junit_out, *codequality_out, *metrics_out;
	const char *html_out;
	struct rg_post_settings post;
	enum rg_mapping on_undecided, on_no_baseline;
	const char *color;
	int verbosity; /* -1 quiet, 0, 1 verbose */
};

/* Option tables; a command lists the groups it takes. */
extern const struct rg_option rg_options_general[];
extern const struct rg_option rg_options_target[];
extern const struct rg_option rg_options_store[];
extern const struct rg_option rg_options_policy[];
extern const struct rg_option rg_options_report[];
extern const struct rg_option rg_options_input[];
extern const struct rg_option rg_options_remote[]; /* remote.c */
extern const struct rg_option rg_options_ca[];     /* of commands that do not post */
/* The report files that need the profiles, not the verdict alone. */
extern const struct rg_option rg_options_flame[];

/* The option --scenario's, for tables of commands that do not take the store's. */
int rg_settings_set_scenario(void *to, const char *value, struct rg_err *err);

/*
 * Reads the command line and the configuration file. Returns 0 to go on; otherwise *status is how to exit:
 * help was printed, or an error said. After 0 call rg_settings_done().
 */
int rg_settings_read(struct rg_settings *settings, const struct rg_command *command, int argc,
		     char **argv, struct rg_cli_rest *rest, int *status);
void rg_settings_done(struct rg_settings *settings, struct rg_cli_rest *rest);

/* Reads them, runs the body of a command, which returns how to exit, and lets them go. */
int rg_settings_run(const struct rg_command *command, int argc, char **argv,
		    int (*body)(const struct rg_settings *settings,
				const struct rg_cli_rest *rest));

/* The first option on the command line that is one of these but that one (or NULL); NULL: there is none. */
const struct rg_option *rg_settings_given(const struct rg_settings *settings,
					  const struct rg_option *options, const char *but);

/* Puts a copy of what an option says in place of what is there, which is freed. RG_ENOMEM. */
int rg_settings_set_text(char **to, const char *value, struct rg_err *err);

#endif
