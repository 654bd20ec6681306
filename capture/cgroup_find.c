/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cgroups by the names that container engines, the kubelet and systemd give them. */
#include "cgroups.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/text.h"

#include <ctype.h>
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	MAX_ENTRIES = 1 << 20, /* looked at in one hierarchy; a cgroup has some 50 files */
	MAX_NAMES = 4096,      /* kept for "did you mean" */
	FULL_ID = 64,          /* digits of a container's identifier */
	MIN_ID = 4,            /* of one that is cut short */
	UUID = 36,
};

/* --- Names ---------------------------------------------------------------------------------- */

static bool all_hex(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return len > 0;
}

/* Without an ending; the rest is copied to `to`. */
static void cut_ending(char *to, size_t size, const char *name, const char *ending)
{
	size_t len = strlen(name), cut = strlen(ending);

	if (len > cut && !strcmp(name + len - cut, ending))
		len -= cut;
	snprintf(to, size, "%.*s", (int)len, name);
}

/*
 * The identifier in "docker-ID.scope", "libpod-ID.scope", "cri-containerd-ID.scope", "crio-ID", "ID"; false: it is no
 * container's. The monitors beside them ("libpod-conmon-ID.scope") are none.
 */
static bool container_id(const char *name, char id[FULL_ID + 1])
{
	char stem[NAME_MAX + 1], *dash;
	const char *found;

	cut_ending(stem, sizeof(stem), name, ".scope");
	dash = strrchr(stem, '-');
	found = dash ? dash + 1 : stem;
	if (strlen(found) != FULL_ID || !all_hex(found, FULL_ID) || strstr(stem, "conmon"))
		return false;
	memcpy(id, found, FULL_ID + 1);
	return true;
}

/* depth: below the hierarchy's top, 1 for its children. */
static bool is_container(const char *name, int depth, const char *wanted, char *word)
{
	char id[FULL_ID + 1], whole[NAME_MAX + 1];

	if (container_id(name, id)) {
		snprintf(word, NAME_MAX + 1, "%.12s", id);
		return strlen(wanted) >= MIN_ID && !strncmp(id, wanted, strlen(wanted));
	}
	/* systemd-nspawn, LXC, and containerd's own: "/NAMESPACE/NAME". */
	snprintf(whole, sizeof(whole), "machine-%.200s.scope", wanted);
	if (!strcmp(name, whole))
		return true;
	snprintf(whole, sizeof(whole), "lxc.payload.%.200s", wanted);
	return !strcmp(name, whole) || (depth == 2 && !strcmp(name, wanted));
}

/* "kubepods-burstable-podUID.slice" with '_' for '-', or "podUID". */
static bool is_pod(const char *name, const char *wanted, char *word)
{
	char stem[NAME_MAX + 1], *uid;

	cut_ending(stem, sizeof(stem), name, ".slice");
	uid = strncmp(stem, "pod", 3) ? strstr(stem, "-pod") : stem;
	if (!uid)
		return false;
	uid += *uid == '-' ? 4 : 3;
	for (char *c = uid; *c; c++)
		if (*c == '_')
			*c = '-';
	/* Pods from files are named by a hash. */
	if (strlen(uid) != UUID && !(strlen(uid) == 32 && all_hex(uid, 32)))
		return false;
	snprintf(word, NAME_MAX + 1, "%s", uid);
	return !strcmp(uid, wanted);
}

static bool is_unit(const char *name, const char *wanted, char *word)
{
	const char *dot = strrchr(name, '.');

	if (!dot || (strcmp(dot, ".service") != 0 && strcmp(dot, ".scope") != 0 &&
		     strcmp(dot, ".slice") != 0))
		return false;
	snprintf(word, NAME_MAX + 1, "%s", name);
	return !strcmp(name, wanted);
}

/* --- Looking -------------------------------------------------------------------------------- */

struct search {
	enum rg_cgroup_name kind;
	const char *wanted;
	uint64_t id;            /* of RG_CGROUP_DIRECTORY, when it is a number */
	char found[PATH_MAX];   /* "": nothing */
	char other[PATH_MAX];   /* a second one */
	char *names[MAX_NAMES]; /* of others of the kind */
	size_t count;
};

static bool matches(struct search *s, const FTSENT *entry, char *word)
{
	const char *name = entry->fts_name;

	switch (s->kind) {
	case RG_CGROUP_DIRECTORY:
		return entry->fts_statp->st_ino == s->id;
	case RG_CGROUP_CONTAINER:
		return is_container(name, entry->fts_level, s->wanted, word);
	case RG_CGROUP_POD:
		return is_pod(name, s->wanted, word);
	case RG_CGROUP_UNIT:
		return is_unit(name, s->wanted, word);
	}
	return false;
}

