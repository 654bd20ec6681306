/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "moved.h"
#include "moved_evidence.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Gain and loss are alike within a fifth, and what noise there is. */
#define APART_MAX   0.2
/*
 * A domain that costs more than so many times what moved explains nothing: what it gained may be its noise. One of new
 * names and names that are gone may be larger where its noise is known to be small.
 */
#define DOMAIN_MAX  4.0
#define QUIET_MAX   20.0
#define QUIET       0.25
/* What came on top for certain is less than that part of what moved. */
#define CERTAIN_MAX 0.1

/* One loss explains one growth: that of those who shared it when it was first taken. */
struct taken {
	bool by[RG_MOVED_CANDIDATES]; /* the gainers; none: it is free */
	bool any;
	/* Only what was under these callers: there is more of it under others. */
	bool in_parts;
	uint32_t caller[RG_MOVED_GAINERS];
	size_t callers;
};

struct explaining {
	struct rg_moved_costs costs;
	struct rg_judgement *judgement;
	struct rg_moved_evidence evidence;
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
	struct rg_moved_origin origin[RG_MOVED_CANDIDATES];
	size_t count;
	bool gains[RG_MOVED_CANDIDATES]; /* the gainer, and who shares its origins with it */
	enum proof proof;
};

static bool is_proof(enum proof proof, enum rg_move_how how)
{
	if (how == RG_MOVE_LINES)
		return proof == PROOF_SOURCES;
	return how != RG_MOVE_REPLACED || proof != PROOF_CALLS;
}

/* --- One growth ------------------------------------------------------------------------------- */

static bool is_free(const struct explaining *all, const struct attempt *attempt,
		    const struct rg_moved_origin *origin)
{
	const struct taken *taken = &all->taken[origin->candidate];

	if (!taken->any || taken->by[attempt->gainer])
		return true;
	for (size_t i = 0; i < taken->callers; i++) {
		if (taken->caller[i] == rg_moved_caller(&all->costs, attempt->gainer))
			return false;
	}
	return taken->in_parts && origin->part;
}

static void find_origins(const struct explaining *all, struct attempt *attempt)
{
	for (size_t i = 0; i < all->costs.count; i++) {
		struct rg_moved_origin origin;

		if (i != attempt->gainer &&
		    rg_moved_find_origin(&all->evidence, attempt->gainer, i, &origin) &&
		    is_proof(attempt->proof, origin.how) && is_free(all, attempt, &origin))
			attempt->origin[attempt->count++] = origin;
	}
}

/* Those that grew by chance beside it are none. */
static bool shares(const struct explaining *all, const struct attempt *attempt, size_t other,
		   const struct rg_moved_origin *origin)
{
	struct rg_moved_origin same;

	if (other == origin->candidate || !(rg_moved_gain(&all->costs, other) > 0) ||
	    !rg_moved_find_origin(&all->evidence, other, origin->candidate, &same))
		return false;
	/* What another caller's calls cost is another part. */
	if (same.part &&
	    rg_moved_caller(&all->costs, other) != rg_moved_caller(&all->costs, attempt->gainer))
		return false;
	return same.how == RG_MOVE_TAKEN_OUT ||
	       (same.how == RG_MOVE_LINES && attempt->proof == PROOF_SOURCES) ||
	       (same.how == RG_MOVE_REPLACED &&
		(rg_moved_is_new(&all->costs, other) || other < all->costs.gainers));
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
	bool cheaper;  /* or any more */
	bool all_anew; /* the names of all that gained are new, and of all that lost gone */
};

static struct balance balance_of(const struct explaining *all, const struct attempt *attempt)
{
	struct balance balance = {.most = INFINITY, .cheaper = true, .all_anew = true};

	for (size_t i = 0; i < all->costs.count; i++) {
		if (!attempt->gains[i])
			continue;
		balance.all_anew &= rg_moved_is_new(&all->costs, i);
		balance.gain += rg_moved_gain(&all->costs, i);
		balance.base += all->costs.all[RG_END_BASE][i];
	}
	for (size_t i = 0; i < attempt->count; i++) {
		balance.all_anew &= rg_moved_is_gone(&all->costs, attempt->origin[i].candidate);
		balance.loss += attempt->origin[i].loss;
		balance.base += attempt->origin[i].before;
		balance.most = fmin(balance.most, attempt->origin[i].most);
		balance.cheaper &= attempt->origin[i].cheaper;
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
	       (balance->loss <= balance->most * balance->gain + error ||
		(balance->cheaper && domain->high < 0)) &&
	       !is_too_large(balance, error) &&
	       domain->estimate.log_growth <= rg_finding_threshold(domain) &&
	       expm1(domain->low) * balance->base <= CERTAIN_MAX * balance->gain;
}

static struct rg_moved_domain domain_of(const struct explaining *all, const struct attempt *attempt)
{
	struct rg_moved_domain domain = {.caller = rg_moved_caller(&all->costs, attempt->gainer)};

	for (size_t i = 0; i < all->costs.count; i++)
		domain.whole[i] = attempt->gains[i];
	for (size_t i = 0; i < attempt->count; i++) {
		const struct rg_moved_origin *origin = &attempt->origin[i];

		if (origin->part)
			domain.part[origin->candidate] = true;
		else
			domain.whole[origin->candidate] = true;
	}
	return domain;
}

/* --- What is found ---------------------------------------------------------------------------- */

static int by_loss(const void *left, const void *right)
{
	const struct rg_moved_origin *a = left, *b = right;

	if (a->loss != b->loss)
		return a->loss < b->loss ? 1 : -1;
	return (a->candidate > b->candidate) - (a->candidate < b->candidate);
}

static void take(struct explaining *all, const struct attempt *attempt)
{
	for (size_t i = 0; i < attempt->count; i++) {
		struct taken *taken = &all->taken[attempt->origin[i].candidate];

		taken->in_parts = attempt->origin[i].part;
		if (taken->in_parts)
			taken->caller[taken->callers++] =
				rg_moved_caller(&all->costs, attempt->gainer);
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
		const struct rg_moved_origin *origin = &attempt->origin[i];

		from[i] = (struct rg_moved_from){
			.row = all->costs.row[origin->candidate],
			.how = origin->how,
			.change = -fmin(origin->loss / origin->before, 1),
			.explains = fmin(origin->loss / gain, 1),
			.kinship = rg_moved_kinship(&all->costs, all->costs.row[origin->candidate],
						    finding->row),
		};
	}
	*moved = (struct rg_moved){.from = from, .count = attempt->count, .together = *domain};
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
	all->evidence = (struct rg_moved_evidence){&all->costs, label};
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
