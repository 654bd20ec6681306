/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_FIGURE_H
#define RG_RENDER_FIGURE_H

#include "rg/verdict.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Numbers as people read them. ASCII but for "µ", the same in every locale; each function returns `out`.
 * Growths and shares come in as fractions (0.15 is 15 %). What is not finite shows as "?".
 */
enum { RG_FIGURE_MAX = 64 };

/* "12.345": `decimals` (0 to 6) after the point, commas between thousands. */
char *rg_figure_fixed(char out[RG_FIGURE_MAX], double value, int decimals);
/* "+312 %", "-0.4 %"; from RG_GROWTH_MAX on only ">100,000 %". */
char *rg_figure_growth(char out[RG_FIGURE_MAX], double growth);
/* "-8 to +13 %". */
char *rg_figure_interval(char out[RG_FIGURE_MAX], double low, double high);
/* "12.3 %". */
char *rg_figure_share(char out[RG_FIGURE_MAX], double share);
/* A configured limit, as exactly as it was set up to 0.0001 %: "15 %", "0.5 %". */
char *rg_figure_limit(char out[RG_FIGURE_MAX], double share);
/*
 * Growth that could have been seen, rounded up: a promise is not improved by rounding. "31 %"; "none"
 * from RG_GROWTH_MAX on.
 */
char *rg_figure_seen(char out[RG_FIGURE_MAX], double mdg);
/* A measured length of time, rounded to what matters: "5m", "9.98s", "250ms". */
char *rg_figure_window(char out[RG_FIGURE_MAX], uint64_t ns);
/* Busy cores: "0.301", "60.10", "128.0". */
char *rg_figure_cores(char out[RG_FIGURE_MAX], double cores);
/* Work done: "12,345 requests"; of a side that did not count it "". */
char *rg_figure_work(char out[RG_FIGURE_MAX], const struct rg_verdict *verdict,
		     const struct rg_side *side);
/* "1 run", "3 runs"; the plural is the singular and "s". */
char *rg_figure_count(char out[RG_FIGURE_MAX], uint64_t count, const char *singular);

enum rg_time_unit { RG_TIME_S = 0, RG_TIME_MS, RG_TIME_US, RG_TIME_NS };

/* The largest unit that leaves a digit before the point. */
enum rg_time_unit rg_time_unit_of(double seconds);

/* How the costs of one table are shown: in one unit, with the same number of decimals. */
struct rg_cost_scale {
	bool share;      /* percent of the total; else a time per second (cores), or per */
	const char *per; /* unit of work, or NULL */
	bool waits;      /* blocked time, else CPU time */
	enum rg_time_unit time;
	int decimals; /* of that */
};

/* The scale that suits the largest cost among the total and all rows. */
struct rg_cost_scale rg_cost_scale_of(const struct rg_verdict *verdict);
/* The same for off-CPU time, idle waits included. */
struct rg_cost_scale rg_cost_scale_of_waits(const struct rg_verdict *verdict);
/* The unit: "cores", "share", "ms/s", "µs/request". */
char *rg_figure_unit(char out[RG_FIGURE_MAX], const struct rg_cost_scale *scale);
/* "0.081" or "12.3 %"; "-" when there were no samples. */
char *rg_figure_cost(char out[RG_FIGURE_MAX], const struct rg_cost_scale *scale, double cost,
		     int64_t samples);
/* The same with its unit: "0.081 cores", "84 ms/s". */
char *rg_figure_cost_unit(char out[RG_FIGURE_MAX], const struct rg_cost_scale *scale, double cost,
			  int64_t samples);

/* What the row's change comes to at the load of the runs: "+0.062 cores"; "" when that is not known. */
char *rg_figure_load(char out[RG_FIGURE_MAX], const struct rg_verdict *verdict,
		     const struct rg_row *row);

/* The figures of one row, as every table shows them; "" where there is none. */
struct rg_row_figures {
	char before[RG_FIGURE_MAX], after[RG_FIGURE_MAX];
	char growth[RG_FIGURE_MAX]; /* or "new", "gone" */
	char interval[RG_FIGURE_MAX];
	char seen[RG_FIGURE_MAX];
	bool seen_is_bound; /* a percentage, before which a report puts "at least" */
};

void rg_row_figures(struct rg_row_figures *out, const struct rg_cost_scale *scale,
		    const struct rg_row *row);

#endif
