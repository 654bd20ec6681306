/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frames.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "rows.h"

enum { A = CODE_START + 0x100 };

struct expected {
	uint64_t address;
	uint8_t cfa; /* enum rgw_cfa */
	int32_t offset;
};

static void load(const struct frames *frames, struct rg_unwind_rows *rows)
{
	struct rg_image image;

	frames_open(frames, &image);
	assert_int_equal(rg_unwind_rows_load(rows, &image), 0);
	rg_image_done(&image);
}

static void check(const struct frames *frames, const struct expected *expected, size_t count,
		  uint64_t left_out)
{
	struct rg_unwind_rows rows;

	load(frames, &rows);
	assert_int_equal(rows.rules[RG_RULE_NONE].cfa, RGW_CFA_NONE);
	assert_int_equal(rows.rules[RG_RULE_UNSUPPORTED].cfa, RGW_CFA_UNSUPPORTED);
	for (size_t i = 0; i < count && i < rows.count; i++) {
		const struct rgw_unwind_rule *rule = &rows.rules[rows.rows[i].rule];

		assert_int_equal(rows.rows[i].address, expected[i].address);
		assert_int_equal(rule->cfa, expected[i].cfa);
		assert_int_equal(rule->cfa_offset, expected[i].offset);
	}
	assert_int_equal(rows.count, count);
	assert_int_equal(rows.left_out, left_out);
	rg_unwind_rows_done(&rows);
}

#define CHECK(frames, left_out, ...)                          \
	check(frames, (const struct expected[]){__VA_ARGS__}, \
	      sizeof((const struct expected[]){__VA_ARGS__}) / sizeof(struct expected), left_out)

static const uint8_t push[] = {DW_CFA_advance_loc | 1, DW_CFA_def_cfa_offset, 16};
static const uint8_t frame_of_24[] = {DW_CFA_def_cfa_offset, 24};

static void test_gap_and_merge(void **state)
{
	struct frames frames = {0};
	size_t cie = frames_plain_cie(&frames);

	(void)state;
	/* Out of order; the second begins where the first ends and says the same at first. */
	frames_eh_fde(&frames, cie, A + 0x40, 0x10, push, sizeof(push));
	frames_eh_fde(&frames, cie, A, 0x10, NULL, 0);
	frames_eh_fde(&frames, cie, A + 0x10, 0x10, push, sizeof(push));
	CHECK(&frames, 0, {A, RGW_CFA_REGISTER, 8}, {A + 0x11, RGW_CFA_REGISTER, 16},
	      {A + 0x20, RGW_CFA_NONE, 0}, {A + 0x40, RGW_CFA_REGISTER, 8},
	      {A + 0x41, RGW_CFA_REGISTER, 16}, {A + 0x50, RGW_CFA_NONE, 0});
}

static void test_overlaps(void **state)
{
	struct frames frames = {0};
	size_t cie = frames_plain_cie(&frames);

	(void)state;
	frames_eh_fde(&frames, cie, A, 0x40, NULL, 0);
	frames_eh_fde(&frames, cie, A + 0x10, 0x10, frame_of_24, sizeof(frame_of_24));
	/* Begins with one that is there, and is larger. */
	frames_eh_fde(&frames, cie, A + 0x10, 0x80, push, sizeof(push));
	CHECK(&frames, 1, {A, RGW_CFA_REGISTER, 8}, {A + 0x10, RGW_CFA_REGISTER, 24},
	      {A + 0x20, RGW_CFA_NONE, 0});
}

