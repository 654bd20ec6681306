/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "moved_evidence.h"
#include "waits.h"

#include <math.h>
#include <string.h>

/* What is left of cost that went elsewhere: old processes, copies that were not inlined. */
#define LEFT_MAX     0.1
/* Code that moved may be cheaper where it is now: losses are that many gains, at most, */
#define LOSS_MAX     1.25
/* of what was inlined or written anew in place of calls, which is cheaper as a whole, */
#define INLINED_MAX  5.0
/* and of what vanished and was replaced by something new, as with functions that were renamed. */
#define REPLACED_MAX 3.0
/* Its losses and gains were under the same callers in that part. */
#define OVERLAP_MIN  0.8
/* That part of what one caller calls no more, or only now, is gone or new altogether: others do not call it instead. */
#define ALTOGETHER   0.8
/* Smaller parts of the growth explain nothing. */
#define PART_MIN     0.05

const struct rg_kinship *rg_moved_kinship(const struct rg_moved_costs *costs, uint32_t from,
					  uint32_t to)
{
	const struct rg_alignment *alignment = costs->source->alignment;
	const struct rg_function *former =
		alignment->renamed_from ? alignment->renamed_from[from] : NULL;

	return rg_kinship_of(costs->source->kinships, former ? former : &alignment->function[from],
			     &alignment->function[to]);
}

double rg_moved_gain(const struct rg_moved_costs *costs, size_t candidate)
{
	return costs->all[RG_END_CANARY][candidate] - costs->all[RG_END_BASE][candidate];
}

static bool is_renamed(const struct rg_moved_costs *costs, size_t candidate)
{
	const struct rg_alignment *alignment = costs->source->alignment;

	return alignment->renamed_from && alignment->renamed_from[costs->row[candidate]];
}

bool rg_moved_is_gone(const struct rg_moved_costs *costs, size_t candidate)
{
	return is_renamed(costs, candidate) ||
	       costs->all[RG_END_CANARY][candidate] <=
		       LEFT_MAX * costs->all[RG_END_BASE][candidate];
}

bool rg_moved_is_new(const struct rg_moved_costs *costs, size_t candidate)
{
	return is_renamed(costs, candidate) ||
	       costs->all[RG_END_BASE][candidate] <=
		       LEFT_MAX * costs->all[RG_END_CANARY][candidate];
}

static bool is_stable(const struct rg_moved_evidence *evidence, size_t candidate)
{
	uint32_t row = evidence->costs->as_caller[candidate];

	return row != RG_FUNCTION_NONE && evidence->costs->stable[row];
}

/* The gainer does itself now what it called before: that call is gone, and nobody else makes it. */
static bool was_inlined(const struct rg_moved_evidence *evidence, size_t gainer, size_t loser,
			struct rg_moved_origin *out)
{
	if (!is_stable(evidence, gainer))
		return false;
	uint32_t caller = evidence->costs->as_caller[gainer];
	double before = rg_moved_under(evidence->costs, RG_END_BASE, loser, caller);
	double after = rg_moved_under(evidence->costs, RG_END_CANARY, loser, caller);

	*out = (struct rg_moved_origin){loser, RG_MOVE_INLINED, before, before - after,
					INLINED_MAX};
	return after <= LEFT_MAX * before &&
	       -rg_moved_gain(evidence->costs, loser) >= ALTOGETHER * out->loss;
}

/* The loser calls now what it did itself before: it did not call that, nor did others in its place. */
static bool was_taken_out(const struct rg_moved_evidence *evidence, size_t gainer, size_t loser,
			  struct rg_moved_origin *out)
{
	if (!is_stable(evidence, loser))
		return false;
	uint32_t caller = evidence->costs->as_caller[loser];
	double before = rg_moved_under(evidence->costs, RG_END_BASE, gainer, caller);
	double after = rg_moved_under(evidence->costs, RG_END_CANARY, gainer, caller);

	*out = (struct rg_moved_origin){loser, RG_MOVE_TAKEN_OUT,
					evidence->costs->all[RG_END_BASE][loser],
					-rg_moved_gain(evidence->costs, loser), LOSS_MAX};
	return after - before >= PART_MIN * rg_moved_gain(evidence->costs, gainer) &&
	       before <= LEFT_MAX * after &&
	       rg_moved_gain(evidence->costs, gainer) >= ALTOGETHER * (after - before);
}

