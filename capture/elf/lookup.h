/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_LOOKUP_H
#define CAPTURE_ELF_LOOKUP_H

#include <stdint.h>

struct rg_err;

/*
 * Where a function is in a file: the offset in the file of its first instruction. `place` is a symbol as the file has it, or as
 * it is shown (demangled, with or without its parameters), then maybe "+0x1c"; or an address as nm prints it,
 * "0x401136". Looks where names for reports come from: the file's symbol tables, its debug file in `debug_dir`.
 *
 * RG_EUSAGE: no ELF file of this machine, no such function (naming some that are called alike), several of that name, no
 * code there; `shown` is what the file is called in messages. RG_ENOMEM. fd stays the caller's.
 */
int rg_elf_find_place(int fd, const char *shown, const char *debug_dir, const char *place,
		      uint64_t *offset, struct rg_err *err);

#endif
