/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternate.h"
#include "alternate_keep.h"
#include "alternate_plan.h"
#include "alternate_rehearse.h"
#include "alternate_shared.h"
#include "alternate_sides.h"
#include "alternate_spoilt.h"
#include "launching.h"
#include "progress.h"
#include "runs.h"
#include "settings.h"
#include "signals.h"
#include "take.h"
#include "version.h"

#include "rg/arena.h"
#include "rg/capture.h"
#include "rg/err.h"
#include "rg/owner.h"
#include "rg/profile.h"
#include "rg/units.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

struct rg_alternation {
	const struct rg_settings *settings;
	struct alternate_sides sides;
	struct alternate_plan plan;
	char series[33];
	uint32_t kept, thrown; /* rounds */
	uint32_t planned;      /* rounds, by now: it goes on while it is undecided */
	uint64_t began_ns;     /* the first run, CLOCK_MONOTONIC */
	uint32_t runs;         /* since */
	char first_thrown[ALTERNATE_WHY_MAX];
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * RG_NS_PER_S + (uint64_t)ts.tv_nsec;
}

/* --- Beginning ------------------------------------------------------------------------------ */

/* Tells the series from every other, and draws who begins. */
static int draw_series(struct rg_alternation *a, bool *canary_first, struct rg_err *err)
{
	uint64_t random[2];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return rg_err_set(err, RG_EIO, "alternate: random numbers: %s", strerror(errno));
	snprintf(a->series, sizeof(a->series), "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
	*canary_first = random[0] & 1;
	return 0;
}

/* To the second: nobody can say it more precisely. */
static char *format_about(char out[RG_UNITS_TEXT_MAX], uint64_t ns)
{
	return rg_format_duration(out, (ns + RG_NS_PER_S - 1) / RG_NS_PER_S * RG_NS_PER_S);
}

static void say_plan(const struct rg_alternation *a)
{
	const struct alternate_plan *plan = &a->plan;
	char order[80], window[RG_UNITS_TEXT_MAX], warmup[RG_UNITS_TEXT_MAX];
	char whole[RG_UNITS_TEXT_MAX], rule[ALTERNATE_WHY_MAX];

	if (a->settings->verbosity < 0)
		return;
	alternate_plan_order(plan, plan->rounds, order, sizeof(order));
	alternate_rule(&a->settings->config.policy, rule, sizeof(rule));
	format_about(whole, UINT64_C(2) * plan->rounds * plan->run_ns);
	rg_cli_say("%u rounds in the order %s (A: the baseline)", plan->rounds, order);
	if (plan->executions)
		rg_cli_say("each run: the command, %u time%s over; about %s in all",
			   plan->executions, plan->executions == 1 ? "" : "s", whole);
	else
		rg_cli_say("each run: %s of warm-up, %s profiled; about %s in all",
			   rg_format_duration_about(warmup, plan->warmup_ns),
			   rg_format_duration_about(window, plan->window_ns), whole);
	rg_cli_say("a round is taken again after %s, up to %u time%s", rule, plan->rounds / 2,
		   plan->rounds / 2 == 1 ? "" : "s");
	if (plan->executions)
		rg_cli_say("and where a run is out of time, and waited for a CPU for more than "
			   "%g %% of it",
			   100 * a->settings->config.policy.comparable.max_starved);
}

static int begin(struct rg_alternation *a, const struct rg_version *baseline, struct rg_err *err)
{
	struct rg_capture_user user;
	struct alternate_trial trial = {.settings = a->settings, .sides = &a->sides};
	struct rg_capture_rehearsal rehearsals[ALTERNATE_SIDES] = {0};
	bool canary_first = false;
	int rc;

	if (rg_owner_user(&user.uid, &user.gid))
		trial.user = &user;
	rc = draw_series(a, &canary_first, err);
	if (!rc && a->settings->keep_runs)
		rc = alternate_keep_begin(a->settings->keep_runs, err);
	if (!rc)
		rc = alternate_sides_make(a->settings, baseline, trial.user, &a->sides, err);
	if (!rc)
		rc = alternate_rehearse(&trial, rehearsals, err);
	if (rc)
		return rc;
	a->plan = alternate_plan_make(&a->settings->config, rehearsals, canary_first);
	a->planned = a->plan.rounds;
	a->began_ns = now_ns();
	say_plan(a);
	return 0;
}

int rg_alternation_begin(const struct rg_settings *settings, const struct rg_version *baseline,
			 struct rg_alternation **out, struct rg_err *err)
{
	struct rg_alternation *a = calloc(1, sizeof(*a));
	int rc;

	if (!a)
		return rg_err_nomem(err, "alternate");
	a->settings = settings;
	rg_signals_hold();
	rc = begin(a, baseline, err);
	if (rc)
		rg_alternation_end(a);
	else
		*out = a;
	return rc;
}

void rg_alternation_end(struct rg_alternation *a)
{
	if (!a)
		return;
	alternate_sides_done(&a->sides);
	rg_signals_release();
	free(a);
}

uint32_t rg_alternation_planned(const struct rg_alternation *a)
{
	return a->plan.rounds;
}

/* --- A run ---------------------------------------------------------------------------------- */

void rg_alternation_go_on(struct rg_alternation *a, uint32_t rounds)
{
	a->planned = rounds;
}

/* By what the runs took so far, in the end. */
static uint64_t left_ns(const struct rg_alternation *a)
{
	uint64_t each = a->runs ? (now_ns() - a->began_ns) / a->runs : a->plan.run_ns;
	uint32_t all = 2 * (a->planned + a->thrown);

	return all > a->runs ? (all - a->runs) * each : each;
}

static void begin_progress(const struct rg_alternation *a, enum alternate_side side,
			   struct rg_progress *progress)
{
	const char *name = a->sides.version[side].name;
	char left[RG_UNITS_TEXT_MAX];

	rg_progress_init(progress, a->settings);
	format_about(left, left_ns(a));
	snprintf(progress->label, sizeof(progress->label), "round %u of %u, %s, %.20s left",
		 a->kept + 1, a->planned, name, left);
	if (a->plan.executions)
		progress->length_ns = a->plan.run_ns;
	if (!progress->quiet && !progress->terminal)
		rg_cli_say("%s", progress->label);
}

/* A run of each side. That of the second is NULL where the first did not end in its time: its round is none. */
struct round {
	struct rg_profile *run[ALTERNATE_SIDES];
	bool late[ALTERNATE_SIDES];
};

/* `filled` is for this run alone. */
static int take(const struct rg_alternation *a, enum alternate_side side,
		struct rg_settings *filled, struct round *round, struct rg_err *err)
{
	const struct alternate_version *version = &a->sides.version[side];
	struct alternate_shared shared = {.work_tree = a->sides.work_tree,
					  .version = &version->built};
	struct rg_progress progress;
	const struct rg_take_run run = {
		.settings = filled,
		.label = version->label,
		.commit = version->commit,
		.directory = version->directory,
		.helpers_directory = a->sides.version[ALTERNATE_CANARY].directory,
		.executions = a->plan.executions,
		.round = a->kept + a->thrown + 1,
		.series = a->series,
		.progress = &progress,
		.mapped = alternate_shared_mapped,
		.mapped_ctx = &shared,
	};
	int rc;

	filled->config.window_ns = a->plan.window_ns;
	filled->config.warmup_ns = a->plan.warmup_ns;
	filled->config.slice_ns = a->plan.slice_ns;
	begin_progress(a, side, &progress);
	rc = rg_take_one(&run, &round->run[side], &round->late[side], err);
	return rc ? rc : alternate_shared_check(&shared, err);
}

static int take_run(struct rg_alternation *a, enum alternate_side side, struct round *round,
		    struct rg_err *err)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_settings filled;
	int rc;

	if (!arena)
		return rg_err_nomem(err, "command");
	rc = rg_launching_fill(a->settings, arena, &filled, err);
	if (!rc)
		rc = take(a, side, &filled, round, err);
	rg_arena_free(arena);
	if (rc)
		return rg_err_prefix(err, "%s, round %u", a->sides.version[side].name, a->kept + 1);
	a->runs++;
	return alternate_interrupted(err);
}

