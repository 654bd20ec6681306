/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_exchange.h"
#include "git_incoming.h"

#include "folder.h"
#include "oserr.h"

#include "rg/err.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More writers between a look and a fetch than this are no chance. */
enum { LOOKS_MAX = 100 };

/* --- Beginning and end ---------------------------------------------------------------------- */

/* The directory that is there of those on the way to the store: who owns it will own the store. */
static int open_nearest(const char *path)
{
	char text[PATH_MAX];
	int fd = folder_open(path, false);

	if (fd != -ENOENT || snprintf(text, sizeof(text), "%s", path) >= (int)sizeof(text))
		return fd;
	while (fd == -ENOENT) {
		char *slash = strrchr(text, '/');

		if (!slash)
			return folder_open(".", false);
		*slash = '\0';
		fd = folder_open(text[0] ? text : "/", false);
	}
	return fd;
}

/* "refs/regress-gate/SCENARIO/VERSION/", as far as the key says. */
static int make_prefix(const struct rg_store_key *key, char out[GS_REF_MAX], struct rg_err *err)
{
	const struct rg_store_key whole = {
		key->scenario ? key->scenario : "x",
		key->version ? key->version : "x",
		"x",
	};
	char ref[GS_REF_MAX], *end = ref + strlen(GS_REFS);
	int rc = gs_ref_name(&whole, ref, err);

	if (rc)
		return rc;
	if (key->scenario)
		end = strchr(end, '/') + 1;
	if (key->scenario && key->version)
		end = strchr(end, '/') + 1;
	snprintf(out, GS_REF_MAX, "%.*s", (int)(end - ref), ref);
	return 0;
}

int gs_exchange_begin(struct gs_exchange *exchange, const struct gs_store *store,
		      const struct rg_remote *remote, const struct rg_store_key *key,
		      struct rg_err *err)
{
	int rc;

	*exchange = (struct gs_exchange){
		.store = store,
		.key = {key->scenario, key->version, NULL},
		.directory = open_nearest(store->path),
		.err = err,
	};
	if (exchange->directory < 0)
		return os_fail(err, -exchange->directory, "store: open", store->path);
	rc = make_prefix(key, exchange->prefix, err);
	return rc ? rc : gs_wire_init(&exchange->wire, remote, exchange->directory, err);
}

void gs_exchange_end(struct gs_exchange *exchange)
{
	gs_wire_refs_done(&exchange->theirs);
	if (exchange->directory >= 0)
		close(exchange->directory);
}

/* --- What to fetch -------------------------------------------------------------------------- */

static int note_foreign(struct gs_exchange *exchange, const char *name,
			struct rg_remote_result *result)
{
	if (!result->first_damaged &&
	    asprintf(&result->first_damaged, "'%.400s': does not belong there", name) < 0) {
		result->first_damaged = NULL;
		return rg_err_nomem(exchange->err, "store");
	}
	result->damaged++;
	return 0;
}

static bool is_wanted(const struct gs_exchange *exchange, const struct gs_parts *parts)
{
	const struct rg_store_key *key = &exchange->key;

	return (!key->scenario || !strcmp(key->scenario, parts->part[0])) &&
	       (!key->version || !strcmp(key->version, parts->part[1]));
}

/* Those that differ from ours. */
static int choose(struct gs_exchange *exchange, const struct gs_session *here, bool ours_only,
		  struct gs_wire_refs *out, struct rg_remote_result *result)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < exchange->theirs.count; i++) {
		const struct gs_wire_ref *ref = &exchange->theirs.ref[i];
		struct gs_parts parts = {0};
		git_oid ours;
		bool exists;

		if (gs_ref_parse(ref->name, &parts)) {
			rc = note_foreign(exchange, ref->name, result);
			continue;
		}
		exists = here->repo && !git_reference_name_to_id(&ours, here->repo, ref->name);
		if (!is_wanted(exchange, &parts) || (!exists && ours_only))
			continue;
		if (!exists || !git_oid_equal(&ours, &ref->there))
			rc = gs_wire_refs_add(out, ref->name, &ref->there, exchange->err);
	}
	return rc;
}

static int look(struct gs_exchange *exchange, bool ours_only, struct gs_wire_refs *wanted,
		struct rg_remote_result *result)
{
	struct rg_err failure = {0};
	struct gs_session here;
	int rc;

	gs_wire_refs_done(&exchange->theirs);
	rc = gs_wire_list(&exchange->wire, exchange->prefix, &exchange->theirs, exchange->err);
	if (rc)
		return rc;
	rc = gs_session_read(&here, exchange->store, &failure);
	if (rc && rc != RG_ENOTFOUND)
		rg_err_set(exchange->err, rc, "%s", failure.text);
	else
		rc = choose(exchange, &here, ours_only, wanted, result);
	gs_session_end(&here);
	return rc;
}

/* --- Taking it ------------------------------------------------------------------------------ */

static int merge_all(struct gs_exchange *exchange, const struct gs_store *incoming,
		     const struct gs_wire_refs *refs, struct rg_remote_result *result)
{
	struct gs_session here, there;
	int rc = gs_session_write(&here, exchange->store, false, exchange->err), other;

	other = gs_session_read(&there, incoming, rc ? NULL : exchange->err);
	rc = rc ? rc : other;
	for (size_t i = 0; !rc && i < refs->count; i++) {
		struct gs_parts parts = {0};

		if (!gs_ref_parse(refs->ref[i].name, &parts))
			rc = gs_merge(&here, &there, refs->ref[i].name, &parts, result,
				      exchange->err);
	}
	gs_session_end(&there);
	gs_session_end(&here);
	return rc;
}

static int fetch_once(struct gs_exchange *exchange, bool ours_only, struct rg_remote_result *result)
{
	struct gs_incoming incoming = {0};
	struct gs_wire_refs refs = {0};
	int rc = look(exchange, ours_only, &refs, result);

	if (!rc && refs.count) {
		rc = gs_incoming_make(exchange->store, &incoming, exchange->err);
		if (!rc)
			rc = gs_wire_fetch(&exchange->wire, &incoming.store, &refs, exchange->err);
		if (!rc)
			rc = merge_all(exchange, &incoming.store, &refs, result);
		gs_incoming_done(exchange->store, &incoming);
	}
	gs_wire_refs_done(&refs);
	return rc;
}

int gs_exchange_fetch(struct gs_exchange *exchange, bool ours_only, struct rg_remote_result *result)
{
	for (int i = 0; i < LOOKS_MAX; i++) {
		struct rg_remote_result found = {0};
		int rc = fetch_once(exchange, ours_only, &found);

		if (!rc) {
			*result = found;
			return 0;
		}
		rg_remote_result_done(&found);
		if (rc < 0)
			return rc;
	}
	return rg_err_set(exchange->err, RG_EIO,
			  "remote: fetch from '%.300s': it changes all the time",
			  exchange->wire.url.plain);
}

int gs_fetch(void *impl, const struct rg_remote *remote, const struct rg_store_key *key,
	     struct rg_remote_result *result, struct rg_err *err)
{
	struct rg_remote_result found = {0};
	struct gs_exchange exchange;
	int rc = gs_exchange_begin(&exchange, impl, remote, key, err);

	if (!rc)
		rc = gs_exchange_fetch(&exchange, false, &found);
	gs_exchange_end(&exchange);
	if (rc)
		rg_remote_result_done(&found);
	else
		*result = found;
	return rc;
}
