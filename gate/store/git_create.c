/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "folder.h"
#include "io.h"
#include "oserr.h"

#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Files are for their owner only, also those that the git program writes; nothing collects garbage
 * behind the store's back, and there are no logs to keep removed runs alive.
 */
static const char config[] = "[core]\n"
			     "\trepositoryformatversion = 0\n"
			     "\tfilemode = true\n"
			     "\tbare = true\n"
			     "\tsharedRepository = 0600\n"
			     "\tlogAllRefUpdates = false\n"
			     "[gc]\n"
			     "\tauto = 0\n"
			     "[regress-gate]\n"
			     "\tstore = 1\n";

/* No commit is on it; git asks for a branch. */
static const char head[] = "ref: refs/heads/main\n";

bool gs_created(int root)
{
	struct stat st;

	/* When it cannot be told, opening it will say why. */
	return !fstatat(root, "HEAD", &st, AT_SYMLINK_NOFOLLOW) || errno != ENOENT;
}

/* Whether a writer that was killed may have left it. */
static bool is_ours(const char *name)
{
	static const char *const names[] = {"config", "objects", "refs"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return !strncmp(name, IO_TEMP_PREFIX, strlen(IO_TEMP_PREFIX));
}

static bool look(void *ctx, const char *name)
{
	bool *free_of_others = ctx;

	*free_of_others = is_ours(name);
	return *free_of_others;
}

static int make_folder(int parent, const char *name)
{
	int fd = folder_open_at(parent, name, true);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

static int fill(int root)
{
	int rc = make_folder(root, "objects");

	if (!rc)
		rc = make_folder(root, "refs");
	if (!rc)
		rc = io_replace(root, "config", config, sizeof(config) - 1, 0600);
	if (!rc)
		rc = io_replace(root, "HEAD", head, sizeof(head) - 1, 0600);
	return rc;
}

int gs_create(const struct gs_store *store, int root, struct rg_err *err)
{
	bool free_of_others = true;
	int rc = folder_each(root, look, &free_of_others);

	/* Where there are no locks another writer may be faster. */
	if (!rc && !free_of_others && gs_created(root))
		return 0;
	if (!rc && !free_of_others)
		return rg_err_set(
			err, RG_EUSAGE,
			"store: create '%.800s': the directory holds other things; name one "
			"that is empty or not there yet",
			store->path);
	if (!rc)
		rc = fill(root);
	return rc ? os_fail(err, -rc, "store: create", store->path) : 0;
}
