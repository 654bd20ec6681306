/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_KIN_COMMON_H
#define REPO_KIN_COMMON_H

#include "kin_files.h"
#include "kin_functions.h"

/*
 * Marks, of the lines that went from functions, those that the baseline's changed files have elsewhere, too: they need not
 * have come from there. It reads these files again. RG_EIO, RG_ELIMIT, RG_ENOMEM.
 */
int kin_common_mark(struct kin_functions *functions, const struct kin_files *files,
		    struct rg_err *err);

#endif
