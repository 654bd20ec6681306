/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "reference.h"
#include "settings.h"
#include "values.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/text.h"
#include "rg/units.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct rg_option own_options[] = {
	{"json", 0, NULL, "print the runs as JSON instead of the table", RG_SETS_FLAG(json)},
	{0},
};

static const struct rg_option_group groups[] = {
	{"Output", own_options},
	{"Store", rg_options_store},
	{"General", rg_options_general},
	{0},
};

/* --- The table ------------------------------------------------------------------------------ */

enum {
	WIDE_COLUMNS = 101, /* of a line a run */
	SCENARIO_COLUMNS = 16,
	LABEL_COLUMNS = 20,
	BEHIND_LABEL = 1 + 12 + 1 + 8, /* commit and architecture */
	WHEN_MAX = 32,
};

/* On a terminal that is too narrow for a line a run, a version has a line, and its runs have theirs below. */
struct table {
	bool narrow;
	int label_columns;
};

static struct table table_for(size_t terminal_columns)
{
	const int rest = SCENARIO_COLUMNS + 1 + BEHIND_LABEL;
	struct table table = {.narrow = terminal_columns && terminal_columns < WIDE_COLUMNS,
			      .label_columns = LABEL_COLUMNS};

	if (table.narrow && (int)terminal_columns > rest + LABEL_COLUMNS)
		table.label_columns = (int)terminal_columns - rest;
	return table;
}

/* In so many columns; with `cut` in no more. */
static void print_cell(const char *text, int columns, bool cut)
{
	struct rg_buf safe, shown;
	size_t used;

	rg_buf_init(&safe, 4096);
	rg_buf_init(&shown, 4096);
	rg_text_add_safe(&safe, text, strnlen(text, RG_STORE_NAME_MAX));
	if (safe.len && cut)
		used = rg_text_add_cut(&shown, safe.data, safe.len, (size_t)columns);
	else
		used = safe.len ? rg_text_columns(safe.data, safe.len) : 0;
	printf("%s%*s ",
	       shown.len  ? shown.data
	       : safe.len ? safe.data
			  : "",
	       used < (size_t)columns ? columns - (int)used : 0, "");
	rg_buf_done(&shown);
	rg_buf_done(&safe);
}

static void print_heading(const struct table *table)
{
	printf("%-*s %-*s %-12s %-8s", SCENARIO_COLUMNS, "SCENARIO", table->label_columns,
	       "VERSION", "KEPT AS", "ARCH");
	if (table->narrow)
		printf("\n%*s", SCENARIO_COLUMNS, "");
	printf(" %-12s  %-16s  %9s\n", "RUN", "STORED", "SIZE");
}

static void print_version(const struct table *table, const struct rg_store_run *run)
{
	print_cell(run->scenario, SCENARIO_COLUMNS, table->narrow);
	print_cell(run->label, table->label_columns, table->narrow);
	printf("%-12.12s %-8s", run->version, run->arch);
}

static const char *format_when(uint64_t stored_ns, char when[WHEN_MAX])
{
	time_t seconds = (time_t)(stored_ns / RG_NS_PER_S);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(when, WHEN_MAX, "%Y-%m-%d %H:%M", &tm))
		return "?";
	return when;
}

/* `first`: of its version. */
static void print_run(const struct table *table, const struct rg_store_run *run, bool first)
{
	char when[WHEN_MAX], bytes[RG_UNITS_TEXT_MAX];

	if (first || !table->narrow)
		print_version(table, run);
	if (first && table->narrow)
		putchar('\n');
	if (table->narrow)
		printf("%*s", SCENARIO_COLUMNS, "");
	printf(" %.12s  %s  %9s\n", run->id, format_when(run->stored_ns, when),
	       rg_format_bytes(bytes, run->bytes));
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
		printf("%*s %s\n", SCENARIO_COLUMNS, "", seeding);
}

static void print_runs(const struct rg_settings *settings, const struct rg_store_list *list)
{
	const struct table table = table_for(rg_cli_columns(STDOUT_FILENO));
	char bytes[RG_UNITS_TEXT_MAX];
	uint64_t total = 0;

	if (list->count)
		print_heading(&table);
	for (size_t i = 0; i < list->count; i++) {
		const struct rg_store_run *run = &list->runs[i];

		print_run(&table, run, i == 0 || !same_version(run - 1, run));
		print_seeding(settings, list, i);
		total += run->bytes;
	}
	printf("%zu run%s, %s\n", list->count, list->count == 1 ? "" : "s",
	       rg_format_bytes(bytes, total));
}

/* --- The command ---------------------------------------------------------------------------- */

static int list(const struct rg_baseline *b, char **words, size_t count, struct rg_err *err)
{
	const struct rg_store_key everything = {0};
	struct rg_store_list list;
	int rc;

	if (count)
		return rg_err_set(err, RG_EUSAGE, "baseline list: unexpected argument '%s'",
				  words[0]);
	rc = rg_store_find(b->store, &everything, &list, err);
	if (rc)
		return rc;
	if (b->settings->json)
		rc = rg_baseline_print_json(b, &list, err);
	else
		print_runs(b->settings, &list);
	if (b->settings->config.store && !rg_store_exists(b->store))
		rg_cli_say("the store '%s' does not exist: is the name right? 'baseline put' makes "
			   "it",
			   b->settings->config.store);
	if (!rc && list.damaged)
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
	.description =
		"Lists all stored runs, of every scenario and version, a line a run. On a terminal "
		"of less\n"
		"than 101 columns a version has a line, cut to the terminal, and its runs have "
		"theirs\n"
		"below; into a pipe or a file nothing is cut. --json prints all of it for "
		"machines.\n"
		"Runs that cannot be read are told there as well, and the status is 4.",
	.groups = groups,
	.run = run,
};
