/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "align.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/err.h"
#include "rg/grow.h"

#include <string.h>

static int same_function(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_functions *functions = ctx;
	const struct rg_function *a = &functions->list[id], *b = key;

	return strcmp(a->key, b->key) == 0 && strcmp(a->module, b->module) == 0;
}

static uint64_t hash_function(const struct rg_function *function)
{
	uint64_t seed = rg_hash_bytes(function->module, strlen(function->module), 0);

	return rg_hash_bytes(function->key, strlen(function->key), seed);
}

static int append(struct rg_functions *functions, const struct rg_function *found, uint64_t hash,
		  uint32_t *id)
{
	struct rg_function *slot;
	int code;

	if (functions->count >= RG_INDEX_NONE)
		return RG_ELIMIT;
	if (RG_GROW_IN(functions->arena, functions->list, functions->cap, functions->count))
		return RG_ENOMEM;
	slot = &functions->list[functions->count];
	slot->key = rg_arena_strdup(functions->arena, found->key);
	slot->module = rg_arena_strdup(functions->arena, found->module);
	if (!slot->key || !slot->module)
		return RG_ENOMEM;
	code = rg_index_add(&functions->index, hash, (uint32_t)functions->count);
	if (code)
		return code;
	*id = (uint32_t)functions->count++;
	return 0;
}

static int find_or_append(struct rg_functions *functions, const struct rg_function *wanted,
			  uint32_t *id)
{
	uint64_t hash = hash_function(wanted);
	uint32_t found = rg_index_find(&functions->index, hash, same_function, functions, wanted);

	if (found == RG_INDEX_NONE)
		return append(functions, wanted, hash, id);
	*id = found;
	return 0;
}

int rg_functions_add(struct rg_functions *functions, const struct rg_frame *frame,
		     const char *module, uint32_t *id, struct rg_err *err)
{
	struct rg_buf key, place;

	rg_buf_init(&key, RG_PROFILE_MAX_TEXT + 1);
	rg_buf_init(&place, RG_PROFILE_MAX_TEXT + 1);
	rg_canon_name(&key, frame->function);
	rg_canon_module(&place, module);
	int code = key.failed ? key.failed : place.failed;

	if (!code)
		code = find_or_append(functions,
				      &(struct rg_function){key.len ? key.data : "",
							    place.len ? place.data : ""},
				      id);
	rg_buf_done(&key);
	rg_buf_done(&place);
	if (code == RG_ENOMEM)
		return rg_err_nomem(err, "diff");
	if (code)
		return rg_err_set(err, code, "diff: name a function: too many, or too long a name");
	return 0;
}
