/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "moved.h"
#include "waits.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is left of cost that went elsewhere: old processes, copies that were not inlined. */
#define LEFT_MAX     0.1
/* Gain and loss are alike within a fifth, and what noise there is. */
#define APART_MAX    0.2
/* Code that moved may be cheaper where it is now: losses are that many gains, at most, */
#define LOSS_MAX     1.25
/* of what was inlined or written anew in place of calls, which is cheaper as a whole, */
#define INLINED_MAX  5.0
/* and of what vanished and was replaced by something new, as with functions that were renamed. */
#define REPLACED_MAX 3.0
/*
 * A domain that costs more than so many times what moved explains nothing: what it gained may be its noise. One of new
 * names and names that are gone may be larger where its noise is known to be small.
 */
#define DOMAIN_MAX   4.0
#define QUIET_MAX    20.0
#define QUIET        0.25
/* What came on top for certain is less than that part of what moved. */
#define CERTAIN_MAX  0.1
/* Its losses and gains were under the same callers in that part. */
#define OVERLAP_MIN  0.8
/* That part of what one caller calls no more, or only now, is gone or new altogether: others do not call it instead. */
#define ALTOGETHER   0.8
/* Smaller parts of the growth explain nothing. */
#define PART_MIN     0.05

/* A loss that may be a growth's origin. */
struct origin {
	size_t candidate;
	enum rg_move_how how;
	double before, loss; /* of the function, or of the part that moved */
	double most;         /* losses to a gain */
};

/* One loss explains one growth: that of those who shared it when it was first taken. */
struct taken {
	bool by[RG_MOVED_CANDIDATES]; /* the gainers; none: it is free */
	bool any;
	bool in_parts; /* only what was under its gainer: there is more of it under others */
};

struct explaining {
	struct rg_moved_costs costs;
	struct rg_judgement *judgement;
	const struct rg_label *label; /* rows of the alignment, the candidates' */
	struct taken taken[RG_MOVED_CANDIDATES];
	struct rg_arena *arena;
};

/*
 * By what a growth is explained. What the calls show goes first: then nobody else can take it for his. The sources go
 * last: so nothing fails by what they say that would not fail without.
 */
enum proof { PROOF_CALLS, PROOF_NAMES, PROOF_SOURCES, PROOF_COUNT };

/* Explaining one growth. */
struct attempt {
	size_t gainer;
	struct origin origin[RG_MOVED_CANDIDATES];
	size_t count;
	bool gains[RG_MOVED_CANDIDATES]; /* the gainer, and who shares its origins with it */
	enum proof proof;
};

/* By the names of either version. */
static const struct rg_kinship *kinship_of(const struct explaining *all, uint32_t from, uint32_t to)
{
	const struct rg_alignment *alignment = all->costs.source->alignment;
	const struct rg_function *former =
		alignment->renamed_from ? alignment->renamed_from[from] : NULL;

	return rg_kinship_of(all->costs.source->kinships,
			     former ? former : &alignment->function[from],
			     &alignment->function[to]);
}

/* --- Evidence --------------------------------------------------------------------------------- */

static double gain_of(const struct explaining *all, size_t candidate)
{
	return all->costs.all[RG_END_CANARY][candidate] - all->costs.all[RG_END_BASE][candidate];
}

static bool is_renamed(const struct explaining *all, size_t candidate)
{
	const struct rg_alignment *alignment = all->costs.source->alignment;

	return alignment->renamed_from && alignment->renamed_from[all->costs.row[candidate]];
}

static bool vanished(const struct explaining *all, size_t candidate)
{
	return is_renamed(all, candidate) ||
	       all->costs.all[RG_END_CANARY][candidate] <=
		       LEFT_MAX * all->costs.all[RG_END_BASE][candidate];
}

static bool is_new(const struct explaining *all, size_t candidate)
{
	return is_renamed(all, candidate) ||
	       all->costs.all[RG_END_BASE][candidate] <=
		       LEFT_MAX * all->costs.all[RG_END_CANARY][candidate];
}

static bool is_stable(const struct explaining *all, size_t candidate)
{
	uint32_t row = all->costs.as_caller[candidate];

	return row != RG_FUNCTION_NONE && all->costs.stable[row];
}

/* The gainer does itself now what it called before: that call is gone, and nobody else makes it. */
static bool was_inlined(const struct explaining *all, size_t gainer, size_t loser,
			struct origin *out)
{
	if (!is_stable(all, gainer))
		return false;
	uint32_t caller = all->costs.as_caller[gainer];
	double before = rg_moved_under(&all->costs, RG_END_BASE, loser, caller);
	double after = rg_moved_under(&all->costs, RG_END_CANARY, loser, caller);

