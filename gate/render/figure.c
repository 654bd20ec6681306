/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "figure.h"

#include "words.h"

#include "rg/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Beyond this a double no longer holds every integer. */
#define LARGEST         9e15
/* Growth in percent from which only its being large is said. */
#define LARGEST_PERCENT (100 * RG_GROWTH_MAX)
#define LARGEST_TEXT    ">100,000"
/* Below this many percent a growth is shown with a decimal. */
#define DECIMAL_BELOW   19.95

/* Decimals of a cost at most. */
enum { DECIMALS_MAX = 6 };

static char *copy(char out[RG_FIGURE_MAX], const char *text)
{
	snprintf(out, RG_FIGURE_MAX, "%s", text);
	return out;
}

/* sign: '\0' for a minus only, '+' for either. Zero has no sign. */
static char *add_fixed(char out[RG_FIGURE_MAX], double value, int decimals, char sign)
{
	static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
	char whole[RG_UNITS_TEXT_MAX], sign_text[2] = "";
	int64_t power = powers[decimals], scaled;
	uint64_t size;

	if (!isfinite(value))
		return copy(out, "?");
	scaled = (int64_t)llround(fmin(fmax(value * (double)power, -LARGEST), LARGEST));
	size = (uint64_t)(scaled < 0 ? -scaled : scaled);
	if (scaled < 0)
		sign_text[0] = '-';
	else if (scaled > 0)
		sign_text[0] = sign;
	rg_format_count(whole, size / (uint64_t)power);
	if (decimals == 0)
		snprintf(out, RG_FIGURE_MAX, "%s%s", sign_text, whole);
	else
		snprintf(out, RG_FIGURE_MAX, "%s%s.%0*" PRIu64, sign_text, whole, decimals,
			 size % (uint64_t)power);
	return out;
}

char *rg_figure_fixed(char out[RG_FIGURE_MAX], double value, int decimals)
{
	return add_fixed(out, value, decimals, '\0');
}

static char *add_percent_sign(char out[RG_FIGURE_MAX])
{
	size_t len = strlen(out);

	snprintf(out + len, RG_FIGURE_MAX - len, " %%");
	return out;
}

char *rg_figure_growth(char out[RG_FIGURE_MAX], double growth)
{
	double percent = growth * 100;

	if (isfinite(growth) && percent >= LARGEST_PERCENT)
		return copy(out, LARGEST_TEXT " %");
	add_fixed(out, percent, fabs(percent) < DECIMAL_BELOW ? 1 : 0, '+');
	return add_percent_sign(out);
}

char *rg_figure_interval(char out[RG_FIGURE_MAX], double low, double high)
{
	char from[RG_FIGURE_MAX], to[RG_FIGURE_MAX];
	int decimals = fmax(fabs(low), fabs(high)) * 100 < DECIMAL_BELOW ? 1 : 0;

	add_fixed(from, fmin(low * 100, LARGEST_PERCENT), decimals, '+');
	if (isfinite(high) && high * 100 >= LARGEST_PERCENT)
		copy(to, LARGEST_TEXT);
	else
		add_fixed(to, high * 100, decimals, '+');
	snprintf(out, RG_FIGURE_MAX, "%.24s to %.24s %%", from, to);
	return out;
}

char *rg_figure_share(char out[RG_FIGURE_MAX], double share)
{
	rg_figure_fixed(out, share * 100, 1);
	return add_percent_sign(out);
}

char *rg_figure_limit(char out[RG_FIGURE_MAX], double share)
{
	size_t len;

	rg_figure_fixed(out, share * 100, 4);
	if (!strchr(out, '.'))
		return add_percent_sign(out);
	len = strlen(out);
	while (out[len - 1] == '0')
		len--;
	if (out[len - 1] == '.')
		len--;
	out[len] = '\0';
	return add_percent_sign(out);
}

