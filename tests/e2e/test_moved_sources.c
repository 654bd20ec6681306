/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code that moved where stacks and names show nothing, and the repository does: from files' lines to the verdict. */
#include "e2e.h"
#include "repo.h"
#include "samples.h"

#include "rg/profile.h"

#include <stdio.h>

/* price.c and tax.c: a loop goes from price() to tax() by one commit, and sum_of() is called total_of() by the next. */
#define LOOP                                                                                   \
	"\\tfor (const char *at = row; *at; at++) {\\n\\t\\tunsigned int digit = *at - 48;\\n" \
	"\\t\\tsum = sum * 31 + digit;\\n\\t\\tsum ^= mix[(sum >> 7) & 255];\\n\\t}\\n"
#define CELLS                                                                          \
	"\\tfor (int i = 0; i < cells; i++) {\\n\\t\\tsum += width[i] * height[i];\\n" \
	"\\t\\tsum = (sum << 3) | (sum >> 29);\\n\\t\\tsum -= border[i] * corner;\\n\\t}\\n"
#define FN(name, body) \
	"unsigned int " name "(const char *row)\\n{\\n" body "\\treturn sum;\\n}\\n\\n"
#define FILES(price, tax, sum)        \
	"printf '" FN("price", price) \
		FN(sum, CELLS) "' >price.c; printf '" FN("tax", tax) "' >tax.c; git add .; "

static void make_repo(struct e2e *e, const char *then)
{
	e2e_sh(e, "git init -q -b main r; cd r\n"
		  "git config user.name Ada; git config user.email a@example.org\n" FILES(
			  LOOP, "", "sum_of") "git commit -q -m first; git tag v1.4\n");
	e2e_sh(e, "cd r\n%s\ngit tag v1.5", then);
	e->directory = "r";
}

#define PIECE_MOVED FILES("", LOOP, "sum_of") "git commit -q -m 'Take digits with the tax'"
#define RENAMED     FILES(LOOP, "", "total_of") "git commit -q -m 'Call a total a total'"
/* Both are touched, and nothing moves. */
#define NOT_MOVED                                                   \
	FILES("\\tsum = cached(row, 31, 255);\\n", CELLS, "sum_of") \
	"git commit -q -m 'Look prices up; tax cells'"

/* What a function costs, or how often it waits, under the function that asks for it. */
struct cost {
	const char *function, *caller;
	int64_t samples;
};

enum { WAITS = 2, SLICES = 20 };

static uint32_t frame_of(struct rg_profile_builder *builder, const char *name, const char *module)
{
	struct rg_frame frame = {.function = name, .file = ""};
	uint32_t id = 0;

	assert_int_equal(rg_profile_builder_module(builder, module, "", &frame.module, NULL), 0);
	assert_int_equal(rg_profile_builder_frame(builder, &frame, &id, NULL), 0);
	return id;
}

/* As much in each slice; without slices, in none. */
static void add_sample(struct rg_profile_builder *builder, const uint32_t *ids, uint32_t depth,
		       struct rg_sample sample, uint32_t slices)
{
	assert_int_equal(rg_profile_builder_stack(builder, ids, depth, &sample.stack, NULL), 0);
	for (int i = 0; i < RG_VALUE_COUNT && slices; i++)
		sample.value[i] /= slices;
	for (uint32_t i = 0; i < slices || i == 0; i++) {
		sample.slice = slices ? i : RG_NO_SLICE;
		assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
	}
}

static void add_cost(struct rg_profile_builder *builder, const struct cost *cost, uint32_t slices)
{
	struct rg_sample sample = {.thread = ""};
	const uint32_t ids[] = {frame_of(builder, cost->function, "orders"),
				frame_of(builder, cost->caller, "orders")};

	sample.value[RG_VALUE_SAMPLES] = cost->samples;
	sample.value[RG_VALUE_CPU_NS] = cost->samples * 10000000;
	add_sample(builder, ids, 2, sample, slices);
}

