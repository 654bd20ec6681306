/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternate_sides.h"
#include "alternate_shared.h"
#include "settings.h"
#include "signals.h"
#include "version.h"

#include "rg/build.h"
#include "rg/err.h"
#include "rg/repo.h"
#include "rg/units.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	SAY_EVERY_S = 10, /* a log grows by six lines a minute */
	SHA1_DIGITS = 40,
	SHA256_DIGITS = 64,
};

int alternate_interrupted(struct rg_err *err)
{
	if (!rg_signals_caught())
		return 0;
	return rg_err_set(err, RG_EINTERRUPTED,
			  "check: interrupted: no verdict is made of a part of the rounds");
}

/* --- Where we are --------------------------------------------------------------------------- */

/* The user's work tree, and the directory in it that we are in, "/sub" or "". */
struct place {
	char top[PATH_MAX];
	char below[PATH_MAX];
};

static int find_place(struct place *place, struct rg_err *err)
{
	struct rg_err failure = {0};
	struct rg_repo *repo;
	char here[PATH_MAX];
	const char *top;
	bool found;
	size_t len;

	if (rg_repo_open(".", &repo, &failure))
		return rg_err_set(err, failure.code == RG_ENOTFOUND ? RG_EUSAGE : failure.code,
				  "alternate: %s", failure.text);
	top = rg_repo_work_dir(repo);
	found = top && realpath(top, place->top) && realpath(".", here);
	rg_repo_free(repo);
	if (!top)
		return rg_err_set(
			err, RG_EUSAGE,
			"alternate: a bare repository has no work tree to compare: run it in one");
	if (!found)
		return rg_err_set(err, RG_EIO, "alternate: the work tree: %s", strerror(errno));
	/* The root is the one path that ends in a slash. */
	len = strcmp(place->top, "/") == 0 ? 0 : strlen(place->top);
	/* core.worktree may lead elsewhere, to a path that ours only begins with. */
	if (strncmp(here, place->top, len) != 0 || (here[len] != '/' && here[len] != '\0'))
		return rg_err_set(err, RG_EUSAGE, "alternate: run it in the work tree '%s'",
				  place->top);
	snprintf(place->below, sizeof(place->below), "%s", here + len);
	return 0;
}

/* --- Building ------------------------------------------------------------------------------- */

struct showing {
	const struct rg_settings *settings;
	const char *side;
	uint64_t said_ns;
	bool terminal, drawn;
};

static bool is_interrupted(void *ctx)
{
	(void)ctx;
	return rg_signals_caught() != 0;
}

static void show(void *ctx, const char *what, uint64_t elapsed_ns)
{
	struct showing *showing = ctx;
	unsigned int seconds = (unsigned int)(elapsed_ns / RG_NS_PER_S);

	if (showing->settings->verbosity < 0)
		return;
	if (showing->terminal) {
		fprintf(stderr, "\r\033[K%s: %s %u s", showing->side, what, seconds);
		fflush(stderr);
		showing->drawn = true;
		return;
	}
	/* The build has a time of its own. */
	if (elapsed_ns < showing->said_ns)
		showing->said_ns = 0;
	if (elapsed_ns >= showing->said_ns + SAY_EVERY_S * RG_NS_PER_S) {
		showing->said_ns = elapsed_ns;
		rg_cli_say("%s: %s, %u s so far", showing->side, what, seconds);
	}
}

static int build(const struct rg_settings *s, struct alternate_sides *sides,
		 enum alternate_side side, const struct rg_build_options *common,
		 struct rg_err *err)
{
	struct alternate_version *version = &sides->version[side];
	struct showing showing = {
		.settings = s, .side = version->name, .terminal = isatty(STDERR_FILENO)};
	struct rg_build_options options = *common;
	int rc;

	options.side = version->name;
	options.commit = side == ALTERNATE_BASELINE ? version->commit : NULL;
	options.ctx = &showing;
	if (s->verbosity >= 0)
		rg_cli_say("%s %s: %s", version->name, version->label ? version->label : "",
			   options.command ? options.command : "taken as it is");
	rc = rg_build_make(&options, &version->build, err);
	if (showing.drawn)
		fputs("\r\033[K", stderr);
	if (!rc && rg_build_note(version->build))
		rg_cli_say("warning: %s: %s", version->name, rg_build_note(version->build));
	return rc;
}

static int set_directory(struct alternate_version *version, const struct place *place,
			 struct rg_err *err)
{
	struct stat st;

	if (asprintf(&version->directory, "%s%s", rg_build_tree(version->build), place->below) <
	    0) {
		version->directory = NULL;
		return rg_err_nomem(err, "alternate");
	}
	if (stat(version->directory, &st) || !S_ISDIR(st.st_mode))
		return rg_err_set(
			err, RG_EUSAGE,
			"alternate: there is no directory '%s' in the %s: run it from one "
			"that both versions have",
			place->below + 1, version->name);
	version->tree = realpath(rg_build_tree(version->build), NULL);
	if (!version->tree)
		return rg_err_set(err, RG_EIO, "alternate: the tree of the %s: %s", version->name,
				  strerror(errno));
	version->built = (struct alternate_built){version->name, version->tree, version->directory};
	return 0;
}

