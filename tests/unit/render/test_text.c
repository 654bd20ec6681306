/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "base/sanitized.h"

#include "rg/err.h"
#include "rg/profile.h"
#include "rg/render.h"
#include "rg/text.h"

#include <stdlib.h>

enum { LONG_NAME = 10000 };

static const char *const hostile[] = {
	"\x1b[2J\x1b]0;owned\x07",
	"\rPASS  all is well",
	"a\nPASS",
	"\xe2\x80\xaegpj",
	"::error::x",
	"##[error]x",
	"\xe9\x96\xa2\xe6\x95\xb0\xe9\x96\xa2\xe6\x95\xb0\xe9\x96\xa2\xe6\x95\xb0\xe9\x96\xa2",
	"e\xcc\x81\xcc\x81\xcc\x81",
	"\xff\xfe\x9b\x9d",
	"",
};

static void render(const struct rg_verdict *verdict, size_t columns, bool color, bool unicode,
		   struct rg_buf *out)
{
	const struct rg_text_style style = {.columns = columns, .color = color, .unicode = unicode};

	rg_buf_init(out, UNIT_BUF_MAX);
	rg_render_text(verdict, &style, out);
	assert_int_equal(out->failed, 0);
	assert_int_equal(out->data[out->len - 1], '\n');
}

static void check_line(const char *line, size_t len, size_t columns)
{
	size_t indent = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)line[i];

		assert_true(byte >= ' ' && byte != 0x7f);
	}
	while (indent < len && line[indent] == ' ')
		indent++;
	assert_true(len - indent < 2 || memcmp(line + indent, "::", 2) != 0);
	assert_null(memmem(line, len, "##[", 3));
	if (rg_text_columns(line, len) > columns)
		fail_msg("wider than %zu: %.*s", columns, (int)len, line);
	assert_true(len == 0 || line[len - 1] != ' ');
}

static void check_lines(const struct rg_buf *out, size_t columns)
{
	const char *line = out->data;

	while (*line) {
		const char *end = strchr(line, '\n');

		assert_non_null(end);
		check_line(line, (size_t)(end - line), columns);
		line = end + 1;
	}
}

static const char *pick(void)
{
	return hostile[(size_t)rand() % COUNT_OF(hostile)];
}

/* Every text of the verdict hostile, some of them long. */
static void make_hostile(struct rg_verdict *verdict, struct rg_row *rows, const char *long_name)
{
	for (size_t i = 0; i < verdict->row_count; i++) {
		rows[i].function = rand() % 3 ? pick() : long_name;
		rows[i].module = rand() % 5 ? pick() : long_name;
		rows[i].file = rand() % 5 ? pick() : long_name;
		rows[i].growth = 1e5 * rand() / RAND_MAX;
		rows[i].growth_high = rows[i].growth * 3;
	}
	verdict->reason = rand() % 3 ? pick() : long_name;
	verdict->advice = pick();
	verdict->scenario = rand() % 3 ? pick() : long_name;
	verdict->base.version = rand() % 3 ? pick() : long_name;
	verdict->canary.version = pick();
}

static void test_hostile_names_stay_in_their_lines(void **state)
{
	const int rounds = tries(300, 40);
	static struct rg_row rows[UNIT_ROWS_MAX];
	char *long_name = malloc(LONG_NAME + 1);

	(void)state;
	assert_non_null(long_name);
	memset(long_name, 'x', LONG_NAME);
	for (size_t i = 50; i < LONG_NAME; i += 1 + i % 97)
		long_name[i] = ' ';
	long_name[LONG_NAME] = '\0';
	srand(2);
	for (int round = 0; round < rounds; round++) {
		struct rg_verdict verdict = unit_verdict(rows, 6);
		size_t columns = 60 + (size_t)rand() % 140;
		struct rg_issue issue = {.what = pick(),
					 .base = long_name,
					 .canary = pick(),
					 .limit = pick(),
					 .blocking = rand() % 2};
		struct rg_condition condition = {.what = pick(), .base = pick(), .canary = pick()};
		struct rg_buf out;

		struct rg_policy_change changes[10];

		for (size_t i = 0; i < COUNT_OF(changes); i++)
			changes[i] = (struct rg_policy_change){pick(), long_name, pick()};
		make_hostile(&verdict, rows, long_name);
		rows[2].status = RG_STATUS_IGNORED;
		rows[3].pattern = pick();
		verdict.ignored_count = 2;
		verdict.policy_from = rand() % 3 ? pick() : long_name;
		verdict.policy_changes = changes;
		verdict.policy_change_count = (size_t)rand() % (COUNT_OF(changes) + 1);
		verdict.issues = &issue;
		verdict.conditions = &condition;
		verdict.condition_count = 1;
		verdict.issue_count = 1;
		render(&verdict, columns, false, rand() % 2, &out);
		check_lines(&out, columns);
		/* 10 kB in every name still is one screen. */
		assert_in_range(out.len, 1, 20000);
		rg_buf_done(&out);
	}
	free(long_name);
}

