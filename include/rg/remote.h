/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_REMOTE_H
#define RG_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_err;
struct rg_store;
struct rg_store_key;

/*
 * Baselines that outlive the machine: a git store's references, "refs/regress-gate/SCENARIO/VERSION/ARCH", are
 * fetched from and pushed to another git repository, as a rule the `origin` of the checkout.
 *
 * Both are unions: a fetch adds the runs that are not here, a push those that are not there. What comes is
 * untrusted: it goes to a repository of its own first, and only runs that are as whole as stored ones must be are
 * taken from there. A push replaces a reference only if it still is what was fetched from it, and begins again
 * when it is not, so that of writers at the same time none loses a run.
 *
 * The network is talked to by a process of its own that acts as the owner of the store (never as root when that is
 * somebody else) and is bounded in time and in what it may write: http and https by libgit2, the rest, and what
 * libgit2 cannot do (proxies, credential helpers, newer TLS), by the git program.
 *
 * Credentials, for https and for http to this machine only, come from the environment: GITHUB_TOKEN or GH_TOKEN for the
 * host of GITHUB_SERVER_URL, GITLAB_TOKEN or else CI_JOB_TOKEN for that of CI_SERVER_URL; or from the URL itself.
 * They go to that host alone, follow no redirect, and are in no message and no command line.
 */

enum {
	RG_REMOTE_URL_MAX = 2048,
	RG_REMOTE_MAX_MIB = 512, /* of one fetch */
};

struct rg_remote {
	/* https://, http:// (this machine only), ssh://, user@host:path, file:// or an absolute path. */
	const char *url;
	const char *ca_file; /* PEM; NULL: $SSL_CERT_FILE, else the system's */
	/* Silent for so long is unreachable, to the second; and so is ten times as long in all. 0: 30 s. */
	uint64_t stall_ns;
};

/* What came of it. Free with rg_remote_result_done(). */
struct rg_remote_result {
	size_t runs;    /* new here after a fetch; in what changed there after a push */
	uint64_t bytes; /* of their profiles; of a fetch only */
	size_t refs;    /* references that changed */
	/* Entries there that cannot be read, and a text that names the first: not fetched, never silently. */
	size_t damaged;
	char *first_damaged;
};

void rg_remote_result_done(struct rg_remote_result *result);

/* Whether the store is of a kind that is fetched and pushed. */
bool rg_store_has_remotes(const struct rg_store *store);

/* The URL without user name and password, for messages. RG_EUSAGE for one that is not allowed. */
int rg_remote_show_url(const char *url, char shown[RG_REMOTE_URL_MAX], struct rg_err *err);

/*
 * Adds the runs under the key, whose members may be NULL (its architecture does not matter). None there is
 * no error. RG_EIO and RG_EPRIVILEGE: it could not be reached, or refused; RG_ELIMIT: more than may be;
 * RG_EUSAGE: the URL, or a store that has no remotes.
 */
int rg_store_fetch(struct rg_store *store, const struct rg_remote *remote,
		   const struct rg_store_key *key, struct rg_remote_result *result,
		   struct rg_err *err);

/*
 * Puts what is stored under the key there, after a fetch of the same. RG_EFORMAT when the remote has runs that cannot
 * be read: they would be lost.
 */
int rg_store_push(struct rg_store *store, const struct rg_remote *remote,
		  const struct rg_store_key *key, struct rg_remote_result *result,
		  struct rg_err *err);

/*
 * Changes what is there: `edit` is given a copy of it (of the key's part) as a store, and what that has become is put
 * there. When somebody else was faster it begins again, with a new copy. What is damaged there is in the
 * copy as it is. On error nothing there was changed, or a part of the references when it refuses others.
 */
int rg_store_edit_remote(struct rg_store *store, const struct rg_remote *remote,
			 const struct rg_store_key *key,
			 int (*edit)(void *ctx, struct rg_store *copy, struct rg_err *err),
			 void *ctx, struct rg_remote_result *result, struct rg_err *err);

#endif
