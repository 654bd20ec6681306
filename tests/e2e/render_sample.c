/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the oracles: writes a report with hostile names to FILE, and for the comment to stdout what a reader
 * must see of them, one "function<TAB>module<TAB>source" a line.
 *
 *   render_sample FILE [comment|junit|codequality|metrics|json|text]
 */
#include "hostile_names.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/render.h"
#include "rg/verdict.h"

#include <stdio.h>
#include <string.h>

enum { MAX_BYTES = 1 << 20 };

static void fill_row(struct rg_row *row, size_t i)
{
	*row = (struct rg_row){
		.status = i % 2 ? RG_STATUS_REGRESSED : RG_STATUS_UNCHANGED,
		.function = corpus[i].text,
		.key = corpus[i].text,
		.module = corpus[(i + 1) % COUNT].text,
		.file = corpus[(i + 2) % COUNT].text,
		.line = (uint32_t)i + 1,
		.in_repo = i % 3 == 0,
		.tested = true,
		.pattern = corpus[i].text,
		.samples_base = 1000,
		.samples_canary = 2000,
		.cost_base = 0.1,
		.cost_canary = 0.2,
		.growth = 1.0,
		.growth_low = 0.8,
		.growth_high = 1.2,
		.mdg = 0.3,
	};
}

/* Class and call of a wait come from the program's symbols as names do. */
static void fill_waits(struct rg_verdict *verdict, const struct rg_row *rows)
{
	static struct rg_row waits[COUNT];
	struct rg_off_cpu *off_cpu = &verdict->off_cpu;

	for (size_t i = 0; i < COUNT; i++) {
		waits[i] = rows[i];
		waits[i].dimension = RG_DIMENSION_OFF_CPU;
		waits[i].wait = corpus[(i + 3) % COUNT].text;
		waits[i].api = corpus[(i + 4) % COUNT].text;
	}
	off_cpu->measured = off_cpu->judged = true;
	off_cpu->total = (struct rg_row){.dimension = RG_DIMENSION_OFF_CPU,
					 .function = "",
					 .key = "",
					 .module = "",
					 .samples_base = 100,
					 .samples_canary = 100};
	off_cpu->rows = off_cpu->idle = waits;
	off_cpu->row_count = COUNT;
	off_cpu->idle_count = 2;
}

static void print_expected(void)
{
	for (size_t i = 0; i < COUNT; i++)
		printf("%s\t%s\t%s:%zu\n", corpus[i].shown, corpus[(i + 1) % COUNT].shown,
		       corpus[(i + 2) % COUNT].shown, i + 1);
}

static int write_file(const char *path, const struct rg_buf *text)
{
	FILE *file = fopen(path, "wb");
	int failed;

	if (!file) {
		perror(path);
		return 1;
	}
	failed = fwrite(text->data, 1, text->len, file) != text->len;
	if (fclose(file) != 0 || failed) {
		fprintf(stderr, "%s: cannot be written\n", path);
		return 1;
	}
	return 0;
}

/* Patterns of functions and the differences of two policies come from files that anybody may write. */
static void fill_policy(struct rg_verdict *verdict)
{
	static struct rg_policy_function functions[COUNT];
	static struct rg_policy_change changes[COUNT];
	static const char *ignore[COUNT];

	for (size_t i = 0; i < COUNT; i++) {
		functions[i] = (struct rg_policy_function){
			corpus[i].text, corpus[(i + 1) % COUNT].text, 0.5, 0.6, 0.02};
		changes[i] = (struct rg_policy_change){corpus[i].text, corpus[(i + 1) % COUNT].text,
						       corpus[(i + 2) % COUNT].text};
		ignore[i] = corpus[i].text;
	}
	verdict->policy.functions = functions;
	verdict->policy.ignore = ignore;
	verdict->policy.function_count = verdict->policy.ignore_count = COUNT;
	verdict->policy_from = corpus[20].text;
	verdict->policy_changes = changes;
	verdict->policy_change_count = COUNT;
	verdict->ignored_count = 3;
}

/* Anybody who can have a commit merged names its subject, author, file and lines. */
static void fill_commits(struct rg_verdict *verdict)
{
	static struct rg_commit commits[COUNT];

	for (size_t i = 0; i < COUNT; i++)
		commits[i] = (struct rg_commit){
			.row = i,
			.id = "4f1c2ab9d0e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4",
			.subject = corpus[i].text,
			.author = corpus[(i + 1) % COUNT].text,
			.file = corpus[(i + 2) % COUNT].text,
			.first_line = 1,
			.last_line = 2,
			.lines = "+\t```\n-/close "
				 "@torvalds\n+</details>\x1b[2J\n::error::x\n+##[x]\n",
		};
	verdict->commits = commits;
	verdict->commit_count = COUNT;
	verdict->commits_note = corpus[20].text;
}

static int render(const struct rg_verdict *verdict, const char *as, struct rg_buf *text)
{
	const struct rg_comment_style style = {.max_bytes = MAX_BYTES,
					       .commit_url = "https://forge.example/o/r/commit/",
					       .flame_url = "https://forge.example/flame"};
	const struct rg_text_style terminal = {.columns = 100, .unicode = true};

	if (!strcmp(as, "comment"))
		rg_render_comment(verdict, &style, text);
	else if (!strcmp(as, "junit"))
		rg_render_junit(verdict, text);
	else if (!strcmp(as, "metrics"))
		rg_render_metrics(verdict, text);
	else if (!strcmp(as, "text"))
		rg_render_text(verdict, &terminal, text);
	else if (!strcmp(as, "codequality"))
		return rg_render_codequality(verdict, text, NULL);
	else if (!strcmp(as, "json"))
		return rg_render_json(verdict, text, NULL);
	else
		return -1;
	return text->failed;
}

int main(int argc, char **argv)
{
	static struct rg_row rows[COUNT];
	struct rg_issue issue = {.what = "host"};
	struct rg_verdict pinned, verdict = {.outcome = RG_OUTCOME_FAIL, .basis = RG_BASIS_SECOND};
	struct rg_buf text;
	int rc;

	const char *as = argc == 3 ? argv[2] : "comment";

	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: render_sample FILE [FORMAT]\n");
		return 2;
	}
	for (size_t i = 0; i < COUNT; i++)
		fill_row(&rows[i], i);
	issue.base = corpus[20].text;
	issue.canary = corpus[31].text;
	rg_policy_init(&verdict.policy);
	fill_policy(&verdict);
	verdict.reason = "price_line() <script>x</script> @torvalds\r\n/close";
	verdict.advice = "see <img src=x>\n::error::x";
	verdict.scenario = corpus[23].text;
	verdict.base = verdict.canary = (struct rg_side){
		.version = corpus[11].text, .host = corpus[21].text, .runs = 1, .samples = 40000};
	verdict.rows = rows;
	verdict.row_count = COUNT;
	verdict.issues = &issue;
	verdict.issue_count = 1;
	rg_buf_init(&text, MAX_BYTES);
	fill_commits(&verdict);
	fill_waits(&verdict, rows);
	verdict.baseline_note = corpus[31].text;
	pinned = verdict;
	verdict.pinned = &pinned;
	if (render(&verdict, as, &text) || text.len == 0) {
		fprintf(stderr, "render_sample: rendering failed: %d\n", text.failed);
		return 1;
	}
	rc = write_file(argv[1], &text);
	rg_buf_done(&text);
	if (rc == 0 && !strcmp(as, "comment"))
		print_expected();
	return rc;
}