static void test_every_width_holds(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 5);

	(void)state;
	for (size_t columns = 60; columns <= 200; columns++) {
		for (int unicode = 0; unicode < 2; unicode++) {
			struct rg_buf out;

			render(&verdict, columns, false, unicode, &out);
			check_lines(&out, columns);
			assert_non_null(strstr(out.data, "price_line"));
			assert_non_null(strstr(out.data, "+312 %"));
			assert_non_null(strstr(out.data, "+270 to +360 %"));
			assert_non_null(strstr(out.data, "48 %"));
			assert_non_null(strstr(out.data, "pricing.c:88"));
			rg_buf_done(&out);
		}
	}
}

static void test_absurd_widths_are_bounded(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 5);
	struct rg_buf narrow, sixty, wide;

	(void)state;
	render(&verdict, 0, false, true, &narrow);
	render(&verdict, 60, false, true, &sixty);
	assert_string_equal(narrow.data, sixty.data);
	render(&verdict, SIZE_MAX, false, true, &wide);
	check_lines(&wide, 400);
	rg_buf_done(&narrow);
	rg_buf_done(&sixty);
	rg_buf_done(&wide);
}

/* Takes the escapes out, each of which must be one the renderer writes. */
static void strip_colors(char *text)
{
	static const char *const known[] = {"\x1b[0m",    "\x1b[1m",  "\x1b[2m",
					    "\x1b[1;31m", "\x1b[33m", "\x1b[32m"};
	char *out = text;

	while (*text) {
		size_t skip = 0;

		for (size_t i = 0; i < COUNT_OF(known); i++) {
			if (strncmp(text, known[i], strlen(known[i])) == 0)
				skip = strlen(known[i]);
		}
		assert_true(skip || *text != '\x1b');
		if (skip)
			text += skip;
		else
			*out++ = *text++;
	}
	*out = '\0';
}

/* Log viewers colour line by line. The one line that wraps is bold to its end. */
static void check_tones_end_with_their_line(const char *text)
{
	bool plain = true;

	for (; *text; text++) {
		if (*text == '\x1b')
			plain = strncmp(text, "\x1b[0m", 4) == 0;
		assert_true(plain || *text != '\n');
	}
}

static void test_colors_change_nothing_else(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 5);
	struct rg_buf plain, colored;

	(void)state;
	rows[1].status = RG_STATUS_SUSPECT;
	rows[2].status = RG_STATUS_IMPROVED;
	rows[3].function = "\x1b[31mred";
	for (size_t columns = 60; columns < 180; columns += 20) {
		render(&verdict, columns, false, true, &plain);
		render(&verdict, columns, true, true, &colored);
		assert_null(memchr(plain.data, '\x1b', plain.len));
		assert_non_null(strstr(colored.data, "\x1b[1;31m\x1b[1mFAIL\x1b[0m"));
		assert_non_null(strstr(colored.data, "\x1b[1;31mregressed\x1b[0m"));
		assert_non_null(strstr(colored.data, "\x1b[33msuspect\x1b[0m"));
		assert_non_null(strstr(colored.data, "\x1b[32mimproved\x1b[0m"));
		check_tones_end_with_their_line(colored.data);
		strip_colors(colored.data);
		assert_string_equal(colored.data, plain.data);
		rg_buf_done(&plain);
		rg_buf_done(&colored);
	}
}

