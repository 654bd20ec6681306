/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_job.h"
#include "git_program.h"
#include "git_wire.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <stdio.h>
#include <string.h>

enum { SPEC_MAX = 2 * GS_REF_MAX + 8, ERRORS_MAX = 1 << 20, SHOWN_MAX = 600 };

struct call {
	const struct gs_wire_task *task;
	int out;
	struct rg_buf printed, errors;
	int status;
};

static int run(struct call *call, const char *const *words, const struct rg_buf *input,
	       struct rg_err *err)
{
	const struct gs_program program = {
		.wire = call->task->wire,
		.directory = call->task->store ? call->task->store->path : NULL,
		.words = words,
		.input = input ? input->data : NULL,
		.input_len = input ? input->len : 0,
		.alive = call->out,
	};

	rg_buf_init(&call->printed, GS_PROGRAM_OUTPUT_MAX);
	rg_buf_init(&call->errors, ERRORS_MAX);
	return gs_program_run(&program, &call->printed, &call->errors, &call->status, err);
}

/* What to do about it, where that can be told. */
static const char *advice_for(const char *text)
{
	if (strstr(text, "could not read Username"))
		return " (it wants credentials: set GITHUB_TOKEN or GITLAB_TOKEN, or a credential "
		       "helper)";
	if (strstr(text, "error: 403"))
		return " (may this token write there? GitHub: 'contents: write'; GitLab: "
		       "'write_repository')";
	if (strstr(text, "error: 30"))
		return " (it redirects, and credentials are not sent on: name the address it leads "
		       "to)";
	return "";
}

/* The end of what it printed: that is where git says what it died of. */
static int fail(const struct call *call, struct rg_err *err)
{
	const char *text = call->errors.data ? call->errors.data : "";
	size_t len = strlen(text);

	while (len && text[len - 1] == '\n')
		len--;
	if (len > SHOWN_MAX)
		text += len - SHOWN_MAX;
	len = len > SHOWN_MAX ? SHOWN_MAX : len;
	return rg_err_set(err, RG_EIO, "git: %.*s%s", (int)len, len ? text : "it does not say why",
			  advice_for(text));
}

/* --- List ----------------------------------------------------------------------------------- */

static int report_refs(const struct call *call, struct rg_err *err)
{
	char *rest = call->printed.data, *line;

	while (rest && (line = strsep(&rest, "\n")) && *line) {
		char *tab = strchr(line, '\t');

		if (!tab || tab - line != GIT_OID_HEXSZ)
			return rg_err_set(err, RG_EFORMAT, "git: a list that is not one");
		*tab = '\0';
		if (gs_wire_wanted(call->task, tab + 1))
			gs_wire_say_ref(call->out, tab + 1, line);
	}
	return 0;
}

static int list(struct call *call, struct rg_err *err)
{
	char pattern[GS_REF_MAX + 2];
	const char *const words[] = {"ls-remote", "--quiet", "--", call->task->wire->url.plain,
				     pattern,     NULL};
	int rc;

	snprintf(pattern, sizeof(pattern), "%s*", call->task->prefix);
	rc = run(call, words, NULL, err);
	if (rc)
		return rc;
	return call->status ? fail(call, err) : report_refs(call, err);
}

/* --- Fetch ---------------------------------------------------------------------------------- */

static int fetch(struct call *call, struct rg_err *err)
{
	const char *const words[] = {"fetch",
				     "--quiet",
				     "--no-tags",
				     "--no-write-fetch-head",
				     "--no-auto-maintenance",
				     "--stdin",
				     "--",
				     call->task->wire->url.plain,
				     NULL};
	struct rg_buf specs;
	int rc;

	rg_buf_init(&specs, GS_JOB_LINES_MAX);
	for (size_t i = 0; i < call->task->count; i++)
		rg_buf_addf(&specs, "+%s:%s\n", call->task->refs[i].name, call->task->refs[i].name);
	rc = specs.failed ? rg_err_nomem(err, "remote") : run(call, words, &specs, err);
	rg_buf_done(&specs);
	if (rc)
		return rc;
	return call->status ? fail(call, err) : 0;
}

/* --- Push ----------------------------------------------------------------------------------- */

/* "TO" of "FROM:TO". */
static const struct gs_wire_ref *ref_of(const struct gs_wire_task *task, const char *pair)
{
	const char *to = strchr(pair, ':');

	for (size_t i = 0; to && i < task->count; i++) {
		if (!strcmp(task->refs[i].name, to + 1))
			return &task->refs[i];
	}
	return NULL;
}

/* git-push(1), OUTPUT: "FLAG <tab> FROM:TO <tab> SUMMARY". */
static void report_state(const struct call *call, char *line)
{
	const struct gs_wire_ref *ref;
	char *summary;

	if (line[0] == '\0' || line[1] != '\t')
		return;
	summary = strchr(line + 2, '\t');
	if (!summary)
		return;
	*summary++ = '\0';
	ref = ref_of(call->task, line + 2);
	if (!ref)
		return;
	if (line[0] != '!')
		gs_wire_say_state(call->out, GS_WIRE_DONE, ref->name, "");
	else if (strstr(summary, "(stale info)"))
		gs_wire_say_state(call->out, GS_WIRE_STALE, ref->name, "");
	else
		gs_wire_say_state(call->out, GS_WIRE_REFUSED, ref->name, summary);
}

static int report_push(const struct call *call, struct rg_err *err)
{
	char *rest = call->printed.data, *line;
	bool told = false;

	while (rest && (line = strsep(&rest, "\n"))) {
		told |= line[0] != '\0' && line[1] == '\t';
		report_state(call, line);
	}
	/* It fails, too, when it was told of a refusal; without one it did not get so far. */
	return call->status && !told ? fail(call, err) : 0;
}

/* The lease: the server is told what we expect, and git asks for it first. */
static void add_lease(const struct gs_wire_ref *ref, char out[SPEC_MAX])
{
	char id[GIT_OID_HEXSZ + 1] = "";

	if (!git_oid_is_zero(&ref->there))
		git_oid_tostr(id, sizeof(id), &ref->there);
	snprintf(out, SPEC_MAX, "--force-with-lease=%s:%s", ref->name, id);
}

static int push(struct call *call, struct rg_err *err)
{
	const struct gs_wire_task *task = call->task;
	char leases[GS_WIRE_PUSH_MAX][SPEC_MAX], specs[GS_WIRE_PUSH_MAX][SPEC_MAX];
	const char *words[GS_PROGRAM_WORDS_MAX] = {"push", "--porcelain", "--no-verify"};
	size_t count = 3;
	int rc;

	for (size_t i = 0; i < task->count; i++) {
		add_lease(&task->refs[i], leases[i]);
		words[count++] = leases[i];
	}
	words[count++] = "--";
	words[count++] = task->wire->url.plain;
	for (size_t i = 0; i < task->count; i++) {
		snprintf(specs[i], SPEC_MAX, "%s:%s",
			 task->refs[i].remove ? "" : task->refs[i].name, task->refs[i].name);
		words[count++] = specs[i];
	}
	rc = run(call, words, NULL, err);
	return rc ? rc : report_push(call, err);
}

/* What it holds goes with the process. */
int gs_wire_by_program(const struct gs_wire_task *task, int out, struct rg_err *err)
{
	struct call call = {.task = task, .out = out};

	switch (task->verb) {
	case GS_WIRE_LIST:
		return list(&call, err);
	case GS_WIRE_FETCH:
		return fetch(&call, err);
	case GS_WIRE_PUSH:
		return push(&call, err);
	}
	return rg_err_set(err, RG_EUSAGE, "no such thing to do");
}
