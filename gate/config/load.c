/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/config.h"

#include "texts.h"

#include "rg/err.h"
#include "rg/units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(const char *path, int error, struct rg_err *err)
{
	const int code = error == EIO || error == EMFILE || error == ENFILE ? RG_EIO : RG_EUSAGE;

	if (error == ELOOP)
		return rg_err_set(err, RG_EUSAGE,
				  "config: read '%.800s': is a symbolic link; it is followed only "
				  "when the file is named",
				  path);
	return rg_err_set(err, code, "config: read '%.800s': %s", path, strerror(error));
}

/* The bytes read, at most `size`, or a negative errno. */
static ssize_t read_up_to(int fd, char *bytes, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, bytes + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

static int parse_file(struct rg_config *config, int fd, const char *path,
		      const struct rg_config_wanted *wanted, struct rg_err *err)
{
	/* One byte more than is allowed, so that the parser sees that it is too large. */
	const size_t size = (size_t)RG_CONFIG_MAX_BYTES + 1;
	struct stat st;
	char *text;
	ssize_t len;
	int rc;

	if (fstat(fd, &st))
		return failed(path, errno, err);
	if (!S_ISREG(st.st_mode))
		return rg_err_set(err, RG_EUSAGE, "config: read '%.800s': is not a regular file",
				  path);
	text = malloc(size);
	if (!text)
		return rg_err_nomem(err, "config");
	len = read_up_to(fd, text, size);
	rc = len < 0 ? failed(path, (int)-len, err)
		     : rg_config_parse(config, text, (size_t)len, path, wanted, err);
	free(text);
	return rc;
}

static int load_file(struct rg_config *config, int fd, const char *path,
		     const struct rg_config_wanted *wanted, struct rg_err *err)
{
	char *copy = strdup(path);
	int rc;

	if (!copy)
		return rg_err_nomem(err, "config");
	rc = parse_file(config, fd, path, wanted, err);
	if (rc) {
		free(copy);
		return rc;
	}
	free(config->path);
	config->path = copy;
	return 0;
}

/* A file that is missing changes nothing but the scenario. */
static int load_nothing(struct rg_config *config, const struct rg_config_wanted *wanted,
			struct rg_err *err)
{
	if (!wanted || !wanted->scenario)
		return 0;
	return text_set(&config->scenario, wanted->scenario, err);
}

/* The user who ran sudo. */
static bool is_sudo_user(uid_t uid)
{
	const char *text = getenv("SUDO_UID");
	uint64_t user;

	return text && geteuid() == 0 && !rg_parse_u64(text, &user) && user == uid;
}

/*
 * The file says which commands are run. One that is only found may lie above this directory, where
 * anybody could put it (/tmp): it must be of somebody who may tell this user what to run.
 */
static int check_owner(int fd, const char *path, struct rg_err *err)
{
	struct stat file, here;

	if (fstat(fd, &file))
		return failed(path, errno, err);
	if (file.st_uid == 0 || file.st_uid == geteuid() || is_sudo_user(file.st_uid))
		return 0;
	if (!stat(".", &here) && here.st_uid == file.st_uid)
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "config: read '%.400s': is another user's, and may name commands to run; "
			  "'--config %.400s' takes it all the same",
			  path, path);
}

static int load_path(struct rg_config *config, const char *path, bool named,
		     const struct rg_config_wanted *wanted, struct rg_err *err)
{
	/*
	 * A file that is only found, not named, lies in a tree that others write; a link there could
	 * show what this user may read and they may not.
	 */
	const int follow = named ? 0 : O_NOFOLLOW;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | follow);
	int rc;

	if (fd < 0 && errno == ENOENT && !named)
		return load_nothing(config, wanted, err);
	if (fd < 0)
		return failed(path, errno, err);
	rc = named ? 0 : check_owner(fd, path, err);
	if (!rc)
		rc = load_file(config, fd, path, wanted, err);
	close(fd);
	return rc;
}

int rg_config_load(struct rg_config *config, const char *path, const char *directory,
		   const struct rg_config_wanted *wanted, struct rg_err *err)
{
	char *found = NULL;
	int rc;

	if (path)
		return load_path(config, path, true, wanted, err);
	if (!directory)
		return load_nothing(config, wanted, err);
	if (asprintf(&found, "%s/" RG_CONFIG_NAME, directory) < 0)
		return rg_err_nomem(err, "config");
	rc = load_path(config, found, false, wanted, err);
	free(found);
	return rc;
}