/* --- Rounds --------------------------------------------------------------------------------- */

static void drop(struct round *round)
{
	for (int i = 0; i < ALTERNATE_SIDES; i++)
		rg_profile_free(round->run[i]);
	*round = (struct round){0};
}

static int take_both(struct rg_alternation *a, struct round *round, struct rg_err *err)
{
	enum alternate_side first = alternate_plan_first(&a->plan, a->kept);
	enum alternate_side second =
		first == ALTERNATE_CANARY ? ALTERNATE_BASELINE : ALTERNATE_CANARY;
	int rc = take_run(a, first, round, err);

	return rc || round->late[first] ? rc : take_run(a, second, round, err);
}

/* Only so often: what is spoilt all the time is for the comparison to refuse. */
static bool is_thrown_out(struct rg_alternation *a, const struct round *round)
{
	char why[ALTERNATE_WHY_MAX];

	for (int i = 0; i < ALTERNATE_SIDES && a->thrown < a->plan.rounds / 2; i++) {
		if (!round->run[i] || !alternate_run_is_spoilt(round->run[i], round->late[i],
							       &a->settings->config.policy, why))
			continue;
		if (!*a->first_thrown)
			snprintf(a->first_thrown, sizeof(a->first_thrown), "the %s %.100s",
				 a->sides.version[i].name, why);
		rg_cli_say("round %u is taken again: the %s %s", a->kept + 1,
			   a->sides.version[i].name, why);
		return true;
	}
	return false;
}

