/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judged.h"
#include "settings.h"
#include "verdict_file.h"
#include "version.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/store.h"
#include "rg/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is no pass would make the growth it found the measure of the next one. */
static int check_outcome(const struct rg_settings *s, const struct rg_verdict *verdict,
			 struct rg_err *err)
{
	const char *name = rg_outcome_name(verdict->outcome);

	if (verdict->outcome == RG_OUTCOME_PASS || s->accepted & 1U << verdict->outcome)
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "baseline put: the verdict is '%s', and only what passed becomes a "
			  "baseline: --accept %s stores it all the same",
			  name,
			  verdict->outcome == RG_OUTCOME_NOT_COMPARABLE ? "not-comparable"
			  : verdict->outcome == RG_OUTCOME_NO_BASELINE  ? "no-baseline"
									: name);
}

static bool is_commit(const char *id)
{
	size_t len = strlen(id);

	return (len == 40 || len == 64) && strspn(id, "0123456789abcdef") == len;
}

/* The commit by its id, else the name as a label: what stands in a file is not looked up as a revision. */
static int version_of(const struct rg_side *canary, struct rg_version *out, struct rg_err *err)
{
	char *label = NULL;
	int rc;

	if (is_commit(canary->commit)) {
		rc = rg_version_resolve(canary->commit, out, err);
		return rc || !*canary->version ? rc : rg_version_call(out, canary->version, err);
	}
	if (!*canary->version)
		return rg_err_set(err, RG_EUSAGE,
				  "baseline put: the verdict does not say which version its canary "
				  "is: say 'baseline put VERSION FILE'");
	if (asprintf(&label, "label:%s", canary->version) < 0)
		return rg_err_nomem(err, "version");
	rc = rg_version_resolve(label, out, err);
	free(label);
	return rc;
}

static int check(const struct rg_settings *settings, const struct rg_verdict *verdict,
		 struct rg_version *version, struct rg_err *err)
{
	int rc = check_outcome(settings, verdict, err);

	return rc ? rc : version_of(&verdict->canary, version, err);
}

int rg_judged_open(const struct rg_settings *settings, struct rg_verdict **verdict,
		   struct rg_version *version, struct rg_err *err)
{
	struct rg_verdict *read;
	int rc = rg_verdict_read_file(settings->from_verdict, &read, err);

	if (rc)
		return rc;
	rc = check(settings, read, version, err);
	if (rc)
		rg_verdict_free(read);
	else
		*verdict = read;
	return rc;
}

int rg_judged_check(const struct rg_verdict *verdict, const struct rg_buf *bytes, const char *path,
		    struct rg_err *err)
{
	const struct rg_side *canary = &verdict->canary;
	char id[RG_STORE_ID_MAX];

	rg_store_id(bytes->data, bytes->len, id);
	for (size_t i = 0; i < canary->profile_count; i++) {
		if (strcmp(canary->profiles[i], id) == 0)
			return 0;
	}
	return rg_err_set(
		err, RG_EUSAGE,
		"baseline put: '%s' (%.12s) is none of the %zu profile%s that the verdict "
		"names as its canary's: give the file that 'check --canary' read or "
		"'check --output' wrote",
		path, id, canary->profile_count, canary->profile_count == 1 ? "" : "s");
}
