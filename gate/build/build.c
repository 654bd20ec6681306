/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"
#include "environment.h"
#include "identity.h"
#include "log.h"
#include "remove.h"
#include "source.h"

#include "rg/buf.h"
#include "rg/build.h"
#include "rg/capture.h"
#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { FULL_DISK_BYTES = 64 << 10 };

struct rg_build {
	char *tree, *log;
	struct source source;
	bool as_user;
	struct rg_capture_user user;
};

const char *rg_build_tree(const struct rg_build *build)
{
	return build->tree;
}

const char *rg_build_log(const struct rg_build *build)
{
	return build->log;
}

const char *rg_build_note(const struct rg_build *build)
{
	return build->source.note;
}

static int become(const struct rg_build *build, struct identity *before, struct rg_err *err)
{
	return identity_take(build->as_user ? &build->user : NULL, before, err);
}

/* --- Its files ------------------------------------------------------------------------------ */

/* Names of one length: the length of a path shifts a program's stack, and with it what it costs. */
static struct rg_build *build_new(const struct rg_build_options *o)
{
	const char *name = strcmp(o->side, "baseline") == 0 ? "a" : "b";
	struct rg_build *build = calloc(1, sizeof(*build));

	if (!build)
		return NULL;
	if (asprintf(&build->tree, "%s/%s", o->folder, name) < 0)
		build->tree = NULL;
	if (asprintf(&build->log, "%s/%s.log", o->folder, name) < 0)
		build->log = NULL;
	if (o->user) {
		build->as_user = true;
		build->user = *o->user;
	}
	if (build->tree && build->log)
		return build;
	free(build->tree);
	free(build->log);
	free(build);
	return NULL;
}

void rg_build_free(struct rg_build *build)
{
	struct identity before;

	if (!build)
		return;
	if (!become(build, &before, NULL)) {
		remove_tree(build->tree);
		unlink(build->log);
		identity_restore(&before);
	}
	free(build->source.note);
	free(build->tree);
	free(build->log);
	free(build);
}

static int fill_tree(struct rg_build *build, const struct rg_build_options *o, struct rg_err *err)
{
	int folder = -1, rc;

	if (mkdir(build->tree, 0777) ||
	    (folder = open(build->tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		return rg_err_set(err, RG_EIO, "build: make '%.500s': %s", build->tree,
				  strerror(errno));
	rc = source_export(o, folder, &build->source, err);
	close(folder);
	return rc;
}

/* *log_fd is open after a success. */
static int prepare(struct rg_build *build, const struct rg_build_options *o, int *log_fd,
		   struct rg_err *err)
{
	struct identity before;
	int rc = become(build, &before, err), fd;

	if (rc)
		return rc;
	rc = fill_tree(build, o, err);
	fd = rc ? rc : log_open(build->log, err);
	identity_restore(&before);
	if (fd < 0)
		return fd;
	*log_fd = fd;
	return 0;
}

/* --- The command ---------------------------------------------------------------------------- */

/* Where all of its output stays, or "". */
static void add_kept_log(const struct rg_build *build, const struct rg_build_options *o,
			 struct rg_buf *text)
{
	struct identity before;
	char *kept = NULL;

	if (!become(build, &before, NULL)) {
		kept = log_keep(build->log, o->folder, o->side);
		identity_restore(&before);
	}
	if (kept)
		rg_buf_addf(text, "; all of its output is in '%.300s'", kept);
	free(kept);
}

/* By now compilers have removed their temporary files: what little a full disk has again is next to nothing. */
static void add_full_disk(const struct command *command, struct rg_buf *text)
{
	struct statvfs fs;

	if (!fstatvfs(command->log_fd, &fs) &&
	    (uint64_t)fs.f_bavail * fs.f_frsize < FULL_DISK_BYTES)
		rg_buf_adds(text, "; the disk is full: make room, or set TMPDIR to a folder that "
				  "has more");
}

/* The log's, which is longer, unless nothing could be written to it. */
static void add_output(const struct command *command, struct rg_buf *text)
{
	const size_t len = text->len;

	log_add_end(command->log_fd, (unsigned int)(RG_ERR_TEXT_MAX - 1 - text->len), text);
	if (text->len == len && command->output)
		rg_buf_adds(text, command->output);
	if (text->len == len)
		rg_buf_adds(text, "(no output)");
}

static int fail_command(const struct rg_build *build, const struct rg_build_options *o,
			const struct command *command, struct rg_err *err)
{
	struct rg_buf text;

	rg_buf_init(&text, RG_ERR_TEXT_MAX - 1);
	rg_buf_addf(&text, "build: %s (%.12s%s): '%.200s' %s", o->side,
		    *build->source.commit ? build->source.commit : "no commit",
		    o->commit ? "" : ", the work tree", o->command, command->end);
	if (build->source.note)
		rg_buf_addf(&text, "; %.300s", build->source.note);
	add_full_disk(command, &text);
	add_kept_log(build, o, &text);
	rg_buf_adds(&text, "; it ended with:\n");
	add_output(command, &text);
	rg_err_set(err, RG_ETARGET, "%s", text.data ? text.data : command->end);
	rg_buf_done(&text);
	return RG_ETARGET;
}

static int run_command(struct rg_build *build, const struct rg_build_options *o, int log_fd,
		       struct rg_err *err)
{
	char **environment = environment_make(o->side, build->source.commit, o->folder);
	struct command command = {
		.options = o, .tree = build->tree, .environment = environment, .log_fd = log_fd};
	int rc;

	if (!environment)
		return rg_err_nomem(err, "build");
	rc = command_run(&command, err);
	environment_free(environment);
	if (rc == RG_ETARGET && command.end[0])
		rc = fail_command(build, o, &command, err);
	free(command.output);
	return rc;
}

/* Where a link is in its place, what is run next may be both sides' own. */
static int check_tree(const struct rg_build *build, const struct rg_build_options *o,
		      struct rg_err *err)
{
	struct stat st;

	if (!lstat(build->tree, &st) && S_ISDIR(st.st_mode))
		return 0;
	return rg_err_set(err, RG_ETARGET,
			  "build: %s: '%.200s' left no folder at '%.500s', where its tree was",
			  o->side, o->command, build->tree);
}

int rg_build_make(const struct rg_build_options *options, struct rg_build **out, struct rg_err *err)
{
	struct rg_build *build = build_new(options);
	int log_fd, rc;

	if (!build)
		return rg_err_nomem(err, "build");
	rc = prepare(build, options, &log_fd, err);
	if (!rc) {
		if (options->command)
			rc = run_command(build, options, log_fd, err);
		if (!rc)
			rc = check_tree(build, options, err);
		close(log_fd);
	}
	if (rc) {
		rg_build_free(build);
		return rc;
	}
	*out = build;
	return 0;
}
