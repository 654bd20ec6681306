/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/render.h"

#include "json_write.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <jansson.h>

static const char what[] = "stored runs";

/* Takes `value`; NULL is one that could not be made, and said so. */
static int put(json_t *object, const char *name, json_t *value, struct rg_err *err)
{
	if (!value)
		return err->code;
	return json_object_set_new(object, name, value) < 0 ? rg_err_nomem(err, what) : 0;
}

static int put_text(json_t *object, const char *name, const char *text, struct rg_err *err)
{
	return put(object, name, rg_json_text(text, what, err), err);
}

static int put_count(json_t *object, const char *name, uint64_t count, struct rg_err *err)
{
	json_t *value = json_integer(count < INT64_MAX ? (json_int_t)count : INT64_MAX);

	return value ? put(object, name, value, err) : rg_err_nomem(err, what);
}

static int fill_run(json_t *object, const struct rg_stored_run *run, struct rg_err *err)
{
	int rc = put_text(object, "scenario", run->scenario, err);

	if (!rc)
		rc = put_text(object, "label", run->label, err);
	if (!rc)
		rc = put_text(object, "version", run->version, err);
	if (!rc)
		rc = put_text(object, "arch", run->arch, err);
	if (!rc)
		rc = put_text(object, "id", run->id, err);
	if (!rc)
		rc = put_count(object, "stored_ns", run->stored_ns, err);
	return rc ? rc : put_count(object, "bytes", run->bytes, err);
}

static int add_runs(json_t *array, const struct rg_stored *stored, struct rg_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < stored->count; i++) {
		json_t *object = json_object();

		if (!object || json_array_append_new(array, object) != 0)
			return rg_err_nomem(err, what);
		rc = fill_run(object, &stored->runs[i], err);
	}
	return rc;
}

static int put_exists(json_t *root, bool exists, struct rg_err *err)
{
	json_t *value = json_boolean(exists);

	return value ? put(root, "store_exists", value, err) : rg_err_nomem(err, what);
}

static int fill(json_t *root, const struct rg_stored *stored, struct rg_err *err)
{
	json_t *runs = json_array();
	int rc = runs ? put_text(root, "schema", "regress-gate/stored/1", err)
		      : rg_err_nomem(err, what);

	if (!rc)
		rc = put_exists(root, stored->exists, err);
	if (!rc)
		rc = put_count(root, "runs_wanted", stored->wanted, err);
	if (!rc)
		rc = put_count(root, "damaged", stored->damaged, err);
	if (!rc)
		rc = put_text(root, "first_damaged", stored->first_damaged, err);
	if (!rc)
		rc = add_runs(runs, stored, err);
	if (!rc)
		return put(root, "runs", runs, err);
	json_decref(runs);
	return rc;
}

int rg_render_stored(const struct rg_stored *stored, struct rg_buf *out, struct rg_err *err)
{
	struct rg_err local = {0};
	const size_t before = out->len;
	json_t *root = json_object();
	int rc;

	err = err ? err : &local;
	rc = root ? fill(root, stored, err) : rg_err_nomem(err, what);
	if (!rc)
		rc = rg_json_write(root, what, out, err);
	json_decref(root);
	if (rc)
		rg_buf_cut(out, before);
	return rc;
}
