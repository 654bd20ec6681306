/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine.h"

#include "rg/err.h"
#include "rg/profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * UINT64_C(1000000000) + (uint64_t)ts.tv_nsec;
}

uint64_t rg_clock_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t rg_clock_epoch_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

/* "model name	: Intel(R) …" (x86, s390: "vendor_id"); other architectures number their parts. */
static void cpu_model(char *out, size_t size, const char *fallback)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[512];

	snprintf(out, size, "%s", fallback);
	while (file && fgets(line, sizeof(line), file)) {
		char *value = strstr(line, ": ");

		if (!value ||
		    (strncmp(line, "model name", 10) != 0 && strncmp(line, "CPU part", 8) != 0))
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(out, size, "%s", value + 2);
		break;
	}
	if (file)
		fclose(file);
}

int rg_machine_facts(struct rg_profile_builder *builder, struct rg_err *err)
{
	struct utsname name;
	char model[256];
	int rc;

	uname(&name);
	cpu_model(model, sizeof(model), name.machine);
	rc = rg_profile_builder_fact(builder, RG_KEY_HOST, name.nodename, err);
	if (!rc)
		rc = rg_profile_builder_fact(builder, RG_KEY_ARCH, name.machine, err);
	if (!rc)
		rc = rg_profile_builder_fact(builder, RG_KEY_KERNEL, name.release, err);
	if (!rc)
		rc = rg_profile_builder_fact(builder, RG_KEY_CPU_MODEL, model, err);
	return rc;
}

bool rg_machine_host_pids(void)
{
	/* PROC_PID_INIT_INO of the kernel's include/linux/proc_ns.h. */
	static const ino_t init_pid_namespace = 0xEFFFFFFCU;
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == init_pid_namespace;
}

bool rg_machine_capable(unsigned int capability)
{
	FILE *file = fopen("/proc/self/status", "re");
	uint64_t effective = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "CapEff: %" SCNx64, &effective) == 1)
			break;
	if (file)
		fclose(file);
	return effective >> capability & 1;
}
