/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/config.h"

#include "keys.h"
#include "reader.h"
#include "texts.h"

#include "rg/err.h"

#include <string.h>

/*
 * What jansson quotes from the text ("… near 'x'") is left out: the file may turn out to be one whose
 * content does not belong in a log, and the position says enough.
 */
static int fail_syntax(const struct reader *reader, const json_error_t *error)
{
	const char *quote = strstr(error->text, " near ");
	const size_t shown = quote ? (size_t)(quote - error->text) : strlen(error->text);

	if (json_error_code(error) == json_error_out_of_memory)
		return rg_err_nomem(reader->err, "config");
	return rg_err_set(reader->err, RG_EUSAGE, "%.400s:%d:%d: not valid JSON: %.*s",
			  reader->name, error->line > 0 ? error->line : 1,
			  error->column > 0 ? error->column : 1, (int)shown, error->text);
}

static int read_root(struct reader *reader)
{
	json_error_t error;
	json_t *root = json_loadb(reader->text, reader->len, JSON_REJECT_DUPLICATES, &error);
	int rc;

	if (!root)
		return fail_syntax(reader, &error);
	reader->root = root;
	rc = key_read_object(reader, &key_root, NULL, root, reader->draft);
	json_decref(root);
	return rc;
}

static int read_draft(struct reader *reader)
{
	int rc = read_root(reader);

	if (!rc && reader->wanted && reader->wanted->scenario)
		rc = text_set(&reader->draft->scenario, reader->wanted->scenario, reader->err);
	return rc;
}

int rg_config_parse(struct rg_config *config, const char *text, size_t len, const char *name,
		    const struct rg_config_wanted *wanted, struct rg_err *err)
{
	struct rg_config draft;
	struct reader reader = {
		.text = text,
		.len = len,
		.name = name,
		.wanted = wanted,
		.draft = &draft,
		.err = err,
	};
	int rc;

	if (len > RG_CONFIG_MAX_BYTES)
		return rg_err_set(err, RG_EUSAGE, "%.400s:1:1: larger than %d bytes", name,
				  RG_CONFIG_MAX_BYTES);
	if (texts_copy(&draft, config))
		return rg_err_nomem(err, "config");
	rc = read_draft(&reader);
	if (rc) {
		rg_config_done(&draft);
		return rc;
	}
	rg_config_done(config);
	*config = draft;
	return 0;
}
