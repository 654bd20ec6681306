/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_STORE_H
#define RG_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_buf;
struct rg_err;
struct rg_remote;
struct rg_remote_result;

/*
 * Baselines: profiles kept under (scenario, version, architecture), several runs to a key. A run is
 * named by the SHA-256 of its bytes: putting the same profile twice stores it once, and every read
 * checks the bytes against the name. A store never holds half a run: what a crash leaves behind is
 * invisible and swept up later.
 */

enum {
	RG_STORE_NAME_MAX = 200, /* bytes of a scenario or version */
	RG_STORE_ID_MAX = 65,    /* SHA-256 in hex and NUL */
};

struct rg_store_key {
	const char *scenario; /* [A-Za-z0-9._-]+, not starting with a dot or dash */
	const char *version;  /* commit id, or a label: the same alphabet and '+', '@', '/', '~' */
	const char *arch;     /* "x86_64" */
};

/* One stored run. Texts live until rg_store_list_done(). */
struct rg_store_run {
	char *scenario, *version, *arch;
	char *label; /* the version as the user named it: "v1.4"; UTF-8 without control characters */
	char id[RG_STORE_ID_MAX]; /* SHA-256 of the stored bytes */
	uint64_t bytes;
	uint64_t stored_ns; /* when it was put, ns since the epoch */
};

struct rg_store_list {
	struct rg_store_run *runs; /* by scenario, version, arch, stored_ns, id */
	size_t count, cap;         /* there is room for `cap` */
	/*
	 * Entries that could not be read (foreign files, damaged manifests): how many, and a text that
	 * names the first. They are reported, never silently skipped.
	 */
	size_t damaged;
	char *first_damaged;
};

void rg_store_list_done(struct rg_store_list *list);

struct rg_store;

/*
 * A backend. One file gate/store/NAME.c defines `const struct rg_store_backend rg_store_NAME`, and
 * is found by that line. `impl` is the backend's own state.
 */
struct rg_store_backend {
	const char *scheme; /* "dir" in "dir:PATH" */
	int (*open)(const char *location, void **impl, struct rg_err *err);
	void (*close)(void *impl);
	bool (*exists)(void *impl);
	/* Atomic and durable: on return 0 the run is found by every reader, also after a power cut.
	 * *created is false when these bytes were stored under this key already. */
	int (*put)(void *impl, const struct rg_store_key *key, const char *label, const void *bytes,
		   size_t len, struct rg_store_run *run, bool *created, struct rg_err *err);
	/* NULL members of the key match everything. An empty list is no error. */
	int (*list)(void *impl, const struct rg_store_key *key, struct rg_store_list *out,
		    struct rg_err *err);
	/* Appends the bytes of one run; RG_EFORMAT when they do not match its id, RG_ENOTFOUND when
	 * it is gone. On error `out` is as long as it was. */
	int (*get)(void *impl, const struct rg_store_run *run, struct rg_buf *out,
		   struct rg_err *err);
	int (*remove)(void *impl, const struct rg_store_run *run, struct rg_err *err);
	/* Several (> 0) of one key at once; those that are gone are left out, RG_ENOTFOUND when all are. NULL: there is
	 * no cheaper way than one after the other. */
	int (*remove_all)(void *impl, const struct rg_store_run *runs, size_t count,
			  struct rg_err *err);
	/* Frees what no run needs: what writers that were killed left, and removed runs. What is
	 * younger than an hour stays, for it may be a writer's at work. */
	int (*sweep)(void *impl, struct rg_err *err);
	/* As rg_store_purge(); NULL: it cannot. */
	int (*purge)(void *impl, const struct rg_store_key *key,
		     void (*purged)(void *ctx, const char *what), void *ctx, struct rg_err *err);
	/* As in rg/remote.h; NULL when there are no remotes of such a store. */
	int (*fetch)(void *impl, const struct rg_remote *remote, const struct rg_store_key *key,
		     struct rg_remote_result *result, struct rg_err *err);
	int (*push)(void *impl, const struct rg_remote *remote, const struct rg_store_key *key,
		    struct rg_remote_result *result, struct rg_err *err);
	int (*edit)(void *impl, const struct rg_remote *remote, const struct rg_store_key *key,
		    int (*edit)(void *ctx, struct rg_store *copy, struct rg_err *err), void *ctx,
		    struct rg_remote_result *result, struct rg_err *err);
};

/* Opens "SCHEME:LOCATION". RG_EUSAGE names the schemes there are. Creates nothing yet. */
int rg_store_open(const char *spec, struct rg_store **out, struct rg_err *err);
void rg_store_close(struct rg_store *store);
/*
 * Whether there is a place of that name, be it an empty one: until something is put there is none, and a name that was
 * mistyped has none either. What cannot be looked at counts as there, for opening it tells why.
 */
bool rg_store_exists(struct rg_store *store);

/*
 * As the backend's, with keys, labels and runs checked first (RG_EUSAGE). put fills *run; free its
 * texts with rg_store_run_done(). The system's refusals are RG_EPRIVILEGE (permissions) and RG_EIO, with
 * the path and the reason.
 */
int rg_store_put(struct rg_store *store, const struct rg_store_key *key, const char *label,
		 const void *bytes, size_t len, struct rg_store_run *run, bool *created,
		 struct rg_err *err);
/* The id that a run of these bytes has. */
void rg_store_id(const void *bytes, size_t len, char id[RG_STORE_ID_MAX]);
int rg_store_find(struct rg_store *store, const struct rg_store_key *key, struct rg_store_list *out,
		  struct rg_err *err);
int rg_store_get(struct rg_store *store, const struct rg_store_run *run, struct rg_buf *out,
		 struct rg_err *err);
int rg_store_remove(struct rg_store *store, const struct rg_store_run *run, struct rg_err *err);
/* Several (> 0) of one key; those that are gone already are left out. */
int rg_store_remove_all(struct rg_store *store, const struct rg_store_run *runs, size_t count,
			struct rg_err *err);
int rg_store_sweep(struct rg_store *store, struct rg_err *err);
void rg_store_run_done(struct rg_store_run *run);

/*
 * Removes what a list under the key (NULL members match all) would call damaged, and can be told to be a run's; `purged`
 * is told of each before. RG_EUSAGE for a store that cannot do this.
 */
int rg_store_purge(struct rg_store *store, const struct rg_store_key *key,
		   void (*purged)(void *ctx, const char *what), void *ctx, struct rg_err *err);

/*
 * What to keep. Of each scenario and architecture the newest versions, and all that is_kept tells of
 * (tags), which are not counted; of each version that is kept the newest runs. New is what was put
 * late, by the clock of the machine that put it (a version is as new as its newest run); a run from
 * the future is kept and not counted, so that a clock that is ahead pushes nothing out.
 */
struct rg_store_retention {
	size_t keep_runs;     /* of a version; 0: all */
	size_t keep_versions; /* of a scenario and architecture; 0: all */
	bool (*is_kept)(void *ctx, const char *version); /* or NULL */
	/* Is told of each run that was removed, or with dry_run would be; or NULL. */
	void (*removed)(void *ctx, const struct rg_store_run *run);
	void *ctx;
	bool dry_run; /* remove nothing */
};

/*
 * Removes what is not to be kept, and sweeps. Runs that cannot be read are neither
 * counted nor removed. On error what `removed` told of is removed all the same.
 */
int rg_store_prune(struct rg_store *store, const struct rg_store_retention *retention,
		   struct rg_err *err);

#endif
