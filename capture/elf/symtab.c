/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symtab.h"

#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/grow.h"

enum {
	SYMTAB_MAX = 1 << 22, /* the largest browsers have a third of it */
	/* Names are compared so far: a table of hostile ones may share one text of a gigabyte. */
	COMPARED_MAX = 256,
};

int rg_symtab_add(struct rg_symtab *tab, const struct rg_sym *sym)
{
	if (tab->count >= SYMTAB_MAX)
		return 0;
	if (RG_GROW(tab->syms, tab->cap, tab->count))
		return RG_ENOMEM;
	tab->syms[tab->count] = *sym;
	tab->syms[tab->count++].shown = NULL;
	return 0;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Without a version ("@@GLIBC_2.14"). */
static size_t name_length(const char *name)
{
	size_t len = strnlen(name, COMPARED_MAX);
	const char *version = memchr(name, '@', len);

	return version ? (size_t)(version - name) : len;
}

static size_t count_underscores(const char *name)
{
	size_t count = 0;

	while (count < COMPARED_MAX && name[count] == '_')
		count++;
	return count;
}

/* The order of preference among names of one address, so that it depends on the names only. */
static int compare_names(const char *a, const char *b)
{
	/* glibc's second names for its own use, "__GI_memcpy", are nobody's first choice. */
	int order = (strncmp(a, "__GI_", 5) == 0) - (strncmp(b, "__GI_", 5) == 0);

	if (order == 0)
		order = compare_numbers(count_underscores(a), count_underscores(b));
	if (order == 0)
		order = compare_numbers(name_length(a), name_length(b));
	return order ? order : strncmp(a, b, COMPARED_MAX);
}

static int compare_syms(const void *left, const void *right)
{
	const struct rg_sym *a = left, *b = right;
	int order = compare_numbers(a->start, b->start);

	if (order == 0)
		order = compare_numbers(a->rank, b->rank);
	return order ? order : compare_names(a->name, b->name);
}

/* The preferred symbol learns the size of one that starts where it does. */
static void merge_alias(struct rg_sym *kept, const struct rg_sym *alias)
{
	if (alias->sized == kept->sized) {
		if (alias->end > kept->end)
			kept->end = alias->end;
	} else if (alias->sized) {
		kept->end = alias->end;
		kept->sized = true;
	}
}

static void drop_aliases(struct rg_symtab *tab)
{
	size_t kept = 0;

	for (size_t i = 0; i < tab->count; i++) {
		if (kept > 0 && tab->syms[kept - 1].start == tab->syms[i].start)
			merge_alias(&tab->syms[kept - 1], &tab->syms[i]);
		else
			tab->syms[kept++] = tab->syms[i];
	}
	tab->count = kept;
}

/* Cuts overlapping ranges into disjoint ones: a sweep with the stack of symbols that are open. */
struct sweep {
	struct rg_sym *out;
	size_t out_count;
	const struct rg_sym *syms;
	size_t *open; /* indices into syms */
	size_t depth;
	uint64_t cursor; /* everything before it is given out */
};

static void emit(struct sweep *sweep, const struct rg_sym *sym, uint64_t end)
{
	if (sweep->cursor >= end)
		return;
	sweep->out[sweep->out_count] = *sym;
	sweep->out[sweep->out_count].start = sweep->cursor;
	sweep->out[sweep->out_count++].end = end;
	sweep->cursor = end;
}

static void close_until(struct sweep *sweep, uint64_t address)
{
	while (sweep->depth > 0 && sweep->syms[sweep->open[sweep->depth - 1]].end <= address) {
		const struct rg_sym *top = &sweep->syms[sweep->open[--sweep->depth]];

		emit(sweep, top, top->end);
	}
}

static void sweep_sym(struct sweep *sweep, size_t index)
{
	const struct rg_sym *sym = &sweep->syms[index];

	close_until(sweep, sym->start);
	if (sweep->depth > 0) {
		if (!sym->sized || sym->rank >= RG_SYM_LABEL)
			return;
		emit(sweep, &sweep->syms[sweep->open[sweep->depth - 1]], sym->start);
	}
	sweep->cursor = sym->start;
	sweep->open[sweep->depth++] = index;
}

static void end_unsized(struct rg_symtab *tab)
{
	for (size_t i = 0; i + 1 < tab->count; i++)
		if (!tab->syms[i].sized && tab->syms[i].end > tab->syms[i + 1].start)
			tab->syms[i].end = tab->syms[i + 1].start;
}

int rg_symtab_finish(struct rg_symtab *tab)
{
	struct sweep sweep = {0};

	if (tab->count == 0)
		return 0;
	qsort(tab->syms, tab->count, sizeof(*tab->syms), compare_syms);
	drop_aliases(tab);
	end_unsized(tab);
	sweep.syms = tab->syms;
	/* Each symbol gives at most two ranges: one cut by its successor, one at its end. */
	sweep.out = reallocarray(NULL, tab->count * 2, sizeof(*sweep.out));
	sweep.open = reallocarray(NULL, tab->count, sizeof(*sweep.open));
	if (!sweep.out || !sweep.open) {
		free(sweep.out);
		free(sweep.open);
		return RG_ENOMEM;
	}
	for (size_t i = 0; i < tab->count; i++)
		sweep_sym(&sweep, i);
	close_until(&sweep, UINT64_MAX);
	free(sweep.open);
	free(tab->syms);
	tab->syms = sweep.out;
	tab->cap = tab->count * 2;
	tab->count = sweep.out_count;
	return 0;
}

/* The number of ranges that start at or before the address. */
static size_t count_before(const struct rg_symtab *tab, uint64_t address)
{
	size_t low = 0, high = tab->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (tab->syms[mid].start <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct rg_sym *rg_symtab_find(const struct rg_symtab *tab, uint64_t address)
{
	size_t before = count_before(tab, address);

	return before > 0 && address < tab->syms[before - 1].end ? &tab->syms[before - 1] : NULL;
}

const struct rg_sym *rg_symtab_before(const struct rg_symtab *tab, uint64_t address)
{
	size_t before = count_before(tab, address);

	return before > 0 ? &tab->syms[before - 1] : NULL;
}

void rg_symtab_done(struct rg_symtab *tab)
{
	free(tab->syms);
	*tab = (struct rg_symtab){0};
}
