/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GIT_WIRE_H
#define GIT_WIRE_H

#include "git.h"
#include "git_secret.h"
#include "git_url.h"

/*
 * What is said to another repository: which references have you, send me those, replace these by mine.
 * Everything that comes back is untrusted; names and ids are well-formed.
 */

enum {
	GS_WIRE_REFS_MAX = 20000, /* references of another repository that are looked at */
	GS_WIRE_PUSH_MAX = 50,    /* pushed together */
	GS_WIRE_OBJECTS_MAX = 1 << 20,
	GS_WIRE_REASON_MAX = 300,
};

struct gs_wire {
	struct gs_url url;
	struct gs_secret secret;
	const char *ca_file;
	uint64_t stall_ns;
	int directory; /* whose owner talks */
	bool program;  /* libgit2 did not get through where the git program may */
};

int gs_wire_init(struct gs_wire *wire, const struct rg_remote *remote, int directory,
		 struct rg_err *err);

enum gs_wire_state {
	GS_WIRE_UNKNOWN = 0,
	GS_WIRE_DONE,
	GS_WIRE_STALE,   /* it is not what was expected there */
	GS_WIRE_REFUSED, /* the server would not; `reason` says why */
};

struct gs_wire_ref {
	char name[GS_REF_MAX];
	git_oid there;            /* zero: it is not there, or must not be */
	bool remove;              /* push: remove it there */
	enum gs_wire_state state; /* after a push */
	char reason[GS_WIRE_REASON_MAX];
};

struct gs_wire_refs {
	struct gs_wire_ref *ref;
	size_t count, cap;
};

void gs_wire_refs_done(struct gs_wire_refs *refs);
/* Adds a name and an id. RG_ENOMEM; RG_ELIMIT when there are too many, or the name is too long for a key's. */
int gs_wire_refs_add(struct gs_wire_refs *refs, const char *name, const git_oid *there,
		     struct rg_err *err);

/* The references that begin with `prefix` and are looked for by it: "refs/regress-gate/checkout/". Sorted by nothing. */
int gs_wire_list(struct gs_wire *wire, const char *prefix, struct gs_wire_refs *out,
		 struct rg_err *err);
/*
 * Fetches these into a repository, under the same names. 1: one of them is no longer what it was when it was listed;
 * look again.
 */
int gs_wire_fetch(struct gs_wire *wire, const struct gs_store *into,
		  const struct gs_wire_refs *refs, struct rg_err *err);
/*
 * Makes these (at most GS_WIRE_PUSH_MAX) there what they are in a repository, if they still are `there`, and sets their
 * states. 0 when it was asked, whatever the server made of each.
 */
int gs_wire_push(struct gs_wire *wire, const struct gs_store *from, struct gs_wire_ref *refs,
		 size_t count, struct rg_err *err);

/* --- The two ways, each run within a process of its own -------------------------------------- */

enum gs_wire_verb { GS_WIRE_LIST, GS_WIRE_FETCH, GS_WIRE_PUSH };

struct gs_wire_task {
	const struct gs_wire *wire;
	enum gs_wire_verb verb;
	const struct gs_store *store; /* NULL for a list */
	const char *prefix;
	const struct gs_wire_ref *refs;
	size_t count;
};

/* git_wire_http.c: by libgit2. 1: the git program may get through where this did not. */
int gs_wire_by_library(const struct gs_wire_task *task, int out, struct rg_err *err);
/* git_wire_program.c: by the git program. */
int gs_wire_by_program(const struct gs_wire_task *task, int out, struct rg_err *err);

/* What both report, a line for each reference. */
void gs_wire_say_ref(int out, const char *name, const char *id);
void gs_wire_say_state(int out, enum gs_wire_state state, const char *name, const char *reason);
/* What a list is for: it begins so. */
bool gs_wire_wanted(const struct gs_wire_task *task, const char *name);

#endif
