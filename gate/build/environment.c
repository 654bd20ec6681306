/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "environment.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OWN = 4 };

/* Beginnings of what a build must not inherit; what we set is among them. */
static bool is_dropped(const char *variable)
{
	static const char *const dropped[] = {
		"GIT_DIR=",
		"GIT_COMMON_DIR=",
		"GIT_WORK_TREE=",
		"GIT_INDEX_FILE=",
		"GIT_OBJECT_DIRECTORY=",
		"GIT_ALTERNATE_OBJECT_DIRECTORIES=",
		"GIT_PREFIX=",
		"GIT_NAMESPACE=",
		"GIT_CEILING_DIRECTORIES=",
		"MAKEFLAGS=",
		"MFLAGS=",
		"MAKELEVEL=",
		"MAKEFILES=",
		"RG_SIDE=",
		"RG_COMMIT=",
		"TMPDIR=",
	};

	for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
		if (!strncmp(variable, dropped[i], strlen(dropped[i])))
			return true;
	return false;
}

static bool add(char **out, size_t *count, const char *name, const char *value)
{
	if (asprintf(&out[*count], "%s%s", name, value) < 0) {
		out[*count] = NULL;
		return false;
	}
	(*count)++;
	return true;
}

static bool fill(char **out, const char *side, const char *commit, const char *folder)
{
	size_t count = 0;

	for (char **at = environ; at && *at; at++)
		if (!is_dropped(*at) && !add(out, &count, "", *at))
			return false;
	return add(out, &count, "RG_SIDE=", side) &&
	       (!*commit || add(out, &count, "RG_COMMIT=", commit)) &&
	       add(out, &count, "GIT_CEILING_DIRECTORIES=", folder) &&
	       /* What a compiler that is killed leaves goes with the folder. */
	       add(out, &count, "TMPDIR=", folder);
}

char **environment_make(const char *side, const char *commit, const char *folder)
{
	size_t count = 0;
	char **out;

	while (environ && environ[count])
		count++;
	out = calloc(count + OWN + 1, sizeof(*out));
	if (out && !fill(out, side, commit, folder)) {
		environment_free(out);
		return NULL;
	}
	return out;
}

void environment_free(char **environment)
{
	for (char **at = environment; at && *at; at++)
		free(*at);
	free(environment);
}
