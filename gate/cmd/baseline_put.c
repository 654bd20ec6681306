/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "remote.h"
#include "runs.h"
#include "settings.h"
#include "version.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/pprof.h"
#include "rg/profile.h"

#include <stdio.h>
#include <string.h>

static int set_force(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->force = true;
	return 0;
}

static const struct rg_option own_options[] = {
	{"force", 'f', NULL, "store a profile of another commit, scenario or an interrupted one",
	 set_force},
	{"push", 0, NULL, "then push the version's runs (see 'baseline push')", rg_remote_set_push},
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

static bool dirty(const struct rg_profile *profile)
{
	const char *version = rg_profile_fact(profile, RG_KEY_VERSION);
	size_t len = version ? strlen(version) : 0;

	return len > 6 && !strcmp(version + len - 6, "-dirty");
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
	if (rg_profile_fact(profile, RG_KEY_COMMIT) && dirty(profile))
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
	if (!rg_profile_total(profile, RG_VALUE_SAMPLES) &&
	    !rg_profile_total(profile, RG_VALUE_CPU_NS))
		return rg_err_set(err, RG_EUSAGE,
				  "baseline put: '%s' holds no samples: nothing can be compared "
				  "with it",
				  path);
	if (b->settings->force)
		return 0;
	return check_fits(profile, version, b->settings->config.scenario, path, err);
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
	printf("%s run %.12s of %s (%s, %s)\n", created ? "stored" : "already stored:", run.id,
	       version->label, key.scenario, arch);
	rg_store_run_done(&run);
	return 0;
}

static int put_file(const struct rg_baseline *b, const struct rg_version *version, const char *path,
		    struct rg_err *err)
{
	struct rg_profile *profile;
	struct rg_buf bytes;
	char arch[65];
	int rc;

	rg_buf_init(&bytes, RG_PPROF_MAX_FILE);
	rc = rg_profile_read_file(path, b->settings->sample_type, &profile, &bytes, err);
	if (!rc) {
		const char *made_on = rg_profile_fact(profile, RG_KEY_ARCH);

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

static int put(const struct rg_baseline *b, char **words, size_t count, struct rg_err *err)
{
	struct rg_version version;
	int rc;

	if (count < 2)
		return rg_err_set(err, RG_EUSAGE,
				  "baseline put: takes a version and profile files: regress-gate "
				  "baseline put v1.4 FILE…");
	rc = rg_config_need_scenario(&b->settings->config, err);
	if (!rc)
		rc = rg_version_resolve(words[0], &version, err);
	if (rc)
		return rc;
	for (size_t i = 1; !rc && i < count; i++)
		rc = put_file(b, &version, words[i], err);
	if (!rc && b->settings->push)
		rc = push(b, &version, err);
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
	.usage = "[options] VERSION FILE…",
	.description = "Stores profile files as baseline runs of a version: a git revision, kept "
		       "by its commit\n"
		       "id, or outside a repository (or as label:NAME) a name. Several runs make a "
		       "better\n"
		       "baseline: they tell how much the program varies by itself. The same file "
		       "twice is\n"
		       "stored once.",
	.examples = "  regress-gate baseline put v1.4 v1.4.pb.gz\n"
		    "  regress-gate baseline put HEAD run1.pb.gz run2.pb.gz run3.pb.gz\n"
		    "  regress-gate baseline put --push v1.4 v1.4.pb.gz\n",
	.groups = groups,
	.run = run,
};
