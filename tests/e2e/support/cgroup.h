/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_CGROUP_H
#define E2E_CGROUP_H

#include "e2e.h"

/* Cgroups of a test's own. They are removed by e2e_cgroups_end(), which also ends the programs in them. */

/* Makes one in the version 2 hierarchy; "a/b" is one below another. Returns its directory, in the space of a path. */
const char *e2e_cgroup(struct e2e *e, const char *name);
/* The same in the version 1 hierarchy of a controller; NULL when this machine has none. */
const char *e2e_cgroup_v1(struct e2e *e, const char *controller, const char *name);
/*
 * Makes one that may use this part of a CPU, by whichever version has the controller; NULL when none does.
 */
const char *e2e_cgroup_limited(struct e2e *e, const char *name, double cpus);

/* Moves a process. */
void e2e_cgroup_enter(const char *directory, pid_t pid);
/* Moves it to the top of that hierarchy. */
void e2e_cgroup_leave(const char *directory, pid_t pid);

/* In place of e2e_teardown(). */
int e2e_cgroups_teardown(void **state);
#define E2E_CGROUP_TEST(function) \
	cmocka_unit_test_setup_teardown(function, e2e_setup, e2e_cgroups_teardown)

#endif
