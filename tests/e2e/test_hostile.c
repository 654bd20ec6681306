/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program made to attack whoever looks at its profile: its functions, its threads and its file are named
 * in control bytes, escape sequences and markup.
 */
#include "e2e.h"
#include "samples.h"

#include "rg/units.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_NAME = 10000 };

/* What takes the place of a function's name of the same length in the file. */
struct name {
	const char *what;
	const char *bytes;
};

static const struct name names[] = {
	{"sets the terminal's title and colour", "\033]0;owned\a\033[31;1mred\033[2J"},
	{"moves about", "back\b\b\b\rto the start\n\n\v\fnew lines"},
	{"markdown and HTML", "`|`</td><script>alert(1)</script>[a](javascript:b)"},
	{"a C1 control in UTF-8, and a right-to-left override", "x\xc2\x9b"
								"31m\xe2\x80\xae"
								"gnp.exe"},
	{"no UTF-8", "\xff\xfe\xc0\xaf\xed\xa0\x80 end"},
	{"for JSON and the shell", "\"},\"outcome\":\"pass\",{\"\\u0000$(reboot)%s%n"},
};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

/* Where a name's bytes will be: a letter of its own, as often as the name is long. */
static void add_function(FILE *source, size_t i, size_t len)
{
	fputs("__attribute__((noinline)) unsigned long ", source);
	for (size_t k = 0; k < len; k++)
		fputc('A' + (int)i, source);
	fprintf(source,
		"(unsigned long x)\n{\n"
		"for (int i = 0; i < 400000; i++) { x = x * %zu + 1; __asm__ volatile(\"\" : "
		"\"+r\"(x)); }\n"
		"return x;\n}\n",
		2 * i + 3);
}

static void add_call(FILE *source, size_t i, size_t len)
{
	fputs("x = ", source);
	for (size_t k = 0; k < len; k++)
		fputc('A' + (int)i, source);
	fputs("(x);\n", source);
}

static size_t name_len(size_t i)
{
	return i < NAMES ? strlen(names[i].bytes) : LONG_NAME;
}

static void write_source(struct e2e *e)
{
	FILE *source = fopen(e2e_path(e, "hostile.c"), "we");

	assert_non_null(source);
	fputs("#include <sys/prctl.h>\n", source);
	for (size_t i = 0; i <= NAMES; i++)
		add_function(source, i, name_len(i));
	fputs("int main(void)\n{\nunsigned long x = 1;\n"
	      "prctl(PR_SET_NAME, \"\\033[31m\\a|`\\xff\\n\");\n"
	      "for (;;) {\n",
	      source);
	for (size_t i = 0; i <= NAMES; i++)
		add_call(source, i, name_len(i));
	fputs("}\n}\n", source);
	assert_int_equal(fclose(source), 0);
}

/* The whole of a string of the table, so that no other name is touched. */
static void replace_name(char *bytes, size_t len, size_t i)
{
	char wanted[256] = "";
	size_t n = name_len(i);
	char *at;

	assert_true(n + 2 < sizeof(wanted));
	memset(wanted + 1, 'A' + (int)i, n);
	at = memmem(bytes, len, wanted, n + 2);
	assert_non_null(at);
	memcpy(at + 1, names[i].bytes, n);
}

/* Without debug information, which would name the functions a second time. */
static const char *make_program(struct e2e *e, const char *file)
{
	char *bytes;
	size_t len;

	write_source(e);
	e2e_sh(e, "gcc -O1 -fno-omit-frame-pointer -o hostile hostile.c");
	bytes = e2e_read(e, "hostile", &len);
	assert_non_null(bytes);
	for (size_t i = 0; i < NAMES; i++)
		replace_name(bytes, len, i);
	e2e_write(e, file, bytes, len);
	free(bytes);
	return e2e_path(e, "%s", file);
}

/* --- What may be shown --------------------------------------------------------------------------- */

/* Lines of printable UTF-8: no control (C0 but line feed, DEL, C1) and nothing that changes direction. */
static void assert_harmless(const char *text, const char *what)
{
	const unsigned char *b = (const unsigned char *)text;
	json_t *valid = json_string(text);

	if (!valid)
		fail_msg("%s: not UTF-8", what);
	json_decref(valid);
	for (; *b; b++) {
		bool control = (*b < 0x20 && *b != '\n') || *b == 0x7f;
		bool c1 = b[0] == 0xc2 && b[1] >= 0x80 && b[1] < 0xa0;
		/* U+202A to U+202E and U+2066 to U+2069. */
		bool turns = b[0] == 0xe2 && ((b[1] == 0x80 && b[2] >= 0xaa && b[2] <= 0xae) ||
					      (b[1] == 0x81 && b[2] >= 0xa6 && b[2] <= 0xa9));

		if (control || c1 || turns)
			fail_msg("%s: byte 0x%02x at %zu of: %s", what, *b,
				 (size_t)(b - (const unsigned char *)text), text);
	}
}

static void capture(struct e2e *e, const char *program, const char *output)
{
	e2e_sh(e, "chmod 755 %s/*", e->root);
	E2E_RG(e, "capture", "-v", "-o", output, "--frequency", "999", "--window", "1500ms", "--",
	       program);
	e2e_assert_status(e, 0);
	assert_harmless(e->out, "stdout of capture");
	assert_harmless(e->err, "stderr of capture");
}

