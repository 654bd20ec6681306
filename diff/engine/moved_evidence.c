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

uint32_t rg_moved_caller(const struct rg_moved_costs *costs, size_t gainer)
{
	uint32_t own = costs->as_caller[gainer];

	return own != RG_FUNCTION_NONE && costs->stable[own] ? own : costs->main_caller[gainer];
}

/*
 * The caller calls the function at this end only, which costs `*part` there and `*more` than at the other end; and of the function
 * as a whole most of that is gone or new altogether: nobody else calls it instead.
 */
static bool calls_only_at(const struct rg_moved_evidence *evidence, enum rg_end end,
			  uint32_t caller, size_t other, double *part, double *more)
{
	const struct rg_moved_costs *costs = evidence->costs;

	if (caller == RG_FUNCTION_NONE || !costs->stable[caller])
		return false;
	enum rg_end away = end == RG_END_BASE ? RG_END_CANARY : RG_END_BASE;
	double here = rg_moved_under(costs, end, other, caller);
	double there = rg_moved_under(costs, away, other, caller);

	*part = here;
	*more = here - there;
	return there <= LEFT_MAX * here &&
	       costs->all[end][other] - costs->all[away][other] >= ALTOGETHER * (here - there);
}

/* All that the loser lost. */
static struct rg_moved_origin whole_origin(const struct rg_moved_evidence *evidence, size_t loser,
					   enum rg_move_how how, double most)
{
	return (struct rg_moved_origin){
		.candidate = loser,
		.how = how,
		.before = evidence->costs->all[RG_END_BASE][loser],
		.loss = -rg_moved_gain(evidence->costs, loser),
		.most = most,
	};
}

/* The gainer does itself now what it called before. */
static bool was_inlined(const struct rg_moved_evidence *evidence, size_t gainer, size_t loser,
			struct rg_moved_origin *out)
{
	double part, loss;

	if (!calls_only_at(evidence, RG_END_BASE, evidence->costs->as_caller[gainer], loser, &part,
			   &loss))
		return false;
	*out = (struct rg_moved_origin){
		.candidate = loser,
		.how = RG_MOVE_INLINED,
		.before = part,
		.loss = loss,
		.most = INLINED_MAX,
		.part = true,
	};
	return true;
}

/* The loser calls now what it did itself before. */
static bool was_taken_out(const struct rg_moved_evidence *evidence, size_t gainer, size_t loser,
			  struct rg_moved_origin *out)
{
	double part, gain;

	if (!calls_only_at(evidence, RG_END_CANARY, evidence->costs->as_caller[loser], gainer,
			   &part, &gain))
		return false;
	*out = whole_origin(evidence, loser, RG_MOVE_TAKEN_OUT, LOSS_MAX);
	out->cheaper = rg_moved_is_new(evidence->costs, gainer);
	return gain >= PART_MIN * rg_moved_gain(evidence->costs, gainer);
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
	double gain[RG_MOVED_COLUMNS] = {0}, loss[RG_MOVED_COLUMNS] = {0}, common = 0;
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
 * one of both alone is new or gone, the other took part in it in the same file at most. One that called another as its last
 * act, by a jump, has no frame there: inlined into it, that is gone from below its caller.
 */
static bool was_replaced(const struct rg_moved_evidence *evidence, size_t gainer, size_t loser,
			 struct rg_moved_origin *out)
{
	bool gone = rg_moved_is_gone(evidence->costs, loser);
	bool fresh = rg_moved_is_new(evidence->costs, gainer);
	bool one_file = in_one_file(evidence, gainer, loser);
	bool alike = overlap(evidence, gainer, loser) >= OVERLAP_MIN;

	*out = whole_origin(evidence, loser, RG_MOVE_REPLACED,
			    gone && fresh ? REPLACED_MAX : LOSS_MAX);
	out->cheaper = gone && alike && (fresh || one_file);
	if (gone && fresh && one_file)
		return true;
	if (gone != fresh && !one_file)
		return false;
	if (!gone && !fresh)
		return false;
	return alike;
}

/* The only caller of a new function no longer calls another, which others may call as before. */
static bool was_replaced_there(const struct rg_moved_evidence *evidence, size_t gainer,
			       size_t loser, struct rg_moved_origin *out)
{
	uint32_t caller = rg_moved_caller(evidence->costs, gainer);
	double part, loss;

	if (caller == evidence->costs->as_caller[gainer] ||
	    !rg_moved_is_new(evidence->costs, gainer) ||
	    !calls_only_at(evidence, RG_END_BASE, caller, loser, &part, &loss))
		return false;
	*out = (struct rg_moved_origin){
		.candidate = loser,
		.how = RG_MOVE_REPLACED,
		.before = part,
		.loss = loss,
		.most = REPLACED_MAX,
		.cheaper = true,
		.part = true,
	};
	return loss >= PART_MIN * rg_moved_gain(evidence->costs, gainer);
}

static bool was_moved(const struct rg_moved_evidence *evidence, size_t gainer, size_t loser,
		      struct rg_moved_origin *out)
{
	const struct rg_kinship *kinship = rg_moved_kinship(
		evidence->costs, evidence->costs->row[loser], evidence->costs->row[gainer]);
	bool anew = rg_moved_is_gone(evidence->costs, loser) &&
		    rg_moved_is_new(evidence->costs, gainer);

	*out = whole_origin(evidence, loser, RG_MOVE_LINES, anew ? REPLACED_MAX : LOSS_MAX);
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
	       was_replaced_there(evidence, gainer, loser, out) ||
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