char *rg_figure_seen(char out[RG_FIGURE_MAX], double mdg)
{
	if (isfinite(mdg) && mdg >= RG_GROWTH_MAX)
		return copy(out, "none");
	/* What binary fractions add to a round figure is not a reason to round it up. */
	rg_figure_fixed(out, ceil(mdg * 100 - 1e-9), 0);
	return add_percent_sign(out);
}

char *rg_figure_window(char out[RG_FIGURE_MAX], uint64_t ns)
{
	char text[RG_UNITS_TEXT_MAX];

	snprintf(out, RG_FIGURE_MAX, "%s", rg_format_duration_about(text, ns));
	return out;
}

char *rg_figure_count(char out[RG_FIGURE_MAX], uint64_t count, const char *singular)
{
	char text[RG_UNITS_TEXT_MAX];

	snprintf(out, RG_FIGURE_MAX, "%s %s%s", rg_format_count(text, count), singular,
		 count == 1 ? "" : "s");
	return out;
}

char *rg_figure_work(char out[RG_FIGURE_MAX], const struct rg_verdict *verdict,
		     const struct rg_side *side)
{
	const char *unit = rg_work_word(verdict);
	size_t len = strlen(unit);
	bool queries = len > 1 && unit[len - 1] == 'y' && !strchr("aeiou", unit[len - 2]);
	char count[RG_FIGURE_MAX];

	if (!(side->work > 0))
		return copy(out, "");
	rg_figure_fixed(count, side->work, side->work < 100 && side->work != floor(side->work));
	if (strcmp(count, "1") == 0)
		snprintf(out, RG_FIGURE_MAX, "1 %s", unit);
	else
		snprintf(out, RG_FIGURE_MAX, "%.30s %.*s%s", count, (int)(queries ? len - 1 : len),
			 unit, queries ? "ies" : "s");
	return out;
}

static double largest_of(double largest, const struct rg_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		largest = fmax(largest, rows[i].cost_base);
		largest = fmax(largest, rows[i].cost_canary);
	}
	return largest;
}

static double largest_cost(const struct rg_verdict *verdict)
{
	double largest = fmax(verdict->total.cost_base, verdict->total.cost_canary);

	return largest_of(largest, verdict->rows, verdict->row_count);
}

static const double per_second[] = {
	[RG_TIME_S] = 1, [RG_TIME_MS] = 1e3, [RG_TIME_US] = 1e6, [RG_TIME_NS] = 1e9};

enum rg_time_unit rg_time_unit_of(double seconds)
{
	enum rg_time_unit unit = RG_TIME_S;

	while (unit < RG_TIME_NS && seconds * per_second[unit] < 1)
		unit++;
	return unit;
}

struct rg_cost_scale rg_cost_scale_of(const struct rg_verdict *verdict)
{
	struct rg_cost_scale scale = {.share = verdict->basis == RG_BASIS_SHARE};
	double largest = largest_cost(verdict);

	if (verdict->basis == RG_BASIS_WORK) {
		scale.per = rg_work_word(verdict);
		scale.time = rg_time_unit_of(largest);
		largest *= per_second[scale.time];
	}
	/* One percent of the largest, from which functions gate, still has two digits. */
	scale.decimals = 1;
	for (double bound = 100; scale.decimals < DECIMALS_MAX && largest < bound; bound /= 10)
		scale.decimals++;
	return scale;
}

struct rg_cost_scale rg_cost_scale_of_waits(const struct rg_verdict *verdict)
{
	const struct rg_off_cpu *off_cpu = &verdict->off_cpu;
	double largest = fmax(off_cpu->total.cost_base, off_cpu->total.cost_canary);
	struct rg_cost_scale scale = {.waits = true, .time = RG_TIME_MS};

	largest = largest_of(largest, off_cpu->rows, off_cpu->row_count);
	if (verdict->basis == RG_BASIS_WORK) {
		scale.per = rg_work_word(verdict);
		scale.time = rg_time_unit_of(largest);
	}
	largest *= per_second[scale.time];
	/* From 10 ms on waits gate: those of three digits need no point. */
	scale.decimals = largest < 100 ? 2 : largest < 1000;
	return scale;
}

