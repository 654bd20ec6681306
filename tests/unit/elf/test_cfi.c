/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unwind/frames.h"

#include <libelf.h>

#include "cfi.h"

enum { A = CODE_START + 0x100 };

static const uint8_t own[] = {DW_CFA_advance_loc | 1, DW_CFA_def_cfa_offset, 16};

static void test_entries(void **state)
{
	struct frames frames = {0};
	size_t cie = frames_plain_cie(&frames);
	size_t second, first = frames_eh_fde(&frames, cie, A, 0x10, own, sizeof(own));
	struct rg_cfi_entry entry;
	struct rg_image image;
	struct rg_cfi cfi;

	(void)state;
	second = frames_eh_fde(&frames, cie, A + 0x10, 0x20, NULL, 0);
	frames_open(&frames, &image);
	assert_false(rg_cfi_open(&cfi, &image, RG_CFI_DEBUG_FRAME));
	assert_true(rg_cfi_open(&cfi, &image, RG_CFI_EH_FRAME));
	assert_true(rg_cfi_next(&cfi, &entry));
	assert_int_equal(entry.offset, first);
	assert_int_equal(entry.start, A);
	assert_int_equal(entry.end, A + 0x10);
	assert_int_equal(rg_cfi_left(&entry.own), sizeof(own));
	assert_memory_equal(entry.own.at, own, sizeof(own));
	assert_int_equal(entry.cie->code_align, 1);
	assert_int_equal(entry.cie->data_align, -8);
	assert_int_equal(entry.cie->ra_column, 16);
	assert_int_equal(rg_cfi_left(&entry.cie->initial), 5);
	assert_false(entry.cie->is_signal);
	assert_false(entry.cie->is_key_b);
	assert_true(rg_cfi_next(&cfi, &entry));
	assert_int_equal(entry.offset, second);
	assert_int_equal(entry.start, A + 0x10);
	assert_int_equal(rg_cfi_left(&entry.own), 0);
	assert_false(rg_cfi_next(&cfi, &entry));
	assert_false(rg_cfi_next(&cfi, &entry));
	/* Again, out of order. */
	assert_true(rg_cfi_at(&cfi, first, &entry));
	assert_int_equal(entry.end, A + 0x10);
	assert_false(rg_cfi_at(&cfi, cie, &entry));
	rg_image_done(&image);
}

static void test_debug_entries(void **state)
{
	struct frames frames = {0};
	size_t cie = frames_debug_cie(&frames);
	struct rg_cfi_entry entry;
	struct rg_image image;
	struct rg_cfi cfi;

	(void)state;
	frames_debug_fde(&frames, cie, A, 0x10);
	frames_open(&frames, &image);
	assert_false(rg_cfi_open(&cfi, &image, RG_CFI_EH_FRAME));
	assert_true(rg_cfi_open(&cfi, &image, RG_CFI_DEBUG_FRAME));
	assert_true(rg_cfi_next(&cfi, &entry));
	assert_int_equal(entry.start, A);
	assert_int_equal(entry.end, A + 0x10);
	assert_int_equal(entry.cie->pointers.width, 8);
	assert_false(rg_cfi_next(&cfi, &entry));
	rg_image_done(&image);
}

static bool read_first(const struct frames *frames, struct rg_image *image, struct rg_cfi *cfi,
		       struct rg_cfi_entry *entry)
{
	frames_open(frames, image);
	assert_true(rg_cfi_open(cfi, image, RG_CFI_EH_FRAME));
	return rg_cfi_next(cfi, entry);
}

struct augmentation {
	const char *text;
	const char *data;
	uint8_t size;
	bool is_read, is_signal, is_key_b;
};

