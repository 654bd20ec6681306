/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "templates.h"

#include "rg/err.h"
#include "rg/file.h"
#include "rg/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Its name below ci-templates/. */
struct template
{
	const char *name, *text;
};

static const struct template templates[] = {
#define RG_TEMPLATE(name, text) {name, text},
#include "templates.inc"
#undef RG_TEMPLATE
};

enum { TEMPLATE_COUNT = sizeof(templates) / sizeof(templates[0]) };

/* Where names that begin with `from` go in a repository. The first that fits counts. */
static const struct place {
	enum rg_templates set;
	const char *from, *to;
} places[] = {
	{RG_TEMPLATES_GITHUB, "github/workflows/", ".github/workflows/regress-gate-"},
	{RG_TEMPLATES_GITHUB, "github/", ".github/actions/regress-gate/"},
	{RG_TEMPLATES_GITLAB, "gitlab/", ".gitlab/regress-gate/"},
	{RG_TEMPLATES_KUBERNETES, "kubernetes/", "kubernetes/regress-gate/"},
};

static const struct place *place_of(const struct template *t, unsigned int sets)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (!strncmp(t->name, places[i].from, strlen(places[i].from)))
			return places[i].set & sets ? &places[i] : NULL;
	return NULL;
}

/* Its path below the top of the repository; false when it is in none of the sets. */
static bool path_of(const struct template *t, unsigned int sets, char path[PATH_MAX])
{
	const struct place *place = place_of(t, sets);

	if (place)
		snprintf(path, PATH_MAX, "%s%s", place->to, t->name + strlen(place->from));
	return place != NULL;
}

/* --- Writing -------------------------------------------------------------------------------- */

static int full_path(const char *top, const char *path, char full[PATH_MAX], struct rg_err *err)
{
	int len = snprintf(full, PATH_MAX, "%s/%s", top, path);

	if (len < 0 || len >= PATH_MAX)
		return rg_err_set(err, RG_EUSAGE, "init: the name of the file is too long");
	return 0;
}

/* A symbolic link is not written through: a repository may hold one that leads elsewhere. */
static int check_one(const char *full, bool force, struct rg_err *err)
{
	struct stat st;

	if (lstat(full, &st))
		return 0;
	if (!S_ISREG(st.st_mode))
		return rg_err_set(err, RG_EUSAGE,
				  "init: '%.800s' is there, and no regular file: move it away; "
				  "nothing was written",
				  full);
	if (force)
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "init: '%.800s' is there already: --force writes over the templates; "
			  "nothing was written",
			  full);
}

static int check_all(const char *top, unsigned int sets, bool force, struct rg_err *err)
{
	char path[PATH_MAX], full[PATH_MAX];

	for (size_t i = 0; i < TEMPLATE_COUNT; i++) {
		int rc;

		if (!path_of(&templates[i], sets, path))
			continue;
		rc = full_path(top, path, full, err);
		if (!rc)
			rc = check_one(full, force, err);
		if (rc)
			return rc;
	}
	return 0;
}

/* The descriptor of `name` in `at`, made if it is not there, or a negative errno. */
static int enter(int at, const char *name)
{
	const bool created = mkdirat(at, name, 0777) == 0;
	int fd;

	if (!created && errno != EEXIST)
		return -errno;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (created && rg_owner_give_back(fd)) {
		close(fd);
		return -EIO;
	}
	return fd;
}

/* Makes the directories of a path below `top`. */
static int make_parents(const char *top, const char *path, struct rg_err *err)
{
	int fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC), next;
	char name[NAME_MAX + 1];
	const char *slash;

	for (; fd >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
		snprintf(name, sizeof(name), "%.*s", (int)(slash - path), path);
		next = enter(fd, name);
		close(fd);
		if (next < 0)
			return rg_err_set(err, next == -EACCES ? RG_EPRIVILEGE : RG_EIO,
					  "init: make the directory '%s' in '%.800s': %s", name,
					  top,
					  next == -ELOOP || next == -ENOTDIR
						  ? "something else has that name"
						  : strerror(-next));
		fd = next;
	}
	if (fd < 0)
		return rg_err_set(err, RG_EIO, "init: open '%.800s': %s", top, strerror(errno));
	close(fd);
	return 0;
}

