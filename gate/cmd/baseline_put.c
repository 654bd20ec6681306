/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "judged.h"
#include "reference.h"
#include "remote.h"
#include "runs.h"
#include "version.h"
#include "values.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/pprof.h"
#include "rg/profile.h"
#include "rg/verdict.h"

#include <stdio.h>
#include <string.h>

/* A pass is accepted always. */
static int set_accept(void *to, const char *value, struct rg_err *err)
{
	static const struct {
		const char *word;
		enum rg_outcome outcome;
	} words[] = {
		{"fail", RG_OUTCOME_FAIL},
		{"undecided", RG_OUTCOME_UNDECIDED},
		{"not-comparable", RG_OUTCOME_NOT_COMPARABLE},
		{"no-baseline", RG_OUTCOME_NO_BASELINE},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(value, words[i].word) != 0)
			continue;
		((struct rg_settings *)to)->accepted |= 1U << words[i].outcome;
		return 0;
	}
	return rg_err_set(err, RG_EUSAGE,
			  "must be one of: fail, undecided, not-comparable, no-baseline");
}

static const struct rg_option own_options[] = {
	{"force", 'f', NULL, "store a profile of another commit, scenario or an interrupted one",
	 RG_SETS_FLAG(force)},
	{"push", 0, NULL, "then push the version's runs (see 'baseline push')", RG_SETS_FLAG(push)},
	{"from-verdict", 0, "FILE",
	 "store the canary of this verdict ('check --json-out'), if it\npassed; the files are its "
	 "profiles, its version is theirs",
	 RG_SETS_WORD(from_verdict)},
	{"accept", 0, "OUTCOME",
	 "with --from-verdict, also after: fail, undecided,\nnot-comparable, no-baseline. Give it "
	 "again for more",
	 RG_SETS_BY(set_accept)},
	{0},
};

static const struct rg_option_group groups[] = {
	{"Baseline", own_options},
	{"Profiles of other tools", rg_options_input},
	{"Remote", rg_options_remote},
	{"Certificates", rg_options_ca},
	{"Store", rg_options_store},
	{"General", rg_options_general},
	{0},
};

static bool differs(const struct rg_profile *profile, const char *key, const char *value)
{
	const char *fact = rg_profile_fact(profile, key);

	return fact && strcmp(fact, value) != 0;
}

/* A profile under the wrong name would make every later verdict a lie. */
static int check_fits(const struct rg_profile *profile, const struct rg_version *version,
		      const char *scenario, const char *path, struct rg_err *err)
{
	if (differs(profile, RG_KEY_COMMIT, version->key))
		return rg_err_set(
			err, RG_EUSAGE,
			"baseline put: '%s' was captured at commit %.12s, and %s is %.12s: "
			"name that version, or say --force",
			path, rg_profile_fact(profile, RG_KEY_COMMIT), version->label,
			version->key);
	if (rg_profile_fact(profile, RG_KEY_COMMIT) &&
	    rg_version_is_dirty(rg_profile_fact(profile, RG_KEY_VERSION)))
		return rg_err_set(err, RG_EUSAGE,
				  "baseline put: '%s' was captured with uncommitted changes (%s): "
				  "say --force if it is %s all the same",
				  path, rg_profile_fact(profile, RG_KEY_VERSION), version->label);
	if (differs(profile, RG_KEY_SCENARIO, scenario))
		return rg_err_set(
			err, RG_EUSAGE,
			"baseline put: '%s' was captured for scenario '%s', not '%s': say "
			"--scenario or --force",
			path, rg_profile_fact(profile, RG_KEY_SCENARIO), scenario);
	if (rg_profile_fact(profile, RG_KEY_INTERRUPTED))
		return rg_err_set(err, RG_EUSAGE,
				  "baseline put: '%s' was interrupted: capture it again, or say "
				  "--force",
				  path);
	return 0;
}

static int check_profile(const struct rg_baseline *b, const struct rg_profile *profile,
			 const struct rg_version *version, const char *path, struct rg_err *err)
{
	if (rg_run_is_empty(profile))
		return rg_err_set(err, RG_EUSAGE,
				  "baseline put: '%s' holds no samples: nothing can be compared "
				  "with it",
				  path);
	if (b->settings->force)
		return 0;
	return check_fits(profile, version, b->settings->config.scenario, path, err);
}

/* How many there are by now, as long as more are wanted. */
static int tell_of_runs(const struct rg_baseline *b, const struct rg_store_key *key,
			struct rg_err *err)
{
	struct rg_store_list list;
	int rc = rg_store_find(b->store, key, &list, err);
	char seeding[64] = "";

	if (rc == 0)
		rg_reference_seeding(b->settings, list.count, seeding, sizeof(seeding));
	printf("%s%s\n", *seeding ? ": " : "", seeding);
	if (rc == 0)
		rg_store_list_done(&list);
	return rc;
}