static void test_debug_frame(void **state)
{
	struct frames frames = {0};
	size_t cie = frames_plain_cie(&frames), debug = frames_debug_cie(&frames);

	(void)state;
	frames_eh_fde(&frames, cie, A, 0x10, NULL, 0);
	frames_eh_fde(&frames, cie, A + 0x40, 0x10, NULL, 0);
	/* The same, one that reaches into another, and two where there is nothing. */
	frames_debug_fde(&frames, debug, A, 0x10);
	frames_debug_fde(&frames, debug, A + 0x30, 0x11);
	frames_debug_fde(&frames, debug, A + 0x10, 0x10);
	frames_debug_fde(&frames, debug, A + 0x50, 0x10);
	CHECK(&frames, 2, {A, RGW_CFA_REGISTER, 8}, {A + 0x10, RGW_CFA_REGISTER, 16},
	      {A + 0x20, RGW_CFA_NONE, 0}, {A + 0x40, RGW_CFA_REGISTER, 8},
	      {A + 0x50, RGW_CFA_REGISTER, 16}, {A + 0x60, RGW_CFA_NONE, 0});
}

static void test_debug_frame_alone(void **state)
{
	struct frames frames = {0};
	size_t debug = frames_debug_cie(&frames);

	(void)state;
	frames_debug_fde(&frames, debug, A, 0x10);
	CHECK(&frames, 0, {A, RGW_CFA_REGISTER, 16}, {A + 0x10, RGW_CFA_NONE, 0});
}

static void test_outside_of_code(void **state)
{
	struct frames frames = {0};
	size_t cie = frames_plain_cie(&frames);

	(void)state;
	frames_eh_fde(&frames, cie, 0, 0x10, NULL, 0);
	frames_eh_fde(&frames, cie, CODE_START + CODE_SIZE, 0x10, NULL, 0);
	frames_eh_fde(&frames, cie, A, UINT64_MAX, NULL, 0);
	frames_eh_fde(&frames, cie, A, 0, NULL, 0);
	/* Reaches out of the code, whose end is its own then. */
	frames_eh_fde(&frames, cie, A, UINT64_MAX - A, NULL, 0);
	CHECK(&frames, 0, {A, RGW_CFA_REGISTER, 8}, {CODE_START + CODE_SIZE, RGW_CFA_NONE, 0});
}

static void test_damaged_inside(void **state)
{
	static const uint8_t damaged[] = {DW_CFA_advance_loc | 4, 0x3f};
	struct frames frames = {0};
	size_t cie = frames_plain_cie(&frames);
	struct rg_unwind_rows rows;

	(void)state;
	frames_eh_fde(&frames, cie, A, 0x10, damaged, sizeof(damaged));
	frames_eh_fde(&frames, cie, A + 0x10, 0x10, NULL, 0);
	CHECK(&frames, 0, {A, RGW_CFA_REGISTER, 8}, {A + 4, RGW_CFA_UNSUPPORTED, 0},
	      {A + 0x10, RGW_CFA_REGISTER, 8}, {A + 0x20, RGW_CFA_NONE, 0});
	load(&frames, &rows);
	assert_int_equal(rows.unsupported_rows, 1);
	rg_unwind_rows_done(&rows);
}

static void test_nothing(void **state)
{
	static const uint16_t machines[] = {EM_X86_64, EM_AARCH64, EM_RISCV};

	(void)state;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		struct frames frames = {.machine = machines[i]};
		struct rg_unwind_rows rows;

		if (machines[i] == EM_RISCV)
			frames_eh_fde(&frames, frames_plain_cie(&frames), A, 0x10, NULL, 0);
		load(&frames, &rows);
		assert_int_equal(rows.count, 0);
		assert_int_equal(rows.rule_count, 2);
		rg_unwind_rows_done(&rows);
		assert_null(rows.rules);
	}
}

/* The 32-bit class with x86-64's machine number: x32. */
static void test_x32(void **state)
{
	struct rg_unwind_rows rows;
	struct rg_image image;
	Elf32_Ehdr ehdr = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32,
				       __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB
										 : ELFDATA2MSB,
				       EV_CURRENT},
			   .e_machine = EM_X86_64,
			   .e_version = EV_CURRENT};
	void *bytes = malloc(sizeof(ehdr));

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, &ehdr, sizeof(ehdr));
	assert_int_equal(rg_image_open_memory(&image, bytes, sizeof(ehdr)), 0);
	assert_int_equal(rg_unwind_rows_load(&rows, &image), 0);
	assert_int_equal(rows.count, 0);
	rg_unwind_rows_done(&rows);
	rg_image_done(&image);
}

