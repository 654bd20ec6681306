/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "github.h"
#include "places.h"

#include "rg/err.h"
#include "rg/render.h"

#include <inttypes.h>
#include <string.h>

/* Workflow commands in the job's log: the runner shows them at the lines they name. */

enum {
	/* GitHub shows ten errors and ten warnings of a step. */
	SHOWN_MAX = 20,
	KIND_MAX = 10,
	MESSAGE_MAX = 1000,
	OUTPUT_MAX = 64 << 10,
};

/*
 * What the runner would read as the end of the line or of the property is escaped as it unescapes it; "##[" it
 * reads as a command of an older kind, wherever it stands.
 */
static void add_escaped(struct rg_buf *out, const char *text, bool property)
{
	for (const char *at = text; *at; at++) {
		bool special = strchr("%\r\n", *at) || (property && strchr(":,", *at));

		if (special)
			rg_buf_addf(out, "%%%02X", (unsigned char)*at);
		else if (*at == '[' && at > text && at[-1] == '#')
			rg_buf_adds(out, "\\x5b");
		else
			rg_buf_addc(out, *at);
	}
}

static void add_place(struct rg_buf *out, const struct rg_verdict *verdict,
		      const struct place *place)
{
	struct rg_buf message;

	rg_buf_init(&message, MESSAGE_MAX + 1);
	rg_render_row_line(verdict, place->row, MESSAGE_MAX, &message);
	rg_buf_addf(out, "::%s ", place->failing ? "error" : "warning");
	if (*place->file) {
		rg_buf_adds(out, "file=");
		add_escaped(out, place->file, true);
		rg_buf_addf(out, ",line=%" PRIu32 ",endLine=%" PRIu32 ",", place->first_line,
			    place->last_line);
	}
	rg_buf_adds(out, "title=regress-gate::");
	add_escaped(out, message.len ? message.data : "", false);
	rg_buf_addc(out, '\n');
	rg_buf_done(&message);
}

static int post(struct rg_post *post, struct rg_err *err)
{
	struct place places[SHOWN_MAX];
	size_t count = places_of(post->verdict, places, SHOWN_MAX), of_kind[2] = {0};
	struct rg_buf out;
	int failed;

	rg_buf_init(&out, OUTPUT_MAX);
	for (size_t i = 0; i < count; i++) {
		if (of_kind[places[i].failing]++ < KIND_MAX)
			add_place(&out, post->verdict, &places[i]);
	}
	failed = out.failed;
	if (!failed && out.len)
		post->print(out.data, out.len);
	rg_buf_done(&out);
	return failed ? rg_err_set(err, failed, "the annotations are too long") : 0;
}

const struct rg_reporter rg_reporter_github_annotations = {
	.name = "github-annotations",
	.summary = "errors and warnings at the changed lines, in the job's log",
	.detect = github_is_here,
	.post = post,
};
