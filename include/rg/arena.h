/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ARENA_H
#define RG_ARENA_H

#include <stddef.h>

/*
 * An arena: many small allocations with one lifetime, freed at once. Pointers stay valid until
 * rg_arena_free(). Not for use by two threads at a time.
 */
struct rg_arena;

/*
 * max_bytes bounds all that the arena will ever hold (0: no bound): what parses hostile input
 * states its limit here. Returns NULL when out of memory.
 */
struct rg_arena *rg_arena_new(size_t max_bytes);
void rg_arena_free(struct rg_arena *arena);

/* Zeroed, aligned for any type; NULL when out of memory, over the bound, or count * size overflows. */
void *rg_arena_alloc(struct rg_arena *arena, size_t size);
void *rg_arena_array(struct rg_arena *arena, size_t count, size_t size);

/* A NUL-terminated copy. NULL as above. */
char *rg_arena_strdup(struct rg_arena *arena, const char *text);
char *rg_arena_strndup(struct rg_arena *arena, const char *bytes, size_t length);

/* Formatted text. NULL as above. */
char *rg_arena_printf(struct rg_arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
