/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runs.h"

#include "rg/err.h"
#include "rg/profile.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Runs of one version that are files of a folder: many hosts, or many captures. */

enum {
	FOLDER_MAX_RUNS = 1024,
	FOLDER_MAX_PATH = 4096,
	/* As fine as the engine looks at them, so that hundreds fit into memory at once. */
	FOLDER_SLICES = 20,
};

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void free_names(struct dirent **names, int count)
{
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

static int keep(struct rg_run_set *set, const struct rg_profile *whole, struct rg_profile **out,
		struct rg_err *err)
{
	struct rg_profile *reduced;
	int rc = rg_profile_reduce(whole, FOLDER_SLICES, &reduced, err);

	if (rc)
		return rc;
	rc = rg_run_set_pool(set, reduced, out, err);
	rg_profile_free(reduced);
	return rc;
}

static int add_reduced(struct rg_run_set *set, const char *path, const char *sample_type,
		       struct rg_err *err)
{
	struct rg_profile *whole, *kept = NULL;
	char id[RG_STORE_ID_MAX];
	int rc = rg_run_set_read(set, path, sample_type, &whole, id, err);

	if (rc)
		return rc;
	rc = keep(set, whole, &kept, err);
	rg_profile_free(whole);
	if (rc) {
		rg_err_prefix(err, "profile '%s'", path);
		return rc;
	}
	return rg_run_set_add(set, kept, id, err);
}

/* What is no regular file is no run: a folder of older ones, say. */
static int add_entry(struct rg_run_set *set, const char *folder, const char *name,
		     const char *sample_type, struct rg_err *err)
{
	char path[FOLDER_MAX_PATH];
	struct stat status;
	int len = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if (len < 0 || (size_t)len >= sizeof(path))
		return rg_err_set(err, RG_ELIMIT, "folder '%s': a path is longer than %d bytes",
				  folder, FOLDER_MAX_PATH);
	if (stat(path, &status))
		return rg_err_set(err, RG_EIO, "folder '%s': look at '%s': %s", folder, name,
				  strerror(errno));
	return S_ISREG(status.st_mode) ? add_reduced(set, path, sample_type, err) : 0;
}

static int add_folder(struct rg_run_set *set, const char *folder, const char *sample_type,
		      struct rg_err *err)
{
	struct dirent **names;
	size_t before = set->count;
	int count = scandir(folder, &names, is_visible, alphasort), rc = 0;

	if (count < 0)
		return rg_err_set(err, RG_EIO, "folder '%s': %s", folder, strerror(errno));
	if (count > FOLDER_MAX_RUNS)
		rc = rg_err_set(err, RG_ELIMIT, "folder '%s': holds more than %d files", folder,
				FOLDER_MAX_RUNS);
	for (int i = 0; !rc && i < count; i++)
		rc = add_entry(set, folder, names[i]->d_name, sample_type, err);
	free_names(names, count);
	if (!rc && set->count == before)
		return rg_err_set(err, RG_EFORMAT,
				  "folder '%s': holds no profile: name a file, or a folder with a "
				  "file for each run",
				  folder);
	return rc;
}

int rg_run_set_add_path(struct rg_run_set *set, const char *path, const char *sample_type,
			struct rg_err *err)
{
	struct stat status;

	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return add_folder(set, path, sample_type, err);
	return rg_run_set_add_file(set, path, sample_type, err);
}
