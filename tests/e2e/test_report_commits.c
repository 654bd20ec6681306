/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guilty commit: from a profile's file and line to the commit that changed the function, in every report. */
#include "e2e.h"
#include "repo.h"
#include "samples.h"

#include "rg/profile.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* v1.4 and v1.5 of price.c: discount() is made slow by one commit, total() is touched by another. */
static void make_repo(struct e2e *e)
{
	e2e_sh(e, "git init -q -b main r; cd r; mkdir src\n"
		  "git config user.name 'Ada | `Lovelace`'; git config user.email a@example.org\n"
		  "printf 'int discount(int x)\\n{\\n\\treturn x;\\n}\\n\\nint total(int x)\\n{\\n"
		  "\\treturn x;\\n}\\n' >src/price.c\n"
		  "git add .; git commit -q -m first; git tag v1.4\n"
		  "sed -i '3s/x/slow(x)/' src/price.c; git commit -q -am 'price: count twice, see "
		  "#1'\n"
		  "sed -i '8s/x/x + 1/' src/price.c; git commit -q -am 'total: one more'; git tag "
		  "v1.5");
	e->directory = "r";
}

/* A library's function, without file and line, that the program's calls. */
static void add_called(struct rg_profile_builder *builder, const char *name, const char *caller,
		       uint32_t line, int64_t samples)
{
	struct rg_frame frame = {.function = name, .file = ""};
	struct rg_frame above = {.function = caller, .file = "price.c", .line = line};
	struct rg_sample sample = {.slice = RG_NO_SLICE, .thread = ""};
	uint32_t ids[2] = {0};

	assert_int_equal(rg_profile_builder_module(builder, "libc.so.6", "", &frame.module, NULL),
			 0);
	assert_int_equal(rg_profile_builder_module(builder, "orders", "", &above.module, NULL), 0);
	assert_int_equal(rg_profile_builder_frame(builder, &frame, &ids[0], NULL), 0);
	assert_int_equal(rg_profile_builder_frame(builder, &above, &ids[1], NULL), 0);
	assert_int_equal(rg_profile_builder_stack(builder, ids, 2, &sample.stack, NULL), 0);
	sample.value[RG_VALUE_SAMPLES] = samples;
	sample.value[RG_VALUE_CPU_NS] = samples * 10000000;
	assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
}

static void add_function(struct rg_profile_builder *builder, const char *name, uint32_t line,
			 int64_t samples)
{
	struct rg_frame frame = {.function = name, .file = line ? "price.c" : "", .line = line};
	struct rg_sample sample = {.slice = RG_NO_SLICE, .thread = ""};
	uint32_t id = 0;

	assert_int_equal(rg_profile_builder_module(builder, "orders", "", &frame.module, NULL), 0);
	assert_int_equal(rg_profile_builder_frame(builder, &frame, &id, NULL), 0);
	assert_int_equal(rg_profile_builder_stack(builder, &id, 1, &sample.stack, NULL), 0);
	sample.value[RG_VALUE_SAMPLES] = samples;
	sample.value[RG_VALUE_CPU_NS] = samples * 10000000;
	assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
}

static void make_profile(struct e2e *e, const char *name, const char *version, const char *commit,
			 int64_t discount, bool by_caller)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();

	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	assert_int_equal(rg_profile_builder_fact(builder, RG_KEY_VERSION, version, NULL), 0);
	if (*commit)
		assert_int_equal(rg_profile_builder_fact(builder, RG_KEY_COMMIT, commit, NULL), 0);
	assert_int_equal(rg_profile_builder_fact_u64(builder, RG_KEY_WALL_NS, 30000000000, NULL),
			 0);
	if (by_caller)
		add_called(builder, "memcpy", "discount", 3, discount);
	else
		add_function(builder, "discount", 3, discount);
	add_function(builder, "parse", 0, 3000);
	add_function(builder, "print", 0, 3000);
	e2e_write_profile(e, name, builder);
}

static void make_profiles(struct e2e *e, const char *version)
{
	char base[64], canary[64];

	snprintf(base, sizeof(base), "%s", e2e_ask(e, "git -C r rev-parse v1.4"));
	snprintf(canary, sizeof(canary), "%s", e2e_ask(e, "git -C r rev-parse v1.5"));
	make_profile(e, "a.pb.gz", "v1.4", base, 3000, false);
	make_profile(e, "b.pb.gz", version, canary, 9000, false);
}

static void diff(struct e2e *e)
{
	E2E_RG(e, "diff", "--basis", "second", "--markdown-out", e2e_path(e, "c.md"), "--json-out",
	       e2e_path(e, "c.json"), "--codequality-out", e2e_path(e, "q.json"), "--post",
	       "github-annotations", e2e_path(e, "a.pb.gz"), e2e_path(e, "b.pb.gz"));
	e2e_assert_status(e, 1);
}

