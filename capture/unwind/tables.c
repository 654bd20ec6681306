/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tables.h"
#include "arrays.h"
#include "rows.h"

#include "rg/err.h"
#include "rg/hash.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHUNK_WORDS = 1 << RGW_CHUNK_SHIFT,
	ROWS_PER_BLOCK = 8, /* on average: three steps of a search */
	MIN_SHIFT = 4,
	MAX_SHIFT = 31,
};

struct rg_tables {
	const struct rg_unwind_arrays *arrays;
	uint64_t *chunk[RGW_MAX_CHUNKS];
	uint32_t chunk_count;
	uint32_t words; /* used */
	uint64_t *base; /* by table */
	struct rg_index rules;
	struct rg_tables_stats stats;
};

struct rg_tables *rg_tables_new(const struct rg_unwind_arrays *arrays)
{
	struct rg_tables *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->base = calloc(RGW_MAX_TABLES, sizeof(*t->base));
	if (!t->base) {
		free(t);
		return NULL;
	}
	t->arrays = arrays;
	/* Number 0 of either means "none". */
	t->stats.tables = t->stats.rules = 1;
	return t;
}

void rg_tables_free(struct rg_tables *t)
{
	if (!t)
		return;
	rg_index_done(&t->rules);
	free(t->base);
	free(t);
}

uint64_t rg_tables_base(const struct rg_tables *t, uint32_t table)
{
	return table < t->stats.tables ? t->base[table] : 0;
}

uint64_t *rg_tables_word(const struct rg_tables *t, uint32_t number)
{
	if (number >= t->words)
		return NULL;
	return &t->chunk[number >> RGW_CHUNK_SHIFT][number & (CHUNK_WORDS - 1)];
}

struct rg_tables_stats rg_tables_stats(const struct rg_tables *t)
{
	struct rg_tables_stats stats = t->stats;

	stats.tables--;
	stats.rules--;
	return stats;
}

/* --- Rules ---------------------------------------------------------------------------------- */

static int rule_equal(const void *ctx, uint32_t id, const void *rule)
{
	const struct rg_tables *t = ctx;

	return !memcmp(&t->arrays->rules[id], rule, sizeof(t->arrays->rules[id]));
}

/* When there is no room for one more, number 0: its rows read as not covered. */
static int enter_rule(struct rg_tables *t, const struct rgw_unwind_rule *rule, uint32_t *number)
{
	uint64_t hash = rg_hash_bytes(rule, sizeof(*rule), 0);

	*number = 0;
	if (rule->cfa == RGW_CFA_NONE)
		return 0;
	*number = rg_index_find(&t->rules, hash, rule_equal, t, rule);
	if (*number != RG_INDEX_NONE)
		return 0;
	*number = 0;
	if (t->stats.rules == RGW_MAX_RULES)
		return 0;
	if (rg_index_add(&t->rules, hash, t->stats.rules))
		return RG_ENOMEM;
	t->arrays->rules[t->stats.rules] = *rule;
	*number = t->stats.rules++;
	return 0;
}

/* The numbers that a file's rules have here. Free them. NULL: out of memory. */
static uint32_t *enter_rules(struct rg_tables *t, const struct rg_unwind_rows *rows)
{
	uint32_t *numbers = calloc(rows->rule_count + 1, sizeof(*numbers));

	for (size_t i = 0; numbers && i < rows->rule_count; i++) {
		if (enter_rule(t, &rows->rules[i], &numbers[i])) {
			free(numbers);
			return NULL;
		}
	}
	return numbers;
}

/* --- Rows ----------------------------------------------------------------------------------- */

static uint32_t choose_shift(uint64_t span, size_t count)
{
	uint64_t bytes = span * ROWS_PER_BLOCK / count;
	uint32_t shift = MIN_SHIFT;

	while (shift < MAX_SHIFT && 1ULL << (shift + 1) <= bytes)
		shift++;
	return shift;
}

static bool make_room(struct rg_tables *t, uint64_t words)
{
	uint64_t end = t->words + words;

	if (end > (uint64_t)RGW_MAX_CHUNKS * CHUNK_WORDS)
		return false;
	while ((uint64_t)t->chunk_count * CHUNK_WORDS < end) {
		uint64_t *chunk = t->arrays->new_chunk(t->arrays->ctx, t->chunk_count);

		if (!chunk)
			return false;
		t->chunk[t->chunk_count++] = chunk;
	}
	return true;
}

static void write_word(struct rg_tables *t, uint32_t number, uint64_t word)
{
	t->chunk[number >> RGW_CHUNK_SHIFT][number & (CHUNK_WORDS - 1)] = word;
}

static void write_rows(struct rg_tables *t, const struct rgw_table *table,
		       const struct rg_unwind_rows *rows, const uint32_t *numbers)
{
	uint64_t base = rows->rows[0].address;

	for (size_t i = 0; i < rows->count; i++)
		write_word(t, table->rows + (uint32_t)i,
			   (rows->rows[i].address - base) | (uint64_t)numbers[rows->rows[i].rule]
								    << 32);
}

static void write_blocks(struct rg_tables *t, const struct rgw_table *table,
			 const struct rg_unwind_rows *rows)
{
	uint64_t base = rows->rows[0].address;
	size_t row = 0;

	for (uint64_t start = 0; start < table->span; start += 1ULL << table->shift) {
		uint64_t next = start + (1ULL << table->shift), first;

		while (row + 1 < rows->count && rows->rows[row + 1].address - base <= start)
			row++;
		first = row;
		while (row + 1 < rows->count && rows->rows[row + 1].address - base < next)
			row++;
		write_word(t, table->first + (uint32_t)(start >> table->shift),
			   first | (uint64_t)row << 32);
	}
}

int rg_tables_add(struct rg_tables *t, const struct rg_unwind_rows *rows, uint32_t *table)
{
	struct rgw_table entry;
	uint64_t span, blocks;
	uint32_t *numbers;

	*table = RGW_TABLE_NONE;
	/* The last row only says where the one before it ends. */
	if (rows->count < 2)
		return 0;
	span = rows->rows[rows->count - 1].address - rows->rows[0].address;
	entry.shift = choose_shift(span, rows->count);
	blocks = (span >> entry.shift) + 1;
	if (span > UINT32_MAX || t->stats.tables == RGW_MAX_TABLES ||
	    !make_room(t, blocks + rows->count)) {
		t->stats.refused++;
		return 0;
	}
	numbers = enter_rules(t, rows);
	if (!numbers)
		return RG_ENOMEM;
	entry.span = (uint32_t)span;
	entry.first = t->words;
	entry.rows = t->words + (uint32_t)blocks;
	t->words = entry.rows + (uint32_t)rows->count;
	write_rows(t, &entry, rows, numbers);
	write_blocks(t, &entry, rows);
	free(numbers);
	t->arrays->tables[t->stats.tables] = entry;
	t->base[t->stats.tables] = rows->rows[0].address;
	*table = t->stats.tables++;
	t->stats.rows += rows->count;
	t->stats.bytes += (blocks + rows->count) * sizeof(uint64_t);
	return 0;
}
