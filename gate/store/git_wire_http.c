/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_job.h"
#include "git_wire.h"

#include "rg/err.h"
#include "rg/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Heartbeats are for a reader with a limit. */
enum { BEAT_NS = 200 * 1000 * 1000 };

struct talk {
	const struct gs_wire_task *task;
	int out;
	uint64_t beaten_ns;
	bool asked_again; /* the server wants other credentials than it was given */
	bool too_large;
	git_remote *remote;
	struct gs_session session;
	char *header; /* of the array below */
	git_strarray headers;
};

/* --- Callbacks ------------------------------------------------------------------------------ */

static void beat(struct talk *talk)
{
	struct timespec time = {0};
	uint64_t now;

	clock_gettime(CLOCK_MONOTONIC, &time);
	now = (uint64_t)time.tv_sec * RG_NS_PER_S + (uint64_t)time.tv_nsec;
	if (now - talk->beaten_ns < BEAT_NS)
		return;
	talk->beaten_ns = now;
	gs_job_alive(talk->out);
}

/* What we have is sent with every request: who asks all the same does not take it. */
static int refuse_to_ask(git_credential **out, const char *url, const char *user,
			 unsigned int types, void *payload)
{
	(void)out;
	(void)url;
	(void)user;
	(void)types;
	((struct talk *)payload)->asked_again = true;
	return GIT_EAUTH;
}

static int on_received(const git_indexer_progress *stats, void *payload)
{
	struct talk *talk = payload;

	beat(talk);
	talk->too_large = stats->total_objects > GS_WIRE_OBJECTS_MAX ||
			  stats->received_bytes > (size_t)RG_REMOTE_MAX_MIB << 20;
	return talk->too_large ? GIT_EUSER : 0;
}

static int on_sent(unsigned int current, unsigned int total, size_t bytes, void *payload)
{
	(void)current;
	(void)total;
	(void)bytes;
	beat(payload);
	return 0;
}

static int on_text(const char *text, int len, void *payload)
{
	(void)text;
	(void)len;
	beat(payload);
	return 0;
}

/* Without this, a reference that the server refused would look like one that it took. */
static int on_state(const char *name, const char *status, void *payload)
{
	const struct talk *talk = payload;

	gs_wire_say_state(talk->out, status ? GS_WIRE_REFUSED : GS_WIRE_DONE, name,
			  status ? status : "");
	return 0;
}

/* What libgit2 is about to tell the server that it replaces. */
static int on_negotiation(const git_push_update **updates, size_t count, void *payload)
{
	const struct talk *talk = payload;
	size_t same = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < talk->task->count; k++) {
			const struct gs_wire_ref *ref = &talk->task->refs[k];

			same += !strcmp(ref->name, updates[i]->dst_refname) &&
				git_oid_equal(&ref->there, &updates[i]->src);
		}
	}
	return same == count ? 0 : GIT_EUSER;
}

static void set_callbacks(git_remote_callbacks *callbacks, struct talk *talk)
{
	callbacks->credentials = refuse_to_ask;
	callbacks->transfer_progress = on_received;
	callbacks->push_transfer_progress = on_sent;
	callbacks->sideband_progress = on_text;
	callbacks->push_update_reference = on_state;
	callbacks->push_negotiation = on_negotiation;
	callbacks->payload = talk;
}

/* A redirect would carry the credentials to where it leads. */
static git_remote_redirect_t redirects(const struct talk *talk)
{
	return talk->task->wire->secret.header[0] ? GIT_REMOTE_REDIRECT_NONE
						  : GIT_REMOTE_REDIRECT_INITIAL;
}

/* Listing, fetching and pushing have options of a type each, and these in common. */
#define SET_OPTIONS(options, talk)                             \
	do {                                                   \
		set_callbacks(&(options)->callbacks, talk);    \
		(options)->proxy_opts.type = GIT_PROXY_NONE;   \
		(options)->follow_redirects = redirects(talk); \
		(options)->custom_headers = (talk)->headers;   \
	} while (0)

