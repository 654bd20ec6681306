/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notes.h"

#include "figure.h"
#include "show.h"
#include "words.h"

#include "rg/units.h"

#include <math.h>
#include <string.h>

/* Columns of one wait in a list; waits in it. */
enum { NAME_COLUMNS = 60, NAMES_SHOWN = 3 };

/* --- The account ------------------------------------------------------------------------------ */

/* "+0.12 %": small errors are the point. */
static void add_error(struct rg_buf *out, double error)
{
	char figure[RG_FIGURE_MAX];

	rg_buf_addf(out, "%s%s %%", error > 0 ? "+" : "", rg_figure_fixed(figure, 100 * error, 2));
}

static void separate(struct rg_buf *out, size_t before)
{
	if (out->len > before)
		rg_buf_adds(out, ", ");
}

static void add_own(struct rg_buf *out, const struct rg_side *side, const char *at_least)
{
	const struct rg_account *account = &side->account;
	double own = (double)account->own_cpu_ns + (double)account->own_bpf_ns;
	double cpu = (double)(account->cpu_ns ? account->cpu_ns : side->cpu_ns);
	char share[RG_FIGURE_MAX];

	if (!account->own_known || !(cpu > 0))
		return;
	rg_buf_addf(out, "own cost %s %s of the target's CPU", at_least,
		    rg_figure_share(share, own / cpu));
}

static void add_short_waits(struct rg_buf *out, const struct rg_account *account)
{
	char threshold[RG_UNITS_TEXT_MAX], error[RG_FIGURE_MAX];

	if (!account->off_cpu || account->threshold_ns == 0 || !(account->off_cpu_error > 0))
		return;
	rg_buf_addf(out, "waits below %s within %s",
		    rg_format_duration(threshold, account->threshold_ns),
		    rg_figure_share(error, account->off_cpu_error));
}

void rg_account_add(struct rg_buf *out, const struct rg_side *side, const char *at_least)
{
	const struct rg_account *account = &side->account;
	const size_t before = out->len;
	struct rg_buf part;

	if (account->known) {
		rg_buf_adds(out, "threads' time off by ");
		add_error(out, account->closure);
	}
	if (account->cpu_known) {
		separate(out, before);
		rg_buf_adds(out, "CPU by samples off by ");
		add_error(out, account->cpu_error);
	}
	for (int i = 0; i < 2; i++) {
		rg_buf_init(&part, RG_SHOW_SCRATCH_MAX);
		if (i == 0)
			add_short_waits(&part, account);
		else
			add_own(&part, side, at_least);
		if (part.len) {
			separate(out, before);
			rg_buf_adds(out, part.data);
		}
		rg_show_inherit(out, &part);
		rg_buf_done(&part);
	}
}

void rg_notes_write_account(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	const struct rg_side *const sides[] = {&verdict->base, &verdict->canary};
	static const char *const names[] = {"baseline: ", "canary: "};
	bool labelled = false;

	for (size_t i = 0; i < 2; i++) {
		struct rg_buf text;
		size_t name;

		rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
		rg_buf_adds(&text, names[i]);
		name = text.len;
		rg_account_add(&text, sides[i], pen->unicode ? "\xe2\x89\xa5" : ">=");
		if (text.len == name)
			rg_buf_reset(&text);
		bool any = text.len > 0;

		rg_note_finish(pen, labelled ? "" : "account", RG_TONE_PLAIN, &text);
		labelled |= any;
	}
}

/* --- Waits ------------------------------------------------------------------------------------ */

static void add_change(struct rg_buf *out, const struct rg_pen *pen, double base, double canary)
{
	char before[RG_FIGURE_MAX], after[RG_FIGURE_MAX];
	int decimals = fmax(base, canary) < 0.1;

	rg_buf_addf(out, "%s %s %s ms/s", rg_figure_fixed(before, 1000 * base, decimals),
		    rg_pen_arrow(pen), rg_figure_fixed(after, 1000 * canary, decimals));
}

