/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_REPO_H
#define E2E_REPO_H

#include "e2e.h"

/*
 * Makes the repository "r" in the scratch directory, with three commits tagged v1.3, v1.4 and v1.5 (an
 * annotated one), the last of them checked out, and sets it as the directory of later runs.
 */
void e2e_repo(struct e2e *e);

/* Runs git with these words in "r". */
void e2e_git(struct e2e *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
