/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "renames.h"
#include "plumbing.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Smaller functions are in no top. */
#define SHARE_MIN   0.004
/* What is left of a function that vanished, of what it was: inlined copies, old processes. */
#define LEFT_MAX    0.02
/* Costs of one function in two versions are within this ratio of another, */
#define RATIO_MAX   3.0
/* and its callers were the same in that part of its samples, at least. */
#define OVERLAP_MIN 0.8
/*
 * What has fewer samples on either side may be missing on the other by chance, and have the same callers by chance: half
 * to the power of six is more than the false discovery rate, so that neither fails by being apart.
 */
#define SAMPLES_MIN 6
/* A name that is the same in another module tells more than all else, but for what the sources say. */
#define SAME_NAME   10.0
#define SAME_SOURCE 20.0

enum { CANDIDATES_MAX = 32 };

struct candidates {
	uint32_t row[CANDIDATES_MAX]; /* of the alignment, heaviest first */
	double share[CANDIDATES_MAX];
	size_t count;
	double *weight; /* candidates x rows of the callers: part of its samples called by that one */
};

struct joining {
	struct rg_alignment *alignment;
	const struct rg_alignment *callers;
	const struct rg_run_set *set;
	const struct rg_kinships *kinships;
	struct candidates side[RG_END_COUNT]; /* what vanished, and what is new */
	uint32_t *candidate[RG_END_COUNT];    /* rows: its index among them, or RG_FUNCTION_NONE */
};

/* --- What vanished, and what is new ----------------------------------------------------------- */

static void insert(struct candidates *candidates, uint32_t row, double share)
{
	size_t at = candidates->count < CANDIDATES_MAX ? candidates->count++ : CANDIDATES_MAX;

	while (at > 0 && candidates->share[at - 1] < share) {
		if (at < CANDIDATES_MAX) {
			candidates->row[at] = candidates->row[at - 1];
			candidates->share[at] = candidates->share[at - 1];
		}
		at--;
	}
	if (at == CANDIDATES_MAX)
		return;
	candidates->row[at] = row;
	candidates->share[at] = share;
}

static void find_candidates(struct joining *joining)
{
	const struct rg_table *table = &joining->alignment->table;

	for (uint32_t row = 0; row < table->rows; row++) {
		if (rg_module_is_kernel(joining->alignment->function[row].module))
			continue;
		double base = rg_table_share(table, row, RG_END_BASE);
		double canary = rg_table_share(table, row, RG_END_CANARY);

		if (base >= SHARE_MIN && canary <= LEFT_MAX * base)
			insert(&joining->side[RG_END_BASE], row, base);
		if (canary >= SHARE_MIN && base <= LEFT_MAX * canary)
			insert(&joining->side[RG_END_CANARY], row, canary);
	}
}

/* --- Who called them -------------------------------------------------------------------------- */

/* The nearest caller that both versions have: others may have been renamed as well. */
static uint32_t stable_caller(const struct joining *joining, const uint32_t *row_of,
			      const struct rg_stack *stack, uint32_t own)
{
	const struct rg_table *table = &joining->callers->table;

	for (uint32_t i = 1; i < stack->depth; i++) {
		uint32_t row = row_of[stack->frames[i]];

		if (row != own && table->side[RG_END_BASE][row] > 0 &&
		    table->side[RG_END_CANARY][row] > 0)
			return row;
	}
	return (uint32_t)table->rows;
}

static void weigh_run(struct joining *joining, size_t index)
{
	const struct rg_run *run = &joining->set->run[index];
	const struct rg_frame *frame = rg_profile_frames(run->profile, &(size_t){0});
	const struct rg_stack *stack = rg_profile_stacks(run->profile, &(size_t){0});
	const uint32_t *leaf_row = joining->alignment->row_of_frame[index];
	const uint32_t *row_of = joining->callers->row_of_frame[index];
	struct candidates *side = &joining->side[run->end];
	size_t columns = joining->callers->table.rows + 1;
	struct rg_sample_reader reader = rg_profile_read_samples(run->profile);
	struct rg_sample sample;

	while (side->weight && rg_sample_next(&reader, &sample)) {
		const struct rg_stack *of = &stack[sample.stack];
		uint32_t leaf = rg_stack_leaf(frame, of), row = leaf_row[leaf];
		uint32_t which = row == RG_FUNCTION_NONE ? row : joining->candidate[run->end][row];

		if (which != RG_FUNCTION_NONE)
			side->weight[which * columns +
				     stable_caller(joining, row_of, of, row_of[leaf])] +=
				(double)sample.value[run->value];
	}
}

static void normalize(struct candidates *side, size_t columns)
{
	for (size_t i = 0; i < side->count; i++) {
		double *weight = &side->weight[i * columns], sum = 0;

		for (size_t k = 0; k < columns; k++)
			sum += weight[k];
		/* Most are 0, and stay pages that nobody wrote to. */
		for (size_t k = 0; sum > 0 && k < columns; k++) {
			if (weight[k] > 0)
				weight[k] /= sum;
		}
	}
}