static void write_limits(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	const struct rg_policy_off_cpu *limits = &verdict->policy.off_cpu;
	char limit[RG_FIGURE_MAX], time[RG_UNITS_TEXT_MAX], count[RG_FIGURE_MAX];
	struct rg_buf text;

	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	if (verdict->policy.rule == RG_RULE_LITERAL) {
		rg_buf_adds(&text, "not judged: the literal rule is of CPU time");
	} else {
		rg_buf_addf(&text, "growth %s", rg_figure_limit(limit, limits->growth));
		rg_buf_addf(&text, ", total %s", rg_figure_limit(limit, limits->total_growth));
		rg_buf_addf(&text, ", from %s per second",
			    rg_format_duration(time, limits->min_time_ns));
		rg_buf_addf(&text, " and %s on", rg_figure_count(count, limits->min_waits, "wait"));
		if (verdict->off_cpu.judged)
			rg_buf_addf(&text, "; blocked time per %s", rg_per_word(verdict));
		else
			rg_buf_adds(&text, "; not judged");
	}
	rg_note_finish(pen, "waits", RG_TONE_PLAIN, &text);
}

static void add_names(struct rg_buf *out, const struct rg_pen *pen,
		      const struct rg_off_cpu *off_cpu)
{
	size_t shown = off_cpu->idle_count < NAMES_SHOWN ? off_cpu->idle_count : NAMES_SHOWN;
	struct rg_buf name;

	for (size_t i = 0; i < shown; i++) {
		rg_buf_init(&name, RG_SHOW_SCRATCH_MAX);
		rg_row_add_name(&name, &off_cpu->idle[i]);
		rg_buf_adds(out, i ? ", " : ": ");
		if (name.len)
			rg_show_cut(out, name.data, NAME_COLUMNS, pen->unicode);
		rg_show_inherit(out, &name);
		rg_buf_done(&name);
	}
	if (off_cpu->idle_count + off_cpu->idle_left_out > shown)
		rg_buf_addf(out, " and %zu more",
			    off_cpu->idle_count + off_cpu->idle_left_out - shown);
}

static void write_idle(struct rg_pen *pen, const struct rg_off_cpu *off_cpu)
{
	struct rg_buf text;

	if (!(off_cpu->idle_base > 0) && !(off_cpu->idle_canary > 0))
		return;
	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	add_change(&text, pen, off_cpu->idle_base, off_cpu->idle_canary);
	rg_buf_adds(&text, ", not judged");
	add_names(&text, pen, off_cpu);
	rg_note_finish(pen, "idle", RG_TONE_PLAIN, &text);
}

static void write_run_queue(struct rg_pen *pen, const struct rg_off_cpu *off_cpu)
{
	struct rg_buf text;

	if (!(off_cpu->runq_base > 0) && !(off_cpu->runq_canary > 0))
		return;
	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	add_change(&text, pen, off_cpu->runq_base, off_cpu->runq_canary);
	rg_buf_adds(&text, " of waiting for a CPU, not judged");
	rg_note_finish(pen, "run queue", RG_TONE_PLAIN, &text);
}

static void write_unattributed(struct rg_pen *pen, const struct rg_off_cpu *off_cpu)
{
	char base[RG_FIGURE_MAX], canary[RG_FIGURE_MAX];
	struct rg_buf text;

	if (!(off_cpu->unattributed_base > 0) && !(off_cpu->unattributed_canary > 0))
		return;
	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_buf_addf(&text, "%s %s %s of the waiting is of no function of the program",
		    rg_figure_share(base, off_cpu->unattributed_base), rg_pen_arrow(pen),
		    rg_figure_share(canary, off_cpu->unattributed_canary));
	rg_note_finish(pen, "nobody's", RG_TONE_PLAIN, &text);
}

static void write_ignored(struct rg_pen *pen, const struct rg_off_cpu *off_cpu)
{
	char count[RG_FIGURE_MAX], base[RG_FIGURE_MAX], canary[RG_FIGURE_MAX];
	struct rg_buf text;

	if (off_cpu->ignored_count == 0)
		return;
	rg_buf_init(&text, RG_SHOW_SCRATCH_MAX);
	rg_buf_addf(&text, "%s by the policy, with %s %s %s of the waiting",
		    rg_figure_count(count, off_cpu->ignored_count, "wait"),
		    rg_figure_share(base, off_cpu->ignored_share_base), rg_pen_arrow(pen),
		    rg_figure_share(canary, off_cpu->ignored_share_canary));
	rg_note_finish(pen, "ignored", RG_TONE_YELLOW, &text);
}

void rg_notes_write_waits(struct rg_pen *pen, const struct rg_verdict *verdict)
{
	const struct rg_off_cpu *off_cpu = &verdict->off_cpu;

	if (!off_cpu->measured)
		return;
	write_limits(pen, verdict);
	write_idle(pen, off_cpu);
	write_run_queue(pen, off_cpu);
	write_unattributed(pen, off_cpu);
	write_ignored(pen, off_cpu);
}