static void assert_captured(const struct rg_profile *p)
{
	size_t count, longest = 0;
	const struct rg_frame *frames = rg_profile_frames(p, &count);
	int64_t total = e2e_total(p, RG_VALUE_SAMPLES), unnamed = 0;

	for (size_t i = 0; i < count; i++)
		if (strlen(frames[i].function) > longest)
			longest = strlen(frames[i].function);
	for (size_t i = 0; i < count; i++)
		unnamed += frames[i].unnamed;
	/* They were taken as they are, or the test would show nothing. */
	assert_true(total > 100);
	assert_true(longest >= LONG_NAME);
	assert_true(e2e_self(p, names[2].bytes, RG_VALUE_SAMPLES) * 100 > total);
	assert_true(e2e_self(p, names[5].bytes, RG_VALUE_SAMPLES) * 100 > total);
	assert_true(unnamed * 2 < (int64_t)count);
}

static const struct e2e_self other[] = {{"parse", 3000}, {"check", 3000}, {"", 0}};

/* Against a profile that has none of these functions, so that all of them are in the report. */
static void diff(struct e2e *e)
{
	E2E_RG(e, "diff", "--rule", "literal", "--top", "20", "--json-out", "v.json",
	       "--markdown-out", "v.md", "other.pb.gz", "p.pb.gz");
	assert_true(e->status == 1 || e->status == 3);
	assert_harmless(e->out, "table");
	assert_harmless(e->err, "stderr of diff");
	assert_non_null(strstr(e->out, "`|`"));
}

/*
 * Blanks the code spans of a line, in which markup means nothing: from a run of backticks to the next of the
 * same length (CommonMark 0.31, section 6.1).
 */
static void blank_code(char *line, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t run = strspn(line + at, "`"), end = at + run;

		while (run && end < len && strspn(line + end, "`") != run)
			end += line[end] == '`' ? strspn(line + end, "`") : 1;
		if (run && end < len) {
			memset(line + at, ' ', end + run - at);
			at = end + run;
		} else {
			at += run ? run : 1;
		}
	}
}

/*
 * The same of a block of code, when one begins here: up to the first line that begins with as many backticks
 * (section 4.5). Returns the line to go on with.
 */
static char *blank_block(char *line)
{
	size_t fence = strspn(line, "`");

	if (fence < 3)
		return line;
	line += strcspn(line, "\n") + 1;
	while (*line && strspn(line, "`") < fence) {
		size_t len = strcspn(line, "\n");

		memset(line, ' ', len);
		line += len + (line[len] == '\n');
	}
	return line + strspn(line, "`");
}

static void assert_no_markup(char *markdown)
{
	static const char *const markup[] = {"<script", "<b>", "](", "alert"};

	for (char *line = markdown; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		line = blank_block(line);
		blank_code(line, strcspn(line, "\n"));
	}
	for (size_t i = 0; i < sizeof(markup) / sizeof(markup[0]); i++)
		if (strstr(markdown, markup[i]))
			fail_msg("markdown holds %s outside of code", markup[i]);
}

static void assert_reports_harmless(struct e2e *e)
{
	char *markdown = e2e_read(e, "v.md", NULL), *json = e2e_read(e, "v.json", NULL);
	json_t *verdict;

	assert_non_null(markdown);
	assert_harmless(markdown, "markdown");
	assert_non_null(strstr(markdown, "<script>"));
	assert_no_markup(markdown);
	free(markdown);
	assert_non_null(json);
	assert_harmless(json, "JSON");
	verdict = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(verdict);
	assert_string_not_equal(json_string_value(json_object_get(verdict, "outcome")), "pass");
	json_decref(verdict);
	free(json);
}

static void test_hostile_names_are_shown_as_text(void **state)
{
	struct e2e *e = *state;
	const char *program;

	e2e_need_root();
	program = make_program(e, "attack");
	capture(e, program, "p.pb.gz");
	assert_captured(e2e_profile(e, "p.pb.gz"));
	e2e_make_profile(e, "other.pb.gz", other);
	diff(e);
	assert_reports_harmless(e);
	e->env[0] = "COLUMNS=60";
	diff(e);
	e->env[0] = "LANG=C";
	diff(e);
}

/* The name of the file is the module's, and the target's among the facts. */
static void test_a_hostile_file_name_is_shown_as_text(void **state)
{
	struct e2e *e = *state;
	const char *program;

	e2e_need_root();
	program = make_program(e, "\033[31m|`<b>\xff\r");
	capture(e, program, "p.pb.gz");
	e2e_make_profile(e, "other.pb.gz", other);
	diff(e);
	assert_reports_harmless(e);
	E2E_RG(e, "baseline", "put", "--store", "dir:store", "v1", "p.pb.gz");
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "show", "--store", "dir:store", "v1");
	e2e_assert_status(e, 0);
	assert_harmless(e->out, "baseline show");
	e2e_assert_out(e, "<b>");
}

/* What the target prints is shown with -v: to the user's own eyes, but not to a terminal's. */
static void test_a_failing_hostile_program_is_quoted(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_write_text(e, "\033[31mattack", "#!/bin/sh\nprintf '\\033[2J\\377\\n'\nexit 1\n");
	e2e_sh(e, "chmod 755 *attack");
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--", "./\033[31mattack");
	e2e_assert_status(e, 4);
	assert_harmless(e->err, "stderr");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_hostile_names_are_shown_as_text),
		E2E_TEST(test_a_hostile_file_name_is_shown_as_text),
		E2E_TEST(test_a_failing_hostile_program_is_quoted),
	};

	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
