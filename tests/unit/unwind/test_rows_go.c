/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Go program unwinds alike by the linker's .debug_frame and, when that was stripped, by Go's own
 * table.
 */
#include "../elf/programs.h"

#include "rows.h"

#define GO_PROGRAM                                                              \
	"package main\n"                                                        \
	"import (\"net/http\"; \"sort\")\n"                                     \
	"type pages struct{ size [100]int }\n"                                  \
	"func (p pages) Len() int { return 100 }\n"                             \
	"func (p pages) Less(i, j int) bool { return p.size[i] < p.size[j] }\n" \
	"func (p pages) Swap(i, j int) {}\n"                                    \
	"func main() { sort.Sort(pages{}); http.ListenAndServe(\"\", nil) }\n"

static void load(struct rg_unwind_rows *rows, const struct programs *programs, const char *name)
{
	struct rg_image image;

	assert_int_equal(rg_image_open_fd(&image, programs_fd(programs, name)), 0);
	assert_int_equal(rg_unwind_rows_load(rows, &image), 0);
	rg_image_done(&image);
}

static const struct rgw_unwind_rule *rule_at(const struct rg_unwind_rows *rows, uint64_t address)
{
	size_t low = 0, high = rows->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (rows->rows[mid].address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return &rows->rules[low > 0 ? rows->rows[low - 1].rule : RG_RULE_NONE];
}

/*
 * Which functions are the first of their stack .debug_frame does not tell of every
 * release: a walk ends at a return address of zero there. `b` is by Go's own table.
 */
static bool rules_agree(const struct rgw_unwind_rule *a, const struct rgw_unwind_rule *b)
{
	if (b->cfa == RGW_CFA_END)
		return a->ra == RGW_SAVED_CFA || a->cfa == RGW_CFA_NONE || a->cfa == RGW_CFA_END;
	return a->cfa == b->cfa && a->cfa_reg == b->cfa_reg && a->cfa_offset == b->cfa_offset &&
	       a->ra == b->ra && a->ra_offset == b->ra_offset;
}

/* Where a row of either begins. Returns how many addresses were looked at. */
static size_t compare(const struct rg_unwind_rows *by, const struct rg_unwind_rows *a,
		      const struct rg_unwind_rows *b, size_t *differ)
{
	for (size_t i = 0; i < by->count; i++) {
		uint64_t address = by->rows[i].address;

		if (rules_agree(rule_at(a, address), rule_at(b, address)))
			continue;
		if ((*differ)++ < 5)
			print_message("0x%" PRIx64 ": %d+%d by .debug_frame, %d+%d by Go's table\n",
				      address, rule_at(a, address)->cfa,
				      rule_at(a, address)->cfa_offset, rule_at(b, address)->cfa,
				      rule_at(b, address)->cfa_offset);
	}
	return by->count;
}

static void test_against_debug_frame(void **state)
{
	struct rg_unwind_rows full, stripped;
	size_t differ = 0, rows = 0;
	const struct programs *programs = *state;

#ifndef __x86_64__
	skip();
#endif
	if (!programs_try(programs, "command -v go >/dev/null")) {
		print_message("skipped: needs go\n");
		skip();
	}
	programs_write(programs, "main.go", GO_PROGRAM);
	programs_write(programs, "go.mod", "module example\n");
	programs_run(programs, "GOFLAGS=-mod=mod GOCACHE=\"$PWD/cache\" CGO_ENABLED=0 go build "
			       "-buildvcs=false -o full . && strip -o stripped full && "
			       "! readelf -SW stripped | grep -q debug_frame");
	load(&full, programs, "full");
	load(&stripped, programs, "stripped");
	rows += compare(&full, &full, &stripped, &differ);
	rows += compare(&stripped, &full, &stripped, &differ);
	print_message("%zu rows, %zu differ\n", rows, differ);
	assert_true(full.count > 10000);
	assert_int_equal(differ, 0);
	rg_unwind_rows_done(&full);
	rg_unwind_rows_done(&stripped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_debug_frame),
	};

	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
