/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether this machine can capture, item by item, each with its mend. */
#include "kallsyms.h"
#include "machine.h"
#include "sampler.h"
#include "sampler_work.h"
#include "sampler_waits.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/units.h"

#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* --- Filling in ----------------------------------------------------------------------------- */

static void begin(struct rg_check *check, const char *what, enum rg_check_state state)
{
	*check = (struct rg_check){.state = state};
	snprintf(check->what, sizeof(check->what), "%s", what);
}

static void found(struct rg_check *check, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void found(struct rg_check *check, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(check->found, sizeof(check->found), fmt, args);
	va_end(args);
}

static void mend(struct rg_check *check, enum rg_check_state state, const char *text)
{
	check->state = state;
	snprintf(check->mend, sizeof(check->mend), "%.*s", RG_CHECK_TEXT_MAX - 1, text);
}

/* The first line of a file, or false. */
static bool read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool got = file && fgets(line, (int)size, file);

	if (file)
		fclose(file);
	if (got)
		line[strcspn(line, "\n")] = '\0';
	return got;
}

/* --- The checks ----------------------------------------------------------------------------- */

/* Ring buffer 5.8, atomic fetch-and-add and build-ids in mapping records 5.12; 5.15 is the oldest kept release with
 * all of it. Distributions port features back, so an older number is no verdict: the last check is. */
static void check_kernel(struct rg_check *check)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	begin(check, "kernel", RG_CHECK_PASS);
	uname(&name);
	found(check, "%s %s", name.release, name.machine);
	if (sscanf(name.release, "%u.%u", &major, &minor) != 2 ||
	    major * 1000 + minor < 5 * 1000 + 15)
		mend(check, RG_CHECK_WARN, "made for Linux 5.15 and newer: see the last line");
}

static void check_btf(struct rg_check *check)
{
	static const char path[] = "/sys/kernel/btf/vmlinux";

	begin(check, "BTF", RG_CHECK_PASS);
	found(check, "%s", path);
	if (access(path, R_OK)) {
		found(check, "no %s", path);
		mend(check, RG_CHECK_FAIL,
		     "use a kernel built with CONFIG_DEBUG_INFO_BTF=y (Debian's, Ubuntu's and "
		     "Fedora's are)");
	}
}

static void check_capabilities(struct rg_check *check)
{
	const struct {
		unsigned int number;
		const char *name;
	} needed[] = {
		{CAP_BPF, " CAP_BPF"},
		{CAP_PERFMON, " CAP_PERFMON"},
		{CAP_SYS_PTRACE, " CAP_SYS_PTRACE"},
	};
	char missing[64] = "";

	begin(check, "privileges", RG_CHECK_PASS);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!rg_machine_capable(needed[i].number) && !rg_machine_capable(CAP_SYS_ADMIN))
			strncat(missing, needed[i].name, sizeof(missing) - strlen(missing) - 1);
	found(check, "%s", missing[0] ? "" : geteuid() ? "by capabilities" : "root");
	if (!missing[0])
		return;
	found(check, "missing:%s", missing);
	mend(check, RG_CHECK_FAIL, "run it as root: sudo regress-gate …");
}

static void check_paranoid(struct rg_check *check)
{
	static const char path[] = "/proc/sys/kernel/perf_event_paranoid";
	char line[32];

	begin(check, "perf_event_paranoid", RG_CHECK_PASS);
	if (!read_line(path, line, sizeof(line))) {
		found(check, "no %s", path);
		mend(check, RG_CHECK_FAIL, "use a kernel built with CONFIG_PERF_EVENTS=y");
		return;
	}
	/* It binds those without CAP_PERFMON only, whatever its value. */
	found(check, "%s (does not bind those with CAP_PERFMON)", line);
}

/* In the mode "confidentiality" programs may not read kernel memory, and loading fails with a message about something
 * else (kernel_lockdown(7)). */
