/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_read.h"

#include "fields.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/render.h"
#include "rg/units.h"
#include "rg/verdict.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	LOSSES_MAX = 64,
	PROFILES_MAX = 4096,
	ISSUES_MAX = 64,
	CHANGES_MAX = 1024,
	CONDITIONS_MAX = 64,
};

/* One verdict being read. With `sparse` a member may be missing. */
struct verdict_reader {
	struct rg_arena *arena;
	bool sparse, nested;
	struct rg_err *err;
};

static int refuse(struct verdict_reader *reader, const char *name, const char *why)
{
	return rg_err_set(reader->err, RG_EFORMAT, "verdict: read '%s': %s", name, why);
}

static int read_text(struct verdict_reader *reader, const char *name, const json_t *json,
		     const char **out)
{
	char *copy;

	if (!json_is_string(json))
		return refuse(reader, name, "is not a text");
	if (strlen(json_string_value(json)) != json_string_length(json))
		return refuse(reader, name, "holds a NUL");
	copy = rg_arena_strdup(reader->arena, json_string_value(json));
	if (!copy)
		return rg_err_nomem(reader->err, "verdict");
	*out = copy;
	return 0;
}

/* Into an unsigned integer of at most `most`. */
static int read_count(struct verdict_reader *reader, const char *name, const json_t *json,
		      uint64_t most, uint64_t *out)
{
	if (!json_is_integer(json))
		return refuse(reader, name, "is not an integer");
	if (json_integer_value(json) < 0 || (uint64_t)json_integer_value(json) > most)
		return refuse(reader, name, "is out of range");
	*out = (uint64_t)json_integer_value(json);
	return 0;
}

static int read_enum(struct verdict_reader *reader, const struct rg_field *field,
		     const json_t *json, int *out)
{
	if (!json_is_string(json))
		return refuse(reader, field->name, "is not a text");
	for (int value = 0; value < field->enum_count; value++) {
		if (strcmp(field->enum_name(value), json_string_value(json)) == 0) {
			*out = value;
			return 0;
		}
	}
	return refuse(reader, field->name, "is none of its values");
}

static int read_integer(struct verdict_reader *reader, const struct rg_field *field,
			const json_t *json, void *at)
{
	uint64_t value = 0;
	int rc;

	rc = read_count(reader, field->name, json,
			field->type == RG_FIELD_U32 ? UINT32_MAX : INT64_MAX, &value);
	if (rc < 0)
		return rc;
	if (field->type == RG_FIELD_U32)
		*(uint32_t *)at = (uint32_t)value;
	else if (field->type == RG_FIELD_U64)
		*(uint64_t *)at = value;
	else if (field->type == RG_FIELD_I64)
		*(int64_t *)at = (int64_t)value;
	else
		*(size_t *)at = (size_t)value;
	return 0;
}

static int read_date(struct verdict_reader *reader, const char *name, const json_t *json,
		     uint32_t *out)
{
	if (!json_is_string(json))
		return refuse(reader, name, "is not a text");
	*out = 0;
	if (json_string_length(json) == 0)
		return 0;
	return rg_parse_date(json_string_value(json), out) ? refuse(reader, name, "is not a date")
							   : 0;
}

static int read_field(struct verdict_reader *reader, const struct rg_field *field,
		      const json_t *json, void *object)
{
	void *at = (char *)object + field->offset;

	switch (field->type) {
	case RG_FIELD_TEXT:
		return read_text(reader, field->name, json, at);
	case RG_FIELD_REAL:
		if (!json_is_number(json))
			return refuse(reader, field->name, "is not a number");
		*(double *)at = json_number_value(json);
		return 0;
	case RG_FIELD_LIMIT:
		if (!json_is_number(json) && !json_is_null(json))
			return refuse(reader, field->name, "is neither a number nor null");
		*(double *)at = json_is_null(json) ? RG_POLICY_INHERIT : json_number_value(json);
		return 0;
	case RG_FIELD_BOOL:
		if (!json_is_boolean(json))
			return refuse(reader, field->name, "is neither true nor false");
		*(bool *)at = json_is_true(json);
		return 0;
	case RG_FIELD_DATE:
		return read_date(reader, field->name, json, at);
	case RG_FIELD_SCHEMA:
		if (!json_is_string(json) ||
		    strcmp(json_string_value(json), RG_VERDICT_SCHEMA) != 0)
			return refuse(reader, field->name, "is not " RG_VERDICT_SCHEMA);
		return 0;
	case RG_FIELD_ENUM:
		return read_enum(reader, field, json, at);
	case RG_FIELD_U32:
	case RG_FIELD_U64:
	case RG_FIELD_I64:
	case RG_FIELD_SIZE:
		return read_integer(reader, field, json, at);
	}
	return refuse(reader, field->name, "is of no known type");
}

