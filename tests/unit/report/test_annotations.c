/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rg/buf.h"
#include "rg/report.h"
#include "rg/verdict.h"

#include <string.h>

static struct rg_buf printed;

static void print(const char *text, size_t len)
{
	rg_buf_add(&printed, text, len);
}

/* Names that would end the line, the property or the command, or begin another. */
static const char *const names[] = {
	"price_line",
	"two\nlines\r\n::error::planted",
	"##[error]planted",
	"a::b, c=1 %0A::warning::planted",
	"::set-output name=x::y",
	"::stop-commands::token",
	"\x1b]0;title\x07",
	"\xe2\x80\xa8::error::planted",
};

enum { COUNT = sizeof(names) / sizeof(names[0]) };

static void check_line(const char *line, size_t len)
{
	char text[4096];

	assert_true(len < sizeof(text));
	memcpy(text, line, len);
	text[len] = '\0';
	assert_true(!strncmp(text, "::error file=", 13) || !strncmp(text, "::error title=", 14));
	assert_null(strchr(text, '\r'));
	assert_null(strchr(text, '\x1b'));
	assert_null(strstr(text, "##["));
	/* The runner's data begins behind the second "::": the first of them ends the properties. */
	assert_non_null(strstr(text, "title=regress-gate::"));
	assert_ptr_equal(strstr(text + 2, "::"), strstr(text, "regress-gate::") + 12);
	/* A percent sign is an escape of ours, or one. */
	for (const char *at = text; (at = strchr(at, '%')); at += 3)
		assert_true(!strncmp(at, "%25", 3) || !strncmp(at, "%3A", 3) ||
			    !strncmp(at, "%2C", 3) || !strncmp(at, "%0A", 3) ||
			    !strncmp(at, "%0D", 3));
}

static void test_names_are_no_commands(void **state)
{
	const struct rg_reporter *reporter = rg_reporter_find("github-annotations");
	struct rg_row rows[COUNT];
	struct rg_verdict verdict = {.outcome = RG_OUTCOME_FAIL,
				     .basis = RG_BASIS_SECOND,
				     .rows = rows,
				     .row_count = COUNT};
	struct rg_post post = {.verdict = &verdict, .print = print};
	size_t lines = 0;

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		rows[i] = (struct rg_row){
			.status = RG_STATUS_REGRESSED,
			.function = names[i],
			.module = names[COUNT - 1 - i],
			.file = names[i],
			.line = 7,
			.in_repo = true,
			.samples_base = 100,
			.samples_canary = 300,
			.cost_base = 0.1,
			.cost_canary = 0.3,
			.growth = 2,
		};
	rg_buf_init(&printed, 1 << 20);
	assert_non_null(reporter);
	assert_int_equal(reporter->post(&post, NULL), 0);
	for (const char *at = printed.data; *at; at += strcspn(at, "\n") + 1, lines++)
		check_line(at, strcspn(at, "\n"));
	assert_int_equal(lines, COUNT);
	assert_non_null(strstr(printed.data, "::error file=a%3A%3Ab%2C c=1 %250A%3A%3Awarning"));
	rg_buf_done(&printed);
}

static void test_ten_of_a_kind_are_shown(void **state)
{
	const struct rg_reporter *reporter = rg_reporter_find("github-annotations");
	static struct rg_row rows[30];
	struct rg_verdict verdict = {.outcome = RG_OUTCOME_FAIL, .rows = rows, .row_count = 30};
	struct rg_post post = {.verdict = &verdict, .print = print};
	size_t lines = 0;

	(void)state;
	for (size_t i = 0; i < 30; i++)
		rows[i] = (struct rg_row){.status = RG_STATUS_NEW, .function = "f", .module = ""};
	rg_buf_init(&printed, 1 << 20);
	assert_int_equal(reporter->post(&post, NULL), 0);
	for (size_t i = 0; i < printed.len; i++)
		lines += printed.data[i] == '\n';
	assert_int_equal(lines, 10);
	rg_buf_done(&printed);
}

/* With the lines that a commit changed, where one is known; what moved is a warning. */
static void test_callers_and_moved_code_are_shown(void **state)
{
	const struct rg_reporter *reporter = rg_reporter_find("github-annotations");
	struct rg_row moved = {.status = RG_STATUS_MOVED,
			       .function = "scan",
			       .module = "orders",
			       .file = "scan.c",
			       .line = 4,
			       .in_repo = true,
			       .samples_canary = 300};
	struct rg_row callers[] = {{.status = RG_STATUS_REGRESSED,
				    .function = "import",
				    .module = "orders",
				    .file = "import.c",
				    .line = 7,
				    .in_repo = true,
				    .samples_base = 100,
				    .samples_canary = 300},
				   {.status = RG_STATUS_ACCEPTED, .function = "export"}};
	struct rg_move move = {.how = RG_MOVE_INLINED, .function = "digits", .change = -1};
	struct rg_commit commits[] = {
		{.of = RG_COMMIT_OF_ENTRY, .file = "entry.c", .first_line = 1, .last_line = 1},
		{.of = RG_COMMIT_OF_CALLER, .file = "import.c", .first_line = 9, .last_line = 11},
	};
	struct rg_verdict verdict = {
		.outcome = RG_OUTCOME_FAIL,
		.basis = RG_BASIS_SECOND,
		.rows = &moved,
		.row_count = 1,
		.callers = callers,
		.caller_count = 2,
		.moves = &move,
		.move_count = 1,
		.commits = commits,
		.commit_count = 2,
	};
	struct rg_post post = {.verdict = &verdict, .print = print};

	(void)state;
	rg_buf_init(&printed, 1 << 20);
	assert_int_equal(reporter->post(&post, NULL), 0);
	assert_non_null(strstr(printed.data, "::warning file=scan.c,line=4,endLine=4,title="
					     "regress-gate::scan (orders) holds code that was "
					     "elsewhere: "));
	assert_non_null(strstr(printed.data, "; moved from digits (-100 %25)\n"));
	assert_non_null(strstr(printed.data, "::error file=import.c,line=9,endLine=11,title="
					     "regress-gate::import (orders) with all it calls uses "
					     "more CPU: "));
	assert_null(strstr(printed.data, "export"));
	assert_null(strstr(printed.data, "entry.c"));
	rg_buf_done(&printed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_callers_and_moved_code_are_shown),
		cmocka_unit_test(test_names_are_no_commands),
		cmocka_unit_test(test_ten_of_a_kind_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
