/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/units.h"

#include <math.h>
#include <string.h>

/*
 * The standard error at which a run without change passes nearly always, for a limit of 30 %
 * (from simulation: the rule's page, step 15); in proportion for other limits.
 */
#define ERROR_TO_PASS    0.055
#define ERROR_TO_PASS_AT 0.30
/* More than this nobody will do. */
#define RUNS_MOST        50
#define WINDOWS_MOST     100

/* The parts of the variance, and what they may come to. */
struct needs {
	double within, between; /* of V: within runs; sigma^2 a */
	double sigma_square;    /* between, of one run */
	double room;            /* what within and between together may be */
};

static struct needs needs_of(const struct rg_doubt *doubt)
{
	const struct rg_fit *fit = &doubt->judgement->fit;
	const struct rg_estimate *estimate = &doubt->finding->estimate;
	double error =
		ERROR_TO_PASS * log1p(rg_finding_limit(doubt->finding)) / log1p(ERROR_TO_PASS_AT);
	struct needs needs = {.within = estimate->within[0] + estimate->within[1]};

	needs.between = fmax(estimate->variance - estimate->spread - needs.within, 0);
	needs.sigma_square = needs.between / fit->inverse_runs;
	needs.room = error * error - estimate->spread;
	/* What no round shows leaves room to pass in, where it is not all that is in the way. */
	if (rg_table_paired(fit->table) && estimate->spread <= fit->prior &&
	    needs.within + needs.between > error * error)
		needs.room = error * error;
	return needs;
}

/* "a longer window, about 2.5 times as long (12m30s) on both sides"; false when that is too long. */
static bool add_window(struct rg_buf *out, const struct rg_story *story, double times)
{
	const struct rg_side *canary = &story->verdict->canary;
	char text[RG_UNITS_TEXT_MAX];
	double longer = fmax(ceil(times * 2) / 2, 1.5);

	if (!(longer <= WINDOWS_MOST))
		return false;
	rg_buf_addf(out, "a longer window, about %.3g times as long", longer);
	/* Rounds share one window. */
	double runs = story->verdict->paired_rounds ? 1 : (double)canary->runs;
	double wall = (double)canary->wall_ns / runs * longer;

	if (canary->wall_ns > 0 && wall < 1e18)
		rg_buf_addf(out, " (%s)",
			    rg_format_duration(text, (uint64_t)ceil(wall / 1e9) * RG_NS_PER_S));
	rg_buf_adds(out, " on both sides");
	return true;
}

/* 1/R must come down to `part`. */
static bool add_rounds(struct rg_buf *out, const struct rg_story *story, double part)
{
	double rounds = fmax(ceil(1 / part), (double)story->verdict->paired_rounds + 1);

	if (!(rounds <= RUNS_MOST))
		return false;
	rg_buf_addf(out, "more paired rounds, about %.0f in all", rounds);
	return true;
}

/*
 * 1/m + 1/J must come down to `part`. With one canary run it never falls below 1, whatever the
 * number of baselines: so canary runs are asked for first. False when it takes too many.
 */
static bool add_runs(struct rg_buf *out, const struct rg_story *story, double part)
{
	size_t base_runs = story->verdict->base.runs, canary_runs = story->verdict->canary.runs;
	double others = part - 1 / (double)base_runs;

	if (story->verdict->paired_rounds)
		return add_rounds(out, story, part);
	if (story->verdict->concurrent) {
		rg_buf_adds(out, "runs of several processes of each version (regress-gate capture, "
				 "baseline put)");
		return true;
	}
	double canary = others > 0 ? ceil(1 / others) : INFINITY;
	double both = ceil(2 / part);
	bool alone = canary <= 10 || canary <= both;
	double runs = fmax(alone ? canary : both, (double)canary_runs + 1);

	if (!(runs <= RUNS_MOST))
		return false;
	if (alone)
		rg_buf_addf(out, "more canary runs, about %.0f in all", runs);
	else
		rg_buf_addf(out, "more runs, about %.0f of the canary and as many of the baseline",
			    runs);
	return true;
}

/* Half the room for each when neither alone makes it. */
static bool add_both(struct rg_buf *out, const struct rg_story *story, const struct needs *needs)
{
	if (!add_window(out, story, needs->within / (needs->room / 2)))
		return false;
	rg_buf_adds(out, ", and ");
	return add_runs(out, story, needs->room / 2 / needs->sigma_square);
}

