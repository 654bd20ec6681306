/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "event.h"

#include "forge.h"

#include "rg/err.h"

#include <stdio.h>
#include <string.h>

static void copy(char *out, size_t size, const char *text)
{
	/* A name cut short would be another name. */
	if (strlen(text) < size)
		snprintf(out, size, "%s", text);
}

static void read_number(const json_t *event, char out[24])
{
	const json_t *issue = json_object_get(event, "issue");

	if (*forge_id(json_object_get(event, "pull_request"), "number", out) ||
	    *forge_id(event, "number", out))
		return;
	if (!json_is_object(json_object_get(issue, "pull_request")) ||
	    !*forge_id(issue, "number", out))
		out[0] = '\0';
}

static void read_run(const json_t *run, struct event *out)
{
	const json_t *owner = json_object_get(json_object_get(run, "head_repository"), "owner");

	copy(out->run_sha, sizeof(out->run_sha), forge_text(run, "head_sha"));
	copy(out->run_branch, sizeof(out->run_branch), forge_text(run, "head_branch"));
	copy(out->run_owner, sizeof(out->run_owner), forge_text(owner, "login"));
}

int event_read(const char *bytes, size_t len, struct event *out, struct rg_err *err)
{
	json_error_t at;
	json_t *event = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &at);
	const json_t *head;

	if (!json_is_object(event)) {
		json_decref(event);
		return rg_err_set(err, RG_EFORMAT,
				  "the event of GITHUB_EVENT_PATH is not JSON%s%.100s",
				  event ? "" : ": ", event ? "" : at.text);
	}
	*out = (struct event){0};
	read_number(event, out->number);
	head = json_object_get(json_object_get(event, "pull_request"), "head");
	copy(out->head_sha, sizeof(out->head_sha), forge_text(head, "sha"));
	read_run(json_object_get(event, "workflow_run"), out);
	json_decref(event);
	return 0;
}