static void assert_file(struct e2e *e, const char *name, const char *words, bool there)
{
	char *text = e2e_read(e, name, NULL);

	assert_non_null(text);
	if ((strstr(text, words) != NULL) != there)
		fail_msg("%s: '%s' %s:\n%s", name, words, there ? "is missing" : "is there", text);
	free(text);
}

static void test_the_commit_is_named(void **state)
{
	struct e2e *e = *state;

	make_repo(e);
	make_profiles(e, "v1.5");
	diff(e);
	assert_file(e, "c.md", "`price: count twice, see #1` by `` Ada | `Lovelace` ``", true);
	assert_file(e, "c.md", "`src/price.c:3`", true);
	assert_file(e, "c.md", "-        return x;\n+        return slow(x);\n", true);
	assert_file(e, "c.md", "total: one more", false);
	assert_file(e, "c.md", "Commits:", false);
	assert_file(e, "c.json", "\"file\": \"src/price.c\"", true);
	assert_file(e, "q.json", "\"path\": \"src/price.c\"", true);
	e2e_assert_err(e, "::error file=src/price.c,line=3,endLine=3,title=regress-gate::discount "
			  "(orders) uses more CPU");
	/* The trusted job knows it from the file, without the repository. */
	e->directory = NULL;
	E2E_RG(e, "report", "--markdown-out", e2e_path(e, "again.md"), "--post",
	       "github-annotations", e2e_path(e, "c.json"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "::error file=src/price.c,line=3,");
	e2e_sh(e, "cmp c.md again.md");
}

/* What grew is a library's; who asked for more of it is the program's. */
static void test_the_commit_of_where_it_came_in_is_named(void **state)
{
	struct e2e *e = *state;
	char base[64], canary[64];

	make_repo(e);
	snprintf(base, sizeof(base), "%s", e2e_ask(e, "git -C r rev-parse v1.4"));
	snprintf(canary, sizeof(canary), "%s", e2e_ask(e, "git -C r rev-parse v1.5"));
	make_profile(e, "a.pb.gz", "v1.4", base, 3000, true);
	make_profile(e, "b.pb.gz", "v1.5", canary, 9000, true);
	diff(e);
	e2e_assert_out(e, "memcpy: through discount (src/price.c:3)");
	e2e_assert_out(e, "price: count twice, see #1");
	assert_file(e, "c.md", "- `discount` (where it came in): ", true);
	assert_file(e, "c.md", "`price: count twice, see #1` by `` Ada | `Lovelace` ``", true);
	assert_file(e, "c.md", "total: one more", false);
	assert_file(e, "c.json", "\"of\": \"entry\"", true);
	e->directory = NULL;
	E2E_RG(e, "report", "--markdown-out", e2e_path(e, "again.md"), e2e_path(e, "c.json"));
	e2e_assert_status(e, 1);
	e2e_sh(e, "cmp c.md again.md");
}

static void test_a_shallow_clone_says_which_fetch(void **state)
{
	struct e2e *e = *state;

	make_repo(e);
	make_profiles(e, "v1.5");
	e2e_sh(e, "git -c protocol.file.allow=always clone -q --depth 1 file://%s/r shallow",
	       e->root);
	e->directory = "shallow";
	diff(e);
	assert_file(e, "c.md", "this clone is shallow: 'git fetch --unshallow' brings the commits",
		    true);
	assert_file(e, "c.md", "`src/price.c:3`", true);
	assert_file(e, "c.json", "\"commits\": []", true);
}

static void test_what_is_not_known_is_said(void **state)
{
	struct e2e *e = *state;
	char canary[64];

	make_repo(e);
	make_profiles(e, "v1.5-dirty");
	diff(e);
	assert_file(e, "c.md", "the canary holds changes that are in no commit", true);
	/* A canary of another repository, and a baseline of none. */
	make_profile(e, "b.pb.gz", "v1.5", "0123456789012345678901234567890123456789", 9000, false);
	diff(e);
	assert_file(e, "c.md", "commit 012345678901 is not in this clone", true);
	snprintf(canary, sizeof(canary), "%s", e2e_ask(e, "git -C r rev-parse v1.5"));
	make_profile(e, "a.pb.gz", "v1.4", "", 3000, false);
	make_profile(e, "b.pb.gz", "v1.5", canary, 9000, false);
	diff(e);
	assert_file(e, "c.md", "of which commit the baseline is was not recorded", true);
	/* Outside of a repository there is nothing to say. */
	e->directory = NULL;
	diff(e);
	assert_file(e, "c.md", "Commits:", false);
	assert_file(e, "q.json", "[]", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_the_commit_is_named),
		E2E_TEST(test_the_commit_of_where_it_came_in_is_named),
		E2E_TEST(test_a_shallow_clone_says_which_fetch),
		E2E_TEST(test_what_is_not_known_is_said),
	};

	return cmocka_run_group_tests_name("report_commits", tests, NULL, NULL);
}
