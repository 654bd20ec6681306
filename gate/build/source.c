/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source.h"
#include "clock.h"

#include "rg/build.h"
#include "rg/capture.h"
#include "rg/err.h"
#include "rg/export.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So often progress is told of, of all the times an export looks up. */
static const uint64_t PROGRESS_NS = 100 * RG_NS_PER_MS;

struct watch {
	const struct rg_build_options *options;
	uint64_t begin_ns, told_ns;
};

static bool look_up(void *ctx)
{
	struct watch *watch = ctx;
	const struct rg_build_options *o = watch->options;
	const uint64_t now = clock_ns();

	if (o->progress && now - watch->told_ns >= PROGRESS_NS) {
		watch->told_ns = now;
		o->progress(o->ctx, "export", now - watch->begin_ns);
	}
	return o->interrupted && o->interrupted(o->ctx);
}

static int describe_lack(const struct rg_build_options *o, const struct rg_export_result *result,
			 char **note, struct rg_err *err)
{
	const bool module = result->lack == RG_EXPORT_LACKS_SUBMODULE;

	if (!result->lack)
		return 0;
	if (asprintf(note,
		     "%s: built without the content of %s'%s', which the work tree does not have "
		     "either: %s brings it",
		     o->side, module ? "submodule " : "the Git LFS file ", result->lacking,
		     module ? "'git submodule update --init --recursive'" : "'git lfs pull'") < 0) {
		*note = NULL;
		return rg_err_nomem(err, "build");
	}
	return 0;
}

/* A tree that is copied in the middle of its own work tree would be copied into itself. */
static int check_apart(const struct rg_repo *repo, const char *folder, struct rg_err *err)
{
	const char *work_dir = rg_repo_work_dir(repo);
	char real[PATH_MAX];
	size_t len;

	if (!work_dir || !realpath(folder, real))
		return 0;
	len = strlen(work_dir);
	if (strncmp(real, work_dir, len) != 0 || (real[len] != '/' && real[len] != '\0'))
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "build: the temporary folder '%.400s' lies in the work tree: set TMPDIR "
			  "to a folder elsewhere",
			  folder);
}

/* Before the first commit there is none to name. */
static int find_commit(const struct rg_repo *repo, const char *wanted, char id[RG_REPO_ID_MAX],
		       struct rg_err *err)
{
	struct rg_err failure = {0};
	int rc = rg_repo_resolve(repo, wanted ? wanted : "HEAD", id, &failure);

	if (!rc)
		return 0;
	id[0] = '\0';
	return wanted ? rg_err_set(err, rc, "%s", failure.text) : 0;
}

static int export(const struct rg_repo *repo, const struct rg_build_options *o, int folder,
		  struct source *out, struct rg_err *err)
{
	struct watch watch = {.options = o, .begin_ns = clock_ns()};
	const struct rg_export plan = {.folder = folder, .stop = look_up, .ctx = &watch};
	struct rg_export_result result;
	int rc = check_apart(repo, o->folder, err);

	if (!rc)
		rc = find_commit(repo, o->commit, out->commit, err);
	if (rc)
		return rc;
	rc = o->commit ? rg_repo_export_commit(repo, out->commit, &plan, &result, err)
		       : rg_repo_export_work(repo, &plan, &result, err);
	return rc ? rc : describe_lack(o, &result, &out->note, err);
}

/* Root's configuration is not his to read. */
static int open_repo(const struct rg_build_options *o, struct rg_repo **repo, struct rg_err *err)
{
	const struct passwd *pw;

	if (!o->user)
		return rg_repo_open(o->repo, repo, err);
	pw = getpwuid(o->user->uid);
	return rg_repo_open_as(o->repo, pw ? pw->pw_dir : "", repo, err);
}

int source_export(const struct rg_build_options *options, int folder, struct source *out,
		  struct rg_err *err)
{
	struct rg_repo *repo;
	int rc = open_repo(options, &repo, err);

	if (rc)
		return rc;
	rc = export(repo, options, folder, out, err);
	rg_repo_free(repo);
	/* The user's signal is nobody's fault. */
	if (rc && rc != RG_EINTERRUPTED)
		rg_err_prefix(err, "%s", options->side);
	return rc;
}
