/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"
#include "settings.h"

#include "rg/capture.h"
#include "rg/units.h"

#include <stdio.h>
#include <unistd.h>

enum {
	BAR_CELLS = 20,
	PLAIN_EVERY_S = 10, /* a log grows by six lines a minute */
};

void rg_progress_init(struct rg_progress *p, const struct rg_settings *settings)
{
	*p = (struct rg_progress){
		.quiet = settings->verbosity < 0,
		/* A target that prints there too would tear the line apart. */
		.terminal = isatty(STDERR_FILENO) && settings->verbosity <= 0,
		.phase = -1,
	};
}

static const char *phase_name(enum rg_capture_phase phase)
{
	switch (phase) {
	case RG_CAPTURE_START:
		return "starting";
	case RG_CAPTURE_WARMUP:
		return "warming up";
	case RG_CAPTURE_WINDOW:
		return "profiling";
	case RG_CAPTURE_SYMBOLS:
		return "naming code";
	}
	return "";
}

static uint64_t length_of(const struct rg_progress *p, const struct rg_capture_status *status)
{
	return p->length_ns && status->phase == RG_CAPTURE_WINDOW ? p->length_ns
								  : status->length_ns;
}

static void print_figures(const struct rg_progress *p, const struct rg_capture_status *status)
{
	char samples[RG_UNITS_TEXT_MAX], lost[RG_UNITS_TEXT_MAX];

	fprintf(stderr, "%.0f of %.0f s", (double)status->elapsed_ns / (double)RG_NS_PER_S,
		(double)length_of(p, status) / (double)RG_NS_PER_S);
	if (status->phase == RG_CAPTURE_WINDOW)
		fprintf(stderr, "  %s samples  %.2f cores",
			rg_format_count(samples, status->samples), status->busy_cores);
	if (status->lost)
		fprintf(stderr, "  %s lost", rg_format_count(lost, status->lost));
}

static void draw(struct rg_progress *p, const struct rg_capture_status *status)
{
	uint64_t length_ns = length_of(p, status);
	double part = length_ns ? (double)status->elapsed_ns / (double)length_ns : 0;
	int cells = part >= 1 ? BAR_CELLS : (int)(part * BAR_CELLS);

	fprintf(stderr, "\r\033[K%s%s%s ", p->label, *p->label ? ": " : "",
		phase_name(status->phase));
	if (length_ns) {
		fputc('[', stderr);
		for (int i = 0; i < BAR_CELLS; i++)
			fputc(i < cells ? '#' : '.', stderr);
		fputs("] ", stderr);
		print_figures(p, status);
	}
	fflush(stderr);
	p->drawn = true;
}

static void print_line(struct rg_progress *p, const struct rg_capture_status *status)
{
	char length[RG_UNITS_TEXT_MAX];

	if (p->phase != (int)status->phase) {
		p->next_ns = PLAIN_EVERY_S * RG_NS_PER_S;
		/* Of several, each has a line already. */
		if (*p->label)
			return;
		fprintf(stderr, "regress-gate: %s%s%s\n", phase_name(status->phase),
			status->length_ns ? " for " : "",
			status->length_ns ? rg_format_duration_about(length, status->length_ns) : "");
	} else if (status->elapsed_ns >= p->next_ns) {
		p->next_ns += PLAIN_EVERY_S * RG_NS_PER_S;
		fprintf(stderr, "regress-gate: %s%s%s: ", p->label, *p->label ? ": " : "",
			phase_name(status->phase));
		print_figures(p, status);
		fputc('\n', stderr);
	}
}

void rg_progress_update(void *ctx, const struct rg_capture_status *status)
{
	struct rg_progress *p = ctx;

	if (p->quiet)
		return;
	if (p->terminal)
		draw(p, status);
	else
		print_line(p, status);
	p->phase = (int)status->phase;
}

void rg_progress_done(struct rg_progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	fflush(stderr);
	p->drawn = false;
}
