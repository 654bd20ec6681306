/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_wire.h"

#include "git_job.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/grow.h"
#include "rg/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_STALL_S = 30 };

static const char ref_word[] = "ref ", program_word[] = "program";
static const char *const state_words[] = {
	[GS_WIRE_UNKNOWN] = "?",
	[GS_WIRE_DONE] = "done ",
	[GS_WIRE_STALE] = "stale ",
	[GS_WIRE_REFUSED] = "refused ",
};

int gs_wire_init(struct gs_wire *wire, const struct rg_remote *remote, int directory,
		 struct rg_err *err)
{
	struct gs_wire made = {
		.ca_file = remote->ca_file ? remote->ca_file : getenv("SSL_CERT_FILE"),
		.stall_ns = remote->stall_ns ? remote->stall_ns : DEFAULT_STALL_S * RG_NS_PER_S,
		.directory = directory,
	};
	int rc = gs_url_parse(remote->url, &made.url, err);

	if (!rc)
		rc = gs_secret_find(&made.url, &made.secret, err);
	if (!rc)
		*wire = made;
	return rc;
}

/* --- Lists of references -------------------------------------------------------------------- */

void gs_wire_refs_done(struct gs_wire_refs *refs)
{
	free(refs->ref);
	*refs = (struct gs_wire_refs){0};
}

int gs_wire_refs_add(struct gs_wire_refs *refs, const char *name, const git_oid *there,
		     struct rg_err *err)
{
	struct gs_wire_ref *ref;

	if (refs->count >= GS_WIRE_REFS_MAX)
		return rg_err_set(err, RG_ELIMIT, "remote: it has more than %d references",
				  GS_WIRE_REFS_MAX);
	if (strlen(name) >= GS_REF_MAX)
		return rg_err_set(err, RG_ELIMIT,
				  "remote: it has a reference '%.100s…', which is too long", name);
	if (RG_GROW(refs->ref, refs->cap, refs->count))
		return rg_err_nomem(err, "remote");
	ref = &refs->ref[refs->count++];
	*ref = (struct gs_wire_ref){.there = *there};
	memcpy(ref->name, name, strlen(name) + 1);
	return 0;
}

/* --- In the process ------------------------------------------------------------------------- */

void gs_wire_say_ref(int out, const char *name, const char *id)
{
	gs_job_say(out, "%s%s %s", ref_word, id, name);
}

void gs_wire_say_state(int out, enum gs_wire_state state, const char *name, const char *reason)
{
	gs_job_say(out, "%s%s %.600s", state_words[state], name, reason);
}

bool gs_wire_wanted(const struct gs_wire_task *task, const char *name)
{
	return !strncmp(name, task->prefix, strlen(task->prefix));
}

/* libgit2 1.5 speaks through no proxy that the environment names, and no ssh as ssh(1) is configured to. */
static bool proxied(const struct gs_url *url)
{
	static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

	for (size_t i = 0; !url->loopback && i < sizeof(names) / sizeof(names[0]); i++) {
		const char *proxy = getenv(names[i]);

		if (proxy && *proxy)
			return true;
	}
	return false;
}

static bool by_library(const struct gs_wire *wire)
{
	const bool web = wire->url.scheme == GS_SCHEME_HTTP || wire->url.scheme == GS_SCHEME_HTTPS;

	return web && !wire->program && !proxied(&wire->url);
}

static int work(const void *ctx, int out, struct rg_err *err)
{
	const struct gs_wire_task *task = ctx;
	int rc = by_library(task->wire) ? gs_wire_by_library(task, out, err) : 1;

	if (rc == 1) {
		gs_job_say(out, "%s", program_word);
		rc = gs_wire_by_program(task, out, err);
	}
	gs_secret_hide(&task->wire->secret, err->text);
	return rc;
}

/* --- What it reported ------------------------------------------------------------------------ */

static int run(struct gs_wire *wire, const struct gs_wire_task *task, struct rg_buf *lines,
	       struct rg_err *err)
{
	static const char *const verbs[] = {
		[GS_WIRE_LIST] = "ask",
		[GS_WIRE_FETCH] = "fetch from",
		[GS_WIRE_PUSH] = "push to",
	};
	char what[RG_REMOTE_URL_MAX];
	const struct gs_job job = {
		.work = work,
		.ctx = task,
		.what = what,
		.stall_ns = wire->stall_ns,
	};

	snprintf(what, sizeof(what), "%s '%.300s'", verbs[task->verb], wire->url.plain);
	return gs_job_run(&job, wire->directory, lines, err);
}

static bool starts_with(const char *line, const char *word)
{
	return !strncmp(line, word, strlen(word));
}