static bool add_remedy(struct rg_buf *out, const struct rg_story *story, const struct needs *needs)
{
	double for_within = needs->room - needs->between, for_between = needs->room - needs->within;

	if (needs->within > needs->between && for_within >= needs->room / 4)
		return add_window(out, story, needs->within / for_within);
	if (needs->within <= needs->between && for_between >= needs->room / 4)
		return add_runs(out, story, for_between / needs->sigma_square);
	return add_both(out, story, needs);
}

/* Rounds show the machine's noise: what is beyond it is in the builds, and no more rounds remove it. */
static void add_scatter(struct rg_buf *out, const struct rg_verdict *verdict)
{
	rg_buf_adds(out, verdict->paired_rounds
				 ? "the versions differ in many functions, more than their rounds: "
				   "compare with one closer to the canary, a change at a time"
				 : "functions scatter more than runs of one version should: use a "
				   "quieter machine, or several canary runs");
}

/* A third of the time that it could run. */
static bool is_starved(const struct rg_side *side)
{
	const struct rg_account *account = &side->account;

	return account->known && account->runq_ns > account->cpu_ns / 2;
}

/* Too few samples for any window that one would wait for: the program, or the machine. */
static const char *cannot_be_judged(const struct rg_verdict *verdict)
{
	return is_starved(&verdict->base) || is_starved(&verdict->canary)
		       ? "others had the CPUs it waited for: use a quieter machine, or give it "
			 "CPUs "
			 "of its own"
		       : "the program is too idle to be judged: put it under load";
}

static void add_precision(struct rg_buf *out, const struct rg_story *story,
			  const struct rg_doubt *doubt)
{
	struct needs needs = needs_of(doubt);

	if (!(needs.room > 0) || (doubt->finding->status == RG_STATUS_SUSPECT &&
				  doubt->finding->estimate.versions > 0)) {
		add_scatter(out, story->verdict);
		return;
	}
	if (add_remedy(out, story, &needs)) {
		rg_buf_adds(out, " would decide");
		return;
	}
	rg_buf_reset(out);
	rg_buf_adds(out, needs.within > needs.between
				 ? cannot_be_judged(story->verdict)
				 : "runs of one version differ too much: use a quieter machine");
}

static void add_more_samples(struct rg_buf *out, const struct rg_story *story)
{
	const struct rg_verdict *verdict = story->verdict;
	int64_t least = verdict->base.samples < verdict->canary.samples ? verdict->base.samples
									: verdict->canary.samples;
	double times = (double)verdict->policy.min_samples / (double)least;

	if (!add_window(out, story, times))
		rg_buf_adds(out, cannot_be_judged(verdict));
}

/* --- What is accepted, and does not cover it --------------------------------------------------- */

static const struct rg_row *find_accepted_caller(const struct rg_verdict *verdict)
{
	for (size_t i = 0; i < verdict->caller_count; i++) {
		if (verdict->callers[i].status == RG_STATUS_ACCEPTED)
			return &verdict->callers[i];
	}
	return NULL;
}

/*
 * "; or accept copy() as well, up to 97 %, if it has grown for handle(), which is accepted": the entry of a caller is of
 * what it costs with all it calls, and grants nothing to each function that it calls. What moved takes no entry.
 */
static void add_own_entry(struct rg_buf *out, const struct rg_verdict *verdict,
			  const struct rg_doubt *doubt)
{
	const struct rg_row *caller = find_accepted_caller(verdict);

	if (!caller || doubt->row == &verdict->total || doubt->row->status == RG_STATUS_MOVED ||
	    doubt->row->dimension != RG_DIMENSION_ON_CPU)
		return;
	rg_buf_adds(out, "; or accept ");
	rg_word_function(out, doubt->row);
	rg_buf_adds(out, " as well, up to ");
	rg_word_percent(out, ceil(rg_row_growth_to_accept(doubt->row) * 100) / 100);
	rg_buf_adds(out, ", if it has grown for ");
	rg_word_function(out, caller);
	rg_buf_adds(out, ", which is accepted");
}

/* The total tells what is placed elsewhere from what has more to do. */
static void add_of_placed(struct rg_buf *out, const struct rg_story *story,
			  const struct rg_doubt *doubt)
{
	rg_buf_adds(out, "build both with functions aligned (-falign-functions=64)");
	if (!doubt->judgement->total.tested)
		rg_buf_adds(out, ", or count its work, so that the total is judged");
	else if (story->verdict->paired_rounds)
		rg_buf_adds(out, ", or take more rounds, for a surer total");
	else
		rg_buf_adds(out, ", or compare several runs, for a surer total");
}

