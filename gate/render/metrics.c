/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/render.h"

#include "layout.h"
#include "show.h"
#include "words.h"

#include "rg/buf.h"
#include "rg/verdict.h"

#include <inttypes.h>
#include <string.h>

/*
 * OpenMetrics 1.0, kept to what the Prometheus text format 0.0.4 reads as well: gauges, no units, "# EOF"
 * (a comment there) at the end.
 */

enum { LABEL_COLUMNS = 300 };

struct sheet {
	const struct rg_verdict *verdict;
	struct rg_buf *out;
};

static void add_label_value(struct rg_buf *out, const char *text)
{
	struct rg_buf inert;

	rg_buf_init(&inert, RG_SHOW_SCRATCH_MAX);
	rg_show_cut(&inert, text, LABEL_COLUMNS, true);
	for (size_t i = 0; i < inert.len; i++) {
		if (inert.data[i] == '"' || inert.data[i] == '\\')
			rg_buf_addc(out, '\\');
		rg_buf_addc(out, inert.data[i]);
	}
	rg_show_inherit(out, &inert);
	rg_buf_done(&inert);
}

static void add_label(const struct sheet *sheet, const char *name, const char *value)
{
	rg_buf_addf(sheet->out, ",%s=\"", name);
	add_label_value(sheet->out, value);
	rg_buf_addc(sheet->out, '"');
}

static void begin_family(const struct sheet *sheet, const char *name, const char *help)
{
	rg_buf_addf(sheet->out, "# TYPE regress_gate_%s gauge\n# HELP regress_gate_%s %s\n", name,
		    name, help);
}

/* Every sample is of a scenario: several files of one host are read together. */
static void begin_sample(const struct sheet *sheet, const char *name)
{
	rg_buf_addf(sheet->out, "regress_gate_%s{scenario=\"", name);
	add_label_value(sheet->out, sheet->verdict->scenario);
	rg_buf_addc(sheet->out, '"');
}

static void end_sample(const struct sheet *sheet, double value)
{
	rg_buf_addf(sheet->out, "} %.15g\n", value);
}

/* --- The verdict ---------------------------------------------------------------------------- */

static void add_info(const struct sheet *sheet)
{
	begin_family(sheet, "info", "The two versions; always 1.");
	begin_sample(sheet, "info");
	add_label(sheet, "baseline", sheet->verdict->base.version);
	add_label(sheet, "canary", sheet->verdict->canary.version);
	end_sample(sheet, 1);
}

static void add_outcomes(const struct sheet *sheet, const char *family, enum rg_outcome outcome)
{
	for (int i = 0; i <= RG_OUTCOME_NO_BASELINE; i++) {
		begin_sample(sheet, family);
		add_label(sheet, "outcome", rg_outcome_name((enum rg_outcome)i));
		end_sample(sheet, (int)outcome == i);
	}
}

static void add_outcome(const struct sheet *sheet)
{
	const struct rg_verdict *pinned = sheet->verdict->pinned;

	begin_family(sheet, "outcome", "1 for the outcome of the verdict, 0 for the others.");
	add_outcomes(sheet, "outcome", sheet->verdict->outcome);
	if (!pinned)
		return;
	begin_family(sheet, "pinned_outcome", "The same against the pinned version alone.");
	add_outcomes(sheet, "pinned_outcome", pinned->outcome);
}

/* --- Rows ----------------------------------------------------------------------------------- */

struct row_family {
	const char *name, *help;
	double (*value)(const struct rg_row *row);
	bool needs_baseline; /* a growth of what was not there is none */
};

static double growth(const struct rg_row *row)
{
	return row->growth;
}

static double growth_low(const struct rg_row *row)
{
	return row->growth_low;
}

static double growth_high(const struct rg_row *row)
{
	return row->growth_high;
}

static double detectable(const struct rg_row *row)
{
	return row->mdg;
}

static double cost_base(const struct rg_row *row)
{
	return row->cost_base;
}

static double cost_canary(const struct rg_row *row)
{
	return row->cost_canary;
}

static double failing(const struct rg_row *row)
{
	return rg_row_fails(row);
}

static const struct row_family row_families[] = {
	{"growth_ratio", "Growth of CPU time or of waits, canary / baseline - 1.", growth, true},
	{"growth_low_ratio", "Lower end of the growth's 95 % interval.", growth_low, true},
	{"growth_high_ratio", "Upper end of the growth's 95 % interval.", growth_high, true},
	{"detectable_growth_ratio", "Growth that this run would have found; 1000: none.",
	 detectable, true},
	{"baseline_cost",
	 "Cost in the baseline: cores, share of the total, seconds waited a second, or either's "
	 "seconds per unit of work.",
	 cost_base, false},
	{"canary_cost",
	 "Cost in the canary: cores, share of the total, seconds waited a second, or either's "
	 "seconds per unit of work.",
	 cost_canary, false},
	{"failing", "1 for what makes the verdict fail.", failing, false},
};

static bool same(const char *a, const char *b)
{
	return strcmp(rg_text_or_empty(a), rg_text_or_empty(b)) == 0;
}