/* --- Both ----------------------------------------------------------------------------------- */

/* Writing them to the disk is not to go on beside the first rounds. */
static void write_back(const struct rg_build_folder *folder)
{
	int fd = open(rg_build_folder_path(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	syncfs(fd);
	close(fd);
}

/* A label is a name in the store alone, though there may be a revision that is called so. */
static int check_revision(const struct rg_version *baseline, struct rg_err *err)
{
	const size_t digits = strspn(baseline->key, "0123456789abcdef");

	if (!baseline->key[digits] && (digits == SHA1_DIGITS || digits == SHA256_DIGITS))
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "alternate: '%.200s' is a label that runs are stored under, and no "
			  "version of this repository that could be built: name a tag, a branch or "
			  "a commit; or --no-alternate goes by the stored runs only",
			  baseline->label);
}

static int name_versions(const struct rg_version *baseline, struct alternate_sides *out,
			 struct rg_err *err)
{
	struct alternate_version *base = &out->version[ALTERNATE_BASELINE];
	struct alternate_version *canary = &out->version[ALTERNATE_CANARY];

	base->name = "baseline";
	canary->name = "canary";
	base->label = strdup(baseline->label);
	base->commit = strdup(baseline->key);
	if (!base->label || !base->commit)
		return rg_err_nomem(err, "version");
	return rg_version_here(&canary->label, &canary->commit, err);
}

/* The canary first: who works on it hears of its mistakes sooner. */
static int build_both(const struct rg_settings *s, struct alternate_sides *sides,
		      const struct place *place, const struct rg_build_options *common,
		      struct rg_err *err)
{
	int rc = 0;

	for (int i = ALTERNATE_SIDES - 1; !rc && i >= 0; i--) {
		rc = build(s, sides, (enum alternate_side)i, common, err);
		if (!rc)
			rc = set_directory(&sides->version[i], place, err);
		if (!rc)
			rc = alternate_interrupted(err);
	}
	return rc;
}

static int check_built(const struct rg_settings *s, const struct alternate_sides *sides,
		       const struct timespec *began, struct rg_err *err)
{
	int rc = 0;

	for (int i = 0; !rc && i < ALTERNATE_SIDES; i++)
		rc = alternate_shared_built(s->command, &sides->version[i].built, sides->work_tree,
					    began, err);
	return rc;
}

static int keep_work_tree(const struct place *place, struct alternate_sides *sides,
			  struct rg_err *err)
{
	sides->work_tree = strdup(place->top);
	return sides->work_tree ? 0 : rg_err_nomem(err, "alternate");
}

int alternate_sides_make(const struct rg_settings *s, const struct rg_version *baseline,
			 const struct rg_capture_user *user, struct alternate_sides *out,
			 struct rg_err *err)
{
	const char *command = s->config.alternate.build;
	struct timespec began;
	struct place place;
	struct rg_build_options options = {
		.repo = place.top,
		.command = command && *command ? command : NULL,
		.time_limit_ns = s->config.alternate.build_timeout_ns,
		.user = user,
		.interrupted = is_interrupted,
		.progress = show,
	};
	int rc = find_place(&place, err);

	if (!rc)
		rc = check_revision(baseline, err);
	if (!rc)
		rc = keep_work_tree(&place, out, err);
	if (!rc)
		rc = alternate_shared_named(s->command, out->work_tree, err);
	if (!rc)
		rc = name_versions(baseline, out, err);
	if (!rc)
		rc = rg_build_folder_make(user, &out->folder, err);
	if (rc)
		return rc;
	options.folder = rg_build_folder_path(out->folder);
	/* By the clock that files' times are of. */
	clock_gettime(CLOCK_REALTIME_COARSE, &began);
	rc = build_both(s, out, &place, &options, err);
	if (!rc)
		rc = check_built(s, out, &began, err);
	if (!rc)
		write_back(out->folder);
	return rc;
}

static void remove_folder(struct rg_build_folder *folder)
{
	char *path = folder ? strdup(rg_build_folder_path(folder)) : NULL;

	if (!rg_build_folder_free(folder))
		rg_cli_say("warning: not all of '%s' could be removed: did a build mount something "
			   "there? See to that before you remove the rest",
			   path ? path : "the temporary folder");
	free(path);
}

void alternate_sides_done(struct alternate_sides *sides)
{
	for (int i = 0; i < ALTERNATE_SIDES; i++) {
		rg_build_free(sides->version[i].build);
		free(sides->version[i].label);
		free(sides->version[i].commit);
		free(sides->version[i].directory);
		free(sides->version[i].tree);
	}
	free(sides->work_tree);
	remove_folder(sides->folder);
	*sides = (struct alternate_sides){0};
}
