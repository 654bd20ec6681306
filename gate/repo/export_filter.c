/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "export_filter.h"

#include "guard.h"
#include "repo.h"

#include "rg/err.h"

#include <git2/sys/repository.h>
#include <stdio.h>
#include <string.h>

enum { FILTER_NAME_MAX = 128 };

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

/* Contents of Git LFS are taken from where it keeps them; what passes through `cat` is as it was. */
static bool is_harmless(const git_config_entry *entry)
{
	return !strncmp(entry->name, "filter.lfs.", strlen("filter.lfs.")) || !entry->value ||
	       !*entry->value || !strcmp(entry->value, "cat");
}

static int note_program(const git_config_entry *entry, void *ctx)
{
	bool *any = ctx;

	*any |= !is_harmless(entry);
	return 0;
}

int export_filter_open(struct export_filter *filter, const char *common_dir, const git_oid *commit)
{
	int rc;

	memset(filter, 0, sizeof(*filter));
	filter->commit = *commit;
	rc = git_repository_open_bare(&filter->git, common_dir);
	if (!rc)
		rc = guard_install(filter->git);
	if (!rc)
		rc = take_index_away(filter->git);
	if (!rc)
		rc = git_repository_config_snapshot(&filter->config, filter->git);
	if (!rc)
		rc = git_config_foreach_match(filter->config, "^filter\\..*\\.(smudge|process)$",
					      note_program, &filter->programs);
	return rc;
}

void export_filter_close(struct export_filter *filter)
{
	git_config_free(filter->config);
	git_repository_free(filter->git);
}

/* --- Filter programs ------------------------------------------------------------------------ */

/* The name in a file's attribute "filter", or "". */
static int name_of(const struct export_filter *filter, const char *path, char out[FILTER_NAME_MAX])
{
	git_attr_options options = {
		.version = GIT_ATTR_OPTIONS_VERSION,
		.flags = GIT_ATTR_CHECK_INCLUDE_COMMIT,
		.attr_commit_id = filter->commit,
	};
	const char *value = NULL;
	int rc = git_attr_get_ext(&value, filter->git, &options, path, "filter");

	out[0] = '\0';
	if (!rc && git_attr_value(value) == GIT_ATTR_VALUE_STRING)
		snprintf(out, FILTER_NAME_MAX, "%s", value);
	return rc;
}

static bool runs_program(const struct export_filter *filter, const char *name, const char *kind)
{
	char key[FILTER_NAME_MAX + 32];
	git_config_entry *entry = NULL;
	bool runs;

	snprintf(key, sizeof(key), "filter.%s.%s", name, kind);
	if (git_config_get_entry(&entry, filter->config, key))
		return false;
	runs = !is_harmless(entry);
	git_config_entry_free(entry);
	return runs;
}

int export_filter_check(const struct export_filter *filter, const struct exporter *x,
			const char *path)
{
	char name[FILTER_NAME_MAX];

	if (!filter->programs)
		return 0;
	if (name_of(filter, path, name))
		return repo_git_fail(x->err, "read the attributes of a commit");
	if (!runs_program(filter, name, "smudge") && !runs_program(filter, name, "process"))
		return 0;
	return rg_err_set(x->err, RG_EUSAGE,
			  "export: '%.400s' is made by the filter program '%.60s' when git checks "
			  "it out, and none is run here: profile that version by 'regress-gate "
			  "capture' in a work tree of its own, and put it into the store",
			  x->path, name);
}

/* --- Line ends ------------------------------------------------------------------------------ */

int export_filter_apply(const struct export_filter *filter, git_blob *blob, const char *path,
			git_buf *out)
{
	git_filter_options options = {
		.version = GIT_FILTER_OPTIONS_VERSION,
		.flags = GIT_FILTER_ALLOW_UNSAFE | GIT_FILTER_ATTRIBUTES_FROM_COMMIT,
		.attr_commit_id = filter->commit,
	};
	git_filter_list *list = NULL;
	int rc = git_filter_list_load_ext(&list, filter->git, blob, path, GIT_FILTER_TO_WORKTREE,
					  &options);

	if (!rc)
		rc = git_filter_list_apply_to_blob(out, list, blob);
	git_filter_list_free(list);
	return rc;
}
