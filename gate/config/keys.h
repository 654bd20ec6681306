/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KEYS_H
#define KEYS_H

#include "reader.h"

#include "rg/units.h"

#include <stddef.h>

struct rg_buf;
struct rg_config;
struct rg_err;

/* What a value looks like in the file and in struct rg_config. */
struct key_type {
	const char *expects; /* completes "must be …" */
	/* Sets *to. RG_EUSAGE when the JSON is not of this type, RG_ENOMEM. */
	int (*decode)(const struct reader *reader, const struct where_path *path,
		      const json_t *value, void *to);
	/* The value as a number and as people write it; NULL when the type has no range. */
	double (*number)(const void *from);
	void (*format)(char out[RG_UNITS_TEXT_MAX], double number);
	/* The value's name, for types that are one of a few; else NULL. */
	const char *(*name)(const void *from);
};

extern const struct key_type key_text, key_text_or_none, key_port, key_bool, key_name, key_argv,
	key_duration, key_u32, key_u64, key_percent, key_rule, key_basis, key_label;
/* Into the draft's arena. */
extern const struct key_type key_pattern, key_functions, key_ignore, key_patterns, key_accepts;
/* What an acceptance says, into the arena, and until when it holds: days since 1970-01-01. */
extern const struct key_type key_said, key_date;
/* A text for others' eyes, and the scenarios, which are read when all else is. */
extern const struct key_type key_note, key_scenarios;

/* A key of an object: adding one is adding a row. */
struct key {
	const char *name;
	const struct key_type *type;      /* NULL when it is an object */
	const struct key_object *members; /* of the object, else NULL */
	size_t offset;                    /* in what the outermost object is read into */
	double low,
		high; /* smallest and largest value, when the type has a range: ns, count, share */
	bool unsaid;  /* 0 where nobody says it, which cannot be said */
	bool late;    /* read after the others: it stands over them */
	size_t also;  /* a second place that takes the same value; 0: none */
};

struct key_object {
	const struct key *keys;
	size_t count;
	const char *required; /* a key that must be there, or NULL */
};

/* Of struct rg_config; of a member of "scenarios", read into the same; of struct rg_policy_function; of
 * struct rg_policy_accept. */
extern const struct key_object key_root, key_scenario, key_function, key_accept;
/* "policy"; its offsets are those in struct rg_config. */
extern const struct key_object key_policy;

/* A text that any object may hold, for those who read the file. */
#define KEY_COMMENT "$comment"

/* Sets what `value` has of the object's keys in *into. */
int key_read_object(const struct reader *reader, const struct key_object *object,
		    const struct where_path *path, const json_t *value, void *into);

/* Checks every range; the message names the key. RG_EUSAGE. */
int key_check_ranges(const struct key_object *object, const struct rg_config *config,
		     struct rg_err *err);

/* Appends "did you mean "x"?" for the nearest of the names, or else all of them behind `list`. */
void key_add_known(struct rg_buf *text, const char *name, const char *const *names, size_t count,
		   const char *list);

/* Whether the store takes it as a scenario's name, and the rule in words. */
bool key_name_ok(const char *name);
#define KEY_NAME_RULE "1 to 200 letters, digits and . _ -, not starting with . or -"

#endif