char *rg_figure_unit(char out[RG_FIGURE_MAX], const struct rg_cost_scale *scale)
{
	static const char *const times[] = {[RG_TIME_S] = "s",
					    [RG_TIME_MS] = "ms",
					    [RG_TIME_US] = "\xc2\xb5s",
					    [RG_TIME_NS] = "ns"};

	if (scale->share)
		return copy(out, "share");
	if (!scale->per && !scale->waits)
		return copy(out, "cores");
	snprintf(out, RG_FIGURE_MAX, "%s/%.40s", times[scale->time], scale->per ? scale->per : "s");
	return out;
}

char *rg_figure_cost(char out[RG_FIGURE_MAX], const struct rg_cost_scale *scale, double cost,
		     int64_t samples)
{
	if (samples == 0 && !(cost > 0))
		return copy(out, "-");
	if (scale->share)
		return rg_figure_share(out, cost);
	return rg_figure_fixed(out, cost * per_second[scale->time], scale->decimals);
}

char *rg_figure_cores(char out[RG_FIGURE_MAX], double cores)
{
	int decimals = cores < 10 ? 3 : 2;

	return rg_figure_fixed(out, cores, cores < 100 ? decimals : 1);
}

char *rg_figure_cost_unit(char out[RG_FIGURE_MAX], const struct rg_cost_scale *scale, double cost,
			  int64_t samples)
{
	char unit[RG_FIGURE_MAX];
	size_t len;

	rg_figure_cost(out, scale, cost, samples);
	if (scale->share || strcmp(out, "-") == 0)
		return out;
	len = strlen(out);
	snprintf(out + len, RG_FIGURE_MAX - len, " %.40s", rg_figure_unit(unit, scale));
	return out;
}

/* Units of work a second. */
static double rate(const struct rg_side *side)
{
	return side->work * (double)RG_NS_PER_S / (double)side->wall_ns;
}

char *rg_figure_load(char out[RG_FIGURE_MAX], const struct rg_verdict *verdict,
		     const struct rg_row *row)
{
	double base = row->cost_base, canary = row->cost_canary, change;
	size_t len;

	copy(out, "");
	if (row->dimension == RG_DIMENSION_OFF_CPU)
		return out;
	if (verdict->basis == RG_BASIS_WORK) {
		if (verdict->canary.wall_ns == 0)
			return out;
		base *= rate(&verdict->canary);
		canary *= rate(&verdict->canary);
	}
	if (verdict->basis == RG_BASIS_SHARE) {
		if (!(verdict->base.busy_cores > 0) || !(verdict->canary.busy_cores > 0))
			return out;
		base *= verdict->base.busy_cores;
		canary *= verdict->canary.busy_cores;
	}
	change = canary - base;
	add_fixed(out, change, fabs(change) < 10 ? 3 : 1, '+');
	len = strlen(out);
	snprintf(out + len, RG_FIGURE_MAX - len, " cores");
	return out;
}

void rg_row_figures(struct rg_row_figures *out, const struct rg_cost_scale *scale,
		    const struct rg_row *row)
{
	*out = (struct rg_row_figures){0};
	rg_figure_cost(out->before, scale, row->cost_base, row->samples_base);
	rg_figure_cost(out->after, scale, row->cost_canary, row->samples_canary);
	if (row->mdg > 0)
		rg_figure_seen(out->seen, row->mdg);
	out->seen_is_bound = row->mdg > 0 && row->mdg < RG_GROWTH_MAX;
	if (row->samples_base == 0 || row->samples_canary == 0) {
		if (row->samples_canary > 0)
			copy(out->growth, "new");
		else if (row->samples_base > 0)
			copy(out->growth, "gone");
		return;
	}
	rg_figure_growth(out->growth, row->growth);
	if (row->growth_low < row->growth_high)
		rg_figure_interval(out->interval, row->growth_low, row->growth_high);
}