static bool listed(const char *const *names, const char *name)
{
	for (; names && *names; names++) {
		if (strcmp(*names, name) == 0)
			return true;
	}
	return false;
}

static bool in_table(const struct rg_field_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++) {
		if (strcmp(table->fields[i].name, name) == 0)
			return true;
	}
	return false;
}

/* The members of `table`; `parts` are the names of those the caller reads itself. */
static int read_object(struct verdict_reader *reader, const struct rg_field_table *table,
		       const char *const *parts, json_t *json, void *object)
{
	const char *name;
	json_t *value;

	if (!json_is_object(json))
		return refuse(reader, table->fields[0].name, "is not within an object");
	json_object_foreach(json, name, value)
	{
		if (!in_table(table, name) && !listed(parts, name))
			return refuse(reader, name, "is not a member");
	}
	for (size_t i = 0; i < table->count; i++) {
		const struct rg_field *field = &table->fields[i];
		const json_t *member = json_object_get(json, field->name);
		int rc;

		if (!member && reader->sparse)
			continue;
		if (!member)
			return refuse(reader, field->name, "is missing");
		rc = read_field(reader, field, member, object);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Texts a sparse input leaves out are "" like those of a real verdict. */
static void clear_texts(const struct rg_field_table *table, void *object)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->fields[i].type == RG_FIELD_TEXT)
			*(const char **)(void *)((char *)object + table->fields[i].offset) = "";
	}
}

/* Items of `size` bytes into the arena; at most `most`. */
static int read_array(struct verdict_reader *reader, const struct rg_field_table *table,
		      const char *name, json_t *parent, size_t size, size_t most, void **items,
		      size_t *count)
{
	json_t *array = json_object_get(parent, name);
	size_t n = json_array_size(array);
	char *out;

	if (!array && reader->sparse)
		return 0;
	if (!json_is_array(array))
		return refuse(reader, name, "is not an array");
	if (n > most)
		return refuse(reader, name, "has too many items");
	out = rg_arena_array(reader->arena, n ? n : 1, size);
	if (!out)
		return rg_err_nomem(reader->err, "verdict");
	for (size_t i = 0; i < n; i++) {
		int rc;

		clear_texts(table, out + i * size);
		rc = read_object(reader, table, NULL, json_array_get(array, i), out + i * size);
		if (rc < 0)
			return rc;
	}
	*items = out;
	*count = n;
	return 0;
}

static int read_part(struct verdict_reader *reader, const struct rg_field_table *table,
		     const char *name, const char *const *parts, json_t *root, void *object)
{
	json_t *part = json_object_get(root, name);

	clear_texts(table, object);
	if (!part && reader->sparse)
		return 0;
	if (!part)
		return refuse(reader, name, "is missing");
	return read_object(reader, table, parts, part, object);
}

static int read_texts(struct verdict_reader *reader, json_t *parent, const char *name, size_t most,
		      const char ***texts, size_t *count)
{
	json_t *array = json_object_get(parent, name);
	size_t n = json_array_size(array);
	const char **out;

	if (!array && reader->sparse)
		return 0;
	if (!json_is_array(array) || n > most)
		return refuse(reader, name, "is not an array, or has too many items");
	out = rg_arena_array(reader->arena, n + 1, sizeof(*out));
	if (!out)
		return rg_err_nomem(reader->err, "verdict");
	for (size_t i = 0; i < n; i++) {
		int rc = read_text(reader, name, json_array_get(array, i), &out[i]);

		if (rc < 0)
			return rc;
	}
	*texts = out;
	*count = n;
	return 0;
}

