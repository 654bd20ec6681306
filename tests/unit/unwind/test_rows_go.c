/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Go program unwinds alike by the linker's .debug_frame and, when that was stripped, by Go's own
 * table; by neither from where its signal handlers return to.
 */
#include "../elf/programs.h"

#include "rows.h"

#include <ucontext.h>

/* Much of the library, assembly with odd frames among it, and nothing that comes in another form with cgo and without. */
#define GO_PROGRAM                                                                            \
	"package main\n"                                                                      \
	"import (\"compress/gzip\"; \"crypto/ecdsa\"; \"crypto/elliptic\"; \"crypto/rand\"\n" \
	"	\"crypto/sha512\"; \"encoding/json\"; \"os\"; \"sort\"; \"text/template\")\n"       \
	"type pages struct{ size [100]int }\n"                                                \
	"func (p pages) Len() int { return 100 }\n"                                           \
	"func (p pages) Less(i, j int) bool { return p.size[i] < p.size[j] }\n"               \
	"func (p pages) Swap(i, j int) {}\n"                                                  \
	"func main() {\n"                                                                     \
	"	sort.Sort(pages{})\n"                                                               \
	"	sum := sha512.Sum512(nil)\n"                                                        \
	"	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)\n"                        \
	"	signed, _ := ecdsa.SignASN1(rand.Reader, key, sum[:])\n"                            \
	"	json.NewEncoder(gzip.NewWriter(os.Stdout)).Encode(signed)\n"                        \
	"	template.Must(template.New(\"\").Parse(\"{{.}}\")).Execute(os.Stdout, signed)\n"    \
	"}\n"

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

/* Programs `full` and `stripped`; skips the test where there is no Go. */
static void build(const struct programs *programs)
{
#ifndef __x86_64__
	skip();
#endif
	if (!programs_try(programs, "command -v go >/dev/null")) {
		print_message("skipped: needs go\n");
		skip();
	}
	if (programs_try(programs, "test -e stripped"))
		return;
	programs_write(programs, "main.go", GO_PROGRAM);
	programs_write(programs, "go.mod", "module example\n");
	programs_run(programs, "GOFLAGS=-mod=mod GOCACHE=\"$PWD/cache\" CGO_ENABLED=0 go build "
			       "-buildvcs=false -o full . && strip -o stripped full && "
			       "! readelf -SW stripped | grep -q debug_frame");
}

static void test_against_debug_frame(void **state)
{
	struct rg_unwind_rows full, stripped;
	size_t differ = 0, rows = 0;
	const struct programs *programs = *state;

	build(programs);
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

#ifdef __x86_64__
/* The kernel's struct ucontext begins like the C library's. */
static void assert_interrupted(const struct rgw_unwind_rule *rule)
{
	assert_int_equal(rule->cfa, RGW_CFA_MEMORY);
	assert_int_equal(rule->cfa_reg, RGW_X86_RSP);
	assert_int_equal(rule->cfa_offset, offsetof(ucontext_t, uc_mcontext.gregs[REG_RSP]));
	assert_int_equal(rule->cfa_offset2, 0);
	assert_int_equal(rule->fp, RGW_SAVED_SP);
	assert_int_equal(rule->fp_offset, offsetof(ucontext_t, uc_mcontext.gregs[REG_RBP]));
	assert_int_equal(rule->kept, RGW_SAVED_SP);
	assert_int_equal(rule->kept_offset, offsetof(ucontext_t, uc_mcontext.gregs[REG_RBX]));
	assert_int_equal(rule->ra, RGW_SAVED_SP);
	assert_int_equal(rule->ra_offset, offsetof(ucontext_t, uc_mcontext.gregs[REG_RIP]));
	assert_int_equal(rule->flags, RGW_RULE_SIGNAL);
}

static void test_interrupted_code_is_behind_a_handlers_return(void **state)
{
	static const char *const names[] = {"full", "stripped"};
	const struct programs *programs = *state;
	struct rg_unwind_rows rows;
	uint64_t start, size;

	build(programs);
	assert_true(programs_symbol(programs, "full", "runtime\\.sigreturn(__sigaction)?(\\.abi0)?",
				    &start, &size));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		load(&rows, programs, names[i]);
		/*
		 * From the byte before it, by which callers of handlers are looked up, to that behind the system call (7 and
		 * 2 bytes), where the thread is while the kernel is at it.
		 */
		for (uint64_t at = start - 1; at <= start + 9; at++)
			assert_interrupted(rule_at(&rows, at));
		assert_int_equal(rule_at(&rows, start - 2)->flags, 0);
		rg_unwind_rows_done(&rows);
	}
}

/* On the stack that they change to are return addresses of calls that are over. */
static void test_a_walk_ends_where_go_changes_the_stack(void **state)
{
	static const char *const names[] = {"full", "stripped"};
	static const char *const changes[] = {"runtime\\.morestack(\\.abi0)?",
					      "runtime\\.mcall(\\.abi0)?"};
	const struct programs *programs = *state;
	struct rg_unwind_rows rows;
	uint64_t start, size;

	build(programs);
	for (size_t i = 0; i < 4; i++) {
		assert_true(programs_symbol(programs, "full", changes[i / 2], &start, &size));
		load(&rows, programs, names[i % 2]);
		for (uint64_t at = start; at < start + size; at++)
			assert_int_equal(rule_at(&rows, at)->cfa, RGW_CFA_END);
		assert_int_not_equal(rule_at(&rows, start - 1)->cfa, RGW_CFA_END);
		rg_unwind_rows_done(&rows);
	}
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_debug_frame),
#ifdef __x86_64__
		cmocka_unit_test(test_interrupted_code_is_behind_a_handlers_return),
		cmocka_unit_test(test_a_walk_ends_where_go_changes_the_stack),
#endif
	};

	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