static void check_lockdown(struct rg_check *check)
{
	char line[128];

	begin(check, "lockdown", RG_CHECK_PASS);
	if (!read_line("/sys/kernel/security/lockdown", line, sizeof(line))) {
		found(check, "none");
		return;
	}
	found(check, "%s", line);
	if (strstr(line, "[confidentiality]"))
		mend(check, RG_CHECK_FAIL,
		     "boot with lockdown=integrity or without lockdown: 'confidentiality' forbids "
		     "profiling");
}

static void check_pid_namespace(struct rg_check *check)
{
	begin(check, "process ids", RG_CHECK_PASS);
	found(check, "the host's");
	if (!rg_machine_host_pids()) {
		found(check, "a container's own PID namespace");
		mend(check, RG_CHECK_FAIL, "run the container with --pid=host");
	}
}

static void check_kernel_symbols(struct rg_check *check)
{
	struct rg_kallsyms *syms = NULL;

	begin(check, "kernel symbols", RG_CHECK_PASS);
	if (rg_kallsyms_load("/proc/kallsyms", &syms, NULL) || !rg_kallsyms_count(syms)) {
		found(check, "hidden");
		mend(check, RG_CHECK_WARN,
		     "kernel functions will have no names: run as root, or with CAP_SYSLOG");
	} else {
		found(check, "%zu", rg_kallsyms_count(syms));
	}
	rg_kallsyms_free(syms);
}

/* What all of the above is about. */
static void check_load(struct rg_check *check)
{
	struct rg_sampler_options options = {.frequency_hz = 99, .slice_ns = RG_NS_PER_S};
	struct rg_sampler *sampler = NULL;
	struct rg_err err = {0};
	int rc = rg_sampler_open(&options, &sampler, &err);

	begin(check, "profiling", RG_CHECK_PASS);
	if (!rc)
		rc = rg_sampler_start(sampler, &err);
	if (rc) {
		found(check, "does not work here");
		mend(check, RG_CHECK_FAIL, err.text);
	} else {
		found(check, "programs load, timers run on %zu CPU%s", rg_sampler_cpus(sampler),
		      rg_sampler_cpus(sampler) == 1 ? "" : "s");
	}
	rg_sampler_free(sampler);
}

/* The same with waits followed; without them CPU time can be had all the same. */
static void check_waits(struct rg_check *check)
{
	struct rg_sampler_options options = {.frequency_hz = 99,
					     .slice_ns = RG_NS_PER_S,
					     .window_ns = RG_NS_PER_S,
					     .off_cpu = true};
	struct rg_sampler *sampler = NULL;
	struct rg_err err = {0};
	int rc = rg_sampler_open(&options, &sampler, &err);

	begin(check, "off-CPU", RG_CHECK_PASS);
	if (!rc)
		rc = rg_sampler_begin_waits(sampler, NULL, NULL, &err);
	if (rc) {
		found(check, "does not work here");
		mend(check, RG_CHECK_WARN,
		     "say --no-off-cpu to profile what runs on the CPUs alone");
	} else {
		found(check, "%s",
		      rg_sampler_walks_late(sampler)
			      ? "waits are followed"
			      : "waits are followed; on this kernel each costs more "
				"(no sched_exit_tp)");
	}
	rg_sampler_free(sampler);
}

static void check_uprobes(struct rg_check *check)
{
	begin(check, "uprobes", RG_CHECK_PASS);
	found(check, "calls can be counted");
	if (!rg_sampler_has_uprobes()) {
		found(check, "none");
		mend(check, RG_CHECK_WARN,
		     "the kernel was built without CONFIG_UPROBE_EVENTS: count work by "
		     "--work-metric or --work-cmd");
	}
}

size_t rg_capture_checks(struct rg_check checks[RG_CAPTURE_CHECKS_MAX])
{
	void (*const all[])(struct rg_check *) = {
		check_kernel,   check_btf,           check_capabilities,   check_paranoid,
		check_lockdown, check_pid_namespace, check_kernel_symbols, check_load,
		check_waits,    check_uprobes,
	};
	size_t count = sizeof(all) / sizeof(all[0]);

	for (size_t i = 0; i < count; i++)
		all[i](&checks[i]);
	return count;
}
