/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/render.h"

#include "fields.h"
#include "json_write.h"
#include "words.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/units.h"
#include "rg/verdict.h"

#include <jansson.h>
#include <math.h>

static json_t *new_text(const char *text, struct rg_err *err)
{
	return rg_json_text(text, "verdict", err);
}

static json_t *new_integer(uint64_t value, struct rg_err *err)
{
	json_t *json = json_integer(value < INT64_MAX ? (json_int_t)value : INT64_MAX);

	if (!json)
		rg_err_nomem(err, "verdict");
	return json;
}

/* JSON has no way to say "not a number": it must not look like one. */
static json_t *new_real(double value, const char *name, struct rg_err *err)
{
	json_t *json;

	if (!isfinite(value)) {
		rg_err_set(err, RG_EFORMAT, "render: write verdict: '%s' is not a finite number",
			   name);
		return NULL;
	}
	/* No "-0.0". */
	json = json_real(value == 0 ? 0.0 : value);
	if (!json)
		rg_err_nomem(err, "verdict");
	return json;
}

static json_t *checked(json_t *json, struct rg_err *err)
{
	if (!json)
		rg_err_nomem(err, "verdict");
	return json;
}

static json_t *new_date(uint32_t days, struct rg_err *err)
{
	char date[RG_UNITS_TEXT_MAX];

	return new_text(days ? rg_format_date(date, days) : "", err);
}

static json_t *new_field(const struct rg_field *field, const void *object, struct rg_err *err)
{
	const char *at = (const char *)object + field->offset;

	switch (field->type) {
	case RG_FIELD_TEXT:
	case RG_FIELD_NOTE:
		return new_text(*(const char *const *)(const void *)at, err);
	case RG_FIELD_REAL:
		return new_real(*(const double *)(const void *)at, field->name, err);
	case RG_FIELD_LIMIT:
		if (*(const double *)(const void *)at == RG_POLICY_INHERIT)
			return checked(json_null(), err);
		return new_real(*(const double *)(const void *)at, field->name, err);
	case RG_FIELD_BOOL:
		return checked(json_boolean(*(const bool *)(const void *)at), err);
	case RG_FIELD_U32:
		return new_integer(*(const uint32_t *)(const void *)at, err);
	case RG_FIELD_U64:
		return new_integer(*(const uint64_t *)(const void *)at, err);
	case RG_FIELD_I64:
		return checked(json_integer(*(const int64_t *)(const void *)at), err);
	case RG_FIELD_SIZE:
		return new_integer(*(const size_t *)(const void *)at, err);
	case RG_FIELD_DATE:
		return new_date(*(const uint32_t *)(const void *)at, err);
	case RG_FIELD_SCHEMA:
		return new_text(RG_VERDICT_SCHEMA, err);
	case RG_FIELD_ENUM:
		return new_text(field->enum_name(*(const int *)(const void *)at), err);
	}
	return NULL;
}

/* Takes `value`, NULL included, whose failure is recorded already. */
static int put(json_t *object, const char *name, json_t *value, struct rg_err *err)
{
	if (!value)
		return err->code;
	return json_object_set_new(object, name, value) < 0 ? rg_err_nomem(err, "verdict") : 0;
}

static bool is_left_out(const struct rg_field *field, const void *object)
{
	const char *at = (const char *)object + field->offset;
	const char *text;

	if (field->type != RG_FIELD_NOTE)
		return false;
	text = *(const char *const *)(const void *)at;
	return !text || !*text;
}

