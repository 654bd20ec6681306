/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KEYS_H
#define KEYS_H

#include "reader.h"

#include "rg/units.h"

#include <stddef.h>

struct rg_config;

/* What a value looks like in the file and in struct rg_config. */
struct key_type {
	const char *expects; /* completes "must be …" */
	/* Sets *to. RG_EUSAGE when the JSON is not of this type, RG_ENOMEM. */
	int (*decode)(const struct reader *reader, const struct where_path *path,
		      const json_t *value, void *to);
	/* The value as a number and as people write it; NULL when the type has no range. */
	double (*number)(const void *from);
	void (*format)(char out[RG_UNITS_TEXT_MAX], double number);
};

extern const struct key_type key_text, key_argv, key_duration, key_u32, key_u64, key_percent,
	key_rule, key_basis;

/* A key of an object: adding one is adding a row. */
struct key {
	const char *name;
	const struct key_type *type;      /* NULL when it is an object */
	const struct key_object *members; /* of the object, else NULL */
	size_t offset;                    /* in struct rg_config */
	double low,
		high; /* smallest and largest value, when the type has a range: ns, count, share */
};

struct key_object {
	const struct key *keys;
	size_t count;
};

extern const struct key_object key_root;

/* Sets what `value` has of the object's keys in reader->draft. */
int key_read_object(const struct reader *reader, const struct key_object *object,
		    const struct where_path *path, const json_t *value);

/* Checks every range; the message names the key. RG_EUSAGE. */
int key_check_ranges(const struct key_object *object, const struct rg_config *config,
		     struct rg_err *err);

#endif
