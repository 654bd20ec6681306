/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conditions.h"
#include "cgroups.h"
#include "target.h"

#include "rg/err.h"
#include "rg/profile.h"
#include "rg/units.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MAX_PROCESSES = 64, /* whose cgroups are looked at */
	TURN_MS = 500,
};

/* --- What a cgroup allows ------------------------------------------------------------------- */

static FILE *open_in(const char *directory, const char *name)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return fopen(path, "re");
}

/* One number, or -1: none, and what is no number. */
static int64_t read_number(const char *directory, const char *name)
{
	FILE *file = open_in(directory, name);
	int64_t value = -1;

	if (file && fscanf(file, "%" SCNd64, &value) != 1)
		value = -1;
	if (file)
		fclose(file);
	return value;
}

/* CPUs it may use; 0: as many as there are. cpu.max of version 2 is "50000 100000", or "max 100000". */
static double read_limit(const char *directory)
{
	FILE *file = open_in(directory, "cpu.max");
	double quota = 0, period = 0;

	if (file) {
		if (fscanf(file, "%lf %lf", &quota, &period) != 2)
			quota = 0;
		fclose(file);
	} else {
		quota = (double)read_number(directory, "cpu.cfs_quota_us");
		period = (double)read_number(directory, "cpu.cfs_period_us");
	}
	return quota > 0 && period > 0 ? quota / period : 0;
}

/* cpu.stat: throttled_usec in version 2, throttled_time in version 1 (ns); both over all CPUs. */
static struct rg_cpu_cgroup read_stat(const char *directory)
{
	FILE *file = open_in(directory, "cpu.stat");
	struct rg_cpu_cgroup stat = {0};
	char line[128], key[64];
	uint64_t value;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %" SCNu64, key, &value) != 2)
			continue;
		if (!strcmp(key, "nr_periods"))
			stat.periods = value;
		else if (!strcmp(key, "nr_throttled"))
			stat.throttled = value;
		else if (!strcmp(key, "throttled_usec"))
			stat.throttled_ns = value * 1000;
		else if (!strcmp(key, "throttled_time"))
			stat.throttled_ns = value;
	}
	if (file)
		fclose(file);
	return stat;
}

static uint64_t grown(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

/* --- Which cgroups -------------------------------------------------------------------------- */

static bool is_known(const struct rg_conditions *c, const char *directory)
{
	for (size_t i = 0; i < c->cgroup_count; i++)
		if (!strcmp(c->cgroups[i].directory, directory))
			return true;
	return false;
}

/* The cgroup and those above it, without the hierarchy's top: that has no limit. */
static void add_line(struct rg_conditions *c, char *directory, const char *top)
{
	while (strlen(directory) > strlen(top) + 1 && c->cgroup_count < RG_CONDITIONS_CGROUPS) {
		struct rg_cpu_cgroup *cgroup = &c->cgroups[c->cgroup_count];

		if (is_known(c, directory))
			return;
		*cgroup = read_stat(directory);
		cgroup->directory = strdup(directory);
		if (!cgroup->directory)
			return;
		c->cgroup_count++;
		*strrchr(directory, '/') = '\0';
	}
}

static void find_cgroups(struct rg_conditions *c, const struct rg_pids *pids)
{
	struct rg_hierarchies hierarchies = {0};
	const struct rg_hierarchy *cpu;
	char directory[PATH_MAX];

	if (rg_hierarchies_read(&hierarchies, NULL))
		return;
	cpu = rg_hierarchies_controller(&hierarchies, "cpu");
	if (!cpu && hierarchies.count && hierarchies.all[0].number == 0)
		cpu = &hierarchies.all[0];
	/* Of many processes a part: they are seldom each in a cgroup of its own. */
	for (size_t i = 0; cpu && i < pids->count; i += 1 + pids->count / MAX_PROCESSES) {
		if (rg_hierarchy_directory(cpu, pids->pid[i], directory))
			continue;
		c->limits = true;
		add_line(c, directory, cpu->directory);
	}
	rg_hierarchies_done(&hierarchies);
}

/* A directory has a link for each of its own: "." and "..", and a thread each. */
static uint64_t count_threads(const struct rg_pids *pids)
{
	uint64_t count = 0;

	for (size_t i = 0; i < pids->count; i++) {
		char path[64];
		struct stat st;

		snprintf(path, sizeof(path), "/proc/%d/task", (int)pids->pid[i]);
		if (stat(path, &st) == 0 && st.st_nlink > 2)
			count += st.st_nlink - 2;
	}
	return count;
}

static void see_limits(struct rg_conditions *c)
{
	for (size_t i = 0; i < c->cgroup_count; i++) {
		double limit = read_limit(c->cgroups[i].directory);

		if (limit > 0 && (!(c->limit_cpus > 0) || limit < c->limit_cpus))
			c->limit_cpus = limit;
	}
}

/* --- The machine ---------------------------------------------------------------------------- */

/* The first line of /proc/stat (proc(5)): times of all CPUs in clock ticks. */
static bool read_machine(uint64_t *busy_ns, uint64_t *steal_ns)
{
	uint64_t t[8] = {0}; /* user, nice, system, idle, iowait, irq, softirq, steal */
	FILE *file = fopen("/proc/stat", "re");
	long ticks = sysconf(_SC_CLK_TCK);
	bool read;

	read = file && fscanf(file,
			      "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
			      " %" SCNu64 " %" SCNu64 " %" SCNu64,
			      &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]) == 8;
	if (file)
		fclose(file);
	if (!read || ticks <= 0)
		return false;
	*busy_ns = (t[0] + t[1] + t[2] + t[5] + t[6]) * (RG_NS_PER_S / (uint64_t)ticks);
	*steal_ns = t[7] * (RG_NS_PER_S / (uint64_t)ticks);
	return true;
}