static void test_all_failing_rows_are_shown(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 30);
	struct rg_buf out;
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < 9; i++)
		rows[i].status = RG_STATUS_REGRESSED;
	verdict.rows_left_out = 100;
	render(&verdict, 80, false, true, &out);
	for (const char *at = out.data; (at = strstr(at, "  regressed  ")); at++)
		found++;
	assert_int_equal(found, 9);
	assert_non_null(strstr(out.data, "121 more functions not shown"));
	rg_buf_done(&out);
}

/* Lines broken and indented are one again. */
static void join_lines(char *text)
{
	char *to = text;

	for (const char *c = text; *c; c++) {
		bool space = *c == ' ' || *c == '\n';

		if (!space || (to > text && to[-1] != ' '))
			*to++ = space ? ' ' : *c;
	}
	*to = '\0';
}

/* Each of two names is cut, not the sentence about them: what became of what has to be left. */
static void test_notes_keep_both_names(void **state)
{
	static const char before[] =
		"std::_Rb_tree<unsigned long, std::pair<unsigned long const, int>, "
		"std::_Select1st<std::pair<unsigned long const, int> > >::first()";
	static const char after[] =
		"std::_Hashtable<unsigned long, std::pair<unsigned long const, int>, "
		"std::allocator<std::pair<unsigned long const, int> > >::last()";
	struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 2);
	struct rg_move move = {.row = 0, .function = before, .change = -0.5, .explains = 1};

	(void)state;
	rows[0].function = rows[1].function = after;
	rows[1].renamed_from = before;
	verdict.moves = &move;
	verdict.move_count = 1;
	for (int unicode = 0; unicode < 2; unicode++) {
		struct rg_buf out;

		render(&verdict, 80, false, unicode, &out);
		join_lines(out.data);
		assert_non_null(strstr(unit_text(&out), "::last(): was std::_Rb_tree<"));
		assert_non_null(strstr(unit_text(&out), "::first(), compared as one function"));
		assert_non_null(strstr(unit_text(&out), "::last(): from std::_Rb_tree<"));
		assert_non_null(strstr(unit_text(&out), "::first() (-50 %)"));
		rg_buf_done(&out);
	}
}

/* Names give way, and the program's own words are wrapped: a sentence that lacks its middle says nothing, or something else. */
static void test_the_programs_own_words_are_all_there(void **state)
{
	static const char note[] =
		"v1.4 (5d41402abc4b) was built here and run in turns with the canary: 20 rounds in "
		"the order A B B A A B B A \xe2\x80\xa6 (A: the baseline), 12 executions a run; 3 "
		"thrown out: first the canary did not end in time while 43.0 % of the CPUs were "
		"stolen from the machine; v1.4 (5d41402abc4b) is the merge base with origin/main";
	static const struct rg_loss losses[] = {
		{RG_KEY_LOST_TABLE_FULL, 123456}, {RG_KEY_LOST_COLLISION, 12345},
		{RG_KEY_LOST_EVENTS, 12345},      {RG_KEY_LOST_NO_MAPPING, 12345},
		{RG_KEY_CUT_NO_MAPPING, 12345},   {RG_KEY_CUT_NO_ROW, 12345},
		{RG_KEY_CUT_UNREADABLE, 12345},   {RG_KEY_CUT_TOO_DEEP, 12345},
		{RG_KEY_CUT_UNSUPPORTED, 12345},  {RG_KEY_CUT_BROKEN, 12345},
		{RG_KEY_CUT_KERNEL, 12345},       {RG_KEY_LOST_WAITS, 12345},
	};
	static const char *const words[] = {
		note,
		"stacks with unknown unwind rules 12,345, stacks that do not ascend 12,345, kernel "
		"stacks too deep 12,345, waits without a stack 12,345, window cut short by a "
		"signal; canary ",
		"same machine code, placed elsewhere: not failed. Build both with "
		"-falign-functions=64 to see less of this",
		" (growth may come of them)",
		", 92.0 % of the growth",
	};
	static char flags[1000], name[LONG_NAME];
	const struct rg_issue issue = {.what = "compiler flags",
				       .base = flags,
				       .canary = flags + 1,
				       .limit = "growth may come of them"};
	const struct rg_entry entry = {.of = RG_GROWTH_OF_ROW, .function = name, .explains = 0.92};
	struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 2);

	(void)state;
	memset(flags, 'f', sizeof(flags) - 1);
	memset(name, 'n', sizeof(name) - 1);
	rows[1].function = name;
	rows[1].status = RG_STATUS_PLACED;
	verdict.baseline_note = note;
	verdict.base.losses = verdict.canary.losses = losses;
	verdict.base.loss_count = verdict.canary.loss_count = COUNT_OF(losses);
	verdict.base.interrupted = true;
	verdict.issues = &issue;
	verdict.issue_count = 1;
	verdict.entries = &entry;
	verdict.entry_count = 1;
	for (size_t columns = 60; columns <= 80; columns += 20) {
		struct rg_buf out;

		render(&verdict, columns, false, true, &out);
		check_lines(&out, columns);
		join_lines(out.data);
		for (size_t i = 0; i < COUNT_OF(words); i++)
			if (!strstr(unit_text(&out), words[i]))
				fail_msg("%zu columns lack '%s'", columns, words[i]);
		rg_buf_done(&out);
	}
}

