/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_KALLSYMS_H
#define CAPTURE_KALLSYMS_H

#include <stddef.h>
#include <stdint.h>

struct rg_err;

/* The kernel's symbols, from /proc/kallsyms, and its modules' and BPF programs'. */
struct rg_kallsyms;

/*
 * Reads them. Where the kernel hides addresses (all zero, for want of CAP_SYSLOG) the table is
 * empty and lookups find nothing. Returns 0, RG_ENOMEM or RG_EIO.
 */
int rg_kallsyms_load(const char *path, struct rg_kallsyms **out, struct rg_err *err);
void rg_kallsyms_free(struct rg_kallsyms *syms);
size_t rg_kallsyms_count(const struct rg_kallsyms *syms);

/*
 * The function at an address, or NULL; *module is "[kernel]" or "[name]" of the module. Borrowed.
 */
const char *rg_kallsyms_find(const struct rg_kallsyms *syms, uint64_t address, const char **module);

#endif
