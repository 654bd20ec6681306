/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_read.h"

#include "fields.h"
#include "json_parts.h"
#include "json_reader.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/render.h"
#include "rg/verdict.h"

#include <stddef.h>

enum {
	LOSSES_MAX = 64,
	PROFILES_MAX = 4096,
	ISSUES_MAX = 64,
	CHANGES_MAX = 1024,
	CONDITIONS_MAX = 64,
};

static int read_side(struct rg_json_reader *reader, const char *name, json_t *root,
		     struct rg_side *side)
{
	static const char *const parts[] = {"losses", "account", "profiles", NULL};
	const char **profiles = NULL;
	json_t *part = json_object_get(root, name);
	void *losses = NULL;
	int rc = rg_reader_part(reader, &rg_fields_side, name, parts, root, side);

	if (rc == 0 && part)
		rc = rg_reader_array(reader, &rg_fields_loss, "losses", part, sizeof(*side->losses),
				     LOSSES_MAX, &losses, &side->loss_count);
	side->losses = losses;
	if (rc == 0 && part)
		rc = rg_reader_part(reader, &rg_fields_account, "account", NULL, part,
				    &side->account);
	if (rc == 0 && part)
		rc = rg_reader_texts(reader, part, "profiles", PROFILES_MAX, &profiles,
				     &side->profile_count);
	side->profiles = profiles;
	return rc;
}

static int read_changes(struct rg_json_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	void *changes = NULL;
	int rc = rg_reader_array(reader, &rg_fields_change, "policy_changes", root,
				 sizeof(*verdict->policy_changes), CHANGES_MAX, &changes,
				 &verdict->policy_change_count);

	verdict->policy_changes = changes;
	return rc;
}

static int read_lists(struct rg_json_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	void *rows = NULL, *issues = NULL, *conditions = NULL;
	int rc = rg_reader_array(reader, &rg_fields_row, "rows", root, sizeof(*verdict->rows),
				 RG_VERDICT_MAX_ROWS, &rows, &verdict->row_count);

	if (rc == 0)
		rc = rg_reader_array(reader, &rg_fields_issue, "issues", root,
				     sizeof(*verdict->issues), ISSUES_MAX, &issues,
				     &verdict->issue_count);
	if (rc == 0 && json_object_get(root, "conditions"))
		rc = rg_reader_array(reader, &rg_fields_condition, "conditions", root,
				     sizeof(*verdict->conditions), CONDITIONS_MAX, &conditions,
				     &verdict->condition_count);
	verdict->rows = rows;
	verdict->issues = issues;
	verdict->conditions = conditions;
	return rc;
}

static int read_pinned(struct rg_json_reader *reader, json_t *root, struct rg_verdict *verdict);

static int read_parts(struct rg_json_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	static const char *const parts[] = {"cost_unit", "policy",  "policy_changes", "baseline",
					    "canary",    "total",   "rows",           "issues",
					    "commits",   "off_cpu", "conditions",     "callers",
					    "entries",   "moves",   "pinned",         NULL};
	int rc;

	rg_policy_init(&verdict->policy);
	rg_reader_clear_texts(&rg_fields_verdict, verdict);
	rc = rg_reader_object(reader, &rg_fields_verdict, parts, root, verdict);
	if (rc == 0)
		rc = rg_json_read_policy(reader, root, &verdict->policy);
	if (rc == 0)
		rc = read_changes(reader, root, verdict);
	if (rc == 0)
		rc = read_side(reader, "baseline", root, &verdict->base);
	if (rc == 0)
		rc = read_side(reader, "canary", root, &verdict->canary);
	if (rc == 0)
		rc = rg_reader_part(reader, &rg_fields_row, "total", NULL, root, &verdict->total);
	if (rc == 0)
		rc = read_lists(reader, root, verdict);
	if (rc == 0)
		rc = rg_json_read_off_cpu(reader, root, &verdict->off_cpu);
	if (rc == 0)
		rc = rg_json_read_callers(reader, root, verdict);
	if (rc == 0)
		rc = rg_json_read_commits(reader, root, verdict);
	return rc ? rc : read_pinned(reader, root, verdict);
}

/* A verdict like the whole, which lives in the same arena; within it there is no other. */
static int read_pinned(struct rg_json_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	json_t *part = json_object_get(root, "pinned");
	int rc;

	if (!part && !reader->sparse)
		return rg_reader_refuse(reader, "pinned", "is missing");
	if (!part || json_is_null(part))
		return verdict->pinned_decides ? rg_reader_refuse(reader, "pinned_decides",
								  "is true, and none is pinned")
					       : 0;
	if (reader->nested)
		return rg_reader_refuse(reader, "pinned", "is within another");
	verdict->pinned = rg_arena_alloc(reader->arena, sizeof(*verdict->pinned));
	if (!verdict->pinned)
		return rg_err_nomem(reader->err, "verdict");
	reader->nested = true;
	rc = read_parts(reader, part, verdict->pinned);
	reader->nested = false;
	return rc ? rc : rg_json_check_policy(reader, verdict->pinned);
}

int rg_json_read_verdict(json_t *root, bool sparse, struct rg_verdict **out, struct rg_err *err)
{
	struct rg_json_reader reader = {
		.arena = rg_arena_new(2 * RG_VERDICT_JSON_MAX), .sparse = sparse, .err = err};
	struct rg_verdict *verdict;
	int rc;

	if (!reader.arena)
		return rg_err_nomem(err, "verdict");
	verdict = rg_arena_alloc(reader.arena, sizeof(*verdict));
	if (!verdict) {
		rg_arena_free(reader.arena);
		return rg_err_nomem(err, "verdict");
	}
	rc = read_parts(&reader, root, verdict);
	if (rc == 0)
		rc = rg_json_check_policy(&reader, verdict);
	if (rc < 0) {
		rg_arena_free(reader.arena);
		return rc;
	}
	verdict->arena = reader.arena;
	*out = verdict;
	return 0;
}

int rg_verdict_read_json(const char *bytes, size_t len, struct rg_verdict **out, struct rg_err *err)
{
	json_error_t at;
	json_t *root;
	int rc;

	if (len > RG_VERDICT_JSON_MAX)
		return rg_err_set(err, RG_ELIMIT, "verdict: read it: larger than %zu MiB",
				  RG_VERDICT_JSON_MAX >> 20);
	root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &at);
	if (!root)
		return rg_err_set(err, RG_EFORMAT, "verdict: read it: line %d: %.200s", at.line,
				  at.text);
	rc = rg_json_read_verdict(root, false, out, err);
	json_decref(root);
	return rc;
}