static int read_side(struct verdict_reader *reader, const char *name, json_t *root,
		     struct rg_side *side)
{
	static const char *const parts[] = {"losses", "account", "profiles", NULL};
	const char **profiles = NULL;
	json_t *part = json_object_get(root, name);
	void *losses = NULL;
	int rc = read_part(reader, &rg_fields_side, name, parts, root, side);

	if (rc == 0 && part)
		rc = read_array(reader, &rg_fields_loss, "losses", part, sizeof(*side->losses),
				LOSSES_MAX, &losses, &side->loss_count);
	side->losses = losses;
	if (rc == 0 && part)
		rc = read_part(reader, &rg_fields_account, "account", NULL, part, &side->account);
	if (rc == 0 && part)
		rc = read_texts(reader, part, "profiles", PROFILES_MAX, &profiles,
				&side->profile_count);
	side->profiles = profiles;
	return rc;
}

static int read_patterns(struct verdict_reader *reader, json_t *policy, const char *name,
			 struct rg_policy_list *out)
{
	const char **pattern = NULL;
	size_t count = 0;
	int rc = read_texts(reader, policy, name, RG_POLICY_LIST_MAX, &pattern, &count);

	if (rc == 0 && pattern)
		*out = (struct rg_policy_list){pattern, count};
	return rc;
}

static int read_all_patterns(struct verdict_reader *reader, json_t *policy, struct rg_policy *out)
{
	struct rg_policy_list ignore = {NULL, 0};
	int rc = read_patterns(reader, policy, "ignore", &ignore);

	out->ignore = ignore.pattern;
	out->ignore_count = ignore.count;
	if (rc == 0)
		rc = read_patterns(reader, policy, "idle", &out->idle);
	if (rc == 0)
		rc = read_patterns(reader, policy, "not_idle", &out->not_idle);
	return rc ? rc : read_patterns(reader, policy, "plumbing", &out->plumbing);
}

/* JSON's "" is the policy's NULL: any module. */
static void name_no_module(struct rg_policy_function *functions, size_t count)
{
	for (size_t i = 0; functions && i < count; i++) {
		if (functions[i].module && !*functions[i].module)
			functions[i].module = NULL;
	}
}

static int read_accepts(struct verdict_reader *reader, json_t *policy, struct rg_policy *out)
{
	void *items = NULL;
	int rc = read_array(reader, &rg_fields_accept, "accept", policy, sizeof(*out->accept),
			    RG_POLICY_LIST_MAX, &items, &out->accept_count);
	struct rg_policy_accept *accept = items;

	for (size_t i = 0; rc == 0 && i < out->accept_count; i++) {
		if (!*accept[i].module)
			accept[i].module = NULL;
	}
	out->accept = accept;
	return rc;
}

static int read_policy(struct verdict_reader *reader, json_t *root, struct rg_policy *policy)
{
	static const char *const parts[] = {"functions", "accept",   "ignore",   "off_cpu",
					    "idle",      "not_idle", "plumbing", NULL};
	json_t *part = json_object_get(root, "policy");
	void *functions = NULL;
	int rc = read_part(reader, &rg_fields_policy, "policy", parts, root, policy);

	if (rc || !part)
		return rc;
	rc = read_array(reader, &rg_fields_function, "functions", part, sizeof(*policy->functions),
			RG_POLICY_LIST_MAX, &functions, &policy->function_count);
	policy->functions = functions;
	name_no_module(functions, policy->function_count);
	if (rc == 0)
		rc = read_accepts(reader, part, policy);
	if (rc == 0)
		rc = read_part(reader, &rg_fields_policy_off_cpu, "off_cpu", NULL, part,
			       &policy->off_cpu);
	return rc ? rc : read_all_patterns(reader, part, policy);
}

static int read_changes(struct verdict_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	void *changes = NULL;
	int rc = read_array(reader, &rg_fields_change, "policy_changes", root,
			    sizeof(*verdict->policy_changes), CHANGES_MAX, &changes,
			    &verdict->policy_change_count);

	verdict->policy_changes = changes;
	return rc;
}

