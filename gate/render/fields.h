/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_FIELDS_H
#define RG_RENDER_FIELDS_H

#include <stddef.h>

/*
 * How the plain members of a verdict's structs are called in its JSON: the one place that writing
 * and reading share. docs/verdict-schema.json says what each means.
 */

enum rg_field_type {
	RG_FIELD_TEXT,   /* const char *; NULL is written as "" */
	RG_FIELD_NOTE,   /* the same, left out where it is "", and may be missing */
	RG_FIELD_REAL,   /* double */
	RG_FIELD_BOOL,   /* bool */
	RG_FIELD_U32,    /* uint32_t */
	RG_FIELD_U64,    /* uint64_t; written as at most 2^63 - 1 */
	RG_FIELD_I64,    /* int64_t */
	RG_FIELD_SIZE,   /* size_t; written as U64 is */
	RG_FIELD_ENUM,   /* an enum of int's size, by name */
	RG_FIELD_SCHEMA, /* no member: the constant RG_VERDICT_SCHEMA */
	RG_FIELD_LIMIT,  /* double; RG_POLICY_INHERIT is null */
	RG_FIELD_DATE,   /* uint32_t of days since 1970-01-01; 0 is "" */
};

struct rg_field {
	const char *name;
	size_t offset;
	enum rg_field_type type;
	int enum_count;                      /* RG_FIELD_ENUM: its values are 0 to enum_count - 1 */
	const char *(*enum_name)(int value); /* RG_FIELD_ENUM: the name of each */
};

struct rg_field_table {
	const struct rg_field *fields;
	size_t count;
};

extern const struct rg_field_table rg_fields_verdict;   /* struct rg_verdict, before its parts */
extern const struct rg_field_table rg_fields_policy;    /* struct rg_policy, but its lists */
extern const struct rg_field_table rg_fields_look;      /* struct rg_policy_look */
extern const struct rg_field_table rg_fields_function;  /* struct rg_policy_function */
extern const struct rg_field_table rg_fields_accept;    /* struct rg_policy_accept */
extern const struct rg_field_table rg_fields_change;    /* struct rg_policy_change */
extern const struct rg_field_table rg_fields_side;      /* struct rg_side, but its losses */
extern const struct rg_field_table rg_fields_row;       /* struct rg_row */
extern const struct rg_field_table rg_fields_issue;     /* struct rg_issue */
extern const struct rg_field_table rg_fields_condition; /* struct rg_condition */
extern const struct rg_field_table rg_fields_commit;    /* struct rg_commit */
extern const struct rg_field_table rg_fields_entry;     /* struct rg_entry */
extern const struct rg_field_table rg_fields_move;      /* struct rg_move */
extern const struct rg_field_table rg_fields_loss;      /* struct rg_loss */
extern const struct rg_field_table rg_fields_account;   /* struct rg_account */
extern const struct rg_field_table rg_fields_off_cpu;   /* struct rg_off_cpu, but its rows */
extern const struct rg_field_table rg_fields_policy_off_cpu; /* struct rg_policy_off_cpu */

#define RG_VERDICT_SCHEMA "regress-gate/verdict/2"

#endif