/* Of all CPUs when they agree, else "several"; "" where there are none, as in most virtual machines. */
static void read_governor(char *out, size_t size)
{
	char path[PATH_MAX], name[64];
	DIR *cpus = opendir("/sys/devices/system/cpu/cpufreq");
	const struct dirent *entry;

	*out = '\0';
	while (cpus && (entry = readdir(cpus))) {
		FILE *file;

		if (strncmp(entry->d_name, "policy", 6) != 0)
			continue;
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpufreq/%s/scaling_governor",
			 entry->d_name);
		file = fopen(path, "re");
		if (file && fscanf(file, "%63s", name) == 1)
			snprintf(out, size, "%s",
				 *out && strcmp(out, name) != 0 ? "several" : name);
		if (file)
			fclose(file);
	}
	if (cpus)
		closedir(cpus);
}

/* --- The window ----------------------------------------------------------------------------- */

void rg_conditions_begin(struct rg_conditions *c, const struct rg_pids *pids)
{
	find_cgroups(c, pids);
	see_limits(c);
	c->threads = count_threads(pids);
	c->machine = read_machine(&c->busy_ns, &c->steal_ns);
}

void rg_conditions_turn(struct rg_conditions *c, const struct rg_pids *pids, uint64_t now_ns)
{
	if (now_ns - c->turned_ns < TURN_MS * RG_NS_PER_MS)
		return;
	c->turned_ns = now_ns;
	find_cgroups(c, pids);
	see_limits(c);
}

void rg_conditions_end(struct rg_conditions *c)
{
	uint64_t busy_ns, steal_ns;

	see_limits(c);
	for (size_t i = 0; i < c->cgroup_count; i++) {
		struct rg_cpu_cgroup *g = &c->cgroups[i];
		struct rg_cpu_cgroup now = read_stat(g->directory);

		g->throttled_ns = grown(g->throttled_ns, now.throttled_ns);
		g->throttled = grown(g->throttled, now.throttled);
		g->periods = grown(g->periods, now.periods);
	}
	c->machine = c->machine && read_machine(&busy_ns, &steal_ns);
	if (!c->machine)
		return;
	c->busy_ns = grown(c->busy_ns, busy_ns);
	c->steal_ns = grown(c->steal_ns, steal_ns);
}

void rg_conditions_done(struct rg_conditions *c)
{
	for (size_t i = 0; i < c->cgroup_count; i++)
		free(c->cgroups[i].directory);
	*c = (struct rg_conditions){0};
}

/* --- Facts ---------------------------------------------------------------------------------- */

static int cgroup_facts(const struct rg_conditions *c, struct rg_profile_builder *builder,
			struct rg_err *err)
{
	struct rg_cpu_cgroup sum = {0};
	char limit[32] = "none";
	int rc;

	for (size_t i = 0; i < c->cgroup_count; i++) {
		sum.throttled_ns += c->cgroups[i].throttled_ns;
		sum.throttled += c->cgroups[i].throttled;
		sum.periods += c->cgroups[i].periods;
	}
	if (c->limit_cpus > 0)
		snprintf(limit, sizeof(limit), "%.3f", c->limit_cpus);
	rc = rg_profile_builder_fact(builder, RG_KEY_CGROUP_LIMIT, limit, err);
	if (!rc)
		rc = rg_profile_builder_fact_u64(builder, RG_KEY_CGROUP_THROTTLED_NS,
						 sum.throttled_ns, err);
	if (!rc)
		rc = rg_profile_builder_fact_u64(builder, RG_KEY_CGROUP_THROTTLED, sum.throttled,
						 err);
	return rc ? rc
		  : rg_profile_builder_fact_u64(builder, RG_KEY_CGROUP_PERIODS, sum.periods, err);
}

int rg_conditions_facts(const struct rg_conditions *c, struct rg_profile_builder *builder,
			struct rg_err *err)
{
	char governor[64];
	int rc = rg_profile_builder_fact_u64(builder, RG_KEY_THREADS, c->threads, err);

	if (!rc && c->limits)
		rc = cgroup_facts(c, builder, err);
	if (!rc && c->machine)
		rc = rg_profile_builder_fact_u64(builder, RG_KEY_MACHINE_BUSY_NS, c->busy_ns, err);
	if (!rc && c->machine)
		rc = rg_profile_builder_fact_u64(builder, RG_KEY_MACHINE_STEAL_NS, c->steal_ns,
						 err);
	read_governor(governor, sizeof(governor));
	if (rc || !*governor)
		return rc;
	return rg_profile_builder_fact(builder, RG_KEY_GOVERNOR, governor, err);
}
