/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpus.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char online_path[] = "/sys/devices/system/cpu/online";

enum { MAX_CPUS = 8192 }; /* CONFIG_NR_CPUS' upper bound on x86 (arch/x86/Kconfig) */

static int add_range(struct rg_cpus *cpus, long first, long last)
{
	size_t more = (size_t)(last - first + 1);

	if (RG_GROW_TO(cpus->cpu, cpus->cap, cpus->count + more))
		return RG_ENOMEM;
	for (long cpu = first; cpu <= last; cpu++)
		cpus->cpu[cpus->count++] = (int)cpu;
	return 0;
}

/* Reads the number at *at, which is moved behind it. strtol() alone would take blanks and signs too. */
static bool read_cpu(const char **at, long *cpu)
{
	char *end;

	if (!isdigit((unsigned char)**at))
		return false;
	*cpu = strtol(*at, &end, 10);
	*at = end;
	return *cpu < MAX_CPUS;
}

/* Reads "N" or "N-M" at *at, which is moved behind it. Returns false when it is neither. */
static bool read_range(const char **at, long *first, long *last)
{
	if (!read_cpu(at, first))
		return false;
	*last = *first;
	if (**at != '-')
		return true;
	++*at;
	return read_cpu(at, last) && *last >= *first;
}

int rg_cpus_parse(struct rg_cpus *cpus, const char *list, struct rg_err *err)
{
	const char *at = list;
	long first, last;

	*cpus = (struct rg_cpus){0};
	while (read_range(&at, &first, &last)) {
		/* Ascending, as the kernel writes it: a CPU named twice would be sampled twice. */
		if (cpus->count && first <= cpus->cpu[cpus->count - 1])
			break;
		if (add_range(cpus, first, last)) {
			rg_cpus_done(cpus);
			return rg_err_nomem(err, "list of CPUs");
		}
		if (*at == '\0' || *at == '\n')
			return 0;
		if (*at++ != ',')
			break;
	}
	rg_cpus_done(cpus);
	return rg_err_set(err, RG_EFORMAT, "capture: list of CPUs '%s': not of the form 0-3,8",
			  list);
}

int rg_cpus_online(struct rg_cpus *cpus, struct rg_err *err)
{
	char line[4096];
	FILE *file = fopen(online_path, "re");
	bool got;

	if (!file)
		return rg_err_set(err, RG_EIO, "capture: read '%s': %s", online_path,
				  strerror(errno));
	got = fgets(line, sizeof(line), file) != NULL;
	fclose(file);
	if (!got)
		return rg_err_set(err, RG_EIO, "capture: read '%s': it is empty", online_path);
	return rg_cpus_parse(cpus, line, err);
}

void rg_cpus_done(struct rg_cpus *cpus)
{
	free(cpus->cpu);
	*cpus = (struct rg_cpus){0};
}
