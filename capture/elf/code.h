/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_CODE_H
#define CAPTURE_ELF_CODE_H

#include "rg/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_image;
struct rg_lines;
struct rg_names;

/*
 * The identity of a function's machine code, so that two builds can be told to hold the same: a hash of its instructions,
 * immediates included, but for what the linker decides by where it puts things:
 *  - of a call, or a jump out of the function, the name of what it leads to counts (and the distance from its start) in
 *    place of where that is; without a name nothing does;
 *  - of an address relative to the instruction pointer only what is read there counts, where it is a constant that nobody
 *    can write;
 *  - so do absolute addresses of a file with fixed ones, and of arm64 pairs such as adrp and add.
 * A number that is the line it stands in (__LINE__, as asserts have it) is no constant that somebody changed, and does not
 * count either, where debug information tells; on x86-64.
 * Tables that code reads by a computed address are not part of it, nor are strings, nor whom it calls through a pointer,
 * one in the global offset table (-fno-plt) included.
 *
 * A function's parts that the compiler put elsewhere ("f.cold") have an identity each. There is none for code without a
 * symbol that has a size, for stubs of the linker, and beyond the bounds below.
 */
enum {
	RG_CODE_FUNCTION_MAX = 256
			       << 10, /* bytes of one function; a large interpreter has 50,000 */
	RG_CODE_OBJECT_MAX =
		4 << 20, /* of all functions asked for in one file: about a second's work */
};

/* What a file's code is read from. */
struct rg_code_source {
	const struct rg_image *image;
	const struct rg_names *names;
	struct rg_lines *lines; /* or NULL */
};

/* Of one file; zeroed before use. */
struct rg_codes {
	struct rg_code_known *known;
	size_t count, cap;
	struct rg_index index;
	uint8_t *bytes; /* room for one function */
	size_t read;    /* of RG_CODE_OBJECT_MAX */
};

/*
 * Sets *identity of the function that the address is in; 0: there is none. Each function is read once. Returns 0 or
 * RG_ENOMEM.
 */
int rg_codes_find(struct rg_codes *codes, const struct rg_code_source *source, uint64_t address,
		  uint64_t *identity);
void rg_codes_done(struct rg_codes *codes);

#endif
