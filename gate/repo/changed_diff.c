/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "changed_diff.h"

#include "rg/changes.h"
#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 400, TEXT_MAX_BYTES = 8192 };

/* One comparison under way: hunks come in order, with no context around them. */
struct comparison {
	struct change *change;
	const struct span *span;
	bool within;               /* the current hunk changes the span */
	size_t shown;              /* lines kept */
	int64_t shift;             /* what the hunks so far add to a line's number */
	uint32_t next;             /* first line of the newer version that no hunk was seen for */
	int64_t old_low, old_high; /* ends of the span in the older version */
	uint32_t *old_canary;
	size_t old_count, old_cap;
	int rc;
};

int span_copy(struct span *out, const struct span *from)
{
	uint32_t *canary = calloc(from->count ? from->count : 1, sizeof(*canary));

	if (!canary)
		return RG_ENOMEM;
	memcpy(canary, from->canary, from->count * sizeof(*canary));
	free(out->canary);
	out->first = from->first;
	out->count = from->count;
	out->canary = canary;
	return 0;
}

void span_done(struct span *span)
{
	free(span->canary);
	*span = (struct span){0};
}

static uint32_t last_of(const struct span *span)
{
	return span->first + span->count - 1;
}

static uint32_t canary_line(const struct span *span, uint32_t line)
{
	if (line < span->first || line > last_of(span))
		return 0;
	return span->canary[line - span->first];
}

static void note_line(struct change *change, uint32_t line)
{
	if (line == 0)
		return;
	if (change->first_line == 0 || line < change->first_line)
		change->first_line = line;
	if (line > change->last_line)
		change->last_line = line;
}

/* One line of the older version, at the end of the span there. */
static void add_old(struct comparison *c, int64_t line, uint32_t canary)
{
	if (c->rc || line <= 0)
		return;
	c->rc = RG_GROW(c->old_canary, c->old_cap, c->old_count);
	if (c->rc)
		return;
	if (c->old_count == 0)
		c->old_low = line;
	c->old_canary[c->old_count++] = canary;
}

/* Lines of the span up to (and without) `line` are as they were. */
static void keep_until(struct comparison *c, uint32_t line)
{
	uint32_t from = c->next > c->span->first ? c->next : c->span->first;

	for (; from < line && from <= last_of(c->span); from++)
		add_old(c, (int64_t)from - c->shift, canary_line(c->span, from));
	if (line > c->next)
		c->next = line;
}

/* With no new lines a hunk stands behind the line it names. */
static bool touches(const struct span *span, const git_diff_hunk *hunk)
{
	uint32_t start = (uint32_t)hunk->new_start, lines = (uint32_t)hunk->new_lines;

	if (lines == 0)
		return start >= span->first && start < last_of(span);
	return start <= last_of(span) && start + lines - 1 >= span->first;
}

static int on_hunk(const git_diff_delta *delta, const git_diff_hunk *hunk, void *context)
{
	struct comparison *c = context;
	uint32_t start = (uint32_t)hunk->new_start + (hunk->new_lines == 0);

	(void)delta;
	keep_until(c, start);
	c->within = touches(c->span, hunk);
	if (c->within) {
		c->change->touched = true;
		for (uint32_t i = 0; i < (uint32_t)hunk->new_lines; i++)
			note_line(c->change, canary_line(c->span, start + i));
		if (hunk->new_lines == 0)
			note_line(c->change, canary_line(c->span, (uint32_t)hunk->new_start));
		for (int i = 0; i < hunk->old_lines; i++)
			add_old(c, (int64_t)hunk->old_start + i, 0);
	}
	c->shift += (int64_t)hunk->new_lines - hunk->old_lines;
	c->next = start + (uint32_t)hunk->new_lines;
	return c->rc;
}

static int on_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
		   const git_diff_line *line, void *context)
{
	struct comparison *c = context;
	struct rg_buf *out = &c->change->lines;
	size_t len = line->content_len;
	const char *end = memchr(line->content, '\n', len);

	(void)delta;
	(void)hunk;
	if (!c->within || (line->origin != '+' && line->origin != '-') ||
	    c->shown == RG_CHANGED_LINES_MAX)
		return 0;
	/* A hunk may reach far beyond the function. */
	if (line->origin == '+' && ((uint32_t)line->new_lineno < c->span->first ||
				    (uint32_t)line->new_lineno > last_of(c->span)))
		return 0;
	len = end ? (size_t)(end - line->content) : len;
	rg_buf_addc(out, line->origin);
	rg_buf_add(out, line->content, len < LINE_MAX_BYTES ? len : LINE_MAX_BYTES);
	rg_buf_addc(out, '\n');
	c->shown++;
	return 0;
}

static int compare(struct comparison *c, git_blob *older, git_blob *newer)
{
	git_diff_options options;
	int rc = git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);

	if (rc)
		return rc;
	options.context_lines = 0;
	options.interhunk_lines = 0;
	options.flags = GIT_DIFF_FORCE_TEXT;
	return git_diff_blobs(older, NULL, newer, NULL, &options, NULL, NULL, on_hunk, on_line, c);
}

int change_of(struct change *change, git_blob *older, git_blob *newer, const struct span *span,
	      struct rg_err *err)
{
	struct comparison c = {.change = change, .span = span, .next = 1};
	int rc;

	*change = (struct change){0};
	rg_buf_init(&change->lines, TEXT_MAX_BYTES);
	rc = compare(&c, older, newer);
	if (!rc && !c.rc)
		keep_until(&c, last_of(span) + 1);
	change->before = (struct span){
		.first = (uint32_t)c.old_low,
		.count = (uint32_t)c.old_count,
		.canary = c.old_canary,
	};
	if (c.rc || change->lines.failed == RG_ENOMEM)
		return rg_err_nomem(err, "repo");
	return rc ? repo_git_fail(err, "compare two versions of a file") : 0;
}

void change_done(struct change *change)
{
	rg_buf_done(&change->lines);
	span_done(&change->before);
}
