/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_ENVIRONMENT_H
#define BUILD_ENVIRONMENT_H

/*
 * The environment of a build: ours without what leads git to the user's repository or make to the jobs of a make that runs
 * us, and with RG_SIDE, RG_COMMIT ("" is left out), a ceiling that keeps git from finding a repository above
 * `folder`, and temporary files in there. NULL: no memory. Free with environment_free().
 */
char **environment_make(const char *side, const char *commit, const char *folder);
void environment_free(char **environment);

#endif
