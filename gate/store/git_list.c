/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "key.h"
#include "list.h"

#include "rg/err.h"

#include <string.h>

struct listing {
	const struct gs_session *session;
	struct rg_store_list *out;
	struct rg_err *err;
};

/* One reference at work. What is found goes to a list of its own first: it may have to be read again. */
struct reading {
	const struct gs_session *session;
	const char *ref;
	struct rg_store_key key;
	struct gs_state state;
	struct rg_store_list found;
	struct rg_err *err;
};

/* More swaps than this while one reference is read are no chance. */
enum { READ_TRIES = 100 };

static int add_damaged(const struct gs_session *session, struct rg_store_list *list,
		       const char *object, const char *reason, struct rg_err *err)
{
	struct rg_err text = {0};

	rg_err_set(&text, RG_EFORMAT, "'%.400s' in '%.300s': %.250s", object, session->store->path,
		   reason);
	return list_damaged(list, text.text, err);
}

static int damaged_file(struct reading *reading, const char *name, const char *reason)
{
	char object[GS_OBJECT_TEXT];

	return add_damaged(reading->session, &reading->found,
			   gs_object_text(object, reading->ref, name), reason, reading->err);
}

static int add_run(struct reading *reading, const char *name)
{
	struct rg_store_run run = {0};
	struct rg_err reason = {0};
	char id[RG_STORE_ID_MAX];
	int rc;

	run_file_id(id, name);
	rc = gs_read_run(reading->session, reading->state.tree, &reading->key, id, &run, &reason);
	if (rc == RG_ENOMEM)
		return rg_err_nomem(reading->err, "store");
	if (rc)
		return damaged_file(reading, name, reason.text);
	rc = list_take(&reading->found, &run, reading->err);
	rg_store_run_done(&run);
	return rc;
}

static int add_entry(struct reading *reading, const char *name)
{
	if (strlen(name) < RG_STORE_ID_MAX)
		return damaged_file(reading, name, "does not belong here");
	if (run_file_is(name, RUN_MANIFEST_SUFFIX))
		return add_run(reading, name);
	if (!run_file_is(name, RUN_PROFILE_SUFFIX))
		return damaged_file(reading, name, "does not belong here");
	if (!gs_has_manifest(reading->state.tree, name))
		return damaged_file(reading, name, "has no manifest");
	return 0;
}

static int read_entries(struct reading *reading)
{
	const size_t count = git_tree_entrycount(reading->state.tree);
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++)
		rc = add_entry(reading,
			       git_tree_entry_name(git_tree_entry_byindex(reading->state.tree, i)));
	return rc;
}

static int read_ref(struct reading *reading)
{
	struct rg_err reason = {0};
	int rc = gs_state_read(reading->session, reading->ref, &reading->state, &reason);

	if (rc == RG_ENOMEM)
		return rg_err_nomem(reading->err, "store");
	if (rc)
		return add_damaged(reading->session, &reading->found, reading->ref, reason.text,
				   reading->err);
	return reading->state.exists ? read_entries(reading) : 0;
}

/* Objects that a swap made superfluous may be gone while they are read: that is no damage. */
static int read_ref_whole(struct reading *reading)
{
	for (int i = 0; i < READ_TRIES; i++) {
		int rc = read_ref(reading);
		const bool again =
			!rc && reading->found.damaged && reading->state.exists &&
			gs_state_changed(reading->session, reading->ref, &reading->state);

		gs_state_done(&reading->state);
		if (rc || !again)
			return rc;
		rg_store_list_done(&reading->found);
	}
	return add_damaged(reading->session, &reading->found, reading->ref,
			   "it changes all the time", reading->err);
}

/* Moves what was found of one reference to the whole list. */
static int append(struct rg_store_list *out, struct rg_store_list *found, struct rg_err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < found->count; i++)
		rc = list_take(out, &found->runs[i], err);
	if (!rc && found->damaged) {
		rc = list_damaged(out, found->first_damaged, err);
		out->damaged += found->damaged - 1;
	}
	rg_store_list_done(found);
	return rc;
}

static int visit(void *ctx, const char *ref, const struct gs_parts *parts)
{
	struct listing *listing = ctx;
	struct reading reading = {
		.session = listing->session,
		.ref = ref,
		.key = {parts->part[0], parts->part[1], parts->part[2]},
		.err = listing->err,
	};
	int rc = read_ref_whole(&reading);

	if (!rc)
		return append(listing->out, &reading.found, listing->err);
	rg_store_list_done(&reading.found);
	return rc;
}

static int damaged(void *ctx, const char *text)
{
	struct listing *listing = ctx;

	return list_damaged(listing->out, text, listing->err);
}

static int list_refs(struct listing *listing, const struct rg_store_key *key)
{
	const struct gs_refs_visitor visitor = {visit, damaged, listing};

	return gs_refs_each(listing->session, key, &visitor, listing->err);
}

int gs_list(void *impl, const struct rg_store_key *key, struct rg_store_list *out,
	    struct rg_err *err)
{
	struct rg_err failure = {0};
	struct gs_session session;
	struct listing listing = {.session = &session, .out = out, .err = err};
	int rc = gs_session_read(&session, impl, &failure);

	if (rc && rc != RG_ENOTFOUND)
		rg_err_set(err, rc, "%s", failure.text);
	else
		rc = session.repo ? list_refs(&listing, key) : 0;
	gs_session_end(&session);
	/* A reference that was packed meanwhile is met twice. */
	list_unique(out);
	return rc;
}
