/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KEY_H
#define KEY_H

#include <stdbool.h>

struct rg_err;
struct rg_store_key;
struct rg_store_run;

/* What keys and labels may look like (rg/store.h). */
bool key_scenario_ok(const char *scenario);
bool key_version_ok(const char *version);
bool key_arch_ok(const char *arch);
bool key_label_ok(const char *label);

/* RG_EUSAGE naming the member that is wrong. `partial`: members may be NULL. */
int key_check(const struct rg_store_key *key, bool partial, struct rg_err *err);
int key_check_label(const char *label, struct rg_err *err);
/* The members of a run that name it. */
int key_check_run(const struct rg_store_run *run, struct rg_err *err);

#endif
