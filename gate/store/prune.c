/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/store.h"

#include "run.h"

#include "rg/err.h"

#include <stdlib.h>
#include <string.h>

/* A version of a scenario and architecture: neighbours in a list as rg_store_find() sorts it. */
struct version {
	const struct rg_store_run *runs; /* oldest first */
	size_t count, past;              /* of them, those not from the future: they come first */
	bool kept;                       /* whatever its age */
};

struct plan {
	const struct rg_store_retention *retention;
	uint64_t now_ns;
	struct version *versions;
	size_t count;
	bool *surplus; /* of each run of the list */
};

static bool same_version(const struct rg_store_run *a, const struct rg_store_run *b)
{
	return !strcmp(a->scenario, b->scenario) && !strcmp(a->arch, b->arch) &&
	       !strcmp(a->version, b->version);
}

static void add_version(struct plan *plan, const struct rg_store_run *runs, size_t count)
{
	const struct rg_store_retention *retention = plan->retention;
	struct version *version = &plan->versions[plan->count++];

	*version = (struct version){.runs = runs, .count = count};
	while (version->past < count && runs[version->past].stored_ns <= plan->now_ns)
		version->past++;
	version->kept = version->past < count ||
			(retention->is_kept && retention->is_kept(retention->ctx, runs->version));
}

static void group(struct plan *plan, const struct rg_store_list *list)
{
	size_t first = 0;

	for (size_t i = 1; i <= list->count; i++) {
		if (i < list->count && same_version(&list->runs[first], &list->runs[i]))
			continue;
		add_version(plan, &list->runs[first], i - first);
		first = i;
	}
}

/* By scenario and architecture; then those that are kept anyway, then the newest first. */
static int compare(const void *left, const void *right)
{
	const struct version *a = left, *b = right;
	const struct rg_store_run *last_a = &a->runs[a->count - 1],
				  *last_b = &b->runs[b->count - 1];
	int order = strcmp(last_a->scenario, last_b->scenario);

	if (!order)
		order = strcmp(last_a->arch, last_b->arch);
	if (!order)
		order = b->kept - a->kept;
	if (!order)
		order = (last_a->stored_ns < last_b->stored_ns) -
			(last_a->stored_ns > last_b->stored_ns);
	return order ? order : strcmp(last_b->version, last_a->version);
}

static bool same_place(const struct version *a, const struct version *b)
{
	return !strcmp(a->runs->scenario, b->runs->scenario) &&
	       !strcmp(a->runs->arch, b->runs->arch);
}

/* The first runs of a version, as many as there are too many. */
static void mark(struct plan *plan, const struct rg_store_run *base, const struct version *version,
		 bool whole)
{
	const size_t keep = plan->retention->keep_runs;
	size_t drop = keep && version->past > keep ? version->past - keep : 0;

	if (whole)
		drop = version->count;
	for (size_t i = 0; i < drop; i++)
		plan->surplus[version->runs - base + (ptrdiff_t)i] = true;
}

static void decide(struct plan *plan, const struct rg_store_run *base)
{
	const size_t keep = plan->retention->keep_versions;
	size_t newer = 0; /* versions of the same scenario and architecture that are counted */

	for (size_t i = 0; i < plan->count; i++) {
		const struct version *version = &plan->versions[i];

		if (i == 0 || !same_place(version, version - 1))
			newer = 0;
		mark(plan, base, version, !version->kept && keep && newer >= keep);
		newer += !version->kept;
	}
}

/* How many runs from the first on are surplus, and of its version: they are removed together. */
static size_t stretch(const struct plan *plan, const struct rg_store_list *list, size_t first)
{
	size_t end = first;

	while (end < list->count && plan->surplus[end] &&
	       same_version(&list->runs[first], &list->runs[end]))
		end++;
	return end - first;
}

static int remove_stretch(struct rg_store *store, const struct rg_store_retention *retention,
			  const struct rg_store_run *runs, size_t count, struct rg_err *err)
{
	int rc = retention->dry_run ? 0 : rg_store_remove_all(store, runs, count, err);

	for (size_t i = 0; !rc && retention->removed && i < count; i++)
		retention->removed(retention->ctx, &runs[i]);
	return rc;
}

static int remove_surplus(struct rg_store *store, const struct plan *plan,
			  const struct rg_store_list *list, struct rg_err *err)
{
	size_t count;
	int rc = 0;

	for (size_t i = 0; !rc && i < list->count; i += count ? count : 1) {
		count = stretch(plan, list, i);
		if (count)
			rc = remove_stretch(store, plan->retention, &list->runs[i], count, err);
	}
	return rc;
}

static int prune_list(struct rg_store *store, struct plan *plan, const struct rg_store_list *list,
		      struct rg_err *err)
{
	plan->versions = calloc(list->count, sizeof(*plan->versions));
	plan->surplus = calloc(list->count, sizeof(*plan->surplus));
	if (!plan->versions || !plan->surplus)
		return rg_err_nomem(err, "store");
	group(plan, list);
	qsort(plan->versions, plan->count, sizeof(*plan->versions), compare);
	decide(plan, list->runs);
	return remove_surplus(store, plan, list, err);
}

int rg_store_prune(struct rg_store *store, const struct rg_store_retention *retention,
		   struct rg_err *err)
{
	struct plan plan = {.retention = retention, .now_ns = run_now_ns()};
	const struct rg_store_key all = {0};
	struct rg_store_list list = {0};
	int rc = rg_store_find(store, &all, &list, err);

	if (rc)
		return rc;
	if (list.count)
		rc = prune_list(store, &plan, &list, err);
	free(plan.versions);
	free(plan.surplus);
	rg_store_list_done(&list);
	if (rc || retention->dry_run)
		return rc;
	return rg_store_sweep(store, err);
}