/* Returns whether what is below it is of no interest. */
static bool consider(struct search *s, const FTSENT *entry)
{
	char word[NAME_MAX + 1] = "";

	if (!matches(s, entry, word)) {
		if (*word && s->count < MAX_NAMES && (s->names[s->count] = strdup(word)))
			s->count++;
		return false;
	}
	snprintf(s->found[0] ? s->other : s->found, PATH_MAX, "%s", entry->fts_path);
	return true;
}

static void walk(struct search *s, const char *directory)
{
	char *const top[] = {(char *)directory, NULL};
	FTS *tree = fts_open(top, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
	size_t entries = 0;
	FTSENT *entry;

	while (tree && entries++ < MAX_ENTRIES && (entry = fts_read(tree)))
		if (entry->fts_info == FTS_D && entry->fts_level > 0 && consider(s, entry))
			fts_set(tree, entry, FTS_SKIP);
	if (tree)
		fts_close(tree);
}

static const char *kind_word(enum rg_cgroup_name kind)
{
	static const char *const words[] = {"cgroup", "container", "pod", "unit"};

	return words[kind];
}

static int not_found(const struct search *s, struct rg_err *err)
{
	const char *nearest = rg_text_nearest(s->wanted, (const char *const *)s->names, s->count);
	const char *what = kind_word(s->kind);

	if (nearest)
		return rg_err_set(err, RG_ETARGET,
				  "target: no %s '%.200s' has a cgroup here; is it '%.200s'?", what,
				  s->wanted, nearest);
	if (!s->count)
		return rg_err_set(err, RG_ETARGET,
				  "target: no %s '%.200s' has a cgroup here, nor has any other %s",
				  what, s->wanted, what);
	return rg_err_set(err, RG_ETARGET,
			  "target: no %s '%.200s' has a cgroup here; %zu others have, such as "
			  "'%.200s'",
			  what, s->wanted, s->count, s->names[0]);
}

/* The first hierarchy that has it counts: version 2 before systemd's own before the controllers'. */
static int look(struct search *s, char directory[PATH_MAX], struct rg_err *err)
{
	struct rg_hierarchies hierarchies = {0};
	int rc = rg_hierarchies_read(&hierarchies, err);

	for (size_t i = 0; !rc && !s->found[0] && i < hierarchies.count; i++)
		walk(s, hierarchies.all[i].directory);
	if (!rc)
		rg_hierarchies_done(&hierarchies);
	if (rc)
		return rc;
	if (!s->found[0])
		return not_found(s, err);
	if (s->other[0])
		return rg_err_set(err, RG_EUSAGE,
				  "target: %s '%.100s' is not one: '%.300s' and '%.300s': say "
				  "--cgroup with its directory",
				  kind_word(s->kind), s->wanted, s->found, s->other);
	memcpy(directory, s->found, PATH_MAX);
	return 0;
}

/* A directory, a path as in /proc/PID/cgroup, or a number. */
static int find_directory(struct search *s, char directory[PATH_MAX], struct rg_err *err)
{
	struct rg_hierarchies hierarchies = {0};
	struct stat st;
	char *end;
	int rc;

	errno = 0;
	s->id = strtoull(s->wanted, &end, 10);
	if (isdigit((unsigned char)*s->wanted) && !*end && !errno)
		return look(s, directory, err);
	if (*s->wanted != '/')
		return rg_err_set(err, RG_EUSAGE,
				  "target: cgroup '%.400s': say its directory, its path as in "
				  "/proc/PID/cgroup, or its number",
				  s->wanted);
	if (stat(s->wanted, &st) == 0 && strcmp(s->wanted, "/") != 0) {
		snprintf(directory, PATH_MAX, "%s", s->wanted);
		return 0;
	}
	rc = rg_hierarchies_read(&hierarchies, err);
	if (rc)
		return rc;
	*directory = '\0';
	for (size_t i = 0; !*directory && i < hierarchies.count; i++)
		if (snprintf(directory, PATH_MAX, "%s%s", hierarchies.all[i].directory,
			     s->wanted) >= PATH_MAX ||
		    stat(directory, &st))
			*directory = '\0';
	rg_hierarchies_done(&hierarchies);
	return *directory ? 0
			  : rg_err_set(err, RG_ETARGET,
				       "target: no cgroup '%.400s': see /proc/PID/cgroup of a "
				       "process that is in it",
				       s->wanted);
}

int rg_cgroup_find(enum rg_cgroup_name kind, const char *name, char *directory, struct rg_err *err)
{
	struct search *s = calloc(1, sizeof(*s));
	char unit[NAME_MAX + 1];
	int rc;

	if (!s)
		return rg_err_nomem(err, "target");
	s->kind = kind;
	s->wanted = name;
	if (kind == RG_CGROUP_UNIT && !strrchr(name, '.')) {
		snprintf(unit, sizeof(unit), "%.240s.service", name);
		s->wanted = unit;
	}
	rc = kind == RG_CGROUP_DIRECTORY ? find_directory(s, directory, err)
					 : look(s, directory, err);
	for (size_t i = 0; i < s->count; i++)
		free(s->names[i]);
	free(s);
	return rc;
}
