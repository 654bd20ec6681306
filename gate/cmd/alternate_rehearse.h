/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_ALTERNATE_REHEARSE_H
#define CMD_ALTERNATE_REHEARSE_H

struct alternate_sides;
struct rg_capture_rehearsal;
struct rg_capture_user;
struct rg_err;
struct rg_settings;

/* Of what trial runs are made. */
struct alternate_trial {
	const struct rg_settings *settings;
	const struct alternate_sides *sides;
	const struct rg_capture_user *user; /* NULL: as we are */
};

/*
 * Runs each version once, unobserved. The files of both are in memory then, and whether the program ends by itself is
 * known: by the baseline, for a canary that takes longer than the window has become slower, and not another kind of program.
 * `out` is by side. RG_ETARGET where only one ends by itself; errors as rg_capture_rehearse() has them, naming the side.
 */
int alternate_rehearse(const struct alternate_trial *trial, struct rg_capture_rehearsal *out,
		       struct rg_err *err);

#endif
