/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "waits_judge.h"

#include "../programs/waits/truth.h"
#include "chains.h"
#include "samples.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SCRIPT_SIZE = 8192, CHAIN_SIZE = 256, WORDS = 24 };

#define WARMUP "300ms" /* by then they are at it */

/* --- Captures ------------------------------------------------------------------------------- */

static void run_capture(struct e2e *e, const char *script, const char *window, const char *without)
{
	/* --max-overhead 0: waits are met as often however slow the machine is. */
	const char *words[WORDS] = {"capture",  "-o",   "p.pb.gz",        "--window", window,
				    "--warmup", WARMUP, "--max-overhead", "0%"};
	size_t count = 9;
	char features[64] = "", *at = features;

	snprintf(features, sizeof(features), "%s", without ? without : "");
	for (char *one = strtok_r(at, " ", &at); one; one = strtok_r(NULL, " ", &at)) {
		assert_true(count + 6 < WORDS);
		words[count++] = "--without";
		words[count++] = one;
	}
	words[count++] = "--";
	words[count++] = "/bin/sh";
	words[count++] = "-c";
	words[count++] = script;
	e2e_rg(e, words);
}

const struct rg_profile *e2e_waits_capture(struct e2e *e, const struct e2e_wait_row *rows,
					   size_t count, const char *variant, const char *window,
					   const char *without)
{
	char script[SCRIPT_SIZE] = "";
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		len += (size_t)snprintf(script + len, sizeof(script) - len,
					"'%s/%s/%s' %s %s.truth & ", e2e_program(e, "waits"),
					variant, rows[i].program, rows[i].mode, rows[i].mode);
		assert_true(len < sizeof(script));
	}
	snprintf(script + len, sizeof(script) - len, "wait");
	run_capture(e, script, window, without);
	e2e_assert_status(e, 0);
	return e2e_profile(e, "p.pb.gz");
}

/* --- The truth ------------------------------------------------------------------------------ */

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	assert_int_equal(clock_gettime(clock, &now), 0);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

struct window {
	uint64_t start_ns, end_ns; /* CLOCK_MONOTONIC */
	uint64_t threshold_ns;
};

static struct window window_of(const struct rg_profile *profile)
{
	uint64_t boot_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
	uint64_t start_ns = rg_profile_fact_u64(profile, RG_KEY_STARTED_NS, 0) - boot_ns;

	return (struct window){start_ns, start_ns + rg_profile_fact_u64(profile, RG_KEY_WALL_NS, 0),
			       rg_profile_fact_u64(profile, RG_KEY_OFF_CPU_THRESHOLD_NS, 0)};
}

/* Even one that was to last may be short: a thread that had no CPU while its time ran out has the rest of it to wait. */
static void add_blocked(struct e2e_wait_truth *sum, uint64_t blocked_ns, uint64_t threshold_ns)
{
	/* Less may be no wait, but what the clocks differ by. */
	const double clocks_ns = 5000;

	sum->blocked_ns += blocked_ns;
	if (blocked_ns >= threshold_ns) {
		sum->long_waits++;
		return;
	}
	sum->short_ns += blocked_ns;
	if (blocked_ns)
		sum->short_variance += (double)threshold_ns / fmax((double)blocked_ns, clocks_ns);
}

/* Of a wait that lies in the window in part, the same part of its times. */
static void add_wait(struct e2e_wait_truth *sum, const struct truth_wait *wait,
		     const struct window *window)
{
	uint64_t to = wait->to_ns ? wait->to_ns : UINT64_MAX, from = wait->from_ns;
	uint64_t first = from > window->start_ns ? from : window->start_ns;
	uint64_t last = to < window->end_ns ? to : window->end_ns;
	uint64_t awake = wait->to_ns ? wait->run_queue_ns + wait->cpu_ns : 0;
	double part;

	if (!from || first >= last)
		return;
	part = wait->to_ns ? (double)(last - first) / (double)(to - from) : 0;
	sum->waits++;
	sum->run_queue_ns += (uint64_t)(part * (double)wait->run_queue_ns);
	sum->cpu_ns += (uint64_t)(part * (double)wait->cpu_ns);
	awake = awake < last - first ? awake : last - first;
	add_blocked(sum, last - first - awake, window->threshold_ns);
	if (from < first || to > last)
		sum->unsure_ns += awake;
	else
		sum->unsure_ns += awake < wait->outside_ns ? awake : wait->outside_ns;
}

struct e2e_wait_truth e2e_wait_truth(struct e2e *e, const struct rg_profile *profile,
				     const struct e2e_wait_row *row)
{
	struct window window = window_of(profile);
	struct e2e_wait_truth sum = {0};
	char name[64];
	struct truth *truth;
	size_t len = 0;

	snprintf(name, sizeof(name), "%s.truth", row->mode);
	truth = (struct truth *)(void *)e2e_read(e, name, &len);
	if (!truth || len < sizeof(*truth) || truth->count > TRUTH_WAITS_MAX)
		fail_msg("%s: its program has not said what it did", row->mode);
	for (uint64_t i = 0; truth && i < truth->count; i++)
		add_wait(&sum, &truth->waits[i], &window);
	free(truth);
	return sum;
}

/* --- The profile ---------------------------------------------------------------------------- */

/* Blocked time with that function on the stack: as the row says, of another class, of another chain. */
struct tally {
	int64_t right_ns, class_ns, chain_ns, waits;
	const struct rg_sample *other;
};

