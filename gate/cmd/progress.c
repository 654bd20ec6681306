/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"
#include "settings.h"

#include "rg/buf.h"
#include "rg/capture.h"
#include "rg/cli.h"
#include "rg/text.h"
#include "rg/units.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	BAR_LEAST = 5, /* cells; a shorter one is left out */
	BAR_MOST = 20,
	BAR_FRAME = 3,        /* what stands around them */
	COLUMNS_UNKNOWN = 80, /* a terminal that does not say how wide it is */
	LINE_MAX_BYTES = 1024,
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

static void add_figures(struct rg_buf *out, const struct rg_progress *p,
			const struct rg_capture_status *status)
{
	char samples[RG_UNITS_TEXT_MAX], lost[RG_UNITS_TEXT_MAX];

	rg_buf_addf(out, "%.0f of %.0f s", (double)status->elapsed_ns / (double)RG_NS_PER_S,
		    (double)length_of(p, status) / (double)RG_NS_PER_S);
	if (status->phase == RG_CAPTURE_WINDOW)
		rg_buf_addf(out, "  %s samples  %.2f cores",
			    rg_format_count(samples, status->samples), status->busy_cores);
	if (status->lost)
		rg_buf_addf(out, "  %s lost", rg_format_count(lost, status->lost));
}

static void add_bar(struct rg_buf *out, double part, size_t cells)
{
	size_t full = part >= 1 ? cells : (size_t)(part * (double)cells);

	rg_buf_addc(out, '[');
	rg_buf_fill(out, '#', full);
	rg_buf_fill(out, '.', cells - full);
	rg_buf_adds(out, "] ");
}

/* A labelled line of a window says enough without "profiling", and fits 80 columns so. */
static void add_head(struct rg_buf *out, const struct rg_progress *p,
		     const struct rg_capture_status *status)
{
	bool bare = *p->label && status->phase == RG_CAPTURE_WINDOW;

	rg_text_add_safe(out, p->label, strlen(p->label));
	rg_buf_addf(out, "%s%s%s", *p->label ? ": " : "", bare ? "" : phase_name(status->phase),
		    bare ? "" : " ");
}

/* The bar has what the others leave. */
static void add_whole(struct rg_buf *out, const struct rg_progress *p,
		      const struct rg_capture_status *status, size_t columns)
{
	uint64_t length_ns = length_of(p, status);
	struct rg_buf figures;
	size_t used;

	add_head(out, p, status);
	if (!length_ns || out->failed)
		return;
	rg_buf_init(&figures, LINE_MAX_BYTES);
	add_figures(&figures, p, status);
	used = rg_text_columns(out->data, out->len) + figures.len + BAR_FRAME;
	if (used + BAR_LEAST <= columns)
		add_bar(out, (double)status->elapsed_ns / (double)length_ns,
			columns - used < BAR_MOST ? columns - used : BAR_MOST);
	rg_buf_add(out, figures.data, figures.len);
	rg_buf_done(&figures);
}

void rg_progress_line(const struct rg_progress *p, const struct rg_capture_status *status,
		      size_t columns, struct rg_buf *out)
{
	struct rg_buf whole;

	rg_buf_init(&whole, LINE_MAX_BYTES);
	add_whole(&whole, p, status, columns);
	if (whole.len && !whole.failed)
		rg_text_add_cut(out, whole.data, whole.len, columns);
	rg_buf_done(&whole);
}

static void draw(struct rg_progress *p, const struct rg_capture_status *status)
{
	size_t columns = rg_cli_columns(STDERR_FILENO);
	struct rg_buf line;

	rg_buf_init(&line, LINE_MAX_BYTES);
	/* A line that reaches the last column wraps, and the next is drawn below it. */
	rg_progress_line(p, status, (columns > 1 ? columns : COLUMNS_UNKNOWN) - 1, &line);
	fprintf(stderr, "\r\033[K%s", line.data && !line.failed ? line.data : "");
	fflush(stderr);
	rg_buf_done(&line);
	p->drawn = true;
}

static void say_figures(const struct rg_progress *p, const struct rg_capture_status *status)
{
	struct rg_buf line;

	rg_buf_init(&line, LINE_MAX_BYTES);
	rg_buf_addf(&line, "%s%s%s: ", p->label, *p->label ? ": " : "", phase_name(status->phase));
	add_figures(&line, p, status);
	if (!line.failed)
		rg_cli_say("%s", line.data);
	rg_buf_done(&line);
}

static void print_line(struct rg_progress *p, const struct rg_capture_status *status)
{
	char length[RG_UNITS_TEXT_MAX];

	if (p->phase != (int)status->phase) {
		p->next_ns = PLAIN_EVERY_S * RG_NS_PER_S;
		/* Of several, each has a line already. */
		if (*p->label)
			return;
		rg_cli_say("%s%s%s", phase_name(status->phase), status->length_ns ? " for " : "",
			   status->length_ns ? rg_format_duration_about(length, status->length_ns)
					     : "");
	} else if (status->elapsed_ns >= p->next_ns) {
		p->next_ns += PLAIN_EVERY_S * RG_NS_PER_S;
		say_figures(p, status);
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