/* For the disk, 4 ms each. */
static void add_wait(struct rg_profile_builder *builder, const struct cost *cost)
{
	struct rg_sample sample = {.thread = "", .wait = RG_WAIT_DISK};
	const uint32_t ids[] = {frame_of(builder, "fsync", "libc.so.6"),
				frame_of(builder, cost->function, "orders"),
				frame_of(builder, cost->caller, "orders")};

	sample.value[RG_VALUE_WAITS] = cost->samples;
	sample.value[RG_VALUE_OFF_CPU_NS] = cost->samples * 4000000;
	add_sample(builder, ids, 3, sample, SLICES);
}

static void add_waits(struct rg_profile_builder *builder, const struct cost *waits)
{
	const struct rg_slice slice = {.wall_ns = UINT64_C(30000000000) / SLICES};

	rg_profile_builder_measures(builder, RG_VALUE_WAITS);
	rg_profile_builder_measures(builder, RG_VALUE_OFF_CPU_NS);
	for (int i = 0; i < SLICES; i++)
		assert_int_equal(rg_profile_builder_slice(builder, &slice, NULL), 0);
	for (int i = 0; i < WAITS; i++)
		add_wait(builder, &waits[i]);
}

/* Without files, as of a program without debug information. `waits`: WAITS of them, in slices; or NULL. */
static void make_profile(struct e2e *e, const char *name, const char *version,
			 const struct cost *costs, size_t count, const struct cost *waits)
{
	static const struct cost others[] = {{"parse", "serve", 3000},
					     {"print", "query", 3000},
					     {"store", "flush", 2000},
					     {"lookup", "query", 2000}};
	struct rg_profile_builder *builder = rg_profile_builder_new();

	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	if (waits)
		add_waits(builder, waits);
	assert_int_equal(rg_profile_builder_fact(builder, RG_KEY_VERSION, version, NULL), 0);
	assert_int_equal(rg_profile_builder_fact(builder, RG_KEY_COMMIT,
						 e2e_ask(e, "git -C r rev-parse %s", version),
						 NULL),
			 0);
	assert_int_equal(rg_profile_builder_fact_u64(builder, RG_KEY_WALL_NS, 30000000000, NULL),
			 0);
	for (size_t i = 0; i < count; i++)
		add_cost(builder, &costs[i], waits ? SLICES : 0);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		add_cost(builder, &others[i], waits ? SLICES : 0);
	e2e_write_profile(e, name, builder);
}

static const struct cost before[] = {
	{"price", "serve", 3000}, {"tax", "flush", 1000}, {"sum_of", "serve", 1500}};
static const struct cost after_moving[] = {
	{"price", "serve", 1000}, {"tax", "flush", 3000}, {"sum_of", "serve", 1500}};

static void make_profiles(struct e2e *e, const struct cost *after, size_t count)
{
	make_profile(e, "a.pb.gz", "v1.4", before, sizeof(before) / sizeof(before[0]), NULL);
	make_profile(e, "b.pb.gz", "v1.5", after, count, NULL);
}

static void diff(struct e2e *e, int status)
{
	E2E_RG(e, "diff", "--basis", "second", "--markdown-out", e2e_path(e, "c.md"), "--json-out",
	       e2e_path(e, "c.json"), e2e_path(e, "a.pb.gz"), e2e_path(e, "b.pb.gz"));
	e2e_assert_status(e, status);
}

static void test_a_piece_that_moved_is_a_warning(void **state)
{
	struct e2e *e = *state;
	char commit[64], words[160];

	make_repo(e, PIECE_MOVED);
	make_profiles(e, after_moving, 3);
	diff(e, 0);
	snprintf(commit, sizeof(commit), "%s", e2e_ask(e, "git -C r rev-parse v1.5"));
	snprintf(words, sizeof(words),
		 "- `tax` from `price` (-67 %%, commit %.10s), whose lines it has now, ", commit);
	e2e_assert_in_file(e, "c.md", words);
	e2e_assert_out(e, "tax: from price (-67 %, commit");
	snprintf(words, sizeof(words), "\"moved_by\": \"%s\"", commit);
	e2e_assert_in_file(e, "c.json", words);
	e2e_assert_in_file(e, "c.json", "\"how\": \"lines\"");
	/* Without the repository nothing shows that it is the same code; the report that was written stands. */
	e->directory = NULL;
	E2E_RG(e, "report", "--markdown-out", e2e_path(e, "again.md"), e2e_path(e, "c.json"));
	e2e_assert_status(e, 0);
	e2e_sh(e, "cmp c.md again.md");
	diff(e, 1);
}