static const struct rg_frame *frame_at(const struct rg_profile *profile,
				       const struct rg_stack *stack, uint32_t depth)
{
	size_t count;

	return &rg_profile_frames(profile, &count)[stack->frames[depth]];
}

/* Whether it is on the stack, but not by way of what the program does before and after its wait. */
static bool has_function(const struct rg_profile *profile, const struct rg_stack *stack,
			 const char *function)
{
	bool has = false;

	for (uint32_t depth = 0; depth < stack->depth; depth++) {
		const char *name = frame_at(profile, stack, depth)->function;

		if (strncmp(name, "help_", 5) == 0)
			return false;
		has |= strcmp(name, function) == 0;
	}
	return has;
}

static struct tally tally_up(const struct rg_profile *profile, const struct e2e_wait_row *row,
			     const struct e2e_chain *chain)
{
	size_t count, stack_count;
	const struct rg_sample *samples = rg_profile_samples(profile, &count);
	const struct rg_stack *stacks = rg_profile_stacks(profile, &stack_count);
	struct tally tally = {0};

	for (size_t i = 0; i < count; i++) {
		const struct rg_stack *stack = &stacks[samples[i].stack];
		int64_t ns = samples[i].value[RG_VALUE_OFF_CPU_NS];
		bool fits;

		if (!ns || !has_function(profile, stack, row->function))
			continue;
		fits = e2e_chain_fit(profile, stack, chain) == E2E_CHAIN_WHOLE;
		if (fits && strcmp(samples[i].wait, row->class) == 0) {
			tally.right_ns += ns;
			tally.waits += samples[i].value[RG_VALUE_WAITS];
			continue;
		}
		tally.chain_ns += fits ? 0 : ns;
		tally.class_ns += fits ? ns : 0;
		if (!tally.other || ns > tally.other->value[RG_VALUE_OFF_CPU_NS])
			tally.other = &samples[i];
	}
	return tally;
}

static void show(const struct rg_profile *profile, const struct rg_sample *sample)
{
	size_t count;
	const struct rg_stack *stack = &rg_profile_stacks(profile, &count)[sample->stack];

	print_error("  %.3f ms [%s]:", (double)sample->value[RG_VALUE_OFF_CPU_NS] / 1e6,
		    sample->wait);
	for (uint32_t i = 0; i < stack->depth; i++)
		print_error(" %s", frame_at(profile, stack, i)->function);
	print_error("\n");
}

/* --- Verdicts ------------------------------------------------------------------------------- */

bool e2e_wait_holds(struct e2e *e, const struct rg_profile *profile, const struct e2e_wait_row *row,
		    const char *variant)
{
	double period = (double)rg_profile_fact_u64(profile, RG_KEY_OFF_CPU_THRESHOLD_NS, 0);
	struct e2e_wait_truth truth = e2e_wait_truth(e, profile, row);
	double ns = (double)truth.blocked_ns, waits = (double)truth.waits, may_err, slack;
	char text[CHAIN_SIZE];
	const struct e2e_chain chain = {.text = text,
					.is_static = strncmp(variant, "static", 6) == 0};
	struct tally tally;
	bool counted;

	snprintf(text, sizeof(text), "(lib)* %s%s", row->function, row->tail);
	tally = tally_up(profile, row, &chain);
	may_err = 0.01 * ns + 4 * sqrt(period * (double)truth.short_ns);
	/* At each edge of the window a wait may be counted or not. */
	slack = 2 + 0.01 * waits + 4 * sqrt(truth.short_variance);
	counted = (double)tally.waits >= (double)truth.long_waits - slack &&
		  (row->in_parts || (double)tally.waits <= waits + slack);
	if (truth.waits >= row->at_least && (double)tally.right_ns >= ns - may_err &&
	    (double)tally.right_ns <= ns + (double)truth.unsure_ns + may_err && counted &&
	    100 * tally.class_ns <= tally.right_ns && 100 * tally.chain_ns <= tally.right_ns)
		return true;
	print_error("%s/%s %s: %s blocks %.3f ms (perhaps %.3f more) in %.0f waits, "
		    "and the profile says %.3f ms in "
		    "%lld [%s];"
		    " %.3f ms of another class, %.3f ms with other callers\n",
		    variant, row->program, row->mode, row->function, ns / 1e6,
		    (double)truth.unsure_ns / 1e6, waits, (double)tally.right_ns / 1e6,
		    (long long)tally.waits, row->class, (double)tally.class_ns / 1e6,
		    (double)tally.chain_ns / 1e6);
	if (tally.other)
		show(profile, tally.other);
	return false;
}

void e2e_assert_account(const struct rg_profile *profile)
{
	double closure = rg_profile_fact_real(profile, RG_KEY_ACCOUNT_CLOSURE, 1);
	double error = rg_profile_fact_real(profile, RG_KEY_ACCOUNT_CLOSURE_SE, 0);
	size_t count;
	const struct rg_fact *facts = rg_profile_facts(profile, &count);

	if (fabs(closure) > fmax(0.02, 4 * error))
		fail_msg("the account does not close: %.4f (standard error %.4f)", closure, error);
	assert_int_equal(rg_profile_fact_u64(profile, RG_KEY_OFF_CPU_UNATTRIBUTED_NS, 1), 0);
	assert_int_equal(rg_profile_fact_u64(profile, RG_KEY_LOST_WAITS, 1), 0);
	for (size_t i = 0; i < count; i++)
		if (strncmp(facts[i].key, "lost.", 5) == 0 && strcmp(facts[i].value, "0") != 0)
			fail_msg("%s is %s", facts[i].key, facts[i].value);
}