	*out = (struct origin){loser, RG_MOVE_INLINED, before, before - after, INLINED_MAX};
	return after <= LEFT_MAX * before && -gain_of(all, loser) >= ALTOGETHER * out->loss;
}

/* The loser calls now what it did itself before: it did not call that, nor did others in its place. */
static bool was_taken_out(const struct explaining *all, size_t gainer, size_t loser,
			  struct origin *out)
{
	if (!is_stable(all, loser))
		return false;
	uint32_t caller = all->costs.as_caller[loser];
	double before = rg_moved_under(&all->costs, RG_END_BASE, gainer, caller);
	double after = rg_moved_under(&all->costs, RG_END_CANARY, gainer, caller);

	*out = (struct origin){loser, RG_MOVE_TAKEN_OUT, all->costs.all[RG_END_BASE][loser],
			       -gain_of(all, loser), LOSS_MAX};
	return after - before >= PART_MIN * gain_of(all, gainer) && before <= LEFT_MAX * after &&
	       gain_of(all, gainer) >= ALTOGETHER * (after - before);
}

/* What changed under each caller, of gains or of losses (sign -1); returns the sum. */
static double changes(const struct explaining *all, size_t candidate, double sign,
		      double change[RG_MOVED_COLUMNS])
{
	const double *before = all->costs.under[RG_END_BASE] + candidate * RG_MOVED_COLUMNS;
	const double *after = all->costs.under[RG_END_CANARY] + candidate * RG_MOVED_COLUMNS;
	double sum = 0;

	for (size_t i = 0; i < all->costs.columns; i++) {
		change[i] = fmax(sign * (after[i] - before[i]), 0);
		sum += change[i];
	}
	return sum;
}

