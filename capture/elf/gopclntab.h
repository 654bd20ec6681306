/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_GOPCLNTAB_H
#define CAPTURE_ELF_GOPCLNTAB_H

struct rg_image;
struct rg_symtab;

/*
 * Adds the functions of a Go program by the table its runtime needs itself, which no stripping
 * takes away (.gopclntab; Go 1.2 to now: golang.org/s/go12symtab, debug/gosym and runtime/symtab.go
 * of each release). Names stay in the image, which must outlive the table. A damaged table names
 * less. Returns 0 or RG_ENOMEM.
 */
int rg_gopclntab_add(struct rg_symtab *tab, const struct rg_image *image);

#endif
