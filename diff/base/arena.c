/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rg/arena.h"

enum {
	CHUNK_MIN_BYTES = 4 * 1024,
	CHUNK_MAX_BYTES = 1024 * 1024,
	/* A request that does not fit and is above this part of the next chunk gets its own: at most
	 * half of a chunk is left empty, a quarter once they have grown. */
	OWN_CHUNK_PART = 4,
};

struct chunk {
	struct chunk *next;
	size_t cap, used;
	_Alignas(max_align_t) unsigned char data[];
};

struct rg_arena {
	struct chunk *chunks; /* shared; the first is the one being filled */
	struct chunk *own;    /* one large allocation each */
	size_t next_bytes;    /* the size of the next shared chunk */
	size_t left_bytes;    /* what may still be handed out */
};

struct rg_arena *rg_arena_new(size_t max_bytes)
{
	struct rg_arena *arena = calloc(1, sizeof(*arena));

	if (!arena)
		return NULL;
	arena->next_bytes = CHUNK_MIN_BYTES;
	arena->left_bytes = max_bytes ? max_bytes : SIZE_MAX;
	return arena;
}

static void free_chunks(struct chunk *chunk)
{
	while (chunk) {
		struct chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

void rg_arena_free(struct rg_arena *arena)
{
	if (!arena)
		return;
	free_chunks(arena->chunks);
	free_chunks(arena->own);
	free(arena);
}

/* Zeroed by calloc(): what comes fresh from the system is not written twice. */
static struct chunk *new_chunk(size_t cap)
{
	struct chunk *chunk;

	if (cap > SIZE_MAX - sizeof(*chunk))
		return NULL;
	chunk = calloc(1, sizeof(*chunk) + cap);
	if (chunk)
		chunk->cap = cap;
	return chunk;
}

static void *alloc_own_chunk(struct rg_arena *arena, size_t size)
{
	struct chunk *chunk = new_chunk(size);

	if (!chunk)
		return NULL;
	chunk->next = arena->own;
	arena->own = chunk;
	return chunk->data;
}

static int start_chunk(struct rg_arena *arena)
{
	struct chunk *chunk = new_chunk(arena->next_bytes);

	if (!chunk)
		return -1;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	if (arena->next_bytes < CHUNK_MAX_BYTES)
		arena->next_bytes *= 2;
	return 0;
}

/* Where in the chunk `size` bytes aligned to `align` (a power of two) can go, or SIZE_MAX. */
static size_t place(const struct chunk *chunk, size_t size, size_t align)
{
	size_t start;

	if (!chunk)
		return SIZE_MAX;
	start = (chunk->used + align - 1) & ~(align - 1);
	return start <= chunk->cap && size <= chunk->cap - start ? start : SIZE_MAX;
}

static void *take(struct rg_arena *arena, size_t size, size_t align)
{
	size_t start = place(arena->chunks, size, align);

	if (start == SIZE_MAX) {
		if (size > arena->next_bytes / OWN_CHUNK_PART)
			return alloc_own_chunk(arena, size);
		if (start_chunk(arena) < 0)
			return NULL;
		start = 0;
	}
	arena->chunks->used = start + size;
	return arena->chunks->data + start;
}

/* An empty request takes a byte: its result must differ from the NULL of a failure. */
static void *alloc_aligned(struct rg_arena *arena, size_t size, size_t align)
{
	size_t taken = size ? size : 1;
	void *memory;

	if (taken > SIZE_MAX - (align - 1))
		return NULL;
	taken = (taken + align - 1) & ~(align - 1);
	if (taken > arena->left_bytes)
		return NULL;
	memory = take(arena, taken, align);
	if (memory)
		arena->left_bytes -= taken;
	return memory;
}

void *rg_arena_alloc(struct rg_arena *arena, size_t size)
{
	return alloc_aligned(arena, size, _Alignof(max_align_t));
}

void *rg_arena_array(struct rg_arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	return rg_arena_alloc(arena, bytes);
}

char *rg_arena_strdup(struct rg_arena *arena, const char *text)
{
	return rg_arena_strndup(arena, text, strlen(text));
}

char *rg_arena_strndup(struct rg_arena *arena, const char *bytes, size_t length)
{
	char *copy;

	if (length == SIZE_MAX)
		return NULL;
	copy = alloc_aligned(arena, length + 1, 1);
	if (copy && length)
		memcpy(copy, bytes, length);
	return copy;
}

char *rg_arena_printf(struct rg_arena *arena, const char *fmt, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, fmt);
	length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (length < 0)
		return NULL;
	text = alloc_aligned(arena, (size_t)length + 1, 1);
	if (!text)
		return NULL;
	va_start(args, fmt);
	vsnprintf(text, (size_t)length + 1, fmt, args);
	va_end(args);
	return text;
}