static void test_augmentations(void **state)
{
	static const struct augmentation cases[] = {
		{"zR", "\0", 1, true, false, false},
		{"zRS", "\0", 1, true, true, false},
		{"zRB", "\0", 1, true, false, true},
		{"zPLR", "\0\1\2\3\4\5\6\7\10\0\0", 11, true, false, false},
		{"zPR", "\x1b\1\2\3\4\0", 6, true, false, false},
		{"z", "", 0, true, false, false},
		/* An unknown letter, data that is missing, pointers of other forms, and no end. */
		{"zXR", "\0", 1, false, false, false},
		{"zLR", "\0", 1, false, false, false},
		{"zPR", "\0\1\2\3", 4, false, false, false},
		{"zPR", "\1\1\0", 3, false, false, false},
		{"zR", "\x30", 1, false, false, false},
		{"zR", "\x80", 1, false, false, false},
		{"zR", "\xff", 1, false, false, false},
		{"zR", "\1", 1, false, false, false},
		{"zSSSSSSSSSSSSSSS", "", 0, false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct frames frames = {0};
		struct rg_cfi_entry entry;
		struct rg_image image;
		struct rg_cfi cfi;

		frames_eh_fde(&frames,
			      frames_eh_cie(&frames, cases[i].text, cases[i].data, cases[i].size),
			      A, 0x10, own, sizeof(own));
		print_message("%s, %d\n", cases[i].text, cases[i].size);
		assert_int_equal(read_first(&frames, &image, &cfi, &entry), cases[i].is_read);
		if (cases[i].is_read) {
			assert_int_equal(entry.start, A);
			assert_int_equal(entry.cie->is_signal, cases[i].is_signal);
			assert_int_equal(entry.cie->is_key_b, cases[i].is_key_b);
		}
		rg_image_done(&image);
	}
}

/* Relative to their place, and negative. */
static void test_pointers(void **state)
{
	struct frames frames = {0};
	const uint8_t relative = DW_EH_PE_pcrel | DW_EH_PE_sdata8;
	size_t cie = frames_eh_cie(&frames, "zR", &relative, 1);
	uint64_t place = EH_ADDRESS + frames.eh.len + 8;
	struct rg_cfi_entry entry;
	struct rg_image image;
	struct rg_cfi cfi;

	(void)state;
	frames_eh_fde(&frames, cie, A - place, 0x10, NULL, 0);
	assert_true(read_first(&frames, &image, &cfi, &entry));
	assert_int_equal(entry.start, A);
	assert_int_equal(entry.end, A + 0x10);
	rg_image_done(&image);
}

/* A CIE is read again for each run of FDEs that use it: its own instructions are few. */
static void test_long_cie(void **state)
{
	struct frames frames = {0};
	uint8_t nops[600] = {DW_CFA_nop};
	size_t cie = frames_plain_cie(&frames);
	struct rg_cfi_entry entry;
	struct rg_image image;
	struct rg_cfi cfi;

	(void)state;
	frames_bytes(&frames.eh, nops, sizeof(nops));
	frames_end(&frames.eh, cie);
	frames_eh_fde(&frames, cie, A, 0x10, NULL, 0);
	assert_false(read_first(&frames, &image, &cfi, &entry));
	rg_image_done(&image);
}

/* Behind one that is damaged the others are read. */
static void test_damaged_between(void **state)
{
	struct frames frames = {0};
	size_t cie = frames_plain_cie(&frames);
	struct rg_cfi_entry entry;
	struct rg_image image;
	struct rg_cfi cfi;

	(void)state;
	frames_eh_fde(&frames, cie + 3, A, 0x10, NULL, 0);
	frames_eh_fde(&frames, cie, A, 0, NULL, 0);
	frames_eh_fde(&frames, cie, 5, 0x10, NULL, 0);
	frames_eh_fde(&frames, cie, A, UINT64_MAX, NULL, 0);
	frames_eh_fde(&frames, cie, A + 0x30, 0x10, NULL, 0);
	assert_true(read_first(&frames, &image, &cfi, &entry));
	assert_int_equal(entry.start, A + 0x30);
	assert_false(rg_cfi_next(&cfi, &entry));
	rg_image_done(&image);
}

/* --- Compressed --- */

/* Claims to be `claimed` bytes once inflated, whatever it is. */
static void compress(struct frames *frames, uint64_t claimed)
{
	const Elf64_Chdr header = {
		.ch_type = ELFCOMPRESS_ZLIB, .ch_size = claimed, .ch_addralign = 1};
	/* zlib's form (RFC 1950, 1951): one stored block, then the checksum. */
	uint8_t begin[] = {0x78, 1, 1, 0, 0, 0, 0}, end[4];
	struct frames_section *section = &frames->debug;
	struct frames_section plain = *section;
	uint32_t low = 1, high = 0, len = (uint32_t)plain.len;

	for (size_t i = 0; i < plain.len; i++) {
		low = (low + plain.bytes[i]) % 65521;
		high = (high + low) % 65521;
	}
	begin[3] = (uint8_t)len;
	begin[4] = (uint8_t)(len >> 8);
	begin[5] = (uint8_t)~begin[3];
	begin[6] = (uint8_t)~begin[4];
	end[0] = (uint8_t)(high >> 8);
	end[1] = (uint8_t)high;
	end[2] = (uint8_t)(low >> 8);
	end[3] = (uint8_t)low;
	*section = (struct frames_section){.flags = SHF_COMPRESSED};
	frames_bytes(section, &header, sizeof(header));
	frames_bytes(section, begin, sizeof(begin));
	frames_bytes(section, plain.bytes, plain.len);
	frames_bytes(section, end, sizeof(end));
}

static bool open_compressed(uint64_t more, size_t cut)
{
	struct frames frames = {0};
	struct rg_cfi_entry entry;
	struct rg_image image;
	struct rg_cfi cfi;
	bool is_open;

	frames_debug_fde(&frames, frames_debug_cie(&frames), A, 0x10);
	compress(&frames, frames.debug.len + more);
	frames.debug.len -= cut;
	frames_open(&frames, &image);
	is_open = rg_cfi_open(&cfi, &image, RG_CFI_DEBUG_FRAME);
	if (is_open) {
		assert_true(rg_cfi_next(&cfi, &entry));
		assert_int_equal(entry.start, A);
		/* A second time it is there already. */
		assert_true(rg_cfi_open(&cfi, &image, RG_CFI_DEBUG_FRAME));
		assert_true(rg_cfi_next(&cfi, &entry));
		assert_int_equal(entry.end, A + 0x10);
	}
	rg_image_done(&image);
	return is_open;
}

static void test_compressed(void **state)
{
	(void)state;
	assert_true(open_compressed(0, 0));
	/* Of another size than it says, cut off, and too large to be inflated at all. */
	assert_false(open_compressed(1, 0));
	assert_false(open_compressed(0, 20));
	assert_false(open_compressed(257 << 20, 0));
	assert_false(open_compressed(UINT64_MAX / 2, 0));
}

/* --- Numbers --- */

static struct rg_cfi_bytes as_bytes(const void *at, size_t size)
{
	return (struct rg_cfi_bytes){.at = at, .end = (const uint8_t *)at + size};
}

static void test_numbers(void **state)
{
	struct rg_cfi_bytes bytes = as_bytes("\xe5\x8e\x26\x7f\xc0\xbb\x78\xff", 8);

	(void)state;
	/* DWARF 5, figures C.1 and C.2. */
	assert_int_equal(rg_cfi_uleb(&bytes), 624485);
	assert_int_equal(rg_cfi_sleb(&bytes), -1);
	assert_int_equal(rg_cfi_sleb(&bytes), -123456);
	assert_int_equal(rg_cfi_signed(&bytes, 1), -1);
	assert_false(bytes.bad);
	assert_int_equal(rg_cfi_unsigned(&bytes, 1), 0);
	assert_true(bytes.bad);
	bytes = as_bytes("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", 10);
	assert_int_equal(rg_cfi_uleb(&bytes), UINT64_MAX);
	bytes = as_bytes("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", 10);
	assert_int_equal(rg_cfi_sleb(&bytes), INT64_MIN);
	assert_false(bytes.bad);
	bytes = as_bytes("\xff\xff\xff\xff\xff\xff\xff\xff\xff\2", 10);
	assert_int_equal(rg_cfi_uleb(&bytes), 0);
	assert_true(bytes.bad);
	bytes = as_bytes("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x3f", 10);
	assert_int_equal(rg_cfi_sleb(&bytes), 0);
	assert_true(bytes.bad);
	bytes = as_bytes("\1\2\3", 3);
	assert_int_equal(rg_cfi_left(&bytes), 3);
	assert_true(rg_cfi_take(&bytes, UINT64_MAX).bad);
	assert_true(bytes.bad);
	assert_int_equal(rg_cfi_left(&bytes), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),       cmocka_unit_test(test_debug_entries),
		cmocka_unit_test(test_augmentations), cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_long_cie),      cmocka_unit_test(test_damaged_between),
		cmocka_unit_test(test_compressed),    cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
