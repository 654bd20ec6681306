/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_INTERN_H
#define RG_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct rg_arena;

/*
 * Each distinct string once, numbered from 0 in the order of first sight. Strings may hold any
 * byte but NUL. The texts live in the arena given, which must outlive the table's use of them.
 */
struct rg_intern;

struct rg_intern *rg_intern_new(struct rg_arena *arena);
void rg_intern_free(struct rg_intern *intern);

/* Sets *id. Returns 0, RG_ENOMEM, or RG_ELIMIT at 2^32 - 1 strings. */
int rg_intern_add(struct rg_intern *intern, const char *bytes, size_t len, uint32_t *id);
/* Borrowed from the arena; id must have come from rg_intern_add(). */
const char *rg_intern_text(const struct rg_intern *intern, uint32_t id);
uint32_t rg_intern_count(const struct rg_intern *intern);

#endif