/* What changed under each caller, of gains or of losses (sign -1); returns the sum. */
static double changes(const struct rg_moved_evidence *evidence, size_t candidate, double sign,
		      double change[RG_MOVED_COLUMNS])
{
	const double *before = evidence->costs->under[RG_END_BASE] + candidate * RG_MOVED_COLUMNS;
	const double *after = evidence->costs->under[RG_END_CANARY] + candidate * RG_MOVED_COLUMNS;
	double sum = 0;

	for (size_t i = 0; i < evidence->costs->columns; i++) {
		change[i] = fmax(sign * (after[i] - before[i]), 0);
		sum += change[i];
	}
	return sum;
}

/* Without a caller there is none in common. */
static double overlap(const struct rg_moved_evidence *evidence, size_t gainer, size_t loser)
{
	double gain[RG_MOVED_COLUMNS], loss[RG_MOVED_COLUMNS], common = 0;
	double gains = changes(evidence, gainer, 1, gain);
	double losses = changes(evidence, loser, -1, loss);

	for (size_t i = 1; gains > 0 && losses > 0 && i < evidence->costs->columns; i++)
		common += fmin(gain[i] / gains, loss[i] / losses);
	return common;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* As far as files are known; builds are in folders of their own. */
static bool in_one_file(const struct rg_moved_evidence *evidence, size_t a, size_t b)
{
	const char *one = base_name(evidence->label[evidence->costs->row[a]].file);
	const char *other = base_name(evidence->label[evidence->costs->row[b]].file);

	return *one && strcmp(one, other) == 0;
}

/*
 * What the same callers call in place of what they called. Functions that both versions have are two functions; where
 * one of both alone is new or gone, the other took part in it in the same file at most.
 */
static bool was_replaced(const struct rg_moved_evidence *evidence, size_t gainer, size_t loser,
			 struct rg_moved_origin *out)
{
	bool gone = rg_moved_is_gone(evidence->costs, loser);
	bool fresh = rg_moved_is_new(evidence->costs, gainer);
	bool one_file = in_one_file(evidence, gainer, loser);

	*out = (struct rg_moved_origin){loser, RG_MOVE_REPLACED,
					evidence->costs->all[RG_END_BASE][loser],
					-rg_moved_gain(evidence->costs, loser),
					gone && fresh ? REPLACED_MAX : LOSS_MAX};
	if (gone && fresh && one_file)
		return true;
	if (gone != fresh && !one_file)
		return false;
	if (!gone && !fresh)
		return false;
	return overlap(evidence, gainer, loser) >= OVERLAP_MIN;
}

static bool was_moved(const struct rg_moved_evidence *evidence, size_t gainer, size_t loser,
		      struct rg_moved_origin *out)
{
	const struct rg_kinship *kinship = rg_moved_kinship(
		evidence->costs, evidence->costs->row[loser], evidence->costs->row[gainer]);
	bool anew = rg_moved_is_gone(evidence->costs, loser) &&
		    rg_moved_is_new(evidence->costs, gainer);

	*out = (struct rg_moved_origin){loser, RG_MOVE_LINES,
					evidence->costs->all[RG_END_BASE][loser],
					-rg_moved_gain(evidence->costs, loser),
					anew ? REPLACED_MAX : LOSS_MAX};
	return kinship != NULL;
}

/* What waits for something else is something else, unless one function does by another call what it did. */
static bool is_alike(const struct rg_moved_evidence *evidence, size_t a, size_t b)
{
	const struct rg_wait *wait = evidence->costs->source->wait;
	const struct rg_function *function = evidence->costs->source->alignment->function;
	uint32_t one = evidence->costs->row[a], other = evidence->costs->row[b];

	if (!wait)
		return true;
	return wait[one].anchored && wait[other].anchored &&
	       strcmp(wait[one].wait, wait[other].wait) == 0 &&
	       (strcmp(wait[one].api, wait[other].api) == 0 ||
		rg_function_order(&function[one], &function[other]) == 0);
}

static bool find_origin(const struct rg_moved_evidence *evidence, size_t gainer, size_t loser,
			struct rg_moved_origin *out)
{
	double least = PART_MIN * rg_moved_gain(evidence->costs, gainer);

	if (!is_alike(evidence, gainer, loser))
		return false;
	if (was_inlined(evidence, gainer, loser, out) && out->loss >= least)
		return true;
	if (!(-rg_moved_gain(evidence->costs, loser) >= least))
		return false;
	return was_taken_out(evidence, gainer, loser, out) ||
	       was_replaced(evidence, gainer, loser, out) ||
	       was_moved(evidence, gainer, loser, out);
}

bool rg_moved_find_origin(const struct rg_moved_evidence *evidence, size_t gainer, size_t loser,
			  struct rg_moved_origin *out)
{
	struct rg_moved_origin origin;

	if (!find_origin(evidence, gainer, loser, &origin))
		return false;
	*out = origin;
	return true;
}
