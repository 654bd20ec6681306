/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comment.h"

#include "show.h"
#include "span.h"
#include "words.h"

#include "rg/render.h"

#include <inttypes.h>
#include <string.h>

enum {
	SHOWN_MAX = 10, /* commits that are listed */
	ID_SHOWN = 10,  /* digits */
	SUBJECT_COLUMNS = 100,
	AUTHOR_COLUMNS = 60,
	LINES_MAX = 12, /* changed lines of one commit */
	LINE_COLUMNS = 120,
	FENCE_MIN = 3,
};

/* Hex digits only: it stands in a link. */
static bool is_hex(const char *id)
{
	return strlen(id) >= ID_SHOWN && id[strspn(id, "0123456789abcdef")] == '\0';
}

static void add_id(struct rg_buf *out, const char *id, const char *url)
{
	bool linked = rg_comment_is_address(url) && is_hex(id);
	char shown[ID_SHOWN + 1] = "";

	strncat(shown, id, ID_SHOWN);
	rg_buf_adds(out, linked ? "[" : "");
	rg_span_add(out, shown, ID_SHOWN, false);
	if (linked)
		rg_buf_addf(out, "](%s%s)", url, id);
}

static void add_place(struct rg_buf *out, const struct rg_commit *commit)
{
	struct rg_buf place;

	rg_buf_init(&place, RG_SHOW_SCRATCH_MAX);
	rg_buf_adds(&place, commit->file);
	if (commit->first_line)
		rg_buf_addf(&place, ":%" PRIu32, commit->first_line);
	if (commit->last_line > commit->first_line)
		rg_buf_addf(&place, "-%" PRIu32, commit->last_line);
	if (!place.failed)
		rg_span_add(out, place.data, RG_SPAN_COLUMNS, false);
	rg_show_inherit(out, &place);
	rg_buf_done(&place);
}

/* What its part in it is, where that is not its own CPU time. */
static const char *role_of(const struct rg_commit *commit)
{
	if (commit->of == RG_COMMIT_OF_ENTRY)
		return " (where it came in): ";
	return commit->dimension == RG_DIMENSION_OFF_CPU ? " (waits): " : ": ";
}

static void add_commit(struct rg_buf *out, const struct rg_verdict *verdict,
		       const struct rg_commit *commit, const char *url)
{
	const char *function = rg_commit_function(verdict, commit);

	rg_buf_adds(out, "- ");
	if (*function) {
		rg_span_add(out, function, RG_SPAN_COLUMNS, false);
		rg_buf_adds(out, role_of(commit));
	}
	add_id(out, rg_text_or_empty(commit->id), url);
	rg_buf_addc(out, ' ');
	rg_span_add(out, rg_text_or_empty(commit->subject), SUBJECT_COLUMNS, false);
	if (*rg_text_or_empty(commit->author)) {
		rg_buf_adds(out, " by ");
		rg_span_add(out, commit->author, AUTHOR_COLUMNS, false);
	}
	if (*rg_text_or_empty(commit->file)) {
		rg_buf_adds(out, ", ");
		add_place(out, commit);
	}
	rg_buf_addc(out, '\n');
}

void rg_comment_commits(struct rg_buf *out, const struct rg_verdict *verdict, const char *url)
{
	size_t shown = verdict->commit_count < SHOWN_MAX ? verdict->commit_count : SHOWN_MAX;

	if (shown)
		rg_buf_adds(out, "\nChanged between the two versions, in the lines of these "
				 "functions:\n\n");
	for (size_t i = 0; i < shown; i++)
		add_commit(out, verdict, &verdict->commits[i], url);
	if (shown < verdict->commit_count)
		rg_buf_addf(out, "- and %zu more\n", verdict->commit_count - shown);
	if (!*rg_text_or_empty(verdict->commits_note))
		return;
	rg_buf_adds(out, "\nCommits: ");
	rg_span_add_sentence(out, verdict->commits_note, verdict);
	rg_buf_addc(out, '\n');
}

/* --- The changed lines ---------------------------------------------------------------------- */

/* The inert lines, each still with its sign; what has none is not a changed line. */
static void add_lines(struct rg_buf *out, const char *lines)
{
	size_t count = 0;

	for (; *lines && count < LINES_MAX;
	     lines += strcspn(lines, "\n"), lines += *lines == '\n') {
		size_t len = strcspn(lines, "\n");
		struct rg_buf line;

		if (*lines != '+' && *lines != '-')
			continue;
		rg_buf_init(&line, RG_SHOW_SCRATCH_MAX);
		/* A tab is no danger here, and would show as \x09. */
		for (size_t i = 0; i < len; i++)
			rg_buf_adds(&line, lines[i] == '\t' ? "        " : (char[]){lines[i], 0});
		if (!line.failed)
			rg_show_cut(out, line.data, LINE_COLUMNS, true);
		rg_show_inherit(out, &line);
		rg_buf_done(&line);
		rg_buf_addc(out, '\n');
		count++;
	}
}

void rg_comment_fence(struct rg_buf *out, const char *language, const struct rg_buf *inert)
{
	size_t fence = FENCE_MIN, run = 0;

	for (size_t i = 0; i < inert->len; i++) {
		run = inert->data[i] == '`' ? run + 1 : 0;
		fence = run + 1 > fence ? run + 1 : fence;
	}
	rg_buf_addc(out, '\n');
	rg_buf_fill(out, '`', fence);
	rg_buf_addf(out, "%s\n", language);
	rg_buf_add(out, inert->data, inert->len);
	rg_buf_fill(out, '`', fence);
	rg_buf_addc(out, '\n');
}

void rg_comment_changed_lines(struct rg_buf *out, const struct rg_verdict *verdict, const char *url)
{
	size_t shown = verdict->commit_count < SHOWN_MAX ? verdict->commit_count : SHOWN_MAX;

	for (size_t i = 0; i < shown; i++) {
		const struct rg_commit *commit = &verdict->commits[i];
		struct rg_buf lines;

		rg_buf_init(&lines, RG_SHOW_SCRATCH_MAX);
		add_lines(&lines, rg_text_or_empty(commit->lines));
		if (lines.len && !lines.failed) {
			rg_buf_adds(out, "\nLines changed by ");
			add_id(out, rg_text_or_empty(commit->id), url);
			rg_buf_adds(out, " in ");
			add_place(out, commit);
			rg_buf_adds(out, ":\n");
			rg_comment_fence(out, "diff", &lines);
		}
		rg_show_inherit(out, &lines);
		rg_buf_done(&lines);
	}
}
