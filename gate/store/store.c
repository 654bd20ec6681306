/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/store.h"

#include "key.h"
#include "list.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/remote.h"

#include <stdlib.h>
#include <string.h>

#define RG_STORE(name) extern const struct rg_store_backend rg_store_##name;
#include "stores.inc"
#undef RG_STORE

static const struct rg_store_backend *const backends[] = {
#define RG_STORE(name) &rg_store_##name,
#include "stores.inc"
#undef RG_STORE
};

enum { BACKEND_COUNT = sizeof(backends) / sizeof(backends[0]), SCHEMES_TEXT_MAX = 256 };

struct rg_store {
	const struct rg_store_backend *backend;
	void *impl;
};

static int refuse_spec(const char *spec, const char *reason, struct rg_err *err)
{
	struct rg_buf schemes;

	rg_buf_init(&schemes, SCHEMES_TEXT_MAX);
	for (size_t i = 0; i < BACKEND_COUNT; i++)
		rg_buf_addf(&schemes, "%s%s:", i ? ", " : "", backends[i]->scheme);
	rg_err_set(err, RG_EUSAGE,
		   "store: open '%.200s': %s; a store is SCHEME:LOCATION, with one of: %s", spec,
		   reason, schemes.data ? schemes.data : "");
	rg_buf_done(&schemes);
	return RG_EUSAGE;
}

static const struct rg_store_backend *backend_of(const char *spec, size_t scheme_len)
{
	for (size_t i = 0; i < BACKEND_COUNT; i++) {
		const char *scheme = backends[i]->scheme;

		if (strlen(scheme) == scheme_len && !memcmp(scheme, spec, scheme_len))
			return backends[i];
	}
	return NULL;
}

static int open_backend(const struct rg_store_backend *backend, const char *location,
			struct rg_store **out, struct rg_err *err)
{
	struct rg_store *store = calloc(1, sizeof(*store));
	int rc;

	if (!store)
		return rg_err_nomem(err, "store");
	store->backend = backend;
	rc = backend->open(location, &store->impl, err);
	if (rc) {
		free(store);
		return rc;
	}
	*out = store;
	return 0;
}

int rg_store_open(const char *spec, struct rg_store **out, struct rg_err *err)
{
	const struct rg_store_backend *backend;
	const char *colon = strchr(spec, ':');

	if (!colon)
		return refuse_spec(spec, "no scheme", err);
	backend = backend_of(spec, (size_t)(colon - spec));
	if (!backend)
		return refuse_spec(spec, "unknown scheme", err);
	if (colon[1] == '\0')
		return refuse_spec(spec, "no location", err);
	return open_backend(backend, colon + 1, out, err);
}

void rg_store_close(struct rg_store *store)
{
	if (!store)
		return;
	store->backend->close(store->impl);
	free(store);
}

bool rg_store_exists(struct rg_store *store)
{
	return store->backend->exists(store->impl);
}

int rg_store_put(struct rg_store *store, const struct rg_store_key *key, const char *label,
		 const void *bytes, size_t len, struct rg_store_run *run, bool *created,
		 struct rg_err *err)
{
	int rc = key_check(key, false, err);

	if (!rc)
		rc = key_check_label(label, err);
	if (rc)
		return rc;
	if (len == 0)
		return rg_err_set(err, RG_EUSAGE, "store: put '%.64s': no bytes", label);
	return store->backend->put(store->impl, key, label, bytes, len, run, created, err);
}

int rg_store_find(struct rg_store *store, const struct rg_store_key *key, struct rg_store_list *out,
		  struct rg_err *err)
{
	struct rg_store_list found = {0};
	int rc = key_check(key, true, err);

	if (rc)
		return rc;
	rc = store->backend->list(store->impl, key, &found, err);
	if (rc) {
		rg_store_list_done(&found);
		return rc;
	}
	list_sort(&found);
	*out = found;
	return 0;
}

