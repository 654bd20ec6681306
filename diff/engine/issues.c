/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comparable.h"

#include "rg/arena.h"

#include <stdlib.h>
#include <string.h>

static bool append(struct rg_issues *issues, const struct rg_issue *issue)
{
	if (!issue->what || !issue->base || !issue->canary || !issue->limit ||
	    issues->count == RG_ISSUES_MAX) {
		issues->failed = true;
		return false;
	}
	issues->list[issues->count++] = *issue;
	return true;
}

void rg_issues_add(struct rg_issues *issues, bool blocking, const char *what, const char *base,
		   const char *canary, const char *limit)
{
	if (append(issues, &(struct rg_issue){blocking, false, what, base, canary, limit}))
		issues->blocked |= blocking;
}

void rg_issues_add_off_cpu(struct rg_issues *issues, bool blocking, const char *what,
			   const char *base, const char *canary, const char *limit)
{
	if (append(issues, &(struct rg_issue){blocking, true, what, base, canary, limit}))
		issues->off_cpu_blocked |= blocking;
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static void join_distinct(struct rg_side_fact *fact, char **value, size_t count,
			  struct rg_arena *arena)
{
	qsort(value, count, sizeof(*value), by_text);
	fact->text = "";
	for (size_t i = 0; i < count && fact->text; i++) {
		if (i > 0 && strcmp(value[i - 1], value[i]) == 0)
			continue;
		fact->text =
			i == 0 ? value[i] : rg_arena_printf(arena, "%s, %s", fact->text, value[i]);
		fact->distinct++;
	}
}

struct rg_side_fact rg_side_fact(const struct rg_run_set *set, enum rg_end end, const char *key,
				 void (*reduce)(char *value), struct rg_arena *arena)
{
	const struct rg_run *run = rg_run_set_side(set, end);
	char **value = rg_arena_array(arena, set->count[end] + 1, sizeof(*value));
	struct rg_side_fact fact = {0};
	size_t count = 0;

	if (!value)
		return fact;
	for (size_t i = 0; i < set->count[end]; i++) {
		const char *text = rg_profile_fact(run[i].profile, key);

		if (!text || text[0] == '\0') {
			fact.missing = true;
			continue;
		}
		value[count] = rg_arena_strdup(arena, text);
		if (!value[count])
			return fact;
		if (reduce)
			reduce(value[count]);
		count++;
	}
	join_distinct(&fact, value, count, arena);
	return fact;
}