/* Of what does not fit into one line, as a forge has for a status, whole clauses are left out, from the last on. */
static void test_a_line_is_of_whole_clauses(void **state)
{
	static const struct {
		const char *reason, *line;
	} lines[] = {
		{"f() uses 20 % more CPU", "FAIL: f() uses 20 % more CPU"},
		{"f() uses 20 % more CPU; most of it in g(); 2 more functions fail",
		 "FAIL: f() uses 20 % more CPU; most of it in g(); \xe2\x80\xa6"},
		{"f() uses 20 % more CPU; most of it in one_that_has_a_long_name(); 2 fail",
		 "FAIL: f() uses 20 % more CPU; \xe2\x80\xa6"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		const struct rg_verdict verdict = {.outcome = RG_OUTCOME_FAIL,
						   .reason = lines[i].reason};
		struct rg_buf out;

		rg_buf_init(&out, UNIT_BUF_MAX);
		rg_render_line(&verdict, 55, &out);
		assert_string_equal(unit_text(&out), lines[i].line);
		rg_buf_done(&out);
	}
}

static void test_empty_verdict_is_undecided(void **state)
{
	const struct rg_verdict verdict = {.basis = RG_BASIS_SECOND};
	struct rg_buf out;

	(void)state;
	render(&verdict, 80, false, true, &out);
	assert_int_equal(strncmp(out.data, "UNDECIDED\n", 10), 0);
	check_lines(&out, 80);
	rg_buf_done(&out);
}

static void test_full_buffer_is_a_failure(void **state)
{
	const struct rg_text_style style = {.columns = 80};
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 5);
	struct rg_buf whole, out;

	(void)state;
	render(&verdict, 80, false, false, &whole);
	for (size_t max = 0; max < whole.len; max += 13) {
		rg_buf_init(&out, max);
		rg_render_text(&verdict, &style, &out);
		assert_int_equal(out.failed, RG_ELIMIT);
		rg_buf_done(&out);
	}
	rg_buf_done(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_names_stay_in_their_lines),
		cmocka_unit_test(test_every_width_holds),
		cmocka_unit_test(test_absurd_widths_are_bounded),
		cmocka_unit_test(test_colors_change_nothing_else),
		cmocka_unit_test(test_all_failing_rows_are_shown),
		cmocka_unit_test(test_notes_keep_both_names),
		cmocka_unit_test(test_the_programs_own_words_are_all_there),
		cmocka_unit_test(test_a_line_is_of_whole_clauses),
		cmocka_unit_test(test_empty_verdict_is_undecided),
		cmocka_unit_test(test_full_buffer_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
