/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_parts.h"

#include "fields.h"
#include "json_reader.h"

#include "rg/err.h"
#include "rg/policy.h"
#include "rg/verdict.h"

#include <stddef.h>

static int read_patterns(struct rg_json_reader *reader, json_t *policy, const char *name,
			 struct rg_policy_list *out)
{
	const char **pattern = NULL;
	size_t count = 0;
	int rc = rg_reader_texts(reader, policy, name, RG_POLICY_LIST_MAX, &pattern, &count);

	if (rc == 0 && pattern)
		*out = (struct rg_policy_list){pattern, count};
	return rc;
}

static int read_all_patterns(struct rg_json_reader *reader, json_t *policy, struct rg_policy *out)
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

static int read_accepts(struct rg_json_reader *reader, json_t *policy, struct rg_policy *out)
{
	void *items = NULL;
	int rc = rg_reader_array(reader, &rg_fields_accept, "accept", policy, sizeof(*out->accept),
				 RG_POLICY_LIST_MAX, &items, &out->accept_count);
	struct rg_policy_accept *accept = items;

	for (size_t i = 0; rc == 0 && i < out->accept_count; i++) {
		if (!*accept[i].module)
			accept[i].module = NULL;
	}
	out->accept = accept;
	return rc;
}

int rg_json_read_policy(struct rg_json_reader *reader, json_t *root, struct rg_policy *policy)
{
	static const char *const parts[] = {"look", "functions", "accept",   "ignore", "off_cpu",
					    "idle", "not_idle",  "plumbing", NULL};
	static const char *const look_parts[] = {"q", NULL};
	json_t *part = json_object_get(root, "policy");
	void *functions = NULL;
	int rc = rg_reader_part(reader, &rg_fields_policy, "policy", parts, root, policy);

	if (rc || !part)
		return rc;
	rc = rg_reader_array(reader, &rg_fields_function, "functions", part,
			     sizeof(*policy->functions), RG_POLICY_LIST_MAX, &functions,
			     &policy->function_count);
	policy->functions = functions;
	name_no_module(functions, policy->function_count);
	if (rc == 0)
		rc = read_accepts(reader, part, policy);
	if (rc == 0)
		rc = rg_reader_part(reader, &rg_fields_look, "look", look_parts, part,
				    &policy->look);
	if (rc == 0)
		rc = rg_reader_part(reader, &rg_fields_policy_off_cpu, "off_cpu", NULL, part,
				    &policy->off_cpu);
	return rc ? rc : read_all_patterns(reader, part, policy);
}

int rg_json_check_policy(struct rg_json_reader *reader, const struct rg_verdict *verdict)
{
	struct rg_err why = {0};

	if (rg_policy_check(&verdict->policy, &why) == 0)
		return 0;
	return rg_reader_refuse(reader, "policy", why.text);
}
