/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_LINES_H
#define CAPTURE_ELF_LINES_H

#include <stdbool.h>
#include <stdint.h>

struct rg_image;
struct rg_symbol;

/* Source files and lines of addresses, from DWARF 2 to 5 in an image or its separate debug file. */
struct rg_lines;

/*
 * Takes the one of the two that has debug information (debug may be empty, its .elf NULL); both
 * must outlive *out, which is NULL when neither has, or when it is compressed to more than is sane.
 * Returns 0 or RG_ENOMEM.
 */
int rg_lines_open(struct rg_lines **out, const struct rg_image *image, const struct rg_image *debug,
		  const char *debug_dir);
void rg_lines_free(struct rg_lines *lines);

/*
 * Sets file, line and start_line of *out where they are known; the rest it leaves alone. They are
 * of the function whose code the address is in: `file` is where that is written, and `line`, for
 * code inlined from another file, the line of the call. lines may be NULL. Returns 0 or RG_ENOMEM.
 */
int rg_lines_find(struct rg_lines *lines, uint64_t address, struct rg_symbol *out);

/*
 * Whether a number in the code at an address is the line that this code was written at, or that a call was at which became
 * it by inlining: what __LINE__ stands for. lines may be NULL. Returns 0 or RG_ENOMEM.
 */
int rg_lines_is_line(struct rg_lines *lines, uint64_t address, uint32_t number, bool *is);

/*
 * A path as it is shown, a part of `path`: relative to the folder the compiler ran in where it is
 * below it, as it is when it is relative, else its base name. Absolute paths tell of the machine
 * that built the program.
 */
const char *rg_lines_short_path(const char *path, const char *comp_dir);

#endif
