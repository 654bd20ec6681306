/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "reference.h"
#include "settings.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/text.h"
#include "rg/units.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct rg_option_group groups[] = {
	{"Store", rg_options_store},
	{"General", rg_options_general},
	{0},
};

static void print_run(const struct rg_store_run *run)
{
	char when[32] = "?", bytes[RG_UNITS_TEXT_MAX];
	time_t seconds = (time_t)(run->stored_ns / RG_NS_PER_S);
	struct rg_buf label;
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm);
	rg_buf_init(&label, 4096);
	rg_text_add_safe(&label, run->label, strnlen(run->label, 200));
	printf("%-16s %-20s %-12.12s %-8s %.12s  %s  %9s\n", run->scenario,
	       label.data ? label.data : "", run->version, run->arch, run->id, when,
	       rg_format_bytes(bytes, run->bytes));
	rg_buf_done(&label);
}

static bool same_version(const struct rg_store_run *a, const struct rg_store_run *b)
{
	return !strcmp(a->scenario, b->scenario) && !strcmp(a->version, b->version) &&
	       !strcmp(a->arch, b->arch);
}

/* Behind the last run of a version: how many there are, as long as more are wanted. */
static void print_seeding(const struct rg_settings *settings, const struct rg_store_list *list,
			  size_t last)
{
	size_t first = last;
	char seeding[64];

	if (last + 1 < list->count && same_version(&list->runs[last], &list->runs[last + 1]))
		return;
	while (first > 0 && same_version(&list->runs[first - 1], &list->runs[last]))
		first--;
	rg_reference_seeding(settings, last - first + 1, seeding, sizeof(seeding));
	if (*seeding)
		printf("%-16s %s\n", "", seeding);
}

static int list(const struct rg_baseline *b, char **words, size_t count, struct rg_err *err)
{
	const struct rg_store_key everything = {0};
	char bytes[RG_UNITS_TEXT_MAX];
	struct rg_store_list list;
	uint64_t total = 0;
	int rc;

	if (count)
		return rg_err_set(err, RG_EUSAGE, "baseline list: unexpected argument '%s'",
				  words[0]);
	rc = rg_store_find(b->store, &everything, &list, err);
	if (rc)
		return rc;
	if (list.count)
		printf("%-16s %-20s %-12s %-8s %-12s  %-16s  %9s\n", "SCENARIO", "VERSION",
		       "KEPT AS", "ARCH", "RUN", "STORED", "SIZE");
	for (size_t i = 0; i < list.count; i++) {
		print_run(&list.runs[i]);
		print_seeding(b->settings, &list, i);
		total += list.runs[i].bytes;
	}
	printf("%zu run%s, %s\n", list.count, list.count == 1 ? "" : "s",
	       rg_format_bytes(bytes, total));
	if (list.damaged)
		rc = rg_err_set(err, RG_EFORMAT, "baseline: %zu entr%s cannot be read: %s",
				list.damaged, list.damaged == 1 ? "y" : "ies", list.first_damaged);
	rg_store_list_done(&list);
	return rc;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_baseline_run(command, argc, argv, list);
}

const struct rg_command rg_command_baseline_list = {
	.name = "baseline list",
	.summary = "list what is stored",
	.usage = "[options]",
	.description = "Lists all stored runs, of every scenario and version.",
	.groups = groups,
	.run = run,
};