static int read_lists(struct verdict_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	void *rows = NULL, *issues = NULL, *conditions = NULL;
	int rc = read_array(reader, &rg_fields_row, "rows", root, sizeof(*verdict->rows),
			    RG_VERDICT_MAX_ROWS, &rows, &verdict->row_count);

	if (rc == 0)
		rc = read_array(reader, &rg_fields_issue, "issues", root, sizeof(*verdict->issues),
				ISSUES_MAX, &issues, &verdict->issue_count);
	if (rc == 0 && json_object_get(root, "conditions"))
		rc = read_array(reader, &rg_fields_condition, "conditions", root,
				sizeof(*verdict->conditions), CONDITIONS_MAX, &conditions,
				&verdict->condition_count);
	verdict->rows = rows;
	verdict->issues = issues;
	verdict->conditions = conditions;
	return rc;
}

static int read_off_cpu(struct verdict_reader *reader, json_t *root, struct rg_off_cpu *off_cpu)
{
	static const char *const parts[] = {"total", "rows", "idle", NULL};
	json_t *part = json_object_get(root, "off_cpu");
	void *rows = NULL, *idle = NULL;
	int rc;

	clear_texts(&rg_fields_row, &off_cpu->total);
	rc = read_part(reader, &rg_fields_off_cpu, "off_cpu", parts, root, off_cpu);
	if (rc || !part)
		return rc;
	rc = read_part(reader, &rg_fields_row, "total", NULL, part, &off_cpu->total);
	if (rc == 0)
		rc = read_array(reader, &rg_fields_row, "rows", part, sizeof(*off_cpu->rows),
				RG_VERDICT_MAX_ROWS, &rows, &off_cpu->row_count);
	if (rc == 0)
		rc = read_array(reader, &rg_fields_row, "idle", part, sizeof(*off_cpu->idle),
				RG_VERDICT_MAX_IDLE, &idle, &off_cpu->idle_count);
	off_cpu->rows = rows;
	off_cpu->idle = idle;
	return rc;
}

static bool is_id(const char *id)
{
	size_t len = strlen(id);

	return (len == 40 || len == 64) && strspn(id, "0123456789abcdef") == len;
}

/* A path that cannot leave the repository, whoever opens it. */
static bool is_path(const char *path)
{
	size_t len = strlen(path);

	return len > 0 && path[0] != '/' && !strstr(path, "//") && !strchr(path, '\\') &&
	       strncmp(path, "../", 3) != 0 && !strstr(path, "/../") && strcmp(path, "..") != 0 &&
	       !(len > 3 && strcmp(path + len - 3, "/..") == 0);
}

static int check_commit(struct verdict_reader *reader, const struct rg_verdict *verdict,
			const struct rg_commit *commit)
{
	size_t rows = commit->dimension == RG_DIMENSION_OFF_CPU ? verdict->off_cpu.row_count
								: verdict->row_count;

	if (commit->row >= rows)
		return refuse(reader, "row", "is none of the rows");
	if (!is_id(commit->id))
		return refuse(reader, "id", "is not the id of a commit");
	if (!is_path(commit->file))
		return refuse(reader, "file", "is not a path below the repository's top");
	if (commit->first_line > commit->last_line)
		return refuse(reader, "last_line", "is before the first");
	return 0;
}

static int check_files(struct verdict_reader *reader, const struct rg_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].in_repo && !is_path(rows[i].file))
			return refuse(reader, "file", "is not a path below the repository's top");
	}
	return 0;
}

static int read_commits(struct verdict_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	const struct rg_off_cpu *off_cpu = &verdict->off_cpu;
	void *commits = NULL;
	int rc = read_array(reader, &rg_fields_commit, "commits", root, sizeof(*verdict->commits),
			    RG_VERDICT_MAX_COMMITS, &commits, &verdict->commit_count);

	verdict->commits = commits;
	for (size_t i = 0; rc == 0 && i < verdict->commit_count; i++)
		rc = check_commit(reader, verdict, &verdict->commits[i]);
	if (rc == 0)
		rc = check_files(reader, verdict->rows, verdict->row_count);
	if (rc == 0)
		rc = check_files(reader, off_cpu->rows, off_cpu->row_count);
	return rc ? rc : check_files(reader, off_cpu->idle, off_cpu->idle_count);
}

