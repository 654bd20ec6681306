/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_TEMPLATES_H
#define CMD_TEMPLATES_H

#include <stdbool.h>

struct rg_err;

/* The files of ci-templates/, which the program holds, by what they are for. Bits of a set. */
enum rg_templates {
	RG_TEMPLATES_GITHUB = 1,
	RG_TEMPLATES_GITLAB = 2,
	RG_TEMPLATES_KUBERNETES = 4,
};

/*
 * Writes the files of these sets below the directory `top`, and the directories they need. Nothing is
 * written when one is there already, unless `force`. A symbolic link is refused: it may lead out of
 * the repository. Under sudo all is the sudo user's.
 * Errors: RG_EUSAGE (one is there, or a name is too long), RG_EPRIVILEGE, RG_EIO, RG_ENOMEM.
 */
int rg_templates_write(const char *top, unsigned int sets, bool force, struct rg_err *err);

/* Prints what was written and what to do next, on stdout. */
void rg_templates_tell(unsigned int sets);

#endif