/* What did not do its work in its time has done other work than the other side. */
static int check_in_time(const struct rg_alternation *a, const struct round *round,
			 struct rg_err *err)
{
	const uint32_t times = a->plan.executions;
	char why[ALTERNATE_WHY_MAX], wall[RG_UNITS_TEXT_MAX];
	int side = round->late[ALTERNATE_BASELINE] ? ALTERNATE_BASELINE : ALTERNATE_CANARY;
	uint64_t wall_ns;

	if (!round->late[side])
		return 0;
	wall_ns = rg_profile_fact_u64(round->run[side], RG_KEY_WALL_NS, 0);
	rg_format_duration(wall, wall_ns - wall_ns % RG_NS_PER_MS);
	if (alternate_run_is_spoilt(round->run[side], true, &a->settings->config.policy, why))
		rg_err_set(err, RG_ETARGET,
			   "target: had not run %u time%s when it was stopped after %s: it %s, and "
			   "no round is taken again any more: try again when the machine is less "
			   "busy",
			   times, times == 1 ? "" : "s", wall, why);
	else
		rg_err_set(err, RG_ETARGET,
			   "target: had not run %u time%s when it was stopped after %s: it took "
			   "much longer than when it was tried",
			   times, times == 1 ? "" : "s", wall);
	return rg_err_prefix(err, "%s, round %u", a->sides.version[side].name, a->kept + 1);
}

/* Takes over the runs. */
static int keep_round(struct rg_alternation *a, struct round *round, struct rg_run_set *base,
		      struct rg_run_set *canary, struct rg_err *err)
{
	struct rg_run_set *const sets[] = {
		[ALTERNATE_BASELINE] = base, [ALTERNATE_CANARY] = canary};
	int rc = 0;

	a->kept++;
	if (a->settings->keep_runs)
		rc = alternate_keep_round(a->settings->keep_runs, a->kept, round->run, err);
	for (int i = 0; !rc && i < ALTERNATE_SIDES; i++) {
		rc = rg_run_set_add(sets[i], round->run[i], NULL, err);
		round->run[i] = NULL;
	}
	return rc;
}

int rg_alternation_round(struct rg_alternation *a, struct rg_run_set *base,
			 struct rg_run_set *canary, struct rg_err *err)
{
	struct round round = {0};
	int rc = take_both(a, &round, err);

	for (unsigned int times = 0; !rc && is_thrown_out(a, &round); times++) {
		drop(&round);
		a->thrown++;
		rc = alternate_wait_out(times, err);
		if (!rc)
			rc = take_both(a, &round, err);
	}
	if (!rc)
		rc = check_in_time(a, &round, err);
	if (!rc)
		rc = keep_round(a, &round, base, canary, err);
	drop(&round);
	return rc;
}

void rg_alternation_note(const struct rg_alternation *a, char *out, size_t size)
{
	const struct alternate_version *base = &a->sides.version[ALTERNATE_BASELINE];
	char order[80], times[48] = "", title[128];

	/* Of a commit without a name the label is its id's beginning. */
	if (strncmp(base->commit, base->label, strlen(base->label)) == 0)
		snprintf(title, sizeof(title), "%.12s", base->commit);
	else
		snprintf(title, sizeof(title), "%.100s (%.12s)", base->label, base->commit);
	alternate_plan_order(&a->plan, a->kept, order, sizeof(order));
	if (a->plan.executions)
		snprintf(times, sizeof(times), ", %u execution%s a run", a->plan.executions,
			 a->plan.executions == 1 ? "" : "s");
	snprintf(out, size,
		 "%s was built here and run in turns with the canary: %u rounds in the "
		 "order %s (A: the baseline)%s; %u thrown out%s%s",
		 title, a->kept, order, times, a->thrown, a->thrown ? ": first " : "",
		 a->first_thrown);
}
