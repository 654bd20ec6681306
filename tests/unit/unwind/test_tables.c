/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

/* Rows of rules that differ in their offset only; rule 0 covers nothing. */
static struct rg_unwind_rows make_rows(size_t count, uint64_t base, uint64_t step)
{
	struct rg_unwind_rows r = {.count = count, .rule_count = 100};

	r.rows = calloc(count, sizeof(*r.rows));
	r.rules = calloc(r.rule_count, sizeof(*r.rules));
	assert_true(r.rows && r.rules);
	for (size_t i = 1; i < r.rule_count; i++)
		r.rules[i] = (struct rgw_unwind_rule){.cfa = RGW_CFA_REGISTER,
						      .cfa_reg = RGW_X86_RSP,
						      .cfa_offset = (int32_t)(8 * i)};
	for (size_t i = 0; i < count; i++) {
		/* Uneven, so that blocks hold different numbers of rows; some rows end what is covered. */
		r.rows[i].address = base + i * step + (i * i) % step;
		r.rows[i].rule = i + 1 == count ? 0 : (uint32_t)((i * 7) % r.rule_count);
	}
	return r;
}

static void free_rows(struct rg_unwind_rows *r)
{
	free(r->rows);
	free(r->rules);
}

static int no_memory(void *ctx, void *to, size_t size, uint64_t address)
{
	(void)ctx;
	(void)to;
	(void)size;
	(void)address;
	return -1;
}

/*
 * What a walk finds at an address, as the offset of the rule it goes by; 0: nothing. The stack cannot be read, so the
 * walk ends in its first frame: unreadable where there is a rule, "no row" where there is none.
 */
static bool covered(const struct rg_walker *walker, uint64_t pc)
{
	struct rgw_frames frames;
	struct rg_walk_registers registers = {.pc = pc, .sp = 0x7000};

	rg_walk(walker, (struct rgw_space){.first = 0, .count = 1}, &registers, &frames);
	assert_int_equal(frames.depth, 1);
	assert_int_equal(frames.at[0], pc);
	assert_true(frames.end == RGW_END_UNREADABLE || frames.end == RGW_END_NO_ROW ||
		    frames.end == RGW_END_UNSUPPORTED);
	return frames.end != RGW_END_NO_ROW;
}

static void every_address_finds_its_row(void **state)
{
	static const struct {
		const char *why;
		size_t rows;
		uint64_t step;
	} cases[] = {
		{"two rows, the least there is", 2, 16},
		{"a few rows far apart: large blocks", 9, 100000},
		{"one row a byte, as no compiler makes them", 3000, 1},
		{"as dense as a real library, over several chunks", 200000, 11},
	};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct made *m = made_new();
		struct rg_tables *t = rg_tables_new(&m->arrays);
		struct rg_unwind_rows r = make_rows(cases[c].rows, 0x401000, cases[c].step);
		struct rg_walker walker = {.arrays = &m->arrays, .tables = t, .read = no_memory};
		uint64_t last = r.rows[r.count - 1].address;
		uint32_t table;

		print_message("%s\n", cases[c].why);
		assert_int_equal(rg_tables_add(t, &r, &table), 0);
		assert_int_not_equal(table, RGW_TABLE_NONE);
		assert_int_equal(rg_tables_base(t, table), 0x401000);
		/* Mapped so that the file's 0x400000 lies at 0x7f0000000000. */
		m->arrays.ranges[0] =
			(struct rgw_range){.start = 0x7f0000000000,
					   .end = 0x7f0000000000 + (last - 0x400000) + 4096,
					   .table = table,
					   .delta = (uint32_t)(0x400000 - 0x401000)};
		for (size_t i = 0; i < r.count; i++) {
			bool expected = r.rows[i].rule != 0;
			uint64_t pc = 0x7f0000000000 + (r.rows[i].address - 0x400000);

			assert_int_equal(covered(&walker, pc), expected);
			if (i + 1 < r.count)
				assert_int_equal(
					covered(&walker,
						pc + (r.rows[i + 1].address - r.rows[i].address) -
							1),
					expected);
		}
		assert_false(covered(&walker, 0x7f0000000000));
		assert_false(covered(&walker, 0x7f0000000000 + 0xfff));
		free_rows(&r);
		rg_tables_free(t);
		made_free(m);
	}
}

static void files_share_their_rules(void **state)
{
	struct made *m = made_new();
	struct rg_tables *t = rg_tables_new(&m->arrays);
	struct rg_unwind_rows r = make_rows(500, 0x1000, 16);
	uint32_t one, two;

	(void)state;
	assert_int_equal(rg_tables_add(t, &r, &one), 0);
	assert_int_equal(rg_tables_add(t, &r, &two), 0);
	assert_int_not_equal(one, two);
	assert_int_equal(rg_tables_stats(t).rules, 99);
	assert_int_equal(rg_tables_stats(t).tables, 2);
	assert_int_equal(rg_tables_stats(t).rows, 1000);
	free_rows(&r);
	rg_tables_free(t);
	made_free(m);
}

static void what_does_not_fit_is_refused_and_counted(void **state)
{
	struct made *m = made_new();
	struct rg_tables *t = rg_tables_new(&m->arrays);
	struct rg_unwind_rows small = make_rows(100, 0x1000, 16);
	struct rg_unwind_rows big = make_rows(70000, 0x1000, 16);
	struct rg_unwind_rows wide = make_rows(2, 0, 1ULL << 33);
	struct rg_unwind_rows none = {0};
	uint32_t table;

	(void)state;
	m->chunk_limit = 1;
	assert_int_equal(rg_tables_add(t, &none, &table), 0);
	assert_int_equal(table, RGW_TABLE_NONE);
	assert_int_equal(rg_tables_stats(t).refused, 0);
	assert_int_equal(rg_tables_add(t, &wide, &table), 0);
	assert_int_equal(table, RGW_TABLE_NONE);
	assert_int_equal(rg_tables_add(t, &big, &table), 0);
	assert_int_equal(table, RGW_TABLE_NONE);
	assert_int_equal(rg_tables_stats(t).refused, 2);
	assert_int_equal(rg_tables_add(t, &small, &table), 0);
	assert_int_not_equal(table, RGW_TABLE_NONE);
	free_rows(&small);
	free_rows(&big);
	free_rows(&wide);
	rg_tables_free(t);
	made_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_address_finds_its_row),
		cmocka_unit_test(files_share_their_rules),
		cmocka_unit_test(what_does_not_fit_is_refused_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
