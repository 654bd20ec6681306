/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/grow.h"
#include "rg/hash.h"
#include "rg/intern.h"

struct rg_intern {
	struct rg_arena *arena;
	const char **texts; /* by id */
	size_t cap;
	uint32_t count;
	struct rg_index index;
};

struct key {
	const char *bytes;
	size_t len;
};

struct rg_intern *rg_intern_new(struct rg_arena *arena)
{
	struct rg_intern *intern = calloc(1, sizeof(*intern));

	if (intern)
		intern->arena = arena;
	return intern;
}

void rg_intern_free(struct rg_intern *intern)
{
	if (!intern)
		return;
	rg_index_done(&intern->index);
	free(intern->texts);
	free(intern);
}

/* strncmp() stops at the stored text's NUL, so that a longer key never reads behind it. */
static int text_is(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_intern *intern = ctx;
	const struct key *wanted = key;
	const char *text = intern->texts[id];

	return strncmp(text, wanted->bytes, wanted->len) == 0 && text[wanted->len] == '\0';
}

/* The count goes up last: a failure on the way leaves no half-added id. */
static int add_new(struct rg_intern *intern, uint64_t hash, const struct key *key, uint32_t *id)
{
	char *text;
	int rc;

	if (intern->count == RG_INDEX_NONE)
		return RG_ELIMIT;
	rc = RG_GROW(intern->texts, intern->cap, intern->count);
	if (rc < 0)
		return rc;
	text = rg_arena_strndup(intern->arena, key->bytes, key->len);
	if (!text)
		return RG_ENOMEM;
	rc = rg_index_add(&intern->index, hash, intern->count);
	if (rc < 0)
		return rc;
	intern->texts[intern->count] = text;
	*id = intern->count++;
	return RG_OK;
}

int rg_intern_add(struct rg_intern *intern, const char *bytes, size_t len, uint32_t *id)
{
	const struct key key = {.bytes = len ? bytes : "", .len = len};
	uint64_t hash = rg_hash_bytes(key.bytes, len, 0);
	uint32_t found;

	/* Two texts that differ behind a NUL would look the same to every reader. */
	if (memchr(key.bytes, '\0', len))
		return RG_EFORMAT;
	found = rg_index_find(&intern->index, hash, text_is, intern, &key);
	if (found == RG_INDEX_NONE)
		return add_new(intern, hash, &key, id);
	*id = found;
	return RG_OK;
}

const char *rg_intern_text(const struct rg_intern *intern, uint32_t id)
{
	return intern->texts[id];
}

uint32_t rg_intern_count(const struct rg_intern *intern)
{
	return intern->count;
}