static int check_entry(struct verdict_reader *reader, const struct rg_verdict *verdict,
		       const struct rg_entry *entry)
{
	size_t rows = entry->dimension == RG_DIMENSION_OFF_CPU ? verdict->off_cpu.row_count
							       : verdict->row_count;

	if (entry->of == RG_GROWTH_OF_CALLER)
		rows = verdict->caller_count;
	if (entry->of == RG_GROWTH_OF_TOTAL ? entry->row != 0 : entry->row >= rows)
		return refuse(reader, "row", "is none of the rows");
	return 0;
}

static int read_callers(struct verdict_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	void *callers = NULL, *entries = NULL;
	int rc = read_array(reader, &rg_fields_row, "callers", root, sizeof(*verdict->callers),
			    RG_VERDICT_MAX_CALLERS, &callers, &verdict->caller_count);

	verdict->callers = callers;
	if (rc == 0)
		rc = check_files(reader, verdict->callers, verdict->caller_count);
	if (rc == 0)
		rc = read_array(reader, &rg_fields_entry, "entries", root,
				sizeof(*verdict->entries), RG_VERDICT_MAX_ENTRIES, &entries,
				&verdict->entry_count);
	verdict->entries = entries;
	for (size_t i = 0; rc == 0 && i < verdict->entry_count; i++)
		rc = check_entry(reader, verdict, &verdict->entries[i]);
	return rc;
}

static int read_pinned(struct verdict_reader *reader, json_t *root, struct rg_verdict *verdict);

static int read_parts(struct verdict_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	static const char *const parts[] = {"cost_unit", "policy",     "policy_changes",
					    "baseline",  "canary",     "total",
					    "rows",      "issues",     "commits",
					    "off_cpu",   "conditions", "callers",
					    "entries",   "pinned",     NULL};
	int rc;

	rg_policy_init(&verdict->policy);
	clear_texts(&rg_fields_verdict, verdict);
	rc = read_object(reader, &rg_fields_verdict, parts, root, verdict);
	if (rc == 0)
		rc = read_policy(reader, root, &verdict->policy);
	if (rc == 0)
		rc = read_changes(reader, root, verdict);
	if (rc == 0)
		rc = read_side(reader, "baseline", root, &verdict->base);
	if (rc == 0)
		rc = read_side(reader, "canary", root, &verdict->canary);
	if (rc == 0)
		rc = read_part(reader, &rg_fields_row, "total", NULL, root, &verdict->total);
	if (rc == 0)
		rc = read_lists(reader, root, verdict);
	if (rc == 0)
		rc = read_off_cpu(reader, root, &verdict->off_cpu);
	if (rc == 0)
		rc = read_commits(reader, root, verdict);
	if (rc == 0)
		rc = read_callers(reader, root, verdict);
	return rc ? rc : read_pinned(reader, root, verdict);
}

/* The policy is shown, and limits of it count rows: one that no check would run with is refused. */
static int check_policy(struct verdict_reader *reader, const struct rg_verdict *verdict)
{
	struct rg_err why = {0};

	if (rg_policy_check(&verdict->policy, &why) == 0)
		return 0;
	return refuse(reader, "policy", why.text);
}

/* A verdict like the whole, which lives in the same arena; within it there is no other. */
static int read_pinned(struct verdict_reader *reader, json_t *root, struct rg_verdict *verdict)
{
	json_t *part = json_object_get(root, "pinned");
	int rc;

	if (!part && !reader->sparse)
		return refuse(reader, "pinned", "is missing");
	if (!part || json_is_null(part))
		return verdict->pinned_decides
			       ? refuse(reader, "pinned_decides", "is true, and none is pinned")
			       : 0;
	if (reader->nested)
		return refuse(reader, "pinned", "is within another");
	verdict->pinned = rg_arena_alloc(reader->arena, sizeof(*verdict->pinned));
	if (!verdict->pinned)
		return rg_err_nomem(reader->err, "verdict");
	reader->nested = true;
	rc = read_parts(reader, part, verdict->pinned);
	reader->nested = false;
	return rc ? rc : check_policy(reader, verdict->pinned);
}

int rg_json_read_verdict(json_t *root, bool sparse, struct rg_verdict **out, struct rg_err *err)
{
	struct verdict_reader reader = {
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
		rc = check_policy(&reader, verdict);
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
