/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TAKE_H
#define CMD_TAKE_H

#include "rg/capture.h"
#include "rg/store.h"

#include <stdbool.h>
#include <stdint.h>

struct rg_err;
struct rg_profile;
struct rg_profile_builder;
struct rg_progress;
struct rg_settings;

/*
 * Captures the target of the settings into a profile that also says which version it is. Shows progress, says what a
 * user should know about the capture. A signal ends the window early and is found by rg_signals_caught(); a profile made
 * of what there was is still returned.
 */
int rg_take_profile(const struct rg_settings *settings, struct rg_profile **out,
		    struct rg_err *err);

/*
 * Told of a run as far as it is captured: `more` is false when it cannot go on. Sets *window_ns to how long it is to
 * go on, 0: no longer.
 */
typedef int rg_take_look(void *ctx, struct rg_profile *so_far, bool more, uint64_t *window_ns,
			 struct rg_err *err);

/* As rg_take_profile(), of a run that goes on for as long as it is told to. Also errors of `look`. */
int rg_take_growing(const struct rg_settings *settings, rg_take_look *look, void *ctx,
		    struct rg_profile **out, struct rg_err *err);

/* One run of several. */
struct rg_take_run {
	const struct rg_settings *settings;        /* rg_launching_fill() has filled them */
	const char *label, *commit;                /* of the version that runs; NULL: not known */
	const char *directory, *helpers_directory; /* as in rg/capture.h */
	uint32_t executions;
	uint32_t round;
	const char *series; /* that the round is of */
	struct rg_progress *progress;
	void (*mapped)(void *ctx, const char *path); /* as in rg/capture.h */
	void *mapped_ctx;
};

/*
 * Captures it. The caller holds the signals. *late: its time was over before it had ended `executions` times; there is a
 * profile of what there was. RG_ETARGET too when it ended without any being asked for. *out is NULL after an error.
 */
int rg_take_one(const struct rg_take_run *run, struct rg_profile **out, bool *late,
		struct rg_err *err);

/* The parts of that: what the settings say of a capture, whose target is to be entered; what a user should know of it; the
 * facts about tool and scenario; and the version that is checked out. */
struct rg_capture_options rg_take_options(const struct rg_settings *settings,
					  struct rg_progress *progress);
void rg_take_remark(const struct rg_settings *settings, const struct rg_capture_result *result);
/* Of that, what is to be known of the load alone. */
void rg_take_remark_load(const struct rg_settings *settings,
			 const struct rg_capture_result *result);
int rg_take_facts(const struct rg_settings *settings, struct rg_profile_builder *builder,
		  struct rg_err *err);
int rg_take_version(const struct rg_settings *settings, struct rg_profile_builder *builder,
		    struct rg_err *err);

/* Writes a profile file, whole or not at all, and tells the id that a store would give it unless `id` is NULL. */
int rg_take_write(const struct rg_profile *profile, const char *path, char id[RG_STORE_ID_MAX],
		  struct rg_err *err);

#endif
