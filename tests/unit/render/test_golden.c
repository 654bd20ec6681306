/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each folder of tests/golden/render is a case: input.json is a verdict (missing members are zero or
 * the default), the other files are what it must render to, byte for byte. RG_UPDATE_GOLDEN=1 writes
 * them instead. Run from the top of the source tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "json_read.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/render.h"
#include "rg/verdict.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN_DIR "tests/golden/render"

enum { MAX_CASES = 64, MAX_OUTPUT = 1 << 20, MARKDOWN_LIMIT = 65000, PATH_SIZE = 512 };

struct rendering {
	const char *file;
	void (*render)(const struct rg_verdict *verdict, struct rg_buf *out);
};

static void render_text_140(const struct rg_verdict *verdict, struct rg_buf *out)
{
	const struct rg_text_style style = {.columns = 140, .unicode = true};

	rg_render_text(verdict, &style, out);
}

static void render_text_80(const struct rg_verdict *verdict, struct rg_buf *out)
{
	const struct rg_text_style style = {.columns = 80, .unicode = true};

	rg_render_text(verdict, &style, out);
}

static void render_text_60_ascii(const struct rg_verdict *verdict, struct rg_buf *out)
{
	const struct rg_text_style style = {.columns = 60};

	rg_render_text(verdict, &style, out);
}

static void render_markdown(const struct rg_verdict *verdict, struct rg_buf *out)
{
	rg_render_markdown(verdict, MARKDOWN_LIMIT, out);
}

static void render_json(const struct rg_verdict *verdict, struct rg_buf *out)
{
	struct rg_err err = {0};

	assert_int_equal(rg_render_json(verdict, out, &err), 0);
}

static void render_comment(const struct rg_verdict *verdict, struct rg_buf *out)
{
	const struct rg_comment_style style = {
		.max_bytes = MARKDOWN_LIMIT,
		.commit_url = "https://forge.example/shop/orders/commit/",
	};

	rg_render_comment(verdict, &style, out);
}

static void render_codequality(const struct rg_verdict *verdict, struct rg_buf *out)
{
	struct rg_err err = {0};

	assert_int_equal(rg_render_codequality(verdict, out, &err), 0);
}

static const struct rendering renderings[] = {
	{"expected.txt", render_text_140},
	{"expected-80.txt", render_text_80},
	{"expected-60.txt", render_text_60_ascii},
	{"expected.md", render_markdown},
	{"expected.json", render_json},
	{"expected-comment.md", render_comment},
	{"expected.junit.xml", rg_render_junit},
	{"expected.metrics", rg_render_metrics},
	{"expected.codequality.json", render_codequality},
};

static struct rg_verdict *load(const char *path, bool sparse)
{
	struct rg_err err = {0};
	json_error_t at;
	struct rg_verdict *verdict = NULL;
	json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &at);

	if (!root)
		fail_msg("%s:%d:%d: %s", path, at.line, at.column, at.text);
	if (rg_json_read_verdict(root, sparse, &verdict, &err) < 0)
		fail_msg("%s: %s", path, err.text);
	json_decref(root);
	return verdict;
}

static void update(const char *path, const struct rg_buf *actual)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(actual->data, 1, actual->len, file), actual->len);
	assert_int_equal(fclose(file), 0);
}

static void compare(const char *path, const struct rg_buf *actual)
{
	static char expected[MAX_OUTPUT + 1];
	FILE *file = fopen(path, "rb");
	size_t len;

	if (!file)
		fail_msg("%s: cannot be read; RG_UPDATE_GOLDEN=1 writes it", path);
	len = fread(expected, 1, MAX_OUTPUT, file);
	fclose(file);
	expected[len] = '\0';
	if (len != actual->len || memcmp(expected, actual->data, len) != 0)
		fail_msg("%s differs. Rendered:\n%s", path, actual->data);
}

static void check_rendering(const char *dir, const struct rendering *rendering,
			    const struct rg_verdict *verdict)
{
	char path[PATH_SIZE];
	struct rg_buf actual;

	assert_true(snprintf(path, sizeof(path), "%s/%s", dir, rendering->file) < PATH_SIZE);
	rg_buf_init(&actual, MAX_OUTPUT);
	rendering->render(verdict, &actual);
	assert_int_equal(actual.failed, 0);
	if (getenv("RG_UPDATE_GOLDEN"))
		update(path, &actual);
	compare(path, &actual);
	rg_buf_done(&actual);
}

static void test_case(void **state)
{
	const char *dir = *state;
	char path[PATH_SIZE];
	struct rg_verdict *verdict, *again;

	assert_true(snprintf(path, sizeof(path), "%s/input.json", dir) < PATH_SIZE);
	verdict = load(path, true);
	for (size_t i = 0; i < sizeof(renderings) / sizeof(renderings[0]); i++)
		check_rendering(dir, &renderings[i], verdict);
	rg_verdict_free(verdict);

	/* What the JSON holds is enough for every other report. */
	assert_true(snprintf(path, sizeof(path), "%s/expected.json", dir) < PATH_SIZE);
	again = load(path, false);
	for (size_t i = 0; i < sizeof(renderings) / sizeof(renderings[0]); i++)
		check_rendering(dir, &renderings[i], again);
	rg_verdict_free(again);
}

static int is_case(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(void)
{
	static char dirs[MAX_CASES][PATH_SIZE];
	struct CMUnitTest tests[MAX_CASES];
	struct dirent **entries;
	int count = scandir(GOLDEN_DIR, &entries, is_case, alphasort);

	if (count <= 0 || count > MAX_CASES) {
		fprintf(stderr, "%s: %d cases; run from the top of the source tree\n", GOLDEN_DIR,
			count);
		return 1;
	}
	for (int i = 0; i < count; i++) {
		snprintf(dirs[i], PATH_SIZE, GOLDEN_DIR "/%s", entries[i]->d_name);
		tests[i] = (struct CMUnitTest){
			.name = dirs[i], .test_func = test_case, .initial_state = dirs[i]};
		free(entries[i]);
	}
	free(entries);
	return _cmocka_run_group_tests("golden", tests, (size_t)count, NULL, NULL);
}