static int write_one(const struct template *t, const char *top, const char *path,
		     struct rg_err *err)
{
	const mode_t mode = strncmp(t->text, "#!", 2) ? 0644 : 0755;
	char full[PATH_MAX];
	int rc = full_path(top, path, full, err);

	if (!rc)
		rc = make_parents(top, path, err);
	return rc ? rc : rg_file_write_atomic(full, t->text, strlen(t->text), mode, err);
}

int rg_templates_write(const char *top, unsigned int sets, bool force, struct rg_err *err)
{
	char path[PATH_MAX];
	int rc = check_all(top, sets, force, err);

	for (size_t i = 0; !rc && i < TEMPLATE_COUNT; i++)
		if (path_of(&templates[i], sets, path))
			rc = write_one(&templates[i], top, path, err);
	return rc;
}

/* --- What it says --------------------------------------------------------------------------- */

static const char github_next[] =
	"\nGitHub, next:\n"
	"  1. in the workflows, put your build in place of the steps marked \"yours\"\n"
	"  2. Settings > Secrets and variables > Actions > Variables: the git URL that\n"
	"     regress-gate is built from, as REGRESS_GATE_SOURCE (not needed where it is\n"
	"     installed)\n"
	"  3. commit and push to the default branch: regress-gate-baseline.yml stores the\n"
	"     first baseline; pull requests are compared with it from then on\n"
	"  No secret is needed: the workflows ask for the permissions they use. Should\n"
	"  Settings > Actions > General > Workflow permissions forbid writing, the policy\n"
	"  of the organisation has to allow contents (baselines) and pull-requests (the\n"
	"  comment).\n"
	"  regress-gate-canary.yml waits for a self-hosted runner with the label\n"
	"  'canary'; delete it, or the two for forks, if you have no use for them.\n";

static const char gitlab_next[] =
	"\nGitLab, next:\n"
	"  1. in .gitlab-ci.yml, include what you want of it:\n"
	"       include:\n"
	"         - local: .gitlab/regress-gate/merge-request.yml\n"
	"  2. in that file, put your build in place of the lines marked \"yours\"\n"
	"  3. register a runner that may profile (shell executor, with sudo; docker will\n"
	"     not do) with the tag 'regress-gate'; never share it with forks\n"
	"  4. Settings > Access tokens: a project token of the role Developer with the\n"
	"     scopes api and write_repository; Settings > CI/CD > Variables: GITLAB_TOKEN\n"
	"     holds it, masked and, if all your branches with merge requests are,\n"
	"     protected\n";

static const char kubernetes_next[] =
	"\nKubernetes, next:\n"
	"  1. build the image of a checkout of regress-gate, and push it:\n"
	"       docker build -f kubernetes/regress-gate/Containerfile \\\n"
	"            -t REGISTRY/regress-gate PATH-OF-THE-CHECKOUT\n"
	"  2. make a namespace that allows the capture's pod:\n"
	"       kubectl create namespace regress-gate\n"
	"       kubectl label namespace regress-gate \\\n"
	"            pod-security.kubernetes.io/enforce=privileged\n"
	"  3. profile a pod, and judge it anywhere:\n"
	"       kubernetes/regress-gate/capture.sh --image REGISTRY/regress-gate \\\n"
	"            --pod NAMESPACE/NAME --window 5m --output canary.pb.gz\n"
	"       regress-gate check --baseline previous-tag --canary canary.pb.gz\n";

void rg_templates_tell(unsigned int sets)
{
	char path[PATH_MAX];

	puts("wrote");
	for (size_t i = 0; i < TEMPLATE_COUNT; i++)
		if (path_of(&templates[i], sets, path))
			printf("  %s\n", path);
	if (sets & RG_TEMPLATES_GITHUB)
		fputs(github_next, stdout);
	if (sets & RG_TEMPLATES_GITLAB)
		fputs(gitlab_next, stdout);
	if (sets & RG_TEMPLATES_KUBERNETES)
		fputs(kubernetes_next, stdout);
}
