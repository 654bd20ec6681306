/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_H
#define RG_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_buf;
struct rg_err;
struct rg_flame;
struct rg_row;
struct rg_runs;
struct rg_verdict;

/*
 * Renderers: a verdict in, text out. Pure. Names in the verdict are untrusted; each renderer makes
 * them inert for where they are shown. A buffer that overflows is reported by its sticky failure.
 */

struct rg_text_style {
	size_t columns; /* width of the terminal; used between 60 and 400 */
	bool color;     /* ANSI colours; meaning never hangs on colour alone */
	bool unicode; /* "→", "…" and "≥"; else all is ASCII, names too ("->", "...", ">=") */
};

/* The table for people: verdict line first. */
void rg_render_text(const struct rg_verdict *verdict, const struct rg_text_style *style,
		    struct rg_buf *out);

/*
 * The comment, in GitHub's and GitLab's markdown. At most max_bytes: rows are dropped and counted,
 * then whole parts, never the verdict; a limit too small even for its word is RG_ELIMIT.
 */
void rg_render_markdown(const struct rg_verdict *verdict, size_t max_bytes, struct rg_buf *out);

struct rg_comment_style {
	size_t max_bytes;
	/* What a commit's id is put behind to link to it; NULL or not plainly a web address: no links. */
	const char *commit_url;
	const char *flame_url; /* of the flame graph; likewise */
};

/* Whether that is plainly a web address, of characters that have no meaning in markdown. */
bool rg_comment_is_address(const char *url);

/* The same with links. */
void rg_render_comment(const struct rg_verdict *verdict, const struct rg_comment_style *style,
		       struct rg_buf *out);

/* The comment's first line alone: verdict, rule and reason, in markdown. */
void rg_render_headline(const struct rg_verdict *verdict, struct rg_buf *out);

/* "FAIL: f() uses 312 % more …" in at most max_bytes, without markup and newline. */
void rg_render_line(const struct rg_verdict *verdict, size_t max_bytes, struct rg_buf *out);
/* The same of one row, or of the total: "f (orders) uses more CPU: 0.02 → 0.08 cores, +312 %". */
void rg_render_row_line(const struct rg_verdict *verdict, const struct rg_row *row,
			size_t max_bytes, struct rg_buf *out);

/*
 * A test report as JUnit's XML has it, for CI systems to show: a case for the verdict, one for the
 * total and one for each function that was judged. What is undecided is an error or is skipped,
 * never a pass.
 */
void rg_render_junit(const struct rg_verdict *verdict, struct rg_buf *out);

/*
 * GitLab's code quality report: an entry for each failing or suspect function whose file below the
 * repository's top and line are known. Errors as rg_render_json().
 */
int rg_render_codequality(const struct rg_verdict *verdict, struct rg_buf *out, struct rg_err *err);

/*
 * Outcome, growth and the captures' health as OpenMetrics text that Prometheus's older text format
 * reads as well: gauges only.
 */
void rg_render_metrics(const struct rg_verdict *verdict, struct rg_buf *out);

/* What a flame graph is drawn from; borrowed. */
struct rg_flame_page {
	const struct rg_flame *flame;
	const struct rg_runs *base, *canary; /* that it was made of */
	const struct rg_verdict *verdict;    /* NULL: there is none */
};

/*
 * The differential flame graph: one HTML file that needs no other and asks nothing of the network, with
 * the verdict, a table of all functions, and what is known of the captures. Without JavaScript it shows the
 * picture that rg_render_flame_svg() draws.
 */
void rg_render_flame_html(const struct rg_flame_page *page, struct rg_buf *out);
/* A picture of the page's first view, for documents. */
void rg_render_flame_svg(const struct rg_flame_page *page, struct rg_buf *out);

/*
 * The verdict for machines: schema "regress-gate/verdict/2", docs/verdict-schema.json. One object,
 * ASCII (other characters as JSON escapes; bytes that are not UTF-8 as U+FFFD), newline at the end.
 * Returns 0, RG_ENOMEM, RG_ELIMIT, or RG_EFORMAT for a number that is not finite.
 */
int rg_render_json(const struct rg_verdict *verdict, struct rg_buf *out, struct rg_err *err);

/* A stored run, and what is stored, as a list tells of it. Texts are untrusted; NULL is "". */
struct rg_stored_run {
	const char *scenario, *label, *version, *arch;
	const char *id;
	uint64_t bytes, stored_ns; /* ns since the epoch */
};

struct rg_stored {
	bool exists;     /* the store itself */
	uint32_t wanted; /* runs of a version */
	const struct rg_stored_run *runs;
	size_t count;
	size_t damaged; /* that could not be read, and what became of the first of them */
	const char *first_damaged;
};

/* The same of what is stored: schema "regress-gate/stored/1", docs/stored-schema.json. RG_ENOMEM or RG_ELIMIT. */
int rg_render_stored(const struct rg_stored *stored, struct rg_buf *out, struct rg_err *err);

/* Bytes of a verdict's JSON, and of the memory it is read into. */
#define RG_VERDICT_JSON_MAX ((size_t)16 << 20)

/*
 * Reads what rg_render_json() writes, from anybody: unknown or missing members, wrong types, numbers
 * out of range, references beyond their list and other schemas are RG_EFORMAT with the member's name;
 * larger than RG_VERDICT_JSON_MAX is RG_ELIMIT. Free it with rg_verdict_free().
 */
int rg_verdict_read_json(const char *bytes, size_t len, struct rg_verdict **out,
			 struct rg_err *err);

#endif
