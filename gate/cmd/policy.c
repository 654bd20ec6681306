/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy.h"
#include "settings.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/err.h"
#include "rg/repo.h"
#include "rg/verdict.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* --- Which revision ------------------------------------------------------------------------- */

/* What a CI system calls the branch that a pull or merge request is for. */
struct ci {
	const char *branch;
	/*
	 * The commit the request branched off. GitLab's runner does not fetch the target branch, but this
	 * is among the commits that it fetches.
	 */
	const char *merge_base;
};

static const struct ci systems[] = {
	{.branch = "GITHUB_BASE_REF"},
	{.branch = "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
	 .merge_base = "CI_MERGE_REQUEST_DIFF_BASE_SHA"},
};

/* Where the policy is to be read. */
struct source {
	const char *revision; /* NULL: here */
	const char *label;    /* as people call it */
	/* When CI told: the branch's name; it may not have been fetched. */
	const char *branch;
	const struct ci *ci;
};

static const char *value_of(const char *variable)
{
	const char *value = variable ? getenv(variable) : NULL;

	return value && *value ? value : NULL;
}

static int find_source(const struct rg_settings *s, struct source *source, struct rg_err *err)
{
	*source = (struct source){.revision = s->policy_rev, .label = s->policy_rev};
	if (s->policy_rev && !strcmp(s->policy_rev, RG_POLICY_WORK_TREE))
		source->revision = NULL;
	if (s->policy_rev)
		return 0;
	for (size_t i = 0; !source->branch && i < sizeof(systems) / sizeof(systems[0]); i++) {
		source->branch = value_of(systems[i].branch);
		source->ci = &systems[i];
	}
	if (!source->branch)
		return 0;
	source->label = source->branch;
	source->revision = rg_arena_printf(s->arena, "refs/remotes/origin/%s", source->branch);
	return source->revision ? 0 : rg_err_nomem(err, "policy");
}

static int fail_not_fetched(const struct source *source, struct rg_err *err)
{
	const char *branch = source->branch;

	return rg_err_set(
		err, RG_EUSAGE,
		"policy: it belongs to '%.200s', which this branch is for (%s), and that is "
		"not here: 'git fetch --depth=1 origin "
		"+refs/heads/%.200s:refs/remotes/origin/%.200s' brings it, or say "
		"--policy-from REF",
		branch, source->ci->branch, branch, branch);
}

/* The commit's id. The branch itself goes before the commit branched off: it is what holds today. */
static int resolve(const struct rg_settings *s, const struct rg_repo *repo, struct source *source,
		   char id[RG_REPO_ID_MAX], struct rg_err *err)
{
	const char *merge_base;

	if (!source->branch)
		return rg_repo_resolve(repo, source->revision, id, err);
	if (rg_repo_resolve(repo, source->revision, id, NULL) == 0)
		return 0;
	merge_base = value_of(source->ci->merge_base);
	if (!merge_base || rg_repo_resolve(repo, merge_base, id, NULL))
		return fail_not_fetched(source, err);
	source->label = rg_arena_printf(s->arena, "%s where this branched off", source->branch);
	return source->label ? 0 : rg_err_nomem(err, "policy");
}

/* --- Which file ----------------------------------------------------------------------------- */

/* The file's directory, its own links resolved. */
static int directory_of(const char *path, char out[PATH_MAX], struct rg_err *err)
{
	char *copy = strdup(path);
	const char *found;

	if (!copy)
		return rg_err_nomem(err, "policy");
	found = realpath(dirname(copy), out);
	free(copy);
	return found ? 0 : rg_err_set(err, RG_EUSAGE, "policy: '%.400s' is in no directory", path);
}

/* The part of the directory that is below the top; NULL when it is not below. */
static const char *below(const char *directory, const char *top)
{
	char real[PATH_MAX];
	size_t len;

	if (!top || !realpath(top, real))
		return NULL;
	len = strlen(real);
	if (strncmp(directory, real, len) != 0 || (directory[len] && directory[len] != '/'))
		return NULL;
	return directory[len] ? directory + len + 1 : directory + len;
}

