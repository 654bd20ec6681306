/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Off-CPU time in reports: what golden cases do not show. */
#include "unit.h"

#include "figure.h"
#include "words.h"

#include "rg/err.h"
#include "rg/render.h"

static const struct rg_row audit = {
	.dimension = RG_DIMENSION_OFF_CPU,
	.status = RG_STATUS_REGRESSED,
	.function = "audit_append",
	.key = "audit_append",
	.module = "orders",
	.wait = "disk",
	.api = "fsync",
	.file = "",
	.pattern = "",
	.tested = true,
	.samples_base = 600,
	.samples_canary = 640,
	.cost_base = 0.0802,
	.cost_canary = 0.754,
	.growth = 8.4,
	.raw_growth = 8.4,
	.p = 0.001,
};

static void add_waits(struct rg_verdict *verdict, const struct rg_row *rows, size_t count)
{
	verdict->off_cpu = (struct rg_off_cpu){
		.measured = true,
		.judged = true,
		.rows = rows,
		.row_count = count,
		.total = audit,
	};
	verdict->off_cpu.total.function = verdict->off_cpu.total.wait = "";
	verdict->off_cpu.total.api = "";
}

static void text_of(const struct rg_verdict *verdict, struct rg_buf *out)
{
	const struct rg_text_style style = {.columns = 120, .unicode = true};

	rg_buf_init(out, UNIT_BUF_MAX);
	rg_render_text(verdict, &style, out);
	assert_int_equal(out->failed, 0);
}

static void what_was_not_measured_is_not_mentioned(void **state)
{
	struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 1);
	struct rg_buf text, markdown;

	(void)state;
	text_of(&verdict, &text);
	assert_null(strstr(text.data, "MS/S"));
	assert_null(strstr(text.data, "waits"));
	assert_null(strstr(text.data, "account"));
	rg_buf_init(&markdown, UNIT_BUF_MAX);
	rg_render_markdown(&verdict, 65000, &markdown);
	assert_null(strstr(markdown.data, "off CPU"));
	rg_buf_done(&markdown);
	rg_buf_done(&text);
}