/* --- Failures ------------------------------------------------------------------------------- */

/*
 * Worth a try by the git program: it knows newer TLS, other proxies and the user's credential helpers. What the
 * server has refused to our own credentials it would refuse to them again.
 */
static int fail(const struct talk *talk, struct rg_err *err)
{
	const struct gs_secret *secret = &talk->task->wire->secret;
	const git_error *error = git_error_last();
	int code = RG_EIO;

	if (talk->too_large)
		return rg_err_set(err, RG_ELIMIT, "more than %d MiB or %d objects",
				  RG_REMOTE_MAX_MIB, GS_WIRE_OBJECTS_MAX);
	if (talk->asked_again && secret->header[0])
		return rg_err_set(
			err, RG_EPRIVILEGE,
			"the server does not take the credentials of %s: is it valid, and "
			"may it read and write here?",
			secret->origin);
	if (talk->asked_again)
		return 1;
	if (error && (error->klass == GIT_ERROR_SSL || error->klass == GIT_ERROR_NET ||
		      error->klass == GIT_ERROR_HTTP || error->klass == GIT_ERROR_OS))
		return 1;
	return rg_err_set(err, code, "%s", gs_reason(&code));
}

/* --- The three -------------------------------------------------------------------------------- */

static int connect_to(struct talk *talk, git_direction direction)
{
	git_remote_connect_options options;
	int rc = git_remote_connect_options_init(&options, GIT_REMOTE_CONNECT_OPTIONS_VERSION);

	if (rc)
		return rc;
	SET_OPTIONS(&options, talk);
	return git_remote_connect_ext(talk->remote, direction, &options);
}

static int list(struct talk *talk)
{
	const git_remote_head **heads = NULL;
	size_t count = 0;
	int rc = connect_to(talk, GIT_DIRECTION_FETCH);

	if (!rc)
		rc = git_remote_ls(&heads, &count, talk->remote);
	for (size_t i = 0; !rc && i < count; i++) {
		char id[GIT_OID_HEXSZ + 1];

		git_oid_tostr(id, sizeof(id), &heads[i]->oid);
		if (gs_wire_wanted(talk->task, heads[i]->name))
			gs_wire_say_ref(talk->out, heads[i]->name, id);
	}
	return rc;
}

/* "+NAME:NAME" of each; ":NAME", to remove it. */
static int make_specs(const struct gs_wire_task *task, const bool *left_out, git_strarray *specs)
{
	specs->strings = calloc(task->count, sizeof(*specs->strings));
	if (!specs->strings)
		return -1;
	for (size_t i = 0; i < task->count; i++) {
		const char *name = task->refs[i].name;
		const bool remove = task->refs[i].remove;
		char *spec = NULL;

		if (left_out && left_out[i])
			continue;
		if (asprintf(&spec, "%s%s:%s", remove ? "" : "+", remove ? "" : name, name) < 0)
			return -1;
		specs->strings[specs->count++] = spec;
	}
	return 0;
}

static int fetch(struct talk *talk)
{
	git_fetch_options options;
	git_strarray specs = {0};
	int rc = git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);

	if (rc)
		return rc;
	SET_OPTIONS(&options, talk);
	options.prune = GIT_FETCH_NO_PRUNE;
	options.update_fetchhead = 0;
	options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	rc = make_specs(talk->task, NULL, &specs);
	if (!rc)
		rc = git_remote_fetch(talk->remote, &specs, &options, NULL);
	git_strarray_dispose(&specs);
	return rc;
}

/* What the server says it has, of one reference. */
static bool is_expected(const struct gs_wire_ref *ref, const git_remote_head **heads, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(heads[i]->name, ref->name))
			return git_oid_equal(&heads[i]->oid, &ref->there);
	}
	return git_oid_is_zero(&ref->there);
}

