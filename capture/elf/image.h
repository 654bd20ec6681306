/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_IMAGE_H
#define CAPTURE_ELF_IMAGE_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An ELF file or ELF bytes in memory, as far as every reader of it needs them. Addresses are the
 * file's own (p_vaddr), whatever the place where a process has it mapped. A file is read by
 * pread(), not mapped: someone who truncates it meanwhile makes reads fail, and does not kill the
 * reader.
 */
struct rg_image {
	Elf *elf;
	int fd;       /* owned; -1 when the bytes are in memory */
	void *memory; /* owned */
	struct rg_segment *code;
	size_t code_count;
	struct rg_segment *constant; /* loaded and never written: code and constants */
	size_t constant_count;
	struct rg_code_section *sections; /* executable ones, by address */
	size_t section_count;
};

/* A loadable part: bytes [offset, offset + size) of the file at address. */
struct rg_segment {
	uint64_t offset, size, address;
};

struct rg_code_section {
	uint64_t start, end;
	uint32_t name; /* sh_name */
};

/* A string table, or an empty one: offsets beyond it and unterminated strings give NULL. */
struct rg_strings {
	const char *base;
	size_t size;
};

/*
 * Take what they are given, also when they fail. Return 0, RG_ENOMEM, or RG_EFORMAT for what is not
 * an ELF image of this machine's byte order, or not a regular file.
 */
int rg_image_open_fd(struct rg_image *image, int fd);
int rg_image_open_memory(struct rg_image *image, void *bytes, size_t len);
void rg_image_done(struct rg_image *image);

/* The address of an offset of the file, when it is inside code. */
bool rg_image_address(const struct rg_image *image, uint64_t offset, uint64_t *address);
/* The segment of code an address is in, or NULL. */
const struct rg_segment *rg_image_segment(const struct rg_image *image, uint64_t address);
/* The executable section an address is in, or NULL. */
const struct rg_code_section *rg_image_code_section(const struct rg_image *image, uint64_t address);

/*
 * Copies the bytes that are loaded at an address and never written. False, with nothing useful in `out`, when they are not
 * all in one part of the file, or it ends before.
 */
bool rg_image_read(const struct rg_image *image, uint64_t address, void *out, size_t size);

/* The first section of that name or NULL; *header is set when one was found. */
Elf_Scn *rg_image_section(const struct rg_image *image, const char *name, GElf_Shdr *header);
/* The name of a section by its sh_name; "" when it has none. */
const char *rg_image_section_name(const struct rg_image *image, uint32_t sh_name);
/* The bytes of a section, in the form of the file; NULL when there are none, or too many. */
Elf_Data *rg_image_bytes(Elf_Scn *section, const GElf_Shdr *header);

/* The string table in section number `index`. */
struct rg_strings rg_image_strings(const struct rg_image *image, size_t index);
const char *rg_strings_at(const struct rg_strings *strings, uint64_t offset);

enum { RG_BUILD_ID_TEXT_MAX = 2 * 64 + 1 };
/* Lower-case hex, "" when the image has none. */
void rg_image_build_id(const struct rg_image *image, char out[RG_BUILD_ID_TEXT_MAX]);

#endif
