/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_DIFF_H
#define RG_DIFF_H

#include <stdbool.h>
#include <stddef.h>

struct rg_arena;
struct rg_buf;
struct rg_err;
struct rg_policy;
struct rg_profile;
struct rg_verdict;

/*
 * The comparison and its verdict. Pure: no I/O, no clock, no globals; the same input gives the same
 * verdict, byte for byte, whatever the order of frames, samples and runs.
 */

/* A set of runs of one version; borrowed. */
struct rg_runs {
	const struct rg_profile *const *run;
	size_t count;
};

/*
 * Runs that were taken in rounds, a baseline run and a canary run one after the other, say so by their
 * facts (RG_KEY_ROUND and RG_KEY_ROUND_SERIES). When all runs of both sides are of one series, one of
 * each side in every round, and there are two rounds at least, they are compared round by round: what
 * the machine did to both runs of a round then cancels. Else they are compared as unpaired runs.
 *
 * Compares canary with baseline. A baseline without runs gives RG_OUTCOME_NO_BASELINE, unless a canary
 * run has no samples; a canary without runs, or a run without samples on either side, an undecided verdict:
 * never a pass, and not an error. Errors: RG_ENOMEM, RG_ELIMIT (values too large to add up), RG_EUSAGE for a policy out of
 * range. On success the verdict is the caller's (rg_verdict_free()).
 */
int rg_diff_judge(const struct rg_runs *base, const struct rg_runs *canary,
		  const struct rg_policy *policy, struct rg_verdict **out, struct rg_err *err);

/* What is known of the sources: code of a function of the baseline is in one of the canary. */
struct rg_kinship {
	const char *from, *to; /* keys, as rows have them; of several modules all */
	bool renamed;          /* `from` goes by the name of `to` now; else lines of it are there */
	const char *commit;    /* that put them there, as a hex id; "" when it is not known */
};

struct rg_kinships {
	const struct rg_kinship *list;
	size_t count;
};

/*
 * The same with what is known of the sources. A function that was renamed is compared with what it was, and where code
 * moved a gain and a loss are judged as one: only then, and only if they account for one another as any that moved must.
 * So nothing is excused by it that stacks and names could not excuse. `kinships` may be NULL.
 */
int rg_diff_judge_kin(const struct rg_runs *base, const struct rg_runs *canary,
		      const struct rg_policy *policy, const struct rg_kinships *kinships,
		      struct rg_verdict **out, struct rg_err *err);

/*
 * Appends the canonical form of a function name, by which the sides are matched: compiler clone
 * suffixes (.isra.0, .part.1, .cold, .constprop.2, .lto_priv.3, .llvm.4, .__uniq.5, .avx2), Rust hashes,
 * C++ ABI tags, V8's tiers and positions ("JS:*price /srv/shop.js:2:15" is "JS:price /srv/shop.js") and
 * what the JVM numbers or places anew in every run are dropped. Names may be any bytes.
 */
void rg_canon_name(struct rg_buf *out, const char *function);

/*
 * The same for a module's base name: the version numbers of a shared object are dropped
 * ("libz.so.1.2.13" and "libc-2.31.so" are "libz.so" and "libc.so"), so that an upgraded library's
 * functions are still the same functions.
 */
void rg_canon_module(struct rg_buf *out, const char *module);

/*
 * A pattern for one name only is made canonical as the names are, so that "price.isra.0", copied from
 * a report, matches. Others are left alone: '*' in front of a suffix would come to match all. NULL when
 * out of memory, or without a pattern.
 */
const char *rg_canon_pattern(const char *pattern, void (*canon)(struct rg_buf *, const char *),
			     struct rg_arena *arena);

#endif
