/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manifest.h"

#include "digest.h"
#include "key.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int manifest_write(const struct rg_store_run *run, struct rg_buf *out, struct rg_err *err)
{
	json_t *root =
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "schema", MANIFEST_SCHEMA,
			  "scenario", run->scenario, "version", run->version, "arch", run->arch,
			  "label", run->label, "sha256", run->id, "bytes", (json_int_t)run->bytes,
			  "stored_ns", (json_int_t)run->stored_ns);
	char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;

	json_decref(root);
	if (!text)
		return rg_err_nomem(err, "store: manifest");
	rg_buf_adds(out, text);
	rg_buf_addc(out, '\n');
	free(text);
	if (out->failed)
		return rg_err_set(err, out->failed, "store: manifest does not fit");
	return 0;
}

static int member_text(const json_t *root, const char *name, bool (*ok)(const char *), char **out,
		       struct rg_err *err)
{
	const char *text = json_string_value(json_object_get(root, name));

	if (!text || !ok(text))
		return rg_err_set(err, RG_EFORMAT, "\"%s\" is missing or wrong", name);
	*out = strdup(text);
	return *out ? 0 : rg_err_nomem(err, "store: manifest");
}

static int member_count(const json_t *root, const char *name, uint64_t *out, struct rg_err *err)
{
	const json_t *value = json_object_get(root, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return rg_err_set(err, RG_EFORMAT, "\"%s\" is missing or wrong", name);
	*out = (uint64_t)json_integer_value(value);
	return 0;
}

static int member_id(const json_t *root, char out[RG_STORE_ID_MAX], struct rg_err *err)
{
	const char *text = json_string_value(json_object_get(root, "sha256"));

	if (!text || strlen(text) != RG_STORE_ID_MAX - 1 || !digest_is_hex(text))
		return rg_err_set(err, RG_EFORMAT, "\"sha256\" is missing or wrong");
	memcpy(out, text, RG_STORE_ID_MAX);
	return 0;
}

static int check_schema(const json_t *root, struct rg_err *err)
{
	const char *schema = json_string_value(json_object_get(root, "schema"));

	if (!schema || strcmp(schema, MANIFEST_SCHEMA) != 0)
		return rg_err_set(err, RG_EFORMAT, "\"schema\" is not " MANIFEST_SCHEMA);
	return 0;
}

static int members(const json_t *root, struct rg_store_run *run, struct rg_err *err)
{
	int rc = check_schema(root, err);

	if (!rc)
		rc = member_text(root, "scenario", key_scenario_ok, &run->scenario, err);
	if (!rc)
		rc = member_text(root, "version", key_version_ok, &run->version, err);
	if (!rc)
		rc = member_text(root, "arch", key_arch_ok, &run->arch, err);
	if (!rc)
		rc = member_text(root, "label", key_label_ok, &run->label, err);
	if (!rc)
		rc = member_id(root, run->id, err);
	if (!rc)
		rc = member_count(root, "bytes", &run->bytes, err);
	if (!rc)
		rc = member_count(root, "stored_ns", &run->stored_ns, err);
	return rc;
}

int manifest_read(const char *text, size_t len, struct rg_store_run *run, struct rg_err *err)
{
	struct rg_store_run draft = {0};
	json_error_t error;
	json_t *root;
	int rc;

	if (len > MANIFEST_MAX_BYTES)
		return rg_err_set(err, RG_EFORMAT, "larger than %d bytes", MANIFEST_MAX_BYTES);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		return rg_err_set(err, RG_EFORMAT, "not JSON: line %d, column %d: %s", error.line,
				  error.column, error.text);
	rc = members(root, &draft, err);
	json_decref(root);
	if (rc) {
		rg_store_run_done(&draft);
		return rc;
	}
	*run = draft;
	return 0;
}
