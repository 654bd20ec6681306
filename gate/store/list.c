/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "list.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>
#include <string.h>

void rg_store_run_done(struct rg_store_run *run)
{
	free(run->scenario);
	free(run->version);
	free(run->arch);
	free(run->label);
	*run = (struct rg_store_run){0};
}

void rg_store_list_done(struct rg_store_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		rg_store_run_done(&list->runs[i]);
	free(list->runs);
	free(list->first_damaged);
	*list = (struct rg_store_list){0};
}

int list_take(struct rg_store_list *list, struct rg_store_run *run, struct rg_err *err)
{
	if (list->count >= LIST_MAX_RUNS)
		return rg_err_set(err, RG_ELIMIT, "store: more than %d runs", LIST_MAX_RUNS);
	if (RG_GROW(list->runs, list->cap, list->count))
		return rg_err_nomem(err, "store");
	list->runs[list->count++] = *run;
	*run = (struct rg_store_run){0};
	return 0;
}

int list_damaged(struct rg_store_list *list, const char *text, struct rg_err *err)
{
	if (!list->first_damaged)
		list->first_damaged = strdup(text);
	if (!list->first_damaged)
		return rg_err_nomem(err, "store");
	list->damaged++;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct rg_store_run *a = left, *b = right;
	int order = strcmp(a->scenario, b->scenario);

	if (!order)
		order = strcmp(a->version, b->version);
	if (!order)
		order = strcmp(a->arch, b->arch);
	if (!order)
		order = (a->stored_ns > b->stored_ns) - (a->stored_ns < b->stored_ns);
	return order ? order : strcmp(a->id, b->id);
}

void list_sort(struct rg_store_list *list)
{
	if (list->count)
		qsort(list->runs, list->count, sizeof(*list->runs), compare);
}

void list_unique(struct rg_store_list *list)
{
	size_t kept = 0;

	list_sort(list);
	for (size_t i = 0; i < list->count; i++) {
		if (kept && compare(&list->runs[kept - 1], &list->runs[i]) == 0)
			rg_store_run_done(&list->runs[i]);
		else
			list->runs[kept++] = list->runs[i];
	}
	list->count = kept;
}