static int weigh_callers(struct joining *joining, struct rg_err *err)
{
	size_t columns = joining->callers->table.rows + 1;
	size_t rows = joining->alignment->table.rows + 1;

	for (int end = 0; end < RG_END_COUNT; end++) {
		struct candidates *side = &joining->side[end];

		side->weight = calloc(side->count * columns, sizeof(*side->weight));
		if (!side->weight)
			return rg_err_nomem(err, "diff");
		joining->candidate[end] = malloc(rows * sizeof(uint32_t));
		if (!joining->candidate[end])
			return rg_err_nomem(err, "diff");
		memset(joining->candidate[end], 0xff, rows * sizeof(uint32_t));
		for (size_t i = 0; i < side->count; i++)
			joining->candidate[end][side->row[i]] = (uint32_t)i;
	}
	for (size_t run = 0; run < rg_run_set_count(joining->set); run++)
		if (joining->set->run[run].measured)
			weigh_run(joining, run);
	for (int end = 0; end < RG_END_COUNT; end++)
		normalize(&joining->side[end], columns);
	return 0;
}

/* --- Who is who ------------------------------------------------------------------------------- */

static const double *weights_of(const struct candidates *side, size_t index, size_t columns)
{
	return side->weight + index * columns;
}

static double overlap(const struct joining *joining, size_t old, size_t new)
{
	size_t columns = joining->callers->table.rows + 1;
	const double *a = weights_of(&joining->side[RG_END_BASE], old, columns);
	const double *b = weights_of(&joining->side[RG_END_CANARY], new, columns);
	double sum = 0;

	for (size_t k = 0; k < columns; k++)
		sum += fmin(a[k], b[k]);
	return sum;
}

/* Of two names: 1 for the same, 0 for nothing in common; by their pairs of letters (Dice). */
static double likeness(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), common = 0;

	if (na < 2 || nb < 2 || na > 512 || nb > 512)
		return 0;
	for (size_t i = 0; i + 1 < na; i++)
		common += memmem(b, nb, a + i, 2) != NULL;
	return fmin(1, 2.0 * (double)common / (double)(na + nb - 2));
}

static bool has_few_samples(const struct joining *joining, size_t old, size_t new)
{
	const struct rg_table *table = &joining->alignment->table;

	return table->side[RG_END_BASE][joining->side[RG_END_BASE].row[old]] < SAMPLES_MIN &&
	       table->side[RG_END_CANARY][joining->side[RG_END_CANARY].row[new]] < SAMPLES_MIN;
}

/* How well they go together; 0: not at all. */
static double score(const struct joining *joining, size_t old, size_t new)
{
	const struct candidates *base = &joining->side[RG_END_BASE];
	const struct candidates *canary = &joining->side[RG_END_CANARY];
	const struct rg_function *a = &joining->alignment->function[base->row[old]];
	const struct rg_function *b = &joining->alignment->function[canary->row[new]];
	double apart = fabs(log(canary->share[new] / base->share[old])) / log(RATIO_MAX);
	bool same_name = strcmp(a->key, b->key) == 0 && a->key[0] != '[';
	const struct rg_kinship *kinship = rg_kinship_of(joining->kinships, a, b);
	bool same_source = kinship && kinship->renamed;

	/* Of the same source whatever it costs now is its growth. */
	if (!same_source && apart > (same_name ? 2 : 1))
		return 0;
	double shared = overlap(joining, old, new);

	if (!same_name && !same_source &&
	    (shared < OVERLAP_MIN || has_few_samples(joining, old, new)))
		return 0;
	return shared + (1 - apart) / 2 + likeness(a->key, b->key) + (same_name ? SAME_NAME : 0) +
	       (same_source ? SAME_SOURCE : 0);
}

static size_t best_new(const struct joining *joining, size_t old, double *best)
{
	size_t found = SIZE_MAX;

	*best = 0;
	for (size_t new = 0; new < joining->side[RG_END_CANARY].count; new ++) {
		double this = score(joining, old, new);

		if (this > *best) {
			*best = this;
			found = new;
		}
	}
	return found;
}

static bool is_best_old(const struct joining *joining, size_t old, size_t new, double best)
{
	for (size_t other = 0; other < joining->side[RG_END_BASE].count; other++) {
		if (other != old && score(joining, other, new) >= best)
			return false;
	}
	return true;
}

/* --- One row of two --------------------------------------------------------------------------- */

struct table_copy {
	int64_t *count;
	double *phi;
	struct rg_vote *vote;
	const struct rg_function **renamed_from;
	uint32_t **row_of_frame;
};

/* Runs that share theirs share the copy. NULL: out of memory. */
static uint32_t *copy_map(const struct table_copy *copy, const struct joining *joining, size_t run,
			  struct rg_arena *arena)
{
	const uint32_t *const *map = joining->alignment->row_of_frame;
	uint32_t *rows;
	size_t frames;

