/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cgroup.h"

#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 100 };

/* Where a hierarchy is mounted: version 2, or of the controller; false: nowhere. */
static bool find_mount(const char *controller, char path[E2E_PATH_MAX])
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const char *type = controller ? "cgroup" : "cgroup2";
	const struct mntent *mount;
	bool found = false;

	assert_non_null(mounts);
	while (!found && (mount = getmntent(mounts))) {
		found = !strcmp(mount->mnt_type, type) &&
			(!controller || hasmntopt(mount, controller));
		if (found)
			snprintf(path, E2E_PATH_MAX, "%s", mount->mnt_dir);
	}
	endmntent(mounts);
	return found;
}

/* Of this test alone: by the name of its scratch directory, which is a sibling's of nobody's. */
static const char *top_name(const struct e2e *e)
{
	return strrchr(e->root, '/') + 1;
}

static void make(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		fail_msg("mkdir '%s': %s", path, strerror(errno));
}

static const char *make_in(struct e2e *e, const char *mount, const char *name)
{
	char *path = e->paths[e->next_path++ % E2E_PATHS];
	size_t at;

	at = (size_t)snprintf(path, E2E_PATH_MAX, "%.200s/%.60s", mount, top_name(e));
	make(path);
	while (*name) {
		size_t len = strcspn(name, "/");

		at += (size_t)snprintf(path + at, E2E_PATH_MAX - at, "/%.*s", (int)len, name);
		make(path);
		name += len + (name[len] == '/');
	}
	return path;
}

const char *e2e_cgroup(struct e2e *e, const char *name)
{
	char mount[E2E_PATH_MAX];

	if (!find_mount(NULL, mount))
		fail_msg("no cgroup2 is mounted");
	return make_in(e, mount, name);
}

const char *e2e_cgroup_v1(struct e2e *e, const char *controller, const char *name)
{
	char mount[E2E_PATH_MAX];

	return find_mount(controller, mount) ? make_in(e, mount, name) : NULL;
}

static bool write_to(const char *directory, const char *file, const char *text)
{
	char path[2 * E2E_PATH_MAX];
	FILE *out;
	bool ok;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	out = fopen(path, "we");
	ok = out && fputs(text, out) >= 0;
	if (out)
		ok &= fclose(out) == 0;
	return ok;
}

const char *e2e_cgroup_limited(struct e2e *e, const char *name, double cpus)
{
	const char *directory = e2e_cgroup_v1(e, "cpu", name);
	char mount[E2E_PATH_MAX], text[64];

	if (directory) {
		snprintf(text, sizeof(text), "%.0f", cpus * 100000);
		assert_true(write_to(directory, "cpu.cfs_period_us", "100000"));
		assert_true(write_to(directory, "cpu.cfs_quota_us", text));
		return directory;
	}
	if (!find_mount(NULL, mount) || !write_to(mount, "cgroup.subtree_control", "+cpu"))
		return NULL;
	directory = e2e_cgroup(e, "");
	assert_true(write_to(directory, "cgroup.subtree_control", "+cpu"));
	directory = e2e_cgroup(e, name);
	snprintf(text, sizeof(text), "%.0f 100000", cpus * 100000);
	assert_true(write_to(directory, "cpu.max", text));
	return directory;
}

static void move(const char *directory, pid_t pid)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", (int)pid);
	if (!write_to(directory, "cgroup.procs", text))
		fail_msg("move %s into '%s': %s", text, directory, strerror(errno));
}

void e2e_cgroup_enter(const char *directory, pid_t pid)
{
	move(directory, pid);
}

void e2e_cgroup_leave(const char *directory, pid_t pid)
{
	char mount[E2E_PATH_MAX];
	struct stat top, st;

	snprintf(mount, sizeof(mount), "%s", directory);
	assert_int_equal(stat(directory, &st), 0);
	/* The last one up that is of the same file system. */
	for (;;) {
		char up[E2E_PATH_MAX];
		char *slash;

		memcpy(up, mount, sizeof(up));
		slash = strrchr(up, '/');
		assert_non_null(slash);
		*slash = '\0';
		if (stat(up, &top) || top.st_dev != st.st_dev)
			break;
		memcpy(mount, up, sizeof(mount));
	}
	move(mount, pid);
}

int e2e_cgroups_teardown(void **state)
{
	struct e2e *e = *state;

	e2e_end_helpers(e);
	/* What was killed leaves its cgroup a moment later. */
	e2e_sh(e,
	       "for i in $(seq %d); do\n"
	       "	left=$(find /sys/fs/cgroup -depth -type d -path '*/%s*' -exec rmdir {} + "
	       "2>&1) || :\n"
	       "	test -n \"$left\" || exit 0\n"
	       "	find /sys/fs/cgroup -path '*/%s*' -name cgroup.procs -exec cat {} + "
	       "2>/dev/null |\n"
	       "		xargs -r kill -9 2>/dev/null || :\n"
	       "	sleep 0.05\n"
	       "done\n"
	       "echo \"$left\" >&2; exit 1",
	       TRIES, top_name(e), top_name(e));
	return e2e_teardown(state);
}