static void test_signal(void **state)
{
	struct frames frames = {.machine = EM_AARCH64};
	struct rg_unwind_rows rows;
	size_t cie = frames_eh_cie(&frames, "zRS", "\0", 1);

	(void)state;
	frames_eh_fde(&frames, cie, A, 0x10, push, sizeof(push));
	load(&frames, &rows);
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows.rules[rows.rows[0].rule].flags, RGW_RULE_SIGNAL);
	assert_int_equal(rows.rules[rows.rows[0].rule].ra_offset, 568);
	rg_unwind_rows_done(&rows);
}

/* More rules than a file may have: those beyond are not supported, and none is mistaken. */
static void test_rule_limit(void **state)
{
	enum { DISTINCT = 70000, PER_ENTRY = 1000, SIZE = 8 << 20 };
	uint8_t *image, *bytes = calloc(1, SIZE);
	struct frames frames = {0};
	struct rg_unwind_rows rows;
	struct rg_image opened;
	size_t len, at = 0, cie = frames_plain_cie(&frames);
	uint32_t value = 0, length, back;
	Elf64_Shdr *headers;

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, frames.eh.bytes, frames.eh.len);
	at = frames.eh.len;
	for (uint64_t entry = 0; value < DISTINCT; entry++) {
		const uint64_t start = CODE_START + entry * PER_ENTRY / 2, size = PER_ENTRY / 2;
		size_t from = at;

		back = (uint32_t)(at + 4 - cie);
		memcpy(bytes + at + 4, &back, 4);
		memcpy(bytes + at + 8, &start, 8);
		memcpy(bytes + at + 16, &size, 8);
		at += 25;
		for (uint64_t i = 0; i < size; i++, value++) {
			bytes[at++] = DW_CFA_def_cfa_offset;
			bytes[at++] = (uint8_t)(0x80 | (value & 0x7f));
			bytes[at++] = (uint8_t)(0x80 | (value >> 7 & 0x7f));
			bytes[at++] = (uint8_t)(value >> 14);
			bytes[at++] = DW_CFA_advance_loc | 1;
		}
		length = (uint32_t)(at - from - 4);
		memcpy(bytes + from, &length, 4);
	}
	/* The section goes behind the rest of the image, and the code is made large enough. */
	image = frames_image(&frames, &len);
	image = realloc(image, len + at);
	assert_non_null(image);
	memcpy(image + len, bytes, at);
	headers = (Elf64_Shdr *)(void *)(image + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr));
	headers[1].sh_offset = len;
	headers[1].sh_size = at;
	((Elf64_Phdr *)(void *)(image + sizeof(Elf64_Ehdr)))->p_filesz = 1 << 20;
	assert_int_equal(rg_image_open_memory(&opened, image, len + at), 0);
	assert_int_equal(rg_unwind_rows_load(&rows, &opened), 0);
	assert_int_equal(rows.rule_count, 65535);
	assert_int_equal(rows.unsupported_rows, 1);
	assert_int_equal(rows.rows[65532].address, CODE_START + 65532);
	assert_int_equal(rows.rules[rows.rows[65532].rule].cfa_offset, 65532);
	assert_int_equal(rows.rows[65533].rule, RG_RULE_UNSUPPORTED);
	assert_int_equal(rows.count, 65535);
	rg_unwind_rows_done(&rows);
	rg_image_done(&opened);
	free(bytes);
}