static void add_undecided(struct rg_buf *out, const struct rg_story *story)
{
	struct rg_doubt doubt = rg_story_doubt(story);

	if (story->verdict->canary.runs == 0)
		rg_buf_adds(out, "profile the canary");
	else if (!story->judgement)
		rg_buf_adds(out, "profile it while it is at work: no CPU time was seen");
	else if (rg_story_too_few(story))
		add_more_samples(out, story);
	else if (!doubt.row)
		rg_buf_adds(
			out,
			story->verdict->ignored_count > 0
				? "ignore less, lower the minimum share, or judge by basis 'second'"
				: "lower the minimum share, or judge by basis 'second'");
	else if (doubt.finding->status == RG_STATUS_PLACED)
		add_of_placed(out, story, &doubt);
	else if (doubt.finding->rejected || doubt.finding->broken)
		rg_buf_adds(out, "look at this function: more samples will not settle it");
	else
		add_precision(out, story, &doubt);
	if (doubt.row && !doubt.finding->broken)
		add_own_entry(out, story->verdict, &doubt);
}

/* --- Not comparable --------------------------------------------------------------------------- */

struct mend {
	const char *what, *advice;
};

static const struct mend mends[] = {
	{"load", "profile both sides under the same load"},
	{"work",
	 "count it on both sides, while there is some: --work-uprobe, --work-metric or --work-cmd"},
	{"completion", "profile both sides for a window that the command ends in"},
	{"ended in the window",
	 "profile both sides for a window that both live through, or that both end in"},
	{"processes that failed",
	 "see why they failed: in their own logs, or with 'capture' while they run; profile when "
	 "they live"},
	{"unit of work", "count one thing on both sides, under one name"},
	{"scenario", "compare profiles of one scenario"},
	{"wall time", "judge by basis 'share', or profile with regress-gate"},
	{"CPU time per sample", "judge by basis 'share', or profile with regress-gate"},
	{"sampling event", "profile both sides with the same event"},
	{"CPU time denied by the cgroup's limit",
	 "give both sides the same CPU limit, with room below it"},
	{"time waiting for a CPU",
	 "profile where no others need the CPUs: on a quieter machine, or on CPUs of its own"},
	{"time stolen by the hypervisor", "profile on a machine whose CPUs are its own"},
	{"frequency governor", "set the same CPU frequency governor for both sides"},
	{"incomplete stacks",
	 "give both sides unwind data (-fasynchronous-unwind-tables) or frame pointers; profile "
	 "both by one version of regress-gate"},
	{"samples lost", "profile again, at a lower frequency or for a shorter window"},
	{"samples with a function name", "give both sides the same symbols"},
	{"CPU time by samples against the scheduler's",
	 "profile again on a machine that does not lose timer ticks"},
	{"account of the threads' time", "profile again: a part of the threads' time was not seen"},
	{"threads", "profile both sides with as many threads"},
	{"waits without a function",
	 "give the program unwind data, or say in \"plumbing\" and \"idle\" what its threads do"},
	{"waits lost", "profile again, for a shorter window or with more waits thinned"},
};

static const char *mend_of(const struct rg_verdict *verdict)
{
	for (size_t i = 0; i < verdict->issue_count; i++) {
		if (!verdict->issues[i].blocking)
			continue;
		for (size_t k = 0; k < sizeof(mends) / sizeof(mends[0]); k++) {
			if (strcmp(mends[k].what, verdict->issues[i].what) == 0)
				return mends[k].advice;
		}
		break;
	}
	return "profile both sides on machines of one kind";
}

static void add_advice(struct rg_buf *out, const struct rg_story *story)
{
	switch (story->verdict->outcome) {
	case RG_OUTCOME_PASS:
	case RG_OUTCOME_FAIL:
		break;
	case RG_OUTCOME_UNDECIDED:
		add_undecided(out, story);
		break;
	case RG_OUTCOME_NOT_COMPARABLE:
		rg_buf_adds(out, mend_of(story->verdict));
		break;
	case RG_OUTCOME_NO_BASELINE:
		rg_buf_adds(out, "profile the version to compare with and store it as a baseline");
		break;
	}
}

const char *rg_report_advice(const struct rg_story *story)
{
	const char *advice = NULL;
	struct rg_buf out;

	rg_buf_init(&out, 1024);
	add_advice(&out, story);
	if (!out.failed)
		advice = rg_arena_strdup(story->verdict->arena, out.len > 0 ? out.data : "");
	rg_buf_done(&out);
	return advice;
}
