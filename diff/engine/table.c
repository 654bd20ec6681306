/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table.h"

#include "rg/arena.h"
#include "rg/err.h"

static int add(int64_t *sum, int64_t value)
{
	return __builtin_add_overflow(*sum, value, sum) ? RG_ELIMIT : 0;
}

static int sum_rows(struct rg_table *table, enum rg_end end, int64_t *side)
{
	size_t first = rg_table_first(table, end);

	for (size_t row = 0; row < table->rows; row++) {
		for (size_t run = first; run < first + table->runs[end]; run++) {
			if (add(&side[row], rg_table_count(table, row, run)))
				return RG_ELIMIT;
		}
	}
	table->side[end] = side;
	return 0;
}

static int sum_total(struct rg_table *table, enum rg_end end, int64_t *run_total)
{
	size_t first = rg_table_first(table, end);

	table->total[end] = 0;
	for (size_t row = 0; row < table->rows; row++) {
		for (size_t run = first; run < first + table->runs[end]; run++) {
			int64_t count = rg_table_count(table, row, run);

			if (add(&run_total[run], count) || add(&table->total[end], count))
				return RG_ELIMIT;
		}
	}
	return 0;
}

static int too_many(struct rg_err *err)
{
	return rg_err_set(err, RG_ELIMIT, "diff: add up the samples: more than 2^63 - 1");
}

int rg_table_sum_rows(struct rg_table *table, struct rg_arena *arena, struct rg_err *err)
{
	for (int end = 0; end < RG_END_COUNT; end++) {
		int64_t *side = rg_arena_array(arena, table->rows + 1, sizeof(*side));

		if (!side)
			return rg_err_nomem(err, "diff");
		if (sum_rows(table, (enum rg_end)end, side))
			return too_many(err);
	}
	return 0;
}

int rg_table_sum(struct rg_table *table, struct rg_arena *arena, struct rg_err *err)
{
	int64_t *run_total = rg_arena_array(arena, rg_table_runs(table), sizeof(*run_total));

	if (!run_total)
		return rg_err_nomem(err, "diff");
	int code = rg_table_sum_rows(table, arena, err);

	if (code)
		return code;
	for (int end = 0; end < RG_END_COUNT; end++) {
		if (sum_total(table, (enum rg_end)end, run_total))
			return too_many(err);
	}
	table->run_total = run_total;
	return 0;
}