int rg_store_get(struct rg_store *store, const struct rg_store_run *run, struct rg_buf *out,
		 struct rg_err *err)
{
	int rc = key_check_run(run, err);

	return rc ? rc : store->backend->get(store->impl, run, out, err);
}

int rg_store_remove(struct rg_store *store, const struct rg_store_run *run, struct rg_err *err)
{
	int rc = key_check_run(run, err);

	return rc ? rc : store->backend->remove(store->impl, run, err);
}

static int remove_each(struct rg_store *store, const struct rg_store_run *runs, size_t count,
		       struct rg_err *err)
{
	for (size_t i = 0; i < count; i++) {
		struct rg_err failure = {0};
		int rc = store->backend->remove(store->impl, &runs[i], &failure);

		if (rc && rc != RG_ENOTFOUND)
			return rg_err_set(err, rc, "%s", failure.text);
	}
	return 0;
}

int rg_store_remove_all(struct rg_store *store, const struct rg_store_run *runs, size_t count,
			struct rg_err *err)
{
	struct rg_err failure = {0};
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++)
		rc = key_check_run(&runs[i], err);
	if (rc)
		return rc;
	if (!store->backend->remove_all)
		return remove_each(store, runs, count, err);
	rc = store->backend->remove_all(store->impl, runs, count, &failure);
	return rc && rc != RG_ENOTFOUND ? rg_err_set(err, rc, "%s", failure.text) : 0;
}

int rg_store_sweep(struct rg_store *store, struct rg_err *err)
{
	return store->backend->sweep(store->impl, err);
}

int rg_store_purge(struct rg_store *store, const struct rg_store_key *key,
		   void (*purged)(void *ctx, const char *what), void *ctx, struct rg_err *err)
{
	int rc = key_check(key, true, err);

	if (rc)
		return rc;
	if (store->backend->purge)
		return store->backend->purge(store->impl, key, purged, ctx, err);
	return rg_err_set(err, RG_EUSAGE,
			  "store: in a '%s:' store remove the file that is named damaged yourself",
			  store->backend->scheme);
}

/* --- Remotes -------------------------------------------------------------------------------- */

static int refuse_remote(const struct rg_store *store, struct rg_err *err)
{
	return rg_err_set(
		err, RG_EUSAGE,
		"store: a '%s:' store has no remotes: only git stores are fetched and pushed",
		store->backend->scheme);
}

int rg_store_fetch(struct rg_store *store, const struct rg_remote *remote,
		   const struct rg_store_key *key, struct rg_remote_result *result,
		   struct rg_err *err)
{
	int rc = key_check(key, true, err);

	if (rc)
		return rc;
	if (!store->backend->fetch)
		return refuse_remote(store, err);
	return store->backend->fetch(store->impl, remote, key, result, err);
}

int rg_store_push(struct rg_store *store, const struct rg_remote *remote,
		  const struct rg_store_key *key, struct rg_remote_result *result,
		  struct rg_err *err)
{
	int rc = key_check(key, true, err);

	if (rc)
		return rc;
	if (!store->backend->push)
		return refuse_remote(store, err);
	return store->backend->push(store->impl, remote, key, result, err);
}

int rg_store_edit_remote(struct rg_store *store, const struct rg_remote *remote,
			 const struct rg_store_key *key,
			 int (*edit)(void *ctx, struct rg_store *copy, struct rg_err *err),
			 void *ctx, struct rg_remote_result *result, struct rg_err *err)
{
	int rc = key_check(key, true, err);

	if (rc)
		return rc;
	if (!store->backend->edit)
		return refuse_remote(store, err);
	return store->backend->edit(store->impl, remote, key, edit, ctx, result, err);
}

bool rg_store_has_remotes(const struct rg_store *store)
{
	return store->backend->fetch != NULL;
}

void rg_remote_result_done(struct rg_remote_result *result)
{
	free(result->first_damaged);
	*result = (struct rg_remote_result){0};
}