static void a_name_holds_what_is_waited_in(void **state)
{
	static const struct {
		const char *wait, *api, *expected;
	} names[] = {
		{"disk", "fsync", "f [disk, fsync]"},
		{"fault", "", "f [fault]"},
		{"", "read", "f [read]"},
		{"", "", "f"},
		{NULL, NULL, "f"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct rg_row row = {
			.function = "f", .wait = names[i].wait, .api = names[i].api};
		struct rg_buf name;

		rg_buf_init(&name, UNIT_BUF_MAX);
		rg_row_add_name(&name, &row);
		assert_string_equal(name.data, names[i].expected);
		rg_buf_done(&name);
	}
}

static void costs_are_milliseconds_in_a_second(void **state)
{
	static const struct {
		double largest;
		const char *figure; /* of 12.345 ms */
	} rows[] = {{0.05, "12.35 ms/s"}, {0.5, "12.3 ms/s"}, {5, "12 ms/s"}};
	char figure[RG_FIGURE_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct rg_verdict verdict = {.off_cpu.total.cost_canary = rows[i].largest};
		struct rg_cost_scale scale = rg_cost_scale_of_waits(&verdict);

		assert_string_equal(rg_figure_cost_unit(figure, &scale, 0.0123451, 3),
				    rows[i].figure);
		assert_string_equal(rg_figure_cost_unit(figure, &scale, 0, 0), "-");
	}
}

/* What all waits have in common is divided out of theirs, too. */
static void adjusted_growth_of_waits_is_told(void **state)
{
	struct rg_row rows[UNIT_ROWS_MAX], wait = audit;
	struct rg_verdict verdict = unit_verdict(rows, 1);

	(void)state;
	add_waits(&verdict, &wait, 1);
	assert_false(rg_growth_is_adjusted(&verdict));
	wait.raw_growth = 9;
	assert_true(rg_growth_is_adjusted(&verdict));
}

/* The rule that is named is the one the reason is about: CPU time's before waits'. */
static void the_rule_of_a_wait_is_named(void **state)
{
	struct rg_row rows[UNIT_ROWS_MAX], wait = audit;
	struct rg_verdict verdict = unit_verdict(rows, 1);

	(void)state;
	add_waits(&verdict, &wait, 1);
	assert_string_equal(rg_fired_rule(&verdict), "regressed");
	rows[0].status = RG_STATUS_UNCHANGED;
	assert_string_equal(rg_fired_rule(&verdict), "regressed wait");
	wait.status = RG_STATUS_NEW;
	assert_string_equal(rg_fired_rule(&verdict), "new wait");
	wait.status = RG_STATUS_UNCHANGED;
	assert_string_equal(rg_fired_rule(&verdict), "total of waits");
	verdict.total.status = RG_STATUS_REGRESSED;
	assert_string_equal(rg_fired_rule(&verdict), "total");
	verdict.outcome = RG_OUTCOME_UNDECIDED;
	verdict.total.status = RG_STATUS_UNCHANGED;
	wait.status = RG_STATUS_SUSPECT;
	assert_string_equal(rg_fired_rule(&verdict), "suspect wait");
	wait.status = RG_STATUS_UNCHANGED;
	verdict.off_cpu.total.status = RG_STATUS_SUSPECT;
	assert_string_equal(rg_fired_rule(&verdict), "suspect total of waits");
}

/* Class and call come from the profile as the function does. */
static void hostile_waits_are_inert(void **state)
{
	static const char escape[] = "\x1b[31mx\n::error::@all|`<img>##[group]";
	struct rg_row rows[UNIT_ROWS_MAX], wait = audit;
	struct rg_verdict verdict = unit_verdict(rows, 1);
	struct rg_buf text, markdown, json;
	struct rg_err err = {0};

	(void)state;
	wait.wait = wait.api = escape;
	add_waits(&verdict, &wait, 1);
	verdict.off_cpu.idle = &wait;
	verdict.off_cpu.idle_count = 1;
	verdict.off_cpu.idle_base = 1;
	text_of(&verdict, &text);
	assert_null(strchr(text.data, '\x1b'));
	assert_null(strstr(text.data, "\n::error"));
	assert_null(strstr(text.data, "##["));
	rg_buf_init(&markdown, UNIT_BUF_MAX);
	rg_render_markdown(&verdict, 65000, &markdown);
	assert_null(strchr(markdown.data, '\x1b'));
	assert_null(strstr(markdown.data, "\n::"));
	/* Within a fence longer than the one backtick it holds; in a cell, its bar escaped. */
	assert_non_null(strstr(markdown.data, "| **regressed** | ``audit_append ["));
	assert_non_null(strstr(markdown.data, "@all\\|"));
	rg_buf_init(&json, UNIT_BUF_MAX);
	assert_int_equal(rg_render_json(&verdict, &json, &err), 0);
	assert_null(strchr(json.data, '\x1b'));
	assert_null(strstr(json.data, "##["));
	rg_buf_done(&json);
	rg_buf_done(&markdown);
	rg_buf_done(&text);
}

/* What a sentence says of a wait is one span. */
static void a_wait_in_a_sentence_is_one_span(void **state)
{
	struct rg_row rows[UNIT_ROWS_MAX], wait = audit;
	struct rg_verdict verdict = unit_verdict(rows, 1);
	struct rg_buf markdown;

	(void)state;
	rows[0].status = RG_STATUS_UNCHANGED;
	add_waits(&verdict, &wait, 1);
	verdict.reason = "waits 840 % more in audit_append() [disk, fsync] per second (limit 15 %)";
	rg_buf_init(&markdown, UNIT_BUF_MAX);
	rg_render_markdown(&verdict, 65000, &markdown);
	assert_non_null(strstr(markdown.data,
			       "**FAIL** (rule: regressed wait): waits 840 % more in "
			       "`audit_append() [disk, fsync]` per second (limit 15 "
			       "%)\n"));
	rg_buf_done(&markdown);
}

static void own_cost_is_a_lower_bound_of_the_targets_cpu(void **state)
{
	struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 1);
	struct rg_buf text;

	(void)state;
	verdict.canary.account = (struct rg_account){
		.own_known = true, .own_cpu_ns = 100000000, .own_bpf_ns = 300000000};
	verdict.canary.cpu_ns = UINT64_C(100000000000);
	text_of(&verdict, &text);
	assert_non_null(strstr(text.data, "account    canary: own cost \xe2\x89\xa5 0.4 % of the "
					  "target's CPU\n"));
	rg_buf_done(&text);
	/* By the scheduler's count where there is one. */
	verdict.canary.account.cpu_ns = UINT64_C(200000000000);
	text_of(&verdict, &text);
	assert_non_null(strstr(text.data, "own cost \xe2\x89\xa5 0.2 % of"));
	rg_buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_not_measured_is_not_mentioned),
		cmocka_unit_test(a_name_holds_what_is_waited_in),
		cmocka_unit_test(costs_are_milliseconds_in_a_second),
		cmocka_unit_test(adjusted_growth_of_waits_is_told),
		cmocka_unit_test(the_rule_of_a_wait_is_named),
		cmocka_unit_test(hostile_waits_are_inert),
		cmocka_unit_test(a_wait_in_a_sentence_is_one_span),
		cmocka_unit_test(own_cost_is_a_lower_bound_of_the_targets_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
