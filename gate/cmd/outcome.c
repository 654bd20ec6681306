/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "outcome.h"
#include "exit.h"
#include "flame.h"
#include "post.h"
#include "settings.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/file.h"
#include "rg/render.h"
#include "rg/verdict.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	REPORT_MAX = 64 << 20, /* bytes of one rendered report */
	/* GitHub refuses comments of more than 65,536 characters. */
	MARKDOWN_MAX = 65000,
	DEFAULT_COLUMNS = 80,
};

/* --- Before the work ------------------------------------------------------------------------ */

static int check_output(const char *path, struct rg_err *err)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return rg_err_set(err, RG_EUSAGE, "output '%s': is a directory", path);
	if (access(path, W_OK) == 0)
		return 0;
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1,
		 slash ? path : ".");
	if (access(folder, W_OK | X_OK) == 0)
		return 0;
	return rg_err_set(err, errno == ENOENT || errno == ENOTDIR ? RG_EUSAGE : RG_EIO,
			  "output '%s': folder '%s': %s", path, folder, strerror(errno));
}

int rg_outcome_check_outputs(const struct rg_settings *settings, struct rg_err *err)
{
	const char *const paths[] = {settings->output,      settings->control.output,
				     settings->json_out,    settings->markdown_out,
				     settings->junit_out,   settings->codequality_out,
				     settings->metrics_out, settings->html_out};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		int rc = paths[i] ? check_output(paths[i], err) : 0;

		if (rc)
			return rc;
	}
	return 0;
}

/* --- The status ----------------------------------------------------------------------------- */

static int mapped(enum rg_mapping mapping, const char *outcome, const char *option)
{
	if (mapping == RG_MAPPING_KEEP)
		return RG_EXIT_UNDECIDED;
	rg_cli_say("%s: exit status %d by %s", outcome, mapping == RG_MAPPING_PASS ? 0 : 1, option);
	return mapping == RG_MAPPING_PASS ? RG_EXIT_PASS : RG_EXIT_REGRESSION;
}

/*
 * What is let through is a comparison that lacks certainty, and not that there was none; and a version without a baseline, of
 * which something was seen.
 */
static int status_of_undecided(const struct rg_settings *settings, const struct rg_verdict *verdict)
{
	if (!verdict->base.runs && settings->on_no_baseline == RG_MAPPING_PASS)
		rg_cli_say("--on-no-baseline pass does not apply to a canary in which nothing was "
			   "seen");
	if (verdict->compared || settings->on_undecided != RG_MAPPING_PASS)
		return mapped(settings->on_undecided, "undecided", "--on-undecided");
	rg_cli_say(
		"undecided: exit status %d: --on-undecided pass does not apply where nothing was "
		"compared",
		RG_EXIT_UNDECIDED);
	return RG_EXIT_UNDECIDED;
}

static int status_of_verdict(const struct rg_settings *settings, const struct rg_verdict *verdict)
{
	switch (verdict->outcome) {
	case RG_OUTCOME_PASS:
		return RG_EXIT_PASS;
	case RG_OUTCOME_FAIL:
		return RG_EXIT_REGRESSION;
	case RG_OUTCOME_UNDECIDED:
		return status_of_undecided(settings, verdict);
	case RG_OUTCOME_NO_BASELINE:
		return mapped(settings->on_no_baseline, "no baseline", "--on-no-baseline");
	case RG_OUTCOME_NOT_COMPARABLE:
		break;
	}
	return RG_EXIT_UNDECIDED;
}

/*
 * With a pinned version the worse of both, and what the user lets through of one is not let through of the other: the
 * outcome of the whole is one of theirs.
 */
static int status_of(const struct rg_settings *settings, const struct rg_verdict *verdict)
{
	const struct rg_verdict *second = verdict->pinned;
	int status = status_of_verdict(settings, verdict), pinned;

	if (!second || status == RG_EXIT_REGRESSION ||
	    (second->outcome == verdict->outcome && second->compared == verdict->compared))
		return status;
	pinned = status_of_verdict(settings, second);
	return pinned == RG_EXIT_PASS ? status : pinned;
}

/* --- The reports ---------------------------------------------------------------------------- */

static int buffer_error(const struct rg_buf *buf, const char *what, struct rg_err *err)
{
	if (!buf->failed)
		return 0;
	return rg_err_set(err, buf->failed, "%s: %s", what,
			  buf->failed == RG_ENOMEM ? "out of memory" : "larger than 64 MiB");
}

static int write_file(const char *path, const struct rg_buf *buf, struct rg_err *err)
{
	return rg_file_write_atomic(path, buf->data, buf->len, 0644, err);
}

