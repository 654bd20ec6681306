/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TAKE_H
#define CMD_TAKE_H

#include "rg/store.h"

struct rg_err;
struct rg_profile;
struct rg_settings;

/*
 * Captures the target of the settings into a profile that also says which version it is. Shows progress, says what a
 * user should know about the capture. A signal ends the window early and is found by rg_signals_caught(); a profile made
 * of what there was is still returned.
 */
int rg_take_profile(const struct rg_settings *settings, struct rg_profile **out,
		    struct rg_err *err);

/* Writes a profile file, whole or not at all, and tells the id that a store would give it unless `id` is NULL. */
int rg_take_write(const struct rg_profile *profile, const char *path, char id[RG_STORE_ID_MAX],
		  struct rg_err *err);

#endif