	for (size_t other = 0; other < run; other++) {
		if (map[other] == map[run])
			return copy->row_of_frame[other];
	}
	rg_profile_frames(joining->set->run[run].profile, &frames);
	rows = rg_arena_array(arena, frames + 1, sizeof(*rows));
	if (rows)
		memcpy(rows, map[run], frames * sizeof(*rows));
	return rows;
}

static int copy_table(struct table_copy *copy, const struct joining *joining,
		      struct rg_arena *arena)
{
	struct rg_alignment *alignment = joining->alignment;
	const struct rg_table *table = &alignment->table;
	size_t runs = rg_table_runs(table), cells = table->rows * runs;

	copy->count = rg_arena_array(arena, cells + 1, sizeof(*copy->count));
	copy->phi = rg_arena_array(arena, table->rows + 1, sizeof(*copy->phi));
	copy->vote = rg_arena_array(arena, alignment->vote_count + 1, sizeof(*copy->vote));
	copy->renamed_from =
		rg_arena_array(arena, table->rows + 1, sizeof(const struct rg_function *));
	copy->row_of_frame = rg_arena_array(arena, runs + 1, sizeof(uint32_t *));
	if (!copy->count || !copy->phi || !copy->vote || !copy->renamed_from || !copy->row_of_frame)
		return RG_ENOMEM;
	memcpy(copy->count, table->count, cells * sizeof(*copy->count));
	memcpy(copy->phi, table->phi, table->rows * sizeof(*copy->phi));
	if (alignment->vote_count)
		memcpy(copy->vote, alignment->vote, alignment->vote_count * sizeof(*copy->vote));
	for (size_t run = 0; run < runs; run++) {
		copy->row_of_frame[run] = copy_map(copy, joining, run, arena);
		if (!copy->row_of_frame[run])
			return RG_ENOMEM;
	}
	return 0;
}

/* All that was the old function's is the new one's. */
static void join(const struct joining *joining, const struct table_copy *copy, uint32_t old,
		 uint32_t new)
{
	const struct rg_alignment *alignment = joining->alignment;
	size_t runs = rg_table_runs(&alignment->table);

	for (size_t run = 0; run < runs; run++) {
		size_t frames;

		rg_profile_frames(joining->set->run[run].profile, &frames);
		copy->count[new *runs + run] += copy->count[old * runs + run];
		copy->count[old * runs + run] = 0;
		if (run > 0 && copy->row_of_frame[run] == copy->row_of_frame[run - 1])
			continue;
		for (size_t i = 0; i < frames; i++) {
			if (copy->row_of_frame[run][i] == old)
				copy->row_of_frame[run][i] = new;
		}
	}
	copy->phi[new] = fmax(copy->phi[new], copy->phi[old]);
	for (size_t i = 0; i < alignment->vote_count; i++) {
		if (copy->vote[i].function == old)
			copy->vote[i].function = new;
	}
	copy->renamed_from[new] = &alignment->function[old];
}

static int join_pairs(struct joining *joining, struct rg_arena *arena, struct rg_err *err)
{
	struct rg_alignment *alignment = joining->alignment;
	struct table_copy copy = {0};
	size_t joined = 0;

	if (copy_table(&copy, joining, arena))
		return rg_err_nomem(err, "diff");
	for (size_t old = 0; old < joining->side[RG_END_BASE].count; old++) {
		double best;
		size_t new = best_new(joining, old, &best);

		if (new == SIZE_MAX || !is_best_old(joining, old, new, best))
			continue;
		join(joining, &copy, joining->side[RG_END_BASE].row[old],
		     joining->side[RG_END_CANARY].row[new]);
		joined++;
	}
	if (joined == 0)
		return 0;
	alignment->table.count = copy.count;
	alignment->table.phi = copy.phi;
	alignment->vote = copy.vote;
	alignment->renamed_from = copy.renamed_from;
	alignment->row_of_frame = (const uint32_t *const *)copy.row_of_frame;
	return rg_table_sum(&alignment->table, arena, err);
}

int rg_renames_join(struct rg_alignment *alignment, const struct rg_alignment *callers,
		    const struct rg_run_set *set, const struct rg_kinships *kinships,
		    struct rg_arena *arena, struct rg_err *err)
{
	struct joining joining = {
		.alignment = alignment, .callers = callers, .set = set, .kinships = kinships};
	int code = 0;

	find_candidates(&joining);
	if (joining.side[RG_END_BASE].count > 0 && joining.side[RG_END_CANARY].count > 0) {
		code = weigh_callers(&joining, err);
		if (!code)
			code = join_pairs(&joining, arena, err);
	}
	for (int end = 0; end < RG_END_COUNT; end++) {
		free(joining.side[end].weight);
		free(joining.candidate[end]);
	}
	return code;
}
