/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_LAUNCHING_H
#define CMD_LAUNCHING_H

#include <stdbool.h>
#include <stdint.h>

struct rg_arena;
struct rg_capture_ready;
struct rg_err;
struct rg_settings;

/* What a launched target is given: a free port, wherever "{port}" stands. */

/* RG_EUSAGE for options about when a target is up that would be ignored: it runs already, or shows nothing to wait for. */
int rg_launching_check(const struct rg_settings *settings, struct rg_err *err);
/* Whether "{port}" stands anywhere that it is replaced. */
bool rg_launching_wants_port(const struct rg_settings *settings);
/*
 * A copy of the settings for one launch: with a free TCP port, always of as many digits, in place of "{port}" in command, load,
 * ready and work. Texts live in the arena, or are the settings'. Not for rg_settings_done(). RG_EIO, RG_ENOMEM.
 */
int rg_launching_fill(const struct rg_settings *settings, struct rg_arena *arena,
		      struct rg_settings *out, struct rg_err *err);
/* When the target of filled settings is up. RG_EUSAGE for a text that is too long. */
int rg_launching_ready(const struct rg_settings *filled, struct rg_capture_ready *out,
		       struct rg_err *err);

#endif
