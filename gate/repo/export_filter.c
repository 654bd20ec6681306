/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "export_filter.h"

#include "guard.h"
#include "repo.h"

#include "rg/err.h"

#include <git2/sys/repository.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* --- Opening -------------------------------------------------------------------------------- */

static int take_index_away(git_repository *git)
{
	git_index *none;
	int rc = git_index_new(&none);

	if (rc)
		return rc;
	rc = git_repository_set_index(git, none);
	git_index_free(none);
	return rc;
}

static bool says(const git_config *config, const char *key, const char *value)
{
	const char *text = NULL;

	return !git_config_get_string(&text, config, key) && text && !strcasecmp(text, value);
}

/* git-config(1): core.autocrlf goes before core.eol. */
static void find_ends(struct export_filter *filter)
{
	int yes = false;

	filter->text_ends = EXPORT_ENDS_KEPT;
	if (says(filter->config, "core.autocrlf", "input"))
		return;
	filter->auto_crlf = !git_config_get_bool(&yes, filter->config, "core.autocrlf") && yes;
	if (filter->auto_crlf || says(filter->config, "core.eol", "crlf"))
		filter->text_ends = EXPORT_ENDS_CRLF;
}

int export_filter_open(struct export_filter *filter, const char *common_dir, const git_oid *commit)
{
	int rc, links = true;

	memset(filter, 0, sizeof(*filter));
	filter->commit = *commit;
	rc = git_repository_open_bare(&filter->git, common_dir);
	if (!rc)
		rc = guard_install(filter->git, EXPORT_FILE_MAX_BYTES);
	if (!rc)
		rc = take_index_away(filter->git);
	if (!rc)
		rc = git_repository_config_snapshot(&filter->config, filter->git);
	if (rc)
		return rc;
	find_ends(filter);
	if (!git_config_get_bool(&links, filter->config, "core.symlinks"))
		filter->no_links = !links;
	return 0;
}

void export_filter_close(struct export_filter *filter)
{
	git_config_free(filter->config);
	git_repository_free(filter->git);
}

/* --- Attributes ----------------------------------------------------------------------------- */

enum { TEXT, CRLF, EOL, IDENT, ENCODING, FILTER, ATTRIBUTES };

static int read_attributes(const struct export_filter *filter, const char *path,
			   const char *values[ATTRIBUTES])
{
	const char *names[ATTRIBUTES] = {"text",  "crlf", "eol", "ident", "working-tree-encoding",
					 "filter"};
	git_attr_options options = {
		.version = GIT_ATTR_OPTIONS_VERSION,
		.flags = GIT_ATTR_CHECK_INCLUDE_COMMIT,
		.attr_commit_id = filter->commit,
	};

	return git_attr_get_many_ext(values, filter->git, &options, path, ATTRIBUTES, names);
}

/* Its text, or "" when it is set, unset or not said. */
static const char *text_of(const char *value)
{
	return git_attr_value(value) == GIT_ATTR_VALUE_STRING ? value : "";
}

/* "crlf" is what "text" was called once. */
static const char *text_attribute(const char *const values[ATTRIBUTES])
{
	const char *value = values[TEXT];

	if (git_attr_value(value) == GIT_ATTR_VALUE_UNSPECIFIED ||
	    (*text_of(value) && strcmp(value, "auto") != 0 && strcmp(value, "input") != 0))
		value = values[CRLF];
	return value;
}

static enum export_ends ends_of(const struct export_filter *filter,
				const char *const values[ATTRIBUTES])
{
	const char *text = text_attribute(values), *eol = text_of(values[EOL]);
	const bool is_auto = !strcmp(text_of(text), "auto");

	if (git_attr_value(text) == GIT_ATTR_VALUE_FALSE || !strcmp(eol, "lf"))
		return EXPORT_ENDS_KEPT;
	if (!strcmp(eol, "crlf"))
		return is_auto ? EXPORT_ENDS_CRLF_IF_TEXT : EXPORT_ENDS_CRLF;
	if (git_attr_value(text) == GIT_ATTR_VALUE_TRUE)
		return filter->text_ends;
	if (!strcmp(text_of(text), "input"))
		return EXPORT_ENDS_KEPT;
	if (is_auto ? filter->text_ends != EXPORT_ENDS_KEPT : filter->auto_crlf)
		return EXPORT_ENDS_CRLF_IF_TEXT;
	return EXPORT_ENDS_KEPT;
}

/* Whether the line ends are known before the file is. */
static bool is_fixed(const struct export_filter *filter, const char *const values[ATTRIBUTES])
{
	const char *text = text_attribute(values), *eol = text_of(values[EOL]);

	if (!strcmp(text_of(text), "auto"))
		return !strcmp(eol, "lf");
	return ends_of(filter, values) != EXPORT_ENDS_CRLF_IF_TEXT;
}

static int find_encoding(const struct exporter *x, const char *value, const char **out)
{
	const char *name = text_of(value);

	*out = NULL;
	if (git_attr_value(value) == GIT_ATTR_VALUE_UNSPECIFIED ||
	    (git_attr_value(value) == GIT_ATTR_VALUE_STRING &&
	     (!*name || !strcasecmp(name, "UTF-8") || !strcasecmp(name, "UTF8"))))
		return 0;
	*out = export_encoding_find(name);
	if (*out)
		return 0;
	return rg_err_set(x->err, RG_EUSAGE,
			  "export: '%.400s' has the working-tree-encoding '%.60s', which is not "
			  "made here: profile that version by 'regress-gate capture' in a work "
			  "tree of its own, and put it into the store",
			  x->path, *name ? name : "without a name");
}

/* --- Filter programs ------------------------------------------------------------------------ */

/* What passes through `cat` is as it was. */
static bool is_harmless(const git_config_entry *entry)
{
	return !entry->value || !*entry->value || !strcmp(entry->value, "cat");
}

static bool runs_program(const struct export_filter *filter, const char *name, const char *kind)
{
	char key[1024];
	git_config_entry *entry = NULL;
	bool runs;

	snprintf(key, sizeof(key), "filter.%s.%s", name, kind);
	if (git_config_get_entry(&entry, filter->config, key))
		return false;
	runs = !is_harmless(entry);
	git_config_entry_free(entry);
	return runs;
}

static int check_program(const struct export_filter *filter, const struct exporter *x,
			 const char *name)
{
	if (!runs_program(filter, name, "smudge") && !runs_program(filter, name, "process"))
		return 0;
	return rg_err_set(x->err, RG_EUSAGE,
			  "export: '%.400s' is made by the filter program '%.60s' when git checks "
			  "it out, and none is run here: profile that version by 'regress-gate "
			  "capture' in a work tree of its own, and put it into the store",
			  x->path, name);
}

int export_filter_find(const struct export_filter *filter, const struct exporter *x,
		       const char *path, struct export_made *out)
{
	const char *values[ATTRIBUTES] = {NULL}, *name;
	struct export_made made = {0};
	int rc;

	if (read_attributes(filter, path, values))
		return repo_git_fail(x->err, "read the attributes of a commit");
	name = text_of(values[FILTER]);
	made.lfs = !strcmp(name, "lfs");
	made.conversion.ends = ends_of(filter, values);
	made.conversion.ident = git_attr_value(values[IDENT]) == GIT_ATTR_VALUE_TRUE;
	rc = find_encoding(x, values[ENCODING], &made.conversion.encoding);
	made.conversion.streams = !made.conversion.encoding && is_fixed(filter, values);
	if (!rc && *name && !made.lfs)
		rc = check_program(filter, x, name);
	if (!rc)
		*out = made;
	return rc;
}