/* What is to be told of waits is asked of the repository as well. */
static void test_waits_that_moved_are_a_warning(void **state)
{
	static const struct cost waits[] = {{"price", "serve", 1500}, {"tax", "flush", 500}};
	static const struct cost moved[] = {{"price", "serve", 500}, {"tax", "flush", 1500}};
	struct e2e *e = *state;
	char words[160];

	make_repo(e, PIECE_MOVED);
	make_profile(e, "a.pb.gz", "v1.4", before, 3, waits);
	make_profile(e, "b.pb.gz", "v1.5", before, 3, moved);
	diff(e, 0);
	snprintf(words, sizeof(words), "\"moved_by\": \"%s\"",
		 e2e_ask(e, "git -C r rev-parse v1.5"));
	e2e_assert_in_file(e, "c.json", words);
	e2e_assert_out(e, ": from price (-67 %, commit");
	e->directory = NULL;
	diff(e, 1);
	e2e_assert_in_file(e, "c.json", "\"moves\": []");
}

static void test_a_function_that_was_renamed_is_compared_with_what_it_was(void **state)
{
	static const struct cost alike[] = {
		{"price", "serve", 3000}, {"tax", "flush", 1000}, {"total_of", "flush", 1500}};
	static const struct cost dearer[] = {
		{"price", "serve", 3000}, {"tax", "flush", 1000}, {"total_of", "flush", 6000}};
	struct e2e *e = *state;
	char words[160];

	make_repo(e, RENAMED);
	make_profiles(e, alike, 3);
	diff(e, 0);
	snprintf(words, sizeof(words), "- `sum_of` \xe2\x86\x92 `total_of`, by %.10s\n",
		 e2e_ask(e, "git -C r rev-parse v1.5"));
	e2e_assert_in_file(e, "c.md", words);
	e2e_assert_out(e, "total_of: was sum_of, compared as one function; renamed by");
	e->directory = NULL;
	diff(e, 1);
	e->directory = "r";
	make_profiles(e, dearer, 3);
	diff(e, 1);
	e2e_assert_in_file(e, "c.md", words);
	e2e_assert_headline(e, "FAIL  the whole program uses ", "; most of it in total_of()");
	e2e_assert_out(e, "regressed  total_of");
	e2e_assert_out(e, "+292 %");
}

static void test_an_improvement_beside_it_excuses_nothing(void **state)
{
	struct e2e *e = *state;

	make_repo(e, NOT_MOVED);
	make_profiles(e, after_moving, 3);
	diff(e, 1);
	e2e_assert_out(e, "tax");
	e2e_assert_in_file(e, "c.json", "\"moves\": []");
}

/* The lines moved, and what they cost more there is not excused by it. */
static void test_what_came_on_top_fails(void **state)
{
	static const struct cost after[] = {
		{"price", "serve", 1000}, {"tax", "flush", 6000}, {"sum_of", "serve", 1500}};
	struct e2e *e = *state;

	make_repo(e, PIECE_MOVED);
	make_profiles(e, after, 3);
	diff(e, 1);
	e2e_assert_in_file(e, "c.json", "\"moves\": []");
}

static void test_a_clone_without_the_baseline_says_which_fetch(void **state)
{
	struct e2e *e = *state;

	make_repo(e, PIECE_MOVED);
	make_profiles(e, after_moving, 3);
	e2e_sh(e, "git -c protocol.file.allow=always clone -q --depth 1 file://%s/r shallow",
	       e->root);
	e->directory = "shallow";
	diff(e, 1);
	e2e_assert_in_file(e, "c.md",
			   "this clone is shallow: 'git fetch --unshallow' brings the commits");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_piece_that_moved_is_a_warning),
		E2E_TEST(test_waits_that_moved_are_a_warning),
		E2E_TEST(test_a_function_that_was_renamed_is_compared_with_what_it_was),
		E2E_TEST(test_an_improvement_beside_it_excuses_nothing),
		E2E_TEST(test_what_came_on_top_fails),
		E2E_TEST(test_a_clone_without_the_baseline_says_which_fetch),
	};

	return cmocka_run_group_tests_name("moved_sources", tests, NULL, NULL);
}