static json_t *new_object(const struct rg_field_table *table, const void *from, struct rg_err *err)
{
	json_t *object = checked(json_object(), err);

	for (size_t i = 0; object && i < table->count; i++) {
		const struct rg_field *field = &table->fields[i];

		if (is_left_out(field, from) ||
		    put(object, field->name, new_field(field, from, err), err) == 0)
			continue;
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *new_array(const struct rg_field_table *table, const void *items, size_t count,
			 size_t size, struct rg_err *err)
{
	json_t *array = checked(json_array(), err);

	for (size_t i = 0; array && i < count; i++) {
		json_t *item = new_object(table, (const char *)items + i * size, err);

		if (item && json_array_append_new(array, item) == 0)
			continue;
		rg_err_nomem(err, "verdict");
		json_decref(array);
		return NULL;
	}
	return array;
}

static json_t *new_texts(const char *const *texts, size_t count, struct rg_err *err)
{
	json_t *array = checked(json_array(), err);

	for (size_t i = 0; array && i < count; i++) {
		json_t *text = new_text(texts[i], err);

		if (text && json_array_append_new(array, text) == 0)
			continue;
		rg_err_nomem(err, "verdict");
		json_decref(array);
		return NULL;
	}
	return array;
}

static json_t *new_side(const struct rg_side *side, struct rg_err *err)
{
	json_t *object = new_object(&rg_fields_side, side, err);
	json_t *losses;

	if (!object)
		return NULL;
	losses = new_array(&rg_fields_loss, side->losses, side->loss_count, sizeof(*side->losses),
			   err);
	if (put(object, "losses", losses, err) == 0 &&
	    put(object, "account", new_object(&rg_fields_account, &side->account, err), err) == 0 &&
	    put(object, "profiles", new_texts(side->profiles, side->profile_count, err), err) == 0)
		return object;
	json_decref(object);
	return NULL;
}

/* What it spends is told, too, and read from no file: it follows from the rest. */
static json_t *new_look(const struct rg_policy *policy, struct rg_err *err)
{
	json_t *object = new_object(&rg_fields_look, &policy->look, err);

	if (!object || put(object, "q", new_real(rg_policy_look_q(policy), "q", err), err) == 0)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *new_policy(const struct rg_policy *policy, struct rg_err *err)
{
	json_t *object = new_object(&rg_fields_policy, policy, err);

	if (!object)
		return NULL;
	if (put(object, "look", new_look(policy, err), err) == 0 &&
	    put(object, "functions",
		new_array(&rg_fields_function, policy->functions, policy->function_count,
			  sizeof(*policy->functions), err),
		err) == 0 &&
	    put(object, "accept",
		new_array(&rg_fields_accept, policy->accept, policy->accept_count,
			  sizeof(*policy->accept), err),
		err) == 0 &&
	    put(object, "ignore", new_texts(policy->ignore, policy->ignore_count, err), err) == 0 &&
	    put(object, "off_cpu", new_object(&rg_fields_policy_off_cpu, &policy->off_cpu, err),
		err) == 0 &&
	    put(object, "idle", new_texts(policy->idle.pattern, policy->idle.count, err), err) ==
		    0 &&
	    put(object, "not_idle",
		new_texts(policy->not_idle.pattern, policy->not_idle.count, err), err) == 0 &&
	    put(object, "plumbing",
		new_texts(policy->plumbing.pattern, policy->plumbing.count, err), err) == 0)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *new_off_cpu(const struct rg_off_cpu *off_cpu, struct rg_err *err)
{
	json_t *object = new_object(&rg_fields_off_cpu, off_cpu, err);

	if (!object)
		return NULL;
	if (put(object, "total", new_object(&rg_fields_row, &off_cpu->total, err), err) == 0 &&
	    put(object, "rows",
		new_array(&rg_fields_row, off_cpu->rows, off_cpu->row_count, sizeof(*off_cpu->rows),
			  err),
		err) == 0 &&
	    put(object, "idle",
		new_array(&rg_fields_row, off_cpu->idle, off_cpu->idle_count,
			  sizeof(*off_cpu->idle), err),
		err) == 0)
		return object;
	json_decref(object);
	return NULL;
}

static int put_parts(json_t *root, const struct rg_verdict *verdict, struct rg_err *err);

static json_t *new_verdict(const struct rg_verdict *verdict, struct rg_err *err)
{
	json_t *root = new_object(&rg_fields_verdict, verdict, err);

	if (!root || put_parts(root, verdict, err) == 0)
		return root;
	json_decref(root);
	return NULL;
}

static int put_parts(json_t *root, const struct rg_verdict *verdict, struct rg_err *err)
{
	if (put(root, "cost_unit", new_text(rg_cost_word(verdict), err), err) < 0 ||
	    put(root, "policy", new_policy(&verdict->policy, err), err) < 0 ||
	    put(root, "policy_changes",
		new_array(&rg_fields_change, verdict->policy_changes, verdict->policy_change_count,
			  sizeof(*verdict->policy_changes), err),
		err) < 0 ||
	    put(root, "baseline", new_side(&verdict->base, err), err) < 0 ||
	    put(root, "canary", new_side(&verdict->canary, err), err) < 0 ||
	    put(root, "total", new_object(&rg_fields_row, &verdict->total, err), err) < 0 ||
	    put(root, "commits",
		new_array(&rg_fields_commit, verdict->commits, verdict->commit_count,
			  sizeof(*verdict->commits), err),
		err) < 0 ||
	    put(root, "issues",
		new_array(&rg_fields_issue, verdict->issues, verdict->issue_count,
			  sizeof(*verdict->issues), err),
		err) < 0 ||
	    put(root, "conditions",
		new_array(&rg_fields_condition, verdict->conditions, verdict->condition_count,
			  sizeof(*verdict->conditions), err),
		err) < 0 ||
	    put(root, "off_cpu", new_off_cpu(&verdict->off_cpu, err), err) < 0 ||
	    put(root, "callers",
		new_array(&rg_fields_row, verdict->callers, verdict->caller_count,
			  sizeof(*verdict->callers), err),
		err) < 0 ||
	    put(root, "entries",
		new_array(&rg_fields_entry, verdict->entries, verdict->entry_count,
			  sizeof(*verdict->entries), err),
		err) < 0 ||
	    put(root, "moves",
		new_array(&rg_fields_move, verdict->moves, verdict->move_count,
			  sizeof(*verdict->moves), err),
		err) < 0 ||
	    put(root, "pinned",
		verdict->pinned ? new_verdict(verdict->pinned, err) : checked(json_null(), err),
		err) < 0)
		return err->code;
	return put(root, "rows",
		   new_array(&rg_fields_row, verdict->rows, verdict->row_count,
			     sizeof(*verdict->rows), err),
		   err);
}

int rg_render_json(const struct rg_verdict *verdict, struct rg_buf *out, struct rg_err *err)
{
	struct rg_err local = {0};
	size_t before = out->len;
	json_t *root;
	int rc;

	if (!err)
		err = &local;
	root = new_verdict(verdict, err);
	if (!root)
		return err->code;
	rc = rg_json_write(root, "verdict", out, err);
	json_decref(root);
	/* Half a verdict must not be taken for one. */
	if (rc < 0)
		rg_buf_cut(out, before);
	return rc;
}