/* The configuration's path from the top of the work tree. */
static int path_in(const struct rg_repo *repo, const struct rg_settings *s, const char **out,
		   struct rg_err *err)
{
	const char *slash, *name, *folder, *path = s->config_path;
	char directory[PATH_MAX];
	int rc;

	*out = RG_CONFIG_NAME;
	if (!path)
		return 0;
	rc = directory_of(path, directory, err);
	if (rc)
		return rc;
	folder = below(directory, rg_repo_work_dir(repo));
	if (!folder)
		return rg_err_set(
			err, RG_EUSAGE,
			"policy: '%.400s' is not in the work tree here, so that no revision "
			"has it: --policy-from " RG_POLICY_WORK_TREE " takes the file as it is",
			path);
	slash = strrchr(path, '/');
	name = slash ? slash + 1 : path;
	*out = rg_arena_printf(s->arena, "%s%s%s", folder, *folder ? "/" : "", name);
	return *out ? 0 : rg_err_nomem(err, "policy");
}

/* --- Reading -------------------------------------------------------------------------------- */

static int parse(const struct rg_settings *s, const struct rg_buf *text, const char *name,
		 struct rg_config *target, struct rg_err *err)
{
	/*
	 * Which one the file chooses is the target's to say, or a branch would choose the most lenient. One that only this
	 * branch has is judged by what holds for all of the target's.
	 */
	const struct rg_config_wanted wanted = {.scenario = s->scenario, .may_be_unknown = true};

	return rg_config_parse(target, text->data ? text->data : "", text->len, name, &wanted, err);
}

/* Without a file there, the defaults hold there. */
static int read_target(const struct rg_settings *s, const struct rg_repo *repo, const char *id,
		       const char *path, struct rg_config *target, struct rg_err *err)
{
	const char *name = rg_arena_printf(s->arena, "%s:%s", s->policy_from, path);
	struct rg_buf text;
	bool found = false;
	int rc;

	if (!name)
		return rg_err_nomem(err, "policy");
	rg_buf_init(&text, RG_CONFIG_MAX_BYTES);
	rc = rg_repo_read_file(repo, id, path, RG_CONFIG_MAX_BYTES, &found, &text, err);
	if (!rc && found)
		rc = parse(s, &text, name, target, err);
	if (!rc && found)
		rc = rg_config_set_path(target, name, err);
	rg_buf_done(&text);
	return rc;
}

/* Whoever says where baselines are says what is compared with. */
struct place {
	const char *what, *applied, *proposed;
};

enum { PLACES = 4 };

static const char *or_default(const char *text)
{
	return text ? text : "the default";
}

/* Of a scenario that the command line names nothing is to be told. */
static const char *chosen(const struct rg_settings *s, const struct rg_config *target,
			  const struct rg_config *config)
{
	if (s->scenario || !target->path)
		return "";
	return config->scenario_open ? "none" : config->scenario;
}

static bool differs(const struct place *place)
{
	return strcmp(place->applied, place->proposed) != 0;
}

/* Copies: the two configurations will not last. */
static int add_place(struct rg_settings *s, const struct place *place,
		     struct rg_policy_change *change, struct rg_err *err)
{
	*change = (struct rg_policy_change){
		.what = place->what,
		.applied = rg_arena_strdup(s->arena, place->applied),
		.proposed = rg_arena_strdup(s->arena, place->proposed),
	};
	return change->applied && change->proposed ? 0 : rg_err_nomem(err, "policy");
}

/* That only one side has the file: where the defaults took its place, nothing else may tell. */
static void add_file(const struct rg_settings *s, const struct rg_config *target, const char *path,
		     struct rg_policy_change *out, size_t *count)
{
	if (!target->path == !s->config.path)
		return;
	out[(*count)++] = (struct rg_policy_change){
		.what = "configuration",
		.applied = target->path ? path : "none",
		.proposed = target->path ? "none" : path,
	};
}

static int add_places(struct rg_settings *s, const struct rg_config *target,
		      struct rg_policy_change *out, size_t *count, struct rg_err *err)
{
	const struct place places[PLACES] = {
		{"scenario", chosen(s, target, target), chosen(s, target, &s->config)},
		{"store", or_default(target->store), or_default(s->config.store)},
		{"remote", or_default(target->remote), or_default(s->config.remote)},
		{"pinned", target->pinned ? target->pinned : "none",
		 s->config.pinned ? s->config.pinned : "none"},
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < PLACES; i++)
		if (differs(&places[i]))
			rc = add_place(s, &places[i], &out[(*count)++], err);
	return rc;
}