static int find_stale(struct talk *talk, bool *stale, size_t *fresh)
{
	const struct gs_wire_task *task = talk->task;
	const git_remote_head **heads = NULL;
	size_t count = 0;
	int rc = connect_to(talk, GIT_DIRECTION_PUSH);

	if (!rc)
		rc = git_remote_ls(&heads, &count, talk->remote);
	for (size_t i = 0; !rc && i < task->count; i++) {
		stale[i] = !is_expected(&task->refs[i], heads, count);
		*fresh += !stale[i];
		if (stale[i])
			gs_wire_say_state(talk->out, GS_WIRE_STALE, task->refs[i].name, "");
	}
	return rc;
}

/*
 * The commits have no parents, so that a new one never follows from the old, and is sent with a '+'. What is
 * replaced is what the server has just named, in the same connection, and we have checked: it compares that with
 * what it has when it replaces it.
 */
static int upload(struct talk *talk, const bool *stale)
{
	git_push_options options;
	git_strarray specs = {0};
	int rc = git_push_options_init(&options, GIT_PUSH_OPTIONS_VERSION);

	if (rc)
		return rc;
	SET_OPTIONS(&options, talk);
	rc = make_specs(talk->task, stale, &specs);
	if (!rc)
		rc = git_remote_upload(talk->remote, &specs, &options);
	git_strarray_dispose(&specs);
	return rc;
}

static int push(struct talk *talk)
{
	bool stale[GS_WIRE_PUSH_MAX] = {false};
	size_t fresh = 0;
	int rc = find_stale(talk, stale, &fresh);

	return rc || !fresh ? rc : upload(talk, stale);
}

/* --- All together ---------------------------------------------------------------------------- */

/* libgit2's own settings for authorities, with mbedTLS, are empty. */
static int set_authorities(const char *file)
{
	static const char *const usual[] = {"/etc/ssl/certs/ca-certificates.crt",
					    "/etc/pki/tls/certs/ca-bundle.crt"};

	for (size_t i = 0; !file && i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (!access(usual[i], R_OK))
			file = usual[i];
	}
	return file ? git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, NULL) : 0;
}

static int prepare(struct talk *talk, struct rg_err *err)
{
	const struct gs_wire *wire = talk->task->wire;

	talk->headers.strings = &talk->header;
	if (wire->secret.header[0]) {
		talk->header = strdup(wire->secret.header);
		talk->headers.count = 1;
		if (!talk->header)
			return rg_err_nomem(err, "remote");
	}
	git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)GS_WIRE_OBJECTS_MAX);
	/* What is fetched is copied, and removed again: it need not outlive a power cut. */
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0);
	if (wire->url.scheme == GS_SCHEME_HTTPS && set_authorities(wire->ca_file))
		return 1;
	if (talk->task->store) {
		int rc = gs_session_read(&talk->session, talk->task->store, err);

		if (rc)
			return rc;
	}
	if (talk->session.repo ? git_remote_create_anonymous(&talk->remote, talk->session.repo,
							     wire->url.plain)
			       : git_remote_create_detached(&talk->remote, wire->url.plain))
		return fail(talk, err);
	return 0;
}

static int do_task(struct talk *talk)
{
	switch (talk->task->verb) {
	case GS_WIRE_LIST:
		return list(talk);
	case GS_WIRE_FETCH:
		return fetch(talk);
	case GS_WIRE_PUSH:
		return push(talk);
	}
	return -1;
}

int gs_wire_by_library(const struct gs_wire_task *task, int out, struct rg_err *err)
{
	struct talk talk = {.task = task, .out = out, .session.root = -1};
	int rc;

	if (task->wire->url.scheme == GS_SCHEME_HTTPS &&
	    !(git_libgit2_features() & GIT_FEATURE_HTTPS))
		return 1;
	rc = prepare(&talk, err);
	if (!rc && do_task(&talk))
		rc = fail(&talk, err);
	git_remote_free(talk.remote);
	gs_session_end(&talk.session);
	free(talk.header);
	return rc;
}
