/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rg/buf.h"
#include "rg/err.h"

#include "pprof_columns.h"
#include "pprof_fields.h"
#include "pprof_tables.h"
#include "sample_type.h"

/* Bytes of an error that lists the sample types there are. */
enum { LIST_MAX = 512 };

static const char *type_of(const struct rg_pprof_tables *tables, size_t column)
{
	return rg_pprof_text(tables, tables->types[column].type);
}

static const char *unit_of(const struct rg_pprof_tables *tables, size_t column)
{
	return rg_pprof_text(tables, tables->types[column].unit);
}

/* Records "pprof: read sample types: reason; the file has a/b, c/d". */
static int fail_with_list(const struct rg_pprof_tables *tables, int code, const char *reason,
			  struct rg_err *err)
{
	struct rg_buf list;
	int rc;

	rg_buf_init(&list, LIST_MAX);
	for (size_t i = 0; i < tables->type_count && !list.failed; i++)
		rg_buf_addf(&list, "%s%s/%s", i ? ", " : "", type_of(tables, i),
			    unit_of(tables, i));
	rc = rg_err_set(err, code, "pprof: read sample types: %s; the file has %s%s", reason,
			list.len ? list.data : "none", list.failed ? ", …" : "");
	rg_buf_done(&list);
	return rc;
}

static int value_named(const char *type)
{
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (strcmp(rg_pprof_types[v].type, type) == 0)
			return v;
	return PPROF_NO_COLUMN;
}

/* What a unit of `value` is in ours, or 0 when it cannot be one. */
static int64_t scale_of(int value, const char *unit)
{
	const char *ours = rg_pprof_types[value].unit;

	if (strcmp(ours, RG_UNIT_COUNT) == 0)
		return strcmp(unit, ours) == 0;
	return rg_time_unit_ns(unit);
}

static int take_known(const struct rg_pprof_tables *tables, size_t column,
		      struct rg_pprof_columns *columns, struct rg_err *err)
{
	const char *type = type_of(tables, column), *unit = unit_of(tables, column);
	int value = value_named(type);
	int64_t scale;

	if (value == PPROF_NO_COLUMN)
		return 0;
	scale = scale_of(value, unit);
	if (scale == 0)
		return rg_err_set(err, RG_EFORMAT,
				  "pprof: read sample type '%s': unit '%s' where '%s' belongs",
				  type, unit, rg_pprof_types[value].unit);
	if (columns->of[value] != PPROF_NO_COLUMN)
		return rg_err_set(err, RG_EFORMAT, "pprof: read sample type '%s': given twice",
				  type);
	columns->of[value] = (int)column;
	columns->scale[value] = scale;
	return 0;
}

/* The position of the type chosen, which is an exact name or a parsed one. */
static int find_choice(const struct rg_pprof_tables *tables, const char *choice, size_t *column,
		       struct rg_err *err)
{
	struct rg_sample_type wanted;
	size_t found = 0;
	int rc = rg_sample_type_parse(choice, &wanted, err);

	for (size_t i = 0; rc == 0 && i < tables->type_count; i++) {
		if (strcmp(type_of(tables, i), wanted.type) != 0)
			continue;
		if (wanted.unit[0] && strcmp(unit_of(tables, i), wanted.unit) != 0)
			continue;
		if (found++ == 0)
			*column = i;
	}
	if (rc != 0)
		return rc;
	if (found > 1)
		return fail_with_list(tables, RG_EUSAGE, "the type asked for is there twice", err);
	if (found == 0)
		return fail_with_list(tables, RG_ENOTFOUND,
				      "the type asked for is not there (--sample-type)", err);
	return 0;
}

/*
 * A type of ours is taken with its companions, as without a choice; any other alone, for what else
 * is counted in the file need not go with it.
 */
static int take_choice(const struct rg_pprof_tables *tables, size_t column,
		       struct rg_pprof_columns *columns, struct rg_err *err)
{
	const char *unit = unit_of(tables, column);
	int known = value_named(type_of(tables, column));
	bool count = strcmp(unit, RG_UNIT_COUNT) == 0;
	enum rg_value value = count ? RG_VALUE_SAMPLES : RG_VALUE_CPU_NS;

	if (known == RG_VALUE_SAMPLES || known == RG_VALUE_CPU_NS)
		return 0;
	if (!count && rg_time_unit_ns(unit) == 0)
		return fail_with_list(tables, RG_EUSAGE,
				      "the type asked for is neither a count nor a time", err);
	if (known != PPROF_NO_COLUMN)
		columns->of[known] = PPROF_NO_COLUMN;
	columns->of[RG_VALUE_SAMPLES] = PPROF_NO_COLUMN;
	columns->of[RG_VALUE_CPU_NS] = PPROF_NO_COLUMN;
	columns->of[value] = (int)column;
	columns->scale[value] = count ? 1 : rg_time_unit_ns(unit);
	return 0;
}

/*
 * The period counts when it is one of CPU time or of the type chosen. One that does not fit is not
 * known.
 */
static int64_t period_ns(const struct rg_pprof_tables *tables, const char *chosen)
{
	const char *type = rg_pprof_text(tables, tables->period_type.type);
	int64_t ns = rg_time_unit_ns(rg_pprof_text(tables, tables->period_type.unit));

	if (strcmp(type, rg_pprof_types[RG_VALUE_CPU_NS].type) != 0 && strcmp(type, chosen) != 0)
		return 0;
	if (tables->period <= 0 || __builtin_mul_overflow(ns, tables->period, &ns))
		return 0;
	return ns;
}

static bool measures_anything(const struct rg_pprof_columns *columns)
{
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (columns->of[v] != PPROF_NO_COLUMN)
			return true;
	return false;
}

int rg_pprof_columns_choose(const struct rg_pprof_tables *tables, const char *choice,
			    struct rg_pprof_columns *out, struct rg_err *err)
{
	struct rg_pprof_columns columns = {.period_ns = 0};
	size_t chosen = 0;
	int rc = 0;

	for (int v = 0; v < RG_VALUE_COUNT; v++)
		columns.of[v] = PPROF_NO_COLUMN;
	for (size_t i = 0; rc == 0 && i < tables->type_count; i++)
		rc = take_known(tables, i, &columns, err);
	if (rc == 0 && choice)
		rc = find_choice(tables, choice, &chosen, err);
	if (rc == 0 && choice)
		rc = take_choice(tables, chosen, &columns, err);
	if (rc != 0)
		return rc;
	if (!measures_anything(&columns))
		return fail_with_list(tables, RG_EFORMAT,
				      "none of samples/count, cpu/nanoseconds, off_cpu_count/count "
				      "and off_cpu/nanoseconds: choose one with --sample-type",
				      err);
	columns.period_ns = period_ns(tables, choice ? type_of(tables, chosen) : "");
	columns.derive_cpu = columns.of[RG_VALUE_SAMPLES] != PPROF_NO_COLUMN &&
			     columns.of[RG_VALUE_CPU_NS] == PPROF_NO_COLUMN &&
			     columns.period_ns > 0;
	*out = columns;
	return 0;
}
