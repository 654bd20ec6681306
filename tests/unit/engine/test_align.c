/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions of both versions meet in a row: self totals, clones, lines. */
#include "align_made.h"

static const struct line before[] = {
	{"work", "server", "work.c", 10, 0, 5, 50000000},
	{"work", "server", "work.c", 12, 1, 9, 90000000},
	{"work.isra.0", "server", "work.c", 12, 2, 4, 40000000},
	{"work", "libwork.so.1", "", 0, 3, 2, 20000000},
	{"gone", "server", "", 0, 4, 1, 10000000},
};

static const struct line after[] = {
	{"work.cold", "server", "work.c", 30, 0, 7, 70000000},
	{"work", "server", "", 0, 1, 20, 200000000},
	{"work", "libwork.so.2.1", "", 0, 1, 3, 30000000},
	{"fresh", "server", "fresh.c", 2, RG_NO_SLICE, 6, 60000000},
};

static void functions_meet_by_canonical_name_and_module(void **state)
{
	struct aligned aligned;

	(void)state;
	align(&aligned, profile_of(before, COUNT(before), 20, true),
	      profile_of(after, COUNT(after), 20, true));
	const struct rg_table *table = &aligned.alignment.table;
	size_t work = row_of(&aligned, "work", "server");
	size_t library = row_of(&aligned, "work", "libwork.so");

	/* main is nobody's leaf: it has no row. */
	assert_int_equal(table->rows, 4);
	assert_int_equal(table->side[RG_END_BASE][work], 18);
	assert_int_equal(table->side[RG_END_CANARY][work], 27);
	assert_int_equal(table->side[RG_END_BASE][library], 2);
	assert_int_equal(table->side[RG_END_CANARY][library], 3);
	assert_int_equal(table->side[RG_END_CANARY][row_of(&aligned, "gone", "server")], 0);
	assert_int_equal(table->side[RG_END_BASE][row_of(&aligned, "fresh", "server")], 0);
	assert_int_equal(table->total[RG_END_BASE], 21);
	assert_int_equal(table->total[RG_END_CANARY], 36);
	aligned_done(&aligned);
}

static void an_interruption_is_charged_to_whom_it_interrupted(void **state)
{
	static const struct line stopped[] = {
		{"runtime.asyncPreempt", "server", "preempt.s", 7, 0, 5, 50000000},
		{"runtime.asyncPreemptedByName", "server", "", 1, 0, 2, 20000000},
	};
	struct aligned aligned;

	(void)state;
	align(&aligned, profile_of(stopped, COUNT(stopped), 20, true),
	      profile_of(stopped, COUNT(stopped), 20, true));
	const struct rg_table *table = &aligned.alignment.table;

	assert_int_equal(table->rows, 2);
	assert_int_equal(table->side[RG_END_BASE][row_of(&aligned, "main", "server")], 5);
	assert_int_equal(table->total[RG_END_BASE], 7);
	aligned_done(&aligned);
}

static void rows_are_in_the_order_of_names(void **state)
{
	struct aligned aligned;

	(void)state;
	align(&aligned, profile_of(before, COUNT(before), 20, true),
	      profile_of(after, COUNT(after), 20, true));
	for (size_t row = 1; row < aligned.alignment.table.rows; row++) {
		const struct rg_function *a = &aligned.alignment.function[row - 1];
		const struct rg_function *b = &aligned.alignment.function[row];
		int order = strcmp(a->key, b->key);

		assert_true(order < 0 || (order == 0 && strcmp(a->module, b->module) < 0));
	}
	aligned_done(&aligned);
}

static void labels_are_the_canarys_commonest(void **state)
{
	struct aligned aligned;
	struct rg_label label[8];
	const bool wanted[8] = {true, true, true, true, true, true, true, true};

	(void)state;
	align(&aligned, profile_of(before, COUNT(before), 20, true),
	      profile_of(after, COUNT(after), 20, true));
	assert_int_equal(rg_label_rows(&aligned.alignment, wanted, label, aligned.arena, NULL), 0);
	const struct rg_label *work = &label[row_of(&aligned, "work", "server")];
	const struct rg_label *library = &label[row_of(&aligned, "work", "libwork.so")];
	const struct rg_label *gone = &label[row_of(&aligned, "gone", "server")];

	/* 20 samples are "work" without a line; of those with one, work.c:30 has most. */
	assert_string_equal(work->function, "work");
	assert_string_equal(work->file, "work.c");
	assert_int_equal(work->line, 30);
	assert_string_equal(library->module, "libwork.so.2.1");
	assert_string_equal(library->file, "");
	assert_int_equal(library->line, 0);
	assert_string_equal(gone->function, "gone");
	aligned_done(&aligned);
}

static void lines_of_clones_add_up(void **state)
{
	struct aligned aligned;
	struct rg_label label[8];
	const bool wanted[8] = {true, true, true, true, true, true, true, true};

	(void)state;
	align(&aligned, profile_of(before, COUNT(before), 20, true),
	      profile_of(before, COUNT(before), 20, true));
	assert_int_equal(rg_label_rows(&aligned.alignment, wanted, label, aligned.arena, NULL), 0);
	/* Line 12: 9 samples of work and 4 of its clone; line 10: 5. */
	assert_int_equal(label[row_of(&aligned, "work", "server")].line, 12);
	aligned_done(&aligned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_meet_by_canonical_name_and_module),
		cmocka_unit_test(an_interruption_is_charged_to_whom_it_interrupted),
		cmocka_unit_test(rows_are_in_the_order_of_names),
		cmocka_unit_test(labels_are_the_canarys_commonest),
		cmocka_unit_test(lines_of_clones_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
