/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_ELFSYMS_H
#define CAPTURE_ELF_ELFSYMS_H

#include <stdint.h>

struct rg_image;
struct rg_symtab;

/*
 * Adds the functions that the symbol table of that type (SHT_SYMTAB, SHT_DYNSYM) in `source` names
 * inside the code of `image`; the two are one file, or a file and its separate debug file. Names
 * stay in source, which must outlive the table. Symbols that point nowhere are left out. Returns 0
 * or RG_ENOMEM.
 */
int rg_elfsyms_add(struct rg_symtab *tab, const struct rg_image *image,
		   const struct rg_image *source, uint32_t type);

/*
 * Adds the linkage stubs of the image, of rank RG_SYM_STUB and with the names of the functions they
 * jump to. x86-64 only. Returns 0 or RG_ENOMEM.
 */
int rg_elfsyms_add_stubs(struct rg_symtab *tab, const struct rg_image *image);

#endif