/* Before the policies' differences those of where all of it is from. */
static int compare(struct rg_settings *s, const struct rg_config *target, const char *path,
		   struct rg_err *err)
{
	const struct rg_policy_change *found = NULL;
	struct rg_policy_change *all;
	size_t count = 0, more = 0;
	int rc = rg_config_compare_policies(&target->policy, &s->config.policy, s->arena, &found,
					    &count, err);

	if (rc)
		return rc;
	all = rg_arena_array(s->arena, count + PLACES + 1, sizeof(*all));
	if (!all)
		return rg_err_nomem(err, "policy");
	add_file(s, target, path, all, &more);
	rc = add_places(s, target, all, &more, err);
	if (rc)
		return rc;
	if (count)
		memcpy(all + more, found, count * sizeof(*all));
	s->policy_changes = all;
	s->policy_change_count = count + more;
	return 0;
}

static void swap_texts(char **a, char **b)
{
	char *text = *a;

	*a = *b;
	*b = text;
}

/* Where baselines are, and which are compared with, is the target's, too. */
static void take(struct rg_settings *s, struct rg_config *target)
{
	rg_config_take_policy(&s->config, target);
	swap_texts(&s->config.store, &target->store);
	swap_texts(&s->config.remote, &target->remote);
	swap_texts(&s->config.pinned, &target->pinned);
}

static int apply(struct rg_settings *s, const struct rg_repo *repo, struct source *source,
		 struct rg_err *err)
{
	struct rg_config target;
	char id[RG_REPO_ID_MAX];
	const char *path;
	int rc = resolve(s, repo, source, id, err);

	if (!rc)
		rc = path_in(repo, s, &path, err);
	if (rc)
		return rc;
	s->policy_from = rg_arena_printf(s->arena, "%s (%.12s)", source->label, id);
	if (!s->policy_from)
		return rg_err_nomem(err, "policy");
	rg_config_init(&target);
	rc = read_target(s, repo, id, path, &target, err);
	if (!rc)
		rc = compare(s, &target, path, err);
	if (!rc)
		take(s, &target);
	rg_config_done(&target);
	return rc;
}

/* The repository that the file lies in, or would. */
static int open_repo(const struct rg_settings *s, struct rg_repo **repo, struct rg_err *err)
{
	char directory[PATH_MAX] = ".";
	int rc = s->config_path ? directory_of(s->config_path, directory, err) : 0;

	return rc ? rc : rg_repo_open(directory, repo, err);
}

static int fail_no_repo(const struct rg_settings *s, const struct source *source,
			struct rg_err *err)
{
	return rg_err_set(
		err, RG_EUSAGE,
		"policy: it belongs to '%.200s'%s%s, and '%.400s' is in no git repository: "
		"--policy-from " RG_POLICY_WORK_TREE " takes it as it is",
		source->label, source->ci ? ", which this branch is for, by " : "",
		source->ci ? source->ci->branch : "", s->config.path ? s->config.path : ".");
}

int rg_policy_from_target(struct rg_settings *s, struct rg_err *err)
{
	struct rg_repo *repo = NULL;
	struct source source;
	struct rg_err own = {0};
	int rc = find_source(s, &source, err);

	if (rc || !source.revision)
		return rc;
	rc = open_repo(s, &repo, &own);
	/* No repository and no file: there is no policy but the defaults, and nobody who could change it. */
	if (rc == RG_ENOTFOUND)
		return source.branch && !s->config.path ? 0 : fail_no_repo(s, &source, err);
	if (rc)
		return rg_err_set(err, rc, "%s", own.text);
	rc = apply(s, repo, &source, err);
	rg_repo_free(repo);
	return rc;
}

void rg_policy_tell(const struct rg_settings *s, struct rg_verdict *verdict)
{
	verdict->policy_from = s->policy_from ? s->policy_from : "";
	verdict->policy_changes = s->policy_changes;
	verdict->policy_change_count = s->policy_change_count;
}
