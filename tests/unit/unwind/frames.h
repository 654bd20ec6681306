/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_UNWIND_FRAMES_H
#define TESTS_UNIT_UNWIND_FRAMES_H

/*
 * ELF images made by hand, byte by byte, with call-frame information and a segment of code at
 * CODE_START, for either architecture.
 */

#include <dwarf.h>
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../elf/image.h"

enum {
	CODE_START = 0x1000,
	CODE_SIZE = 0x10000,
	EH_ADDRESS = 0x20000,
	FRAMES_MAX = 16384,
	/* Sections: none, .eh_frame, .debug_frame, names. */
	FRAMES_SECTIONS = 4,
};

struct frames_section {
	uint8_t bytes[FRAMES_MAX];
	size_t len;
	uint64_t flags;
};

struct frames {
	struct frames_section eh, debug;
	uint16_t machine;
};

__attribute__((unused)) static void frames_bytes(struct frames_section *section, const void *bytes,
						 size_t size)
{
	assert_true(size <= FRAMES_MAX - section->len);
	if (size > 0)
		memcpy(section->bytes + section->len, bytes, size);
	section->len += size;
}

__attribute__((unused)) static void frames_u8(struct frames_section *section, uint8_t value)
{
	frames_bytes(section, &value, 1);
}

__attribute__((unused)) static void frames_u32(struct frames_section *section, uint32_t value)
{
	frames_bytes(section, &value, 4);
}

__attribute__((unused)) static void frames_u64(struct frames_section *section, uint64_t value)
{
	frames_bytes(section, &value, 8);
}

/* An entry's length stands before it, and is known behind it. */
__attribute__((unused)) static void frames_end(struct frames_section *section, size_t offset)
{
	uint32_t length = (uint32_t)(section->len - offset - 4);

	memcpy(section->bytes + offset, &length, 4);
}

/*
 * A CIE of .eh_frame with an augmentation "z…" and its data; alignments 1 and -8, and what every
 * function of x86-64 begins with. Returns its offset.
 */
__attribute__((unused)) static size_t frames_eh_cie(struct frames *frames, const char *augmentation,
						    const void *data, uint8_t size)
{
	static const uint8_t numbers[] = {1, 0x78, 16};
	static const uint8_t initial[] = {DW_CFA_def_cfa, 7, 8, DW_CFA_offset | 16, 1};
	struct frames_section *eh = &frames->eh;
	size_t offset = eh->len;

	frames_u32(eh, 0);
	frames_u32(eh, 0);
	frames_u8(eh, 1);
	frames_bytes(eh, augmentation, strlen(augmentation) + 1);
	frames_bytes(eh, numbers, sizeof(numbers));
	frames_u8(eh, size);
	frames_bytes(eh, data, size);
	frames_bytes(eh, initial, sizeof(initial));
	frames_end(eh, offset);
	return offset;
}

/* The CIE that most tests want: "zR", addresses absolute. */
__attribute__((unused)) static size_t frames_plain_cie(struct frames *frames)
{
	return frames_eh_cie(frames, "zR", "\0", 1);
}

__attribute__((unused)) static size_t frames_eh_fde(struct frames *frames, size_t cie,
						    uint64_t start, uint64_t size,
						    const void *program, size_t program_size)
{
	struct frames_section *eh = &frames->eh;
	size_t offset = eh->len;

	frames_u32(eh, 0);
	frames_u32(eh, (uint32_t)(eh->len - cie));
	frames_u64(eh, start);
	frames_u64(eh, size);
	frames_u8(eh, 0);
	frames_bytes(eh, program, program_size);
	frames_end(eh, offset);
	return offset;
}

__attribute__((unused)) static size_t frames_debug_cie(struct frames *frames)
{
	/* Version 3, no augmentation. */
	static const uint8_t rest[] = {3, 0, 1, 0x78, 16, DW_CFA_def_cfa, 6, 16, DW_CFA_offset | 16,
				       1};
	struct frames_section *debug = &frames->debug;
	size_t offset = debug->len;

	frames_u32(debug, 0);
	frames_u32(debug, UINT32_MAX);
	frames_bytes(debug, rest, sizeof(rest));
	frames_end(debug, offset);
	return offset;
}

__attribute__((unused)) static size_t frames_debug_fde(struct frames *frames, size_t cie,
						       uint64_t start, uint64_t size)
{
	struct frames_section *debug = &frames->debug;
	size_t offset = debug->len;

	frames_u32(debug, 0);
	frames_u32(debug, (uint32_t)cie);
	frames_u64(debug, start);
	frames_u64(debug, size);
	frames_end(debug, offset);
	return offset;
}

__attribute__((unused)) static void frames_set_sections(const struct frames *frames,
							Elf64_Shdr *headers, size_t at)
{
	headers[1] = (Elf64_Shdr){.sh_name = 1,
				  .sh_type = frames->eh.len ? SHT_PROGBITS : SHT_NULL,
				  .sh_flags = SHF_ALLOC,
				  .sh_addr = EH_ADDRESS,
				  .sh_offset = at,
				  .sh_size = frames->eh.len};
	headers[2] = (Elf64_Shdr){.sh_name = 11,
				  .sh_type = frames->debug.len ? SHT_PROGBITS : SHT_NULL,
				  .sh_flags = frames->debug.flags,
				  .sh_offset = at + frames->eh.len,
				  .sh_size = frames->debug.len,
				  .sh_addralign = 1};
}

/* The image's bytes, to be freed. */
__attribute__((unused)) static uint8_t *frames_image(const struct frames *frames, size_t *len)
{
	static const char names[] = "\0.eh_frame\0.debug_frame\0.names";
	const size_t at =
		sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) + FRAMES_SECTIONS * sizeof(Elf64_Shdr);
	const Elf64_Ehdr ehdr = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB,
			    EV_CURRENT},
		.e_type = ET_DYN,
		.e_machine = frames->machine ? frames->machine : EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_shoff = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = FRAMES_SECTIONS,
		.e_shstrndx = FRAMES_SECTIONS - 1};
	const Elf64_Phdr code = {.p_type = PT_LOAD,
				 .p_flags = PF_R | PF_X,
				 .p_vaddr = CODE_START,
				 .p_filesz = CODE_SIZE,
				 .p_memsz = CODE_SIZE};
	Elf64_Shdr headers[FRAMES_SECTIONS] = {
		[FRAMES_SECTIONS - 1] = {.sh_name = 24,
					 .sh_type = SHT_STRTAB,
					 .sh_offset = at + frames->eh.len + frames->debug.len,
					 .sh_size = sizeof(names)}};
	uint8_t *image;

	*len = at + frames->eh.len + frames->debug.len + sizeof(names);
	image = calloc(1, *len);
	assert_non_null(image);
	frames_set_sections(frames, headers, at);
	memcpy(image, &ehdr, sizeof(ehdr));
	memcpy(image + ehdr.e_phoff, &code, sizeof(code));
	memcpy(image + ehdr.e_shoff, headers, sizeof(headers));
	memcpy(image + at, frames->eh.bytes, frames->eh.len);
	memcpy(image + at + frames->eh.len, frames->debug.bytes, frames->debug.len);
	memcpy(image + at + frames->eh.len + frames->debug.len, names, sizeof(names));
	return image;
}

__attribute__((unused)) static void frames_open(const struct frames *frames, struct rg_image *image)
{
	size_t len;
	uint8_t *bytes = frames_image(frames, &len);

	assert_int_equal(rg_image_open_memory(image, bytes, len), 0);
}

#endif