static int show_json(const struct rg_settings *s, const struct rg_verdict *verdict,
		     struct rg_err *err)
{
	struct rg_buf buf;
	int rc;

	if (!s->json && !s->json_out)
		return 0;
	rg_buf_init(&buf, REPORT_MAX);
	rc = rg_render_json(verdict, &buf, err);
	if (!rc && s->json)
		fwrite(buf.data, 1, buf.len, stdout);
	if (!rc && s->json_out)
		rc = write_file(s->json_out, &buf, err);
	rg_buf_done(&buf);
	return rc;
}

static int show_markdown(const struct rg_settings *s, const struct rg_verdict *verdict,
			 struct rg_err *err)
{
	struct rg_buf buf;
	int rc;

	if (!s->markdown_out)
		return 0;
	rg_buf_init(&buf, REPORT_MAX);
	rg_render_markdown(verdict, MARKDOWN_MAX, &buf);
	rc = buffer_error(&buf, "markdown report", err);
	if (!rc)
		rc = write_file(s->markdown_out, &buf, err);
	rg_buf_done(&buf);
	return rc;
}

static int show_text(const struct rg_settings *s, const struct rg_verdict *verdict,
		     struct rg_err *err)
{
	size_t columns = rg_cli_columns(STDOUT_FILENO);
	struct rg_text_style style = {
		.columns = columns ? columns : DEFAULT_COLUMNS,
		.color = rg_cli_color(s->color, STDOUT_FILENO),
		.unicode = rg_cli_unicode(),
	};
	struct rg_buf buf;
	int rc;

	if (s->json)
		return 0;
	rg_buf_init(&buf, REPORT_MAX);
	rg_render_text(verdict, &style, &buf);
	rc = buffer_error(&buf, "report", err);
	if (!rc)
		fwrite(buf.data, 1, buf.len, stdout);
	rg_buf_done(&buf);
	return rc;
}

/* One file that a renderer without failures of its own fills. */
static int write_rendered(const char *path, const struct rg_verdict *verdict, const char *what,
			  void (*render)(const struct rg_verdict *, struct rg_buf *),
			  struct rg_err *err)
{
	struct rg_buf buf;
	int rc;

	if (!path)
		return 0;
	rg_buf_init(&buf, REPORT_MAX);
	render(verdict, &buf);
	rc = buffer_error(&buf, what, err);
	if (!rc)
		rc = write_file(path, &buf, err);
	rg_buf_done(&buf);
	return rc;
}

static int show_junit(const struct rg_settings *s, const struct rg_verdict *verdict,
		      struct rg_err *err)
{
	return write_rendered(s->junit_out, verdict, "JUnit report", rg_render_junit, err);
}

static int show_metrics(const struct rg_settings *s, const struct rg_verdict *verdict,
			struct rg_err *err)
{
	return write_rendered(s->metrics_out, verdict, "metrics", rg_render_metrics, err);
}

static int show_codequality(const struct rg_settings *s, const struct rg_verdict *verdict,
			    struct rg_err *err)
{
	struct rg_buf buf;
	int rc;

	if (!s->codequality_out)
		return 0;
	rg_buf_init(&buf, REPORT_MAX);
	rc = rg_render_codequality(verdict, &buf, err);
	if (!rc)
		rc = write_file(s->codequality_out, &buf, err);
	rg_buf_done(&buf);
	return rc;
}

/* What could not be written is said; a pass is none without it. */
static void note_failure(int rc, const struct rg_err *err, int *status)
{
	if (!rc)
		return;
	rg_cli_say("%s", err->text);
	if (*status == RG_EXIT_PASS)
		*status = RG_EXIT_FAILURE;
}

/* Every report is tried, whatever became of the others. */
int rg_outcome_report(const struct rg_settings *settings, const struct rg_verdict *verdict,
		      const struct rg_flame_sides *sides)
{
	struct rg_err flame_err = {0};
	int (*const shows[])(const struct rg_settings *, const struct rg_verdict *,
			     struct rg_err *) = {show_text,  show_json,        show_markdown,
						 show_junit, show_codequality, show_metrics};
	int status = status_of(settings, verdict);

	for (size_t i = 0; i < sizeof(shows) / sizeof(shows[0]); i++) {
		struct rg_err err = {0};

		note_failure(shows[i](settings, verdict, &err), &err, &status);
	}
	if (sides && settings->html_out)
		note_failure(rg_flame_write(settings->html_out, false, settings, sides, verdict,
					    &flame_err),
			     &flame_err, &status);
	status = rg_exit_flushed(status);
	rg_post_verdict(settings, verdict, status);
	return status;
}
