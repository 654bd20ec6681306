/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_REPO_H
#define RG_REPO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_buf;
struct rg_err;

/*
 * The git repository a version is named in: read-only, by libgit2. Repositories owned by another
 * user, bare and shallow ones work. Nothing here runs the git program or writes.
 */
struct rg_repo;

enum { RG_REPO_ID_MAX = 65 }; /* hex object id (SHA-1 or SHA-256) and NUL */

/*
 * Opens the repository that `path` (a directory) lies in. RG_ENOTFOUND when there is none:
 * callers treat versions as labels then. RG_EFORMAT or RG_EIO when there is one that cannot be read.
 */
int rg_repo_open(const char *path, struct rg_repo **out, struct rg_err *err);
/*
 * The same with the git configuration of the user whose home this is, "" for nobody's, in the place of ours: under sudo
 * ours is root's, which the user may not read. Until it is freed that holds for all that are opened.
 */
int rg_repo_open_as(const char *path, const char *home, struct rg_repo **out, struct rg_err *err);
void rg_repo_free(struct rg_repo *repo);

/* The directory shared by all work trees (".git" of the main one, absolute, no trailing slash). */
const char *rg_repo_common_dir(const struct rg_repo *repo);
/* The work tree's top directory, or NULL in a bare repository. */
const char *rg_repo_work_dir(const struct rg_repo *repo);
bool rg_repo_is_shallow(const struct rg_repo *repo);

/*
 * The commit a revision names (tag, annotated tag, branch, remote branch, id or unique prefix, HEAD~3), as a full
 * hex id. RG_ENOTFOUND names the nearest tags, and in a shallow repository the fetch that is missing;
 * RG_EUSAGE when the revision is ambiguous or names something that is not a commit.
 */
int rg_repo_resolve(const struct rg_repo *repo, const char *revision, char id[RG_REPO_ID_MAX],
		    struct rg_err *err);

/*
 * What is checked out, as `git describe --tags --always --dirty` puts it: "v1.4", "v1.4-3-g1234567-dirty".
 * Returns a malloc'd text in *out. *dirty tells whether tracked files differ. In a bare repository or
 * before the first commit: RG_ENOTFOUND.
 */
int rg_repo_describe(const struct rg_repo *repo, char **out, bool *dirty, struct rg_err *err);

/*
 * Appends the bytes of a file as it is in a revision: `path` is below the top directory, with '/'.
 * *found is false, and nothing appended, when that revision has no such path. RG_ENOTFOUND and
 * RG_EUSAGE as rg_repo_resolve() has them; RG_EUSAGE for what is no regular file there; RG_ELIMIT when
 * it is larger than max_bytes; RG_EFORMAT for a damaged repository; RG_EIO, RG_ENOMEM.
 */
int rg_repo_read_file(const struct rg_repo *repo, const char *revision, const char *path,
		      size_t max_bytes, bool *found, struct rg_buf *out, struct rg_err *err);

/*
 * The newest tag's name, malloc'd, in *out: the last one in the history of HEAD, else the one with the
 * highest version. RG_ENOTFOUND when there are no tags.
 */
int rg_repo_newest_tag(const struct rg_repo *repo, char **out, struct rg_err *err);

/*
 * History, by full hex ids. Where it is cut off by a shallow clone, or a commit is not here, these are RG_EUSAGE with
 * the fetch that is missing.
 */

enum { RG_REPO_LINE_MAX = 1000 }; /* commits that are gone back along first parents */

/* RG_ENOTFOUND: it has none. */
int rg_repo_first_parent(const struct rg_repo *repo, const char *id, char out[RG_REPO_ID_MAX],
			 struct rg_err *err);
/* RG_EUSAGE when they have no history in common, and in any shallow clone. */
int rg_repo_merge_base(const struct rg_repo *repo, const char *one, const char *other,
		       char out[RG_REPO_ID_MAX], struct rg_err *err);
/*
 * The nearest tag before a commit, its own left out: what `git describe --tags --abbrev=0 ID^` tells, or with
 * `own` that of ID; in a shallow clone the first one along first parents. *name is malloc'd. RG_ENOTFOUND: there is none.
 */
int rg_repo_previous_tag(const struct rg_repo *repo, const char *id, bool own, char **name,
			 char tagged[RG_REPO_ID_MAX], struct rg_err *err);

/* The highest tag of exactly that commit, malloc'd; *name is NULL when it has none. */
int rg_repo_tag_of(const struct rg_repo *repo, const char *id, char **name, struct rg_err *err);

/* The commits that tags stand for, each once. Zero-initialise it; free with rg_repo_tags_done(). */
struct rg_repo_tags {
	char (*ids)[RG_REPO_ID_MAX]; /* full hex ids, sorted */
	size_t count;
};

/*
 * All tags, annotated ones by the commit they lead to; also when a shallow clone does not hold it. Tags of trees and
 * files are left out.
 */
int rg_repo_tags(const struct rg_repo *repo, struct rg_repo_tags *out, struct rg_err *err);
bool rg_repo_tags_have(const struct rg_repo_tags *tags, const char *id);
void rg_repo_tags_done(struct rg_repo_tags *tags);

/*
 * Where a remote ("origin") is, malloc'd, in *out; with `push` where it is pushed to. A path is made one from the
 * root on. RG_ENOTFOUND when there is no such remote. The text may hold a password.
 */
int rg_repo_remote_url(const struct rg_repo *repo, const char *name, bool push, char **out,
		       struct rg_err *err);

/*
 * Whether a loose object of git, open at its beginning, is whole and holds at most max_bytes: libgit2 1.5 waits for
 * ever for the rest of one that was cut short. RG_EFORMAT, RG_ELIMIT, RG_EIO, RG_ENOMEM; the text goes
 * behind the object's name ("was cut short …").
 */
int rg_repo_check_loose(int fd, uint64_t max_bytes, struct rg_err *err);

#endif
