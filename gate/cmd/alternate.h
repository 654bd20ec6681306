/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_ALTERNATE_H
#define CMD_ALTERNATE_H

#include "rg/cli.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_err;
struct rg_run_set;
struct rg_settings;
struct rg_version;

/* Alternating mode: the baseline is built, and both versions run in turns on this machine. */

extern const struct rg_option rg_options_ready[];
extern const struct rg_option rg_options_alternate[];

/* Whether both are to be run whatever is stored. */
bool rg_alternate_always(const struct rg_settings *settings);
/* Whether they can be where nothing is stored: a command and how to build it are known. */
bool rg_alternate_possible(const struct rg_settings *settings);
/* RG_EUSAGE for settings that contradict one another, or lack something; says what. */
int rg_alternate_check(const struct rg_settings *settings, struct rg_err *err);

struct rg_alternation;

/*
 * Takes both trees to a temporary folder, builds them, runs each once unobserved, and says the plan. Signals are held
 * until rg_alternation_end(). RG_EUSAGE, RG_ENOTFOUND, RG_ETARGET naming the side, RG_EINTERRUPTED, RG_EIO, RG_ENOMEM.
 */
int rg_alternation_begin(const struct rg_settings *settings, const struct rg_version *baseline,
			 struct rg_alternation **out, struct rg_err *err);
/* Rounds that are taken before the first look. */
uint32_t rg_alternation_planned(const struct rg_alternation *alternation);
/* So many rounds are to be taken in all, which is what progress is told by; at least one more. */
void rg_alternation_go_on(struct rg_alternation *alternation, uint32_t rounds);
/*
 * One more round: a run of each side, added to the sets. What is thrown out by the rule of the plan is taken again.
 * Errors as above; RG_EINTERRUPTED when a signal came.
 */
int rg_alternation_round(struct rg_alternation *alternation, struct rg_run_set *base,
			 struct rg_run_set *canary, struct rg_err *err);
/* How the rounds were taken, in a sentence for the report. */
void rg_alternation_note(const struct rg_alternation *alternation, char *out, size_t size);
/* Removes the trees. NULL is fine. */
void rg_alternation_end(struct rg_alternation *alternation);

#endif