static int add_line(const char *line, struct gs_wire_refs *refs, struct rg_err *err)
{
	const size_t digits = GIT_OID_HEXSZ;
	const char *id = line + strlen(ref_word);
	git_oid there;

	if (strlen(id) < digits + 2 || id[digits] != ' ' || git_oid_fromstrn(&there, id, digits))
		return rg_err_set(err, RG_EFORMAT, "remote: its list of references is malformed");
	return gs_wire_refs_add(refs, id + digits + 1, &there, err);
}

int gs_wire_list(struct gs_wire *wire, const char *prefix, struct gs_wire_refs *out,
		 struct rg_err *err)
{
	const struct gs_wire_task task = {.wire = wire, .verb = GS_WIRE_LIST, .prefix = prefix};
	struct gs_wire_refs refs = {0};
	struct rg_buf lines;
	char *rest, *line;
	int rc;

	rg_buf_init(&lines, GS_JOB_LINES_MAX);
	rc = run(wire, &task, &lines, err);
	rest = lines.data;
	while (!rc && rest && (line = strsep(&rest, "\n"))) {
		if (!strcmp(line, program_word))
			wire->program = true;
		else if (starts_with(line, ref_word))
			rc = add_line(line, &refs, err);
	}
	rg_buf_done(&lines);
	if (rc)
		gs_wire_refs_done(&refs);
	else
		*out = refs;
	return rc;
}

/*
 * What was listed is what has come: else a reference could be replaced, or taken for removed, without its runs
 * having been seen.
 */
static int check_fetched(const struct gs_store *into, const struct gs_wire_refs *refs,
			 struct rg_err *err)
{
	struct gs_session session;
	int rc = gs_session_read(&session, into, err);

	for (size_t i = 0; !rc && i < refs->count; i++) {
		const struct gs_wire_ref *ref = &refs->ref[i];
		git_oid found;

		if (git_reference_name_to_id(&found, session.repo, ref->name) ||
		    !git_oid_equal(&found, &ref->there))
			rc = 1;
	}
	gs_session_end(&session);
	return rc;
}

int gs_wire_fetch(struct gs_wire *wire, const struct gs_store *into,
		  const struct gs_wire_refs *refs, struct rg_err *err)
{
	const struct gs_wire_task task = {
		.wire = wire,
		.verb = GS_WIRE_FETCH,
		.store = into,
		.refs = refs->ref,
		.count = refs->count,
	};
	struct rg_buf lines;
	int rc;

	rg_buf_init(&lines, GS_JOB_LINES_MAX);
	rc = run(wire, &task, &lines, err);
	rg_buf_done(&lines);
	return rc ? rc : check_fetched(into, refs, err);
}

static void set_state(struct gs_wire_ref *ref, enum gs_wire_state state, const char *reason)
{
	ref->state = state;
	snprintf(ref->reason, sizeof(ref->reason), "%s", reason);
}

static struct gs_wire_ref *find_ref(struct gs_wire_ref *refs, size_t count, const char *name,
				    size_t len)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(refs[i].name) == len && !memcmp(refs[i].name, name, len))
			return &refs[i];
	}
	return NULL;
}

static void note_state(const char *line, struct gs_wire_ref *refs, size_t count)
{
	for (int state = GS_WIRE_DONE; state <= GS_WIRE_REFUSED; state++) {
		const char *name;
		struct gs_wire_ref *ref;
		size_t len;

		if (!starts_with(line, state_words[state]))
			continue;
		name = line + strlen(state_words[state]);
		len = strcspn(name, " ");
		ref = find_ref(refs, count, name, len);
		if (ref)
			set_state(ref, (enum gs_wire_state)state, name[len] ? name + len + 1 : "");
		return;
	}
}

int gs_wire_push(struct gs_wire *wire, const struct gs_store *from, struct gs_wire_ref *refs,
		 size_t count, struct rg_err *err)
{
	const struct gs_wire_task task = {
		.wire = wire,
		.verb = GS_WIRE_PUSH,
		.store = from,
		.refs = refs,
		.count = count,
	};
	struct rg_buf lines;
	char *rest, *line;
	int rc;

	rg_buf_init(&lines, GS_JOB_LINES_MAX);
	rc = run(wire, &task, &lines, err);
	rest = lines.data;
	while (!rc && rest && (line = strsep(&rest, "\n")))
		note_state(line, refs, count);
	rg_buf_done(&lines);
	for (size_t i = 0; !rc && i < count; i++) {
		if (refs[i].state == GS_WIRE_UNKNOWN)
			set_state(&refs[i], GS_WIRE_REFUSED,
				  "the server did not say what became of it");
	}
	return rc;
}