/* Whatever one byte is, the rows are sorted, distinct and ended. */
static void check_sound(uint8_t *bytes, size_t len)
{
	struct rg_unwind_rows rows;
	struct rg_image image;

	if (rg_image_open_memory(&image, bytes, len) < 0)
		return;
	assert_int_equal(rg_unwind_rows_load(&rows, &image), 0);
	for (size_t i = 1; i < rows.count; i++) {
		assert_true(rows.rows[i - 1].address < rows.rows[i].address);
		assert_true(rows.rows[i - 1].rule != rows.rows[i].rule);
		assert_true(rows.rows[i].rule < rows.rule_count);
	}
	assert_true(rows.count == 0 || rows.rows[rows.count - 1].rule == RG_RULE_NONE);
	rg_unwind_rows_done(&rows);
	rg_image_done(&image);
}

static void test_damaged_anywhere(void **state)
{
	static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
	struct frames frames = {0};
	size_t cie = frames_eh_cie(&frames, "zPLR", "\0\1\2\3\4\5\6\7\10\0\0", 11);
	size_t debug = frames_debug_cie(&frames), len;
	uint8_t *image;

	(void)state;
	frames_eh_fde(&frames, cie, A, 0x10, push, sizeof(push));
	frames_eh_fde(&frames, cie, A + 0x20, 0x10, frame_of_24, sizeof(frame_of_24));
	frames_debug_fde(&frames, debug, A + 0x10, 0x10);
	image = frames_image(&frames, &len);
	for (size_t at = 0; at < len; at++) {
		for (size_t i = 0; i < sizeof(values); i++) {
			uint8_t *copy = malloc(len);

			assert_non_null(copy);
			memcpy(copy, image, len);
			copy[at] = values[i];
			check_sound(copy, len);
		}
	}
	free(image);
}

static void test_cut_anywhere(void **state)
{
	struct frames frames = {0};
	size_t cie = frames_plain_cie(&frames), len;
	uint8_t *image;

	(void)state;
	frames_eh_fde(&frames, cie, A, 0x10, push, sizeof(push));
	image = frames_image(&frames, &len);
	for (size_t cut = 0; cut < len; cut++) {
		uint8_t *copy = malloc(cut ? cut : 1);

		assert_non_null(copy);
		memcpy(copy, image, cut);
		check_sound(copy, cut);
	}
	free(image);
}

/* The layout that rules for AArch64's signal frames are made from, by the kernel's own headers. */
static void test_arm_signal_layout(void **state)
{
	static const char source[] =
		"#include <stddef.h>\n"
		"#include <asm/signal.h>\n"
		"#include <asm/siginfo.h>\n"
		"#include <asm/sigcontext.h>\n"
		"#include <asm/ucontext.h>\n"
		"struct frame { siginfo_t info; struct ucontext uc; };\n"
		"_Static_assert(offsetof(struct frame, uc.uc_mcontext.regs[29]) == 544, \"x29\");\n"
		"_Static_assert(offsetof(struct frame, uc.uc_mcontext.regs[30]) == 552, \"x30\");\n"
		"_Static_assert(offsetof(struct frame, uc.uc_mcontext.sp) == 560, \"sp\");\n"
		"_Static_assert(offsetof(struct frame, uc.uc_mcontext.pc) == 568, \"pc\");\n";
	FILE *compiler;

	(void)state;
	if (system("command -v aarch64-linux-gnu-gcc >/dev/null && "
		   "test -e /usr/aarch64-linux-gnu/include/asm/sigcontext.h") != 0) {
		print_message("skipped: no compiler for AArch64\n");
		skip();
	}
	compiler = popen("aarch64-linux-gnu-gcc -x c -fsyntax-only -", "w");
	assert_non_null(compiler);
	fputs(source, compiler);
	assert_int_equal(pclose(compiler), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gap_and_merge),
		cmocka_unit_test(test_overlaps),
		cmocka_unit_test(test_debug_frame),
		cmocka_unit_test(test_debug_frame_alone),
		cmocka_unit_test(test_outside_of_code),
		cmocka_unit_test(test_damaged_inside),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_x32),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_rule_limit),
		cmocka_unit_test(test_damaged_anywhere),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_arm_signal_layout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
