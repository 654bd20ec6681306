/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_RUNS_H
#define RG_ENGINE_RUNS_H

#include "table.h"

#include "rg/diff.h"
#include "rg/profile.h"

#include <stdbool.h>

/* Batches a run's slices are gathered in: enough for a variance, long enough to hold its memory. */
enum { RG_BATCH_COUNT = 20, RG_BATCH_MIN = 5 };

/* One run: a profile and what its values stand for. */
struct rg_run {
	const struct rg_profile *profile;
	enum rg_end end;
	enum rg_value
		value; /* which is counted: samples, or CPU time where samples were not counted */
	bool measured; /* it holds either of them */
	/* A count is `value` divided by this, rounded: 1 for samples, else the period. */
	int64_t unit;
	double period_ns; /* CPU time a count stands for; 0: not known */
	bool period_assumed;
	uint64_t wall_ns; /* 0: not known */
	int64_t cpu_ns;   /* 0 also when not known */
	/* Units of work; 0 also when they were not counted. */
	double work;
	bool work_counted;
	uint64_t round; /* it was taken in; 0: none */
	uint64_t started_ns, digest;
	/* The program's file name, and the canary's, by which its functions are matched. NULL: not known. */
	const char *program, *matched_as;
	/* Filled when the run is aligned: counts whose leaf has a name, all; the same as integers. */
	double named, all;
	int64_t samples;
	size_t batches;  /* that its variance was measured in; 0: it has too few slices */
	bool concurrent; /* with the other side's only one: apart.h */
};

struct rg_run_set {
	struct rg_run *run; /* baseline runs first; each side in an order of its content alone */
	size_t count[RG_END_COUNT];
};

int rg_run_set_make(struct rg_run_set *out, const struct rg_runs *base,
		    const struct rg_runs *canary, struct rg_arena *arena, struct rg_err *err);

/* Whether the runs are one of each side, of the same window: apart.h. */
static inline bool rg_run_set_concurrent(const struct rg_run_set *set)
{
	return set->count[RG_END_BASE] + set->count[RG_END_CANARY] > 0 && set->run[0].concurrent;
}

/* As many rounds of one run a side as all runs make up, two at least; else 0: they are not paired. */
size_t rg_run_set_rounds(const struct rg_run_set *set);
/* What a table says of its runs: how many there are, how they are paired, and how well phi is known of them. */
void rg_run_set_shape(const struct rg_run_set *set, struct rg_table *table);
/* Whether two runs have the same list of frames, that of a pool, and match these by the same names. */
bool rg_run_frames_alike(const struct rg_run *run, const struct rg_run *other);
/* A module of the run, by the name it is matched by: a version in the program's file name is none of its functions'. */
const char *rg_run_module(const struct rg_run *run, const char *module);

static inline size_t rg_run_set_count(const struct rg_run_set *set)
{
	return set->count[RG_END_BASE] + set->count[RG_END_CANARY];
}

/* The runs of one side. */
static inline struct rg_run *rg_run_set_side(const struct rg_run_set *set, enum rg_end end)
{
	return set->run + (end == RG_END_BASE ? 0 : set->count[RG_END_BASE]);
}

/* Which batch each slice is in, by the middle of its wall time, and each batch's part of the whole. */
struct rg_batches {
	uint8_t *of_slice;
	size_t slices;
	double part[RG_BATCH_COUNT]; /* of the wall time, of the samples, or of the work */
	size_t used;                 /* batches with a slice; 0 when fewer than RG_BATCH_MIN */
	double part_square;          /* sum of part^2 */
};

int rg_batches_make(struct rg_batches *out, const struct rg_profile *profile,
		    struct rg_arena *arena, struct rg_err *err);
/* Each batch's part of `all`, of which the batches have `sum`, in place of its part of the time; none where there is nothing. */
void rg_batches_weigh(struct rg_batches *batches, const double sum[RG_BATCH_COUNT], double all);
/* Each batch's part of the work in place of its part of the time, where work is known by slice. */
void rg_batches_weigh_by_work(struct rg_batches *batches, const struct rg_profile *profile);

#endif