/* Without a caller there is none in common. */
static double overlap(const struct explaining *all, size_t gainer, size_t loser)
{
	double gain[RG_MOVED_COLUMNS], loss[RG_MOVED_COLUMNS], common = 0;
	double gains = changes(all, gainer, 1, gain), losses = changes(all, loser, -1, loss);

	for (size_t i = 1; gains > 0 && losses > 0 && i < all->costs.columns; i++)
		common += fmin(gain[i] / gains, loss[i] / losses);
	return common;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* As far as files are known; builds are in folders of their own. */
static bool in_one_file(const struct explaining *all, size_t a, size_t b)
{
	const char *one = base_name(all->label[all->costs.row[a]].file);
	const char *other = base_name(all->label[all->costs.row[b]].file);

	return *one && strcmp(one, other) == 0;
}

/*
 * What the same callers call in place of what they called. Functions that both versions have are two functions; where
 * one of both alone is new or gone, the other took part in it in the same file at most.
 */
static bool was_replaced(const struct explaining *all, size_t gainer, size_t loser,
			 struct origin *out)
{
	bool gone = vanished(all, loser), fresh = is_new(all, gainer);
	bool one_file = in_one_file(all, gainer, loser);

	*out = (struct origin){loser, RG_MOVE_REPLACED, all->costs.all[RG_END_BASE][loser],
			       -gain_of(all, loser), gone && fresh ? REPLACED_MAX : LOSS_MAX};
	if (gone && fresh && one_file)
		return true;
	if (gone != fresh && !one_file)
		return false;
	if (!gone && !fresh)
		return false;
	return overlap(all, gainer, loser) >= OVERLAP_MIN;
}

static bool was_moved(const struct explaining *all, size_t gainer, size_t loser, struct origin *out)
{
	const struct rg_kinship *kinship =
		kinship_of(all, all->costs.row[loser], all->costs.row[gainer]);
	bool anew = vanished(all, loser) && is_new(all, gainer);

	*out = (struct origin){loser, RG_MOVE_LINES, all->costs.all[RG_END_BASE][loser],
			       -gain_of(all, loser), anew ? REPLACED_MAX : LOSS_MAX};
	return kinship != NULL;
}

/* What waits for something else is something else, unless one function does by another call what it did. */
static bool is_alike(const struct explaining *all, size_t a, size_t b)
{
	const struct rg_wait *wait = all->costs.source->wait;
	const struct rg_function *function = all->costs.source->alignment->function;
	uint32_t one = all->costs.row[a], other = all->costs.row[b];

	if (!wait)
		return true;
	return wait[one].anchored && wait[other].anchored &&
	       strcmp(wait[one].wait, wait[other].wait) == 0 &&
	       (strcmp(wait[one].api, wait[other].api) == 0 ||
		rg_function_order(&function[one], &function[other]) == 0);
}

static bool find_evidence(const struct explaining *all, size_t gainer, size_t loser,
			  struct origin *out)
{
	double least = PART_MIN * gain_of(all, gainer);

	if (!is_alike(all, gainer, loser))
		return false;
	if (was_inlined(all, gainer, loser, out) && out->loss >= least)
		return true;
	if (!(-gain_of(all, loser) >= least))
		return false;
	return was_taken_out(all, gainer, loser, out) || was_replaced(all, gainer, loser, out) ||
	       was_moved(all, gainer, loser, out);
}

static bool is_proof(enum proof proof, enum rg_move_how how)
{
	if (how == RG_MOVE_LINES)
		return proof == PROOF_SOURCES;
	return how != RG_MOVE_REPLACED || proof != PROOF_CALLS;
}

/* --- One growth ------------------------------------------------------------------------------- */

static bool is_free(const struct explaining *all, const struct attempt *attempt,
		    const struct origin *origin)
{
	const struct taken *taken = &all->taken[origin->candidate];

	return !taken->any || taken->by[attempt->gainer] ||
	       (taken->in_parts && origin->how == RG_MOVE_INLINED);
}

static void find_origins(const struct explaining *all, struct attempt *attempt)
{
	for (size_t i = 0; i < all->costs.count; i++) {
		struct origin origin;

		if (i != attempt->gainer && find_evidence(all, attempt->gainer, i, &origin) &&
		    is_proof(attempt->proof, origin.how) && is_free(all, attempt, &origin))
			attempt->origin[attempt->count++] = origin;
	}
}

/* Those that grew by chance beside it are none. */
static bool shares(const struct explaining *all, const struct attempt *attempt, size_t other,
		   const struct origin *origin)
{
	struct origin same;

	if (other == origin->candidate || !(gain_of(all, other) > 0) ||
	    !find_evidence(all, other, origin->candidate, &same))
		return false;
	return same.how == RG_MOVE_TAKEN_OUT ||
	       (same.how == RG_MOVE_LINES && attempt->proof == PROOF_SOURCES) ||
	       (same.how == RG_MOVE_REPLACED && (is_new(all, other) || other < all->costs.gainers));
}

/* Whoever else came from the same origin has its part of it. */
static void find_sharers(const struct explaining *all, struct attempt *attempt)
{
	attempt->gains[attempt->gainer] = true;
	for (size_t i = 0; i < attempt->count; i++) {
		for (size_t k = 0; k < all->costs.count; k++) {
			if (attempt->origin[i].how != RG_MOVE_INLINED &&
			    shares(all, attempt, k, &attempt->origin[i]))
				attempt->gains[k] = true;
		}
	}
}

struct balance {
	double gain, loss, base;
	double most;   /* losses to a gain */
	bool all_anew; /* the names of all that gained are new, and of all that lost gone */
};

static struct balance balance_of(const struct explaining *all, const struct attempt *attempt)
{
	struct balance balance = {.most = INLINED_MAX, .all_anew = true};

	for (size_t i = 0; i < all->costs.count; i++) {
		if (!attempt->gains[i])
			continue;
		balance.all_anew &= is_new(all, i);
		balance.gain += gain_of(all, i);
		balance.base += all->costs.all[RG_END_BASE][i];
	}
	for (size_t i = 0; i < attempt->count; i++) {
		balance.all_anew &= vanished(all, attempt->origin[i].candidate);
		balance.loss += attempt->origin[i].loss;
		balance.base += attempt->origin[i].before;
		balance.most = fmin(balance.most, attempt->origin[i].most);
	}
	return balance;
}

static bool is_too_large(const struct balance *balance, double error)
{
	double moved = fmax(balance->gain, balance->loss);

	if (balance->all_anew && error <= QUIET * balance->gain)
		return balance->base > QUIET_MAX * moved;
	return balance->base > DOMAIN_MAX * moved;
}

/*
 * Whether what is lost accounts for what is gained. The domain passes as a function would have to, and what is certain
 * of its growth is little of what moved.
 */
static bool accounts(const struct balance *balance, const struct rg_finding *domain)
{
	double error = sqrt(domain->estimate.variance) * balance->base;

	if (domain->broken || !(balance->gain > 0) || !(balance->loss > 0))
		return false;
	return balance->gain - balance->loss <= APART_MAX * balance->gain + error &&
	       balance->loss <= balance->most * balance->gain + error &&
	       !is_too_large(balance, error) &&
	       domain->estimate.log_growth <= rg_finding_threshold(domain) &&
	       expm1(domain->low) * balance->base <= CERTAIN_MAX * balance->gain;
}

static struct rg_moved_domain domain_of(const struct explaining *all, const struct attempt *attempt)
{
	struct rg_moved_domain domain = {.caller = all->costs.as_caller[attempt->gainer]};

	for (size_t i = 0; i < all->costs.count; i++)
		domain.whole[i] = attempt->gains[i];
	for (size_t i = 0; i < attempt->count; i++) {
		const struct origin *origin = &attempt->origin[i];

		if (origin->how == RG_MOVE_INLINED)
			domain.part[origin->candidate] = true;
		else
			domain.whole[origin->candidate] = true;
	}
	return domain;
}

/* --- What is found ---------------------------------------------------------------------------- */

static int by_loss(const void *left, const void *right)
{
	const struct origin *a = left, *b = right;

	if (a->loss != b->loss)
		return a->loss < b->loss ? 1 : -1;
	return (a->candidate > b->candidate) - (a->candidate < b->candidate);
}

static void take(struct explaining *all, const struct attempt *attempt)
{
	for (size_t i = 0; i < attempt->count; i++) {
		struct taken *taken = &all->taken[attempt->origin[i].candidate];

		taken->in_parts = attempt->origin[i].how == RG_MOVE_INLINED;
		taken->any = true;
		for (size_t k = 0; k < all->costs.count; k++)
			taken->by[k] |= attempt->gains[k];
	}
}

static int keep(struct explaining *all, struct attempt *attempt, struct rg_finding *finding,
		const struct rg_finding *domain, struct rg_err *err)
{
	struct rg_moved *moved = rg_arena_alloc(all->arena, sizeof(*moved));
	struct rg_moved_from *from = rg_arena_array(all->arena, attempt->count, sizeof(*from));
	double gain = balance_of(all, attempt).gain;

	if (!moved || !from)
		return rg_err_nomem(err, "diff");
	qsort(attempt->origin, attempt->count, sizeof(*attempt->origin), by_loss);
	for (size_t i = 0; i < attempt->count; i++) {
		const struct origin *origin = &attempt->origin[i];

		from[i] = (struct rg_moved_from){
			.row = all->costs.row[origin->candidate],
			.how = origin->how,
			.change = -fmin(origin->loss / origin->before, 1),
			.explains = fmin(origin->loss / gain, 1),
			.kinship = kinship_of(all, all->costs.row[origin->candidate], finding->row),
		};
	}
	*moved = (struct rg_moved){from, attempt->count, *domain};
	finding->moved = moved;
	finding->status = RG_STATUS_MOVED;
	take(all, attempt);
	return 0;
}

static int explain(struct explaining *all, struct rg_finding *finding, enum proof proof,
		   struct rg_err *err)
{
	struct attempt attempt = {.proof = proof};
	struct rg_finding domain;

	attempt.gainer = all->costs.candidate[finding->row];
	find_origins(all, &attempt);
	if (attempt.count == 0)
		return 0;
	find_sharers(all, &attempt);
	for (size_t i = 0; i < attempt.count; i++) {
		if (attempt.gains[attempt.origin[i].candidate])
			return 0;
	}
	const struct rg_moved_domain members = domain_of(all, &attempt);
	const struct balance balance = balance_of(all, &attempt);
	int code = rg_moved_domain_judge(&all->costs, &members, finding, &domain, err);

	if (code || !accounts(&balance, &domain))
		return code;
	return keep(all, &attempt, finding, &domain, err);
}

static bool is_open(const struct explaining *all, const struct rg_finding *finding)
{
	uint32_t candidate = all->costs.candidate[finding->row];

	return candidate < all->costs.gainers && !finding->moved;
}

static int explain_all(struct explaining *all, struct rg_err *err)
{
	struct rg_judgement *judgement = all->judgement;
	int code = 0;

	for (int proof = 0; proof < PROOF_COUNT; proof++) {
		for (size_t i = 0; code == 0 && i < judgement->count; i++) {
			if (is_open(all, &judgement->finding[i]))
				code = explain(all, &judgement->finding[i], (enum proof)proof, err);
		}
	}
	rg_conclude_statistical(judgement);
	return code;
}

static int label_candidates(struct explaining *all, struct rg_err *err)
{
	size_t rows = all->costs.source->alignment->table.rows;
	bool *wanted = rg_arena_array(all->arena, rows + 1, sizeof(*wanted));
	struct rg_label *label = rg_arena_array(all->arena, rows + 1, sizeof(*label));

	if (!wanted || !label)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < all->costs.count; i++)
		wanted[all->costs.row[i]] = true;
	all->label = label;
	return rg_label_rows(all->costs.source->alignment, wanted, label, all->arena, err);
}

int rg_moved_explain(struct rg_judgement *judgement, const struct rg_moved_source *source,
		     struct rg_arena *arena, struct rg_err *err)
{
	struct explaining all = {.judgement = judgement, .arena = arena};
	int code = rg_moved_costs_make(&all.costs, judgement, source, err);

	if (!code && all.costs.gainers > 0)
		code = label_candidates(&all, err);
	if (!code && all.costs.gainers > 0)
		code = explain_all(&all, err);
	rg_moved_costs_done(&all.costs);
	return code;
}
