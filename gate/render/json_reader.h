/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_JSON_READER_H
#define RG_RENDER_JSON_READER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct rg_arena;
struct rg_err;
struct rg_field;
struct rg_field_table;

/*
 * Reads structs by their tables of fields. All functions return 0, RG_ENOMEM, or RG_EFORMAT naming the member;
 * texts and arrays live in the arena.
 */
struct rg_json_reader {
	struct rg_arena *arena;
	bool sparse; /* a member may be missing */
	bool nested; /* within a verdict within another */
	struct rg_err *err;
};

/* "verdict: read 'name': why"; returns RG_EFORMAT. */
int rg_reader_refuse(struct rg_json_reader *reader, const char *name, const char *why);

/* A copy of a text, which may hold no NUL. */
int rg_reader_text(struct rg_json_reader *reader, const char *name, const json_t *json,
		   const char **out);

/* One member of `object`. */
int rg_reader_field(struct rg_json_reader *reader, const struct rg_field *field, const json_t *json,
		    void *object);

/*
 * The members of `table`. `parts`, ended by NULL, are the names of those the caller reads itself; NULL: none.
 * Any other is refused.
 */
int rg_reader_object(struct rg_json_reader *reader, const struct rg_field_table *table,
		     const char *const *parts, json_t *json, void *object);

/* The same of the member `name` of `root`. Missing in a sparse input: its texts are "". */
int rg_reader_part(struct rg_json_reader *reader, const struct rg_field_table *table,
		   const char *name, const char *const *parts, json_t *root, void *object);

/* Texts that a sparse input leaves out are "" like those of a real verdict. */
void rg_reader_clear_texts(const struct rg_field_table *table, void *object);

/* The member `name` of `parent`, an array of at most `most` objects, as items of `size` bytes. */
int rg_reader_array(struct rg_json_reader *reader, const struct rg_field_table *table,
		    const char *name, json_t *parent, size_t size, size_t most, void **items,
		    size_t *count);

/* The same of texts. */
int rg_reader_texts(struct rg_json_reader *reader, json_t *parent, const char *name, size_t most,
		    const char ***texts, size_t *count);

#endif