static int put_bytes(const struct rg_baseline *b, const struct rg_version *version,
		     const char *arch, const struct rg_buf *bytes, struct rg_err *err)
{
	struct rg_store_key key = {
		.scenario = b->settings->config.scenario,
		.version = version->key,
		.arch = arch,
	};
	struct rg_store_run run;
	bool created;
	int rc = rg_store_put(b->store, &key, version->label, bytes->data, bytes->len, &run,
			      &created, err);

	if (rc)
		return rc;
	printf("%s run %.12s of %s (%s, %s)", created ? "stored" : "already stored:", run.id,
	       version->label, key.scenario, arch);
	rg_store_run_done(&run);
	return tell_of_runs(b, &key, err);
}

/* `verdict`: NULL when the user said which version it is. */
static int put_file(const struct rg_baseline *b, const struct rg_version *version, const char *path,
		    const struct rg_verdict *verdict, struct rg_err *err)
{
	struct rg_profile *profile;
	struct rg_buf bytes;
	char arch[65];
	int rc;

	rg_buf_init(&bytes, RG_PPROF_MAX_FILE);
	rc = rg_profile_read_file(path, b->settings->sample_type, &profile, &bytes, err);
	if (!rc) {
		const char *made_on = rg_profile_fact(profile, RG_KEY_ARCH);

		rc = verdict ? rg_judged_check(verdict, &bytes, path, err) : 0;
		if (!rc)
			rc = check_profile(b, profile, version, path, err);
		if (!rc)
			rc = put_bytes(b, version, made_on ? made_on : rg_run_arch(arch), &bytes,
				       err);
		rg_profile_free(profile);
	}
	rg_buf_done(&bytes);
	return rc;
}

static int push(const struct rg_baseline *b, const struct rg_version *version, struct rg_err *err)
{
	const struct rg_store_key key = {
		.scenario = b->settings->config.scenario,
		.version = version->key,
	};

	return rg_remote_push_baseline(b->settings, b->store, &key, version->label, err);
}

static int put_files(const struct rg_baseline *b, const struct rg_version *version, char **paths,
		     size_t count, const struct rg_verdict *verdict, struct rg_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++)
		rc = put_file(b, version, paths[i], verdict, err);
	return !rc && b->settings->push ? push(b, version, err) : rc;
}

static int put_judged(const struct rg_baseline *b, char **paths, size_t count, struct rg_err *err)
{
	struct rg_version version = {0};
	struct rg_verdict *verdict;
	int rc = rg_judged_open(b->settings, &verdict, &version, err);

	if (rc)
		return rc;
	rc = put_files(b, &version, paths, count, verdict, err);
	rg_version_done(&version);
	rg_verdict_free(verdict);
	return rc;
}

static int check_usage(const struct rg_settings *s, size_t count, struct rg_err *err)
{
	if (s->from_verdict && count < 1)
		return rg_err_set(err, RG_EUSAGE,
				  "baseline put: takes the profiles of the verdict: regress-gate "
				  "baseline put --from-verdict verdict.json FILE…");
	if (s->accepted && !s->from_verdict)
		return rg_err_set(err, RG_EUSAGE,
				  "baseline put: --accept goes with --from-verdict");
	if (!s->from_verdict && count < 2)
		return rg_err_set(err, RG_EUSAGE,
				  "baseline put: takes a version and profile files: regress-gate "
				  "baseline put v1.4 FILE…");
	return 0;
}

static int put(const struct rg_baseline *b, char **words, size_t count, struct rg_err *err)
{
	struct rg_version version = {0};
	int rc = check_usage(b->settings, count, err);

	if (!rc)
		rc = rg_config_need_scenario(&b->settings->config, err);
	if (rc)
		return rc;
	if (b->settings->from_verdict)
		return put_judged(b, words, count, err);
	rc = rg_version_resolve(words[0], &version, err);
	if (!rc)
		rc = put_files(b, &version, words + 1, count - 1, NULL, err);
	rg_version_done(&version);
	return rc;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_baseline_run(command, argc, argv, put);
}

const struct rg_command rg_command_baseline_put = {
	.name = "baseline put",
	.summary = "store profiles as runs of a version",
	.usage = "[options] VERSION FILE…\n--from-verdict VERDICT.json [options] FILE…",
	.description =
		"Stores profile files as baseline runs of a version: a git revision, kept "
		"by its commit\n"
		"id, or outside a repository (or as label:NAME) a name. Several runs make a "
		"better\n"
		"baseline: they tell how much the program varies by itself. The same file "
		"twice is\n"
		"stored once.\n"
		"\n"
		"With --from-verdict the files are stored as runs of the version that was judged, "
		"if it\n"
		"passed (growth that the policy accepts is a pass), and only if they are the "
		"profiles\n"
		"that were judged.",
	.examples = "  regress-gate baseline put v1.4 v1.4.pb.gz\n"
		    "  regress-gate baseline put HEAD run1.pb.gz run2.pb.gz run3.pb.gz\n"
		    "  regress-gate baseline put --push v1.4 v1.4.pb.gz\n"
		    "  regress-gate baseline put --from-verdict verdict.json canary.pb.gz\n",
	.groups = groups,
	.run = run,
};
