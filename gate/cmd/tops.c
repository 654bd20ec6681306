/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tops.h"

#include "rg/cli.h"
#include "rg/diff.h"
#include "rg/policy.h"
#include "rg/profile.h"
#include "rg/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { TOP = 5 };

static void print_name(const struct rg_row *row, bool idle)
{
	rg_cli_print(row->function);
	if (*row->wait) {
		fputs(" [", stdout);
		rg_cli_print(row->wait);
		if (*row->api) {
			fputs(", ", stdout);
			rg_cli_print(row->api);
		}
		putchar(']');
	}
	if (*row->module) {
		fputs("  ", stdout);
		rg_cli_print(row->module);
	}
	puts(idle ? "  (idle)" : "");
}

static const struct rg_row *ranked(const struct rg_row *rows, size_t count, uint32_t rank)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].rank_canary == rank)
			return &rows[i];
	return NULL;
}

static void print_running(const struct rg_verdict *v)
{
	if (!ranked(v->rows, v->row_count, 1))
		return;
	puts("  on a CPU");
	for (uint32_t rank = 1; rank <= TOP; rank++) {
		const struct rg_row *row = ranked(v->rows, v->row_count, rank);

		if (!row)
			continue;
		printf("    %7.1f %%  ", 100 * row->share_canary);
		print_name(row, false);
	}
}

static void print_waiting(const struct rg_off_cpu *off_cpu, const struct rg_profile *profile)
{
	if (!off_cpu->measured && rg_profile_has(profile, RG_VALUE_OFF_CPU_NS))
		puts("  waiting: not told: the window has too few slices, or no length");
	if (!ranked(off_cpu->rows, off_cpu->row_count, 1) && !off_cpu->idle_count)
		return;
	puts("  waiting, seconds a second");
	for (uint32_t rank = 1; rank <= TOP; rank++) {
		const struct rg_row *row = ranked(off_cpu->rows, off_cpu->row_count, rank);

		if (!row)
			continue;
		printf("    %9.4f  ", row->cost_canary);
		print_name(row, false);
	}
	for (size_t i = 0; i < off_cpu->idle_count && i < TOP; i++) {
		printf("    %9.4f  ", off_cpu->idle[i].cost_canary);
		print_name(&off_cpu->idle[i], true);
	}
}

int rg_tops_print(const struct rg_profile *profile, struct rg_err *err)
{
	const struct rg_runs run = {.run = &profile, .count = 1};
	struct rg_verdict *verdict;
	struct rg_policy policy;
	int rc;

	rg_policy_init(&policy);
	/* Compared with itself: ranks and names are as every other report has them. */
	rc = rg_diff_judge(&run, &run, &policy, &verdict, err);
	if (rc)
		return rc;
	print_running(verdict);
	print_waiting(&verdict->off_cpu, profile);
	rg_verdict_free(verdict);
	return 0;
}