/* Two samples of the same labels make the whole file unreadable. */
static bool seen_before(const struct rg_block *block, size_t index)
{
	const struct rg_row *row = &block->rows[index];

	for (size_t i = 0; i < index; i++) {
		const struct rg_row *other = &block->rows[i];

		if (other->tested && same(other->key, row->key) &&
		    same(other->module, row->module) && same(other->wait, row->wait) &&
		    same(other->api, row->api))
			return true;
	}
	return false;
}

/* Cut in the middle two long names could become one: those are left out. */
static bool is_shown(const struct rg_block *block, size_t index)
{
	const struct rg_row *row = &block->rows[index];
	const char *const labels[] = {row->key, row->module, row->wait, row->api};

	if (!row->tested || !*rg_text_or_empty(row->key))
		return false;
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (rg_show_columns(labels[i], true) > LABEL_COLUMNS)
			return false;
	}
	return !seen_before(block, index);
}

static void add_row(const struct sheet *sheet, const struct row_family *family,
		    const struct rg_row *row, const char *function)
{
	if (family->needs_baseline && row->samples_base == 0)
		return;
	begin_sample(sheet, family->name);
	add_label(sheet, "dimension", rg_dimension_name(row->dimension));
	add_label(sheet, "function", function);
	add_label(sheet, "module", row->module);
	if (row->dimension == RG_DIMENSION_OFF_CPU) {
		add_label(sheet, "wait", row->wait);
		add_label(sheet, "api", row->api);
	}
	end_sample(sheet, family->value(row));
}

static void add_block(const struct sheet *sheet, const struct row_family *family,
		      const struct rg_block *block)
{
	if (block->total)
		add_row(sheet, family, block->total, "");
	for (size_t i = 0; i < block->count; i++) {
		if (is_shown(block, i))
			add_row(sheet, family, &block->rows[i], block->rows[i].key);
	}
}

static void add_rows(const struct sheet *sheet)
{
	const struct rg_block on_cpu = rg_block_on_cpu(sheet->verdict);
	const struct rg_block off_cpu = rg_block_off_cpu(sheet->verdict);

	for (size_t f = 0; f < sizeof(row_families) / sizeof(row_families[0]); f++) {
		begin_family(sheet, row_families[f].name, row_families[f].help);
		add_block(sheet, &row_families[f], &on_cpu);
		add_block(sheet, &row_families[f], &off_cpu);
	}
}

/* --- Captures ------------------------------------------------------------------------------- */

struct side_family {
	const char *name, *help;
	double (*value)(const struct rg_side *side);
};

static double samples(const struct rg_side *side)
{
	return (double)side->samples;
}

static double runs(const struct rg_side *side)
{
	return (double)side->runs;
}

static double window_s(const struct rg_side *side)
{
	return (double)side->wall_ns / 1e9;
}

static double busy(const struct rg_side *side)
{
	return side->busy_cores;
}

static double work(const struct rg_side *side)
{
	return side->work;
}

static double named(const struct rg_side *side)
{
	return side->named_share;
}

static const struct side_family side_families[] = {
	{"runs", "Captures taken together.", runs},
	{"samples", "Samples of them.", samples},
	{"window_seconds", "Length of their windows.", window_s},
	{"busy_cores", "CPU time a second.", busy},
	{"work", "Units of work done; 0: not counted.", work},
	{"named_ratio", "Samples whose function has a name.", named},
};

static void add_sides(const struct sheet *sheet)
{
	const struct rg_verdict *verdict = sheet->verdict;

	for (size_t f = 0; f < sizeof(side_families) / sizeof(side_families[0]); f++) {
		const struct side_family *family = &side_families[f];

		begin_family(sheet, family->name, family->help);
		begin_sample(sheet, family->name);
		add_label(sheet, "side", "baseline");
		end_sample(sheet, family->value(&verdict->base));
		begin_sample(sheet, family->name);
		add_label(sheet, "side", "canary");
		end_sample(sheet, family->value(&verdict->canary));
	}
}

static void add_side_losses(const struct sheet *sheet, const char *name, const struct rg_side *side)
{
	for (size_t i = 0; i < side->loss_count; i++) {
		const char *key = side->losses[i].key;
		bool again = false;

		for (size_t j = 0; j < i; j++)
			again |= same(side->losses[j].key, key);
		if (again || rg_show_columns(key, true) > LABEL_COLUMNS)
			continue;
		begin_sample(sheet, "losses");
		add_label(sheet, "side", name);
		add_label(sheet, "kind", key);
		end_sample(sheet, (double)side->losses[i].count);
	}
}

void rg_render_metrics(const struct rg_verdict *verdict, struct rg_buf *out)
{
	const struct sheet sheet = {verdict, out};

	add_info(&sheet);
	add_outcome(&sheet);
	add_rows(&sheet);
	add_sides(&sheet);
	begin_family(&sheet, "losses", "Samples, events or frames lost or damaged.");
	add_side_losses(&sheet, "baseline", &verdict->base);
	add_side_losses(&sheet, "canary", &verdict->canary);
	rg_buf_adds(out, "# EOF\n");
}
