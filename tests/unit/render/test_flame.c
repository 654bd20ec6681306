/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/diff.h"
#include "rg/err.h"
#include "rg/flame.h"
#include "rg/formats.h"
#include "rg/profile.h"
#include "rg/render.h"

#include <stdlib.h>

enum { PAGE_MAX = 64 << 20 };

/* --- Pages of folded stacks ------------------------------------------------------------------- */

/* A page and what it borrows from. */
struct drawing {
	struct rg_profile *profiles[2];
	const struct rg_profile *run[2];
	struct rg_runs base, canary;
	struct rg_flame *flame;
	struct rg_flame_page page;
	struct rg_buf out;
};

static struct rg_profile *folded(const char *text)
{
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};

	if (rg_profile_read(text, strlen(text), NULL, &profile, &err))
		fail_msg("%s", err.text);
	return profile;
}

/* Takes the profiles; base may be NULL. */
static void draw(struct drawing *d, struct rg_profile *base, struct rg_profile *canary)
{
	struct rg_policy policy;

	*d = (struct drawing){.profiles = {base, canary}, .run = {base, canary}};
	d->base = (struct rg_runs){&d->run[0], base != NULL};
	d->canary = (struct rg_runs){&d->run[1], 1};
	rg_policy_init(&policy);
	assert_int_equal(
		rg_flame_make(&d->base, &d->canary, &policy, RG_BASIS_AUTO, &d->flame, NULL), 0);
	d->page = (struct rg_flame_page){d->flame, &d->base, &d->canary, NULL};
	rg_buf_init(&d->out, PAGE_MAX);
}

static void done(struct drawing *d)
{
	rg_buf_done(&d->out);
	rg_flame_free(d->flame);
	rg_profile_free(d->profiles[0]);
	rg_profile_free(d->profiles[1]);
}

#define assert_has(d, text) assert_has_at(d, text, __FILE__, __LINE__)
static void assert_has_at(const struct drawing *d, const char *text, const char *file, int line)
{
	if (strstr(d->out.data, text))
		return;
	print_error("'%s' is not in:\n%.4000s\n", text, d->out.data);
	_fail(file, line);
}

/* --- The picture ------------------------------------------------------------------------------ */

static void a_picture_is_as_wide_as_the_canary(void **state)
{
	struct drawing d;

	(void)state;
	draw(&d, folded("main;a 10\nmain;b 30\n"), folded("main;a 30\nmain;b 10\n"));
	rg_render_flame_svg(&d.page, &d.out);
	assert_has(&d, "<rect x=\"0.0\" y=\"57\" width=\"1199.5\" height=\"16\" fill=\"#ececec\"/>"
		       "<title>main: 100.0 % \xe2\x86\x92 100.0 %, 0.0 %</title>");
	assert_has(&d, "<g class=\"g3\"><rect x=\"0.0\" y=\"74\" width=\"899.5\" height=\"16\" "
		       "fill=\"#dd7257\"/><title>a: 25.0 % \xe2\x86\x92 75.0 %, +200 %</title>");
	assert_has(&d, "<g class=\"s3\"><rect x=\"900.0\" y=\"74\" width=\"299.5\"");
	assert_has(&d, ">b  -67 %</text>");
	/* Nothing is drawn below. */
	assert_has(&d, "viewBox=\"0 0 1200 91\"");
	done(&d);
}

static void one_profile_is_coloured_by_module(void **state)
{
	struct drawing d;

	(void)state;
	draw(&d, NULL, folded("main;a 30\nmain;b 10\n"));
	rg_render_flame_svg(&d.page, &d.out);
	assert_has(&d, "<title>a: 75.0 %</title>");
	assert_has(&d, "<g class=\"m");
	assert_has(&d, "Colours tell modules apart.");
	done(&d);
}

/* A function above 3,000 others: what is too narrow is drawn as one. */
static void narrow_frames_are_drawn_as_one(void **state)
{
	struct drawing d;
	struct rg_buf text;
	size_t frames = 0;

	(void)state;
	rg_buf_init(&text, 1 << 20);
	rg_buf_adds(&text, "main;wide 100000\n");
	for (int i = 0; i < 3000; i++)
		rg_buf_addf(&text, "main;narrow%d 10\n", i);
	draw(&d, NULL, folded(text.data));
	rg_render_flame_svg(&d.page, &d.out);
	for (const char *at = d.out.data; (at = strstr(at, "<rect ")); at++)
		frames++;
	/* The page, all, main, wide, and the narrow ones. */
	assert_int_equal(frames, 5);
	/* 30,000 of 130,000. */
	assert_has(&d, "<rect class=\"rest\" x=\"923.1\" y=\"74\" width=\"276.9\"");
	rg_buf_done(&text);
	done(&d);
}

static void nothing_measured_is_said(void **state)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_profile *profile = NULL;
	struct drawing d;

	(void)state;
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	draw(&d, NULL, profile);
	rg_render_flame_html(&d.page, &d.out);
	assert_int_equal(d.out.failed, 0);
	assert_has(&d, "<p>Not measured by every run.</p>");
	assert_has(&d, "The profile says nothing of where it is from.");
	done(&d);
}

/* --- The page --------------------------------------------------------------------------------- */

static void a_page_has_data_for_its_script(void **state)
{
	struct drawing d;

	(void)state;
	draw(&d, folded("main;a 10\nmain;b 30\n"), folded("main;</script> 30\nmain;b 10\n"));
	rg_render_flame_html(&d.page, &d.out);
	assert_has(&d, "{\"versions\":[\"baseline\",\"canary\"],\"first\":\"on_cpu\"");
	assert_has(&d, "[\"\\u003c/script\\u003e\",\"\",\"\",");
	/* In tens: main, script, b, a. */
	assert_has(&d, "\"unit\":10,\"against\":[40,40],\"total\":[4,4],\"common\":1,\n"
		       "\"trees\":[[0,0,4,4,1,1,3,1,1,2,0,3,1,3,1,0],");
	assert_has(&d, "<h1>Flame graph</h1>");
	done(&d);
}

static void a_verdict_links_to_its_functions(void **state)
{
	struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 3);
	struct drawing d;

	(void)state;
	rows[0].key = "a";
	rows[0].module = "";
	rows[1].key = "gone";
	draw(&d, folded("main;a 10\n"), folded("main;a 30\n"));
	d.page.verdict = &verdict;
	rg_render_flame_html(&d.page, &d.out);
	assert_has(&d, "<title>FAIL: price_line() uses 312 % more CPU per second</title>");
	assert_has(&d, "<h1 class=\"fail\"><b>FAIL</b> price_line() uses 312 % more");
	assert_has(&d, "<tr class=\"fails\"><td>regressed</td><td><a href=\"#graph\" "
		       "data-kind=\"on_cpu\" data-function=\"1\">price_line</a>");
	/* What has no frames is no link. */
	assert_has(&d, "<td>unchanged</td><td>other<small>orders ");
	assert_has(&d, "<h2>Report</h2>\n<pre>FAIL  price_line() uses");
	done(&d);
}

/* --- Size ------------------------------------------------------------------------------------- */

enum { STACKS = 100000, DEPTH = 14, FUNCTIONS = 3000, PAGE_BYTES = 3 << 20 };

/* Stacks as services have them, alike towards their roots; every other one is a wait. */
static struct rg_profile *large_profile(void)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_profile *profile = NULL;
	uint64_t random = 1;
	uint32_t module;

	assert_int_equal(rg_profile_builder_module(builder, "orders", "", &module, NULL), 0);
	for (size_t i = 0; i < STACKS; i++) {
		struct rg_sample sample = {.slice = RG_NO_SLICE, .thread = "worker"};
		uint32_t ids[DEPTH];

		for (size_t at = 0; at < DEPTH; at++) {
			char name[64];
			struct rg_frame frame = {.function = name, .file = "", .module = module};
			size_t wide = FUNCTIONS >> at > 1 ? (size_t)FUNCTIONS >> at : 2;

			/* As in Knuth's MMIX. */
			random = random * UINT64_C(6364136223846793005) +
				 UINT64_C(1442695040888963407);
			snprintf(name, sizeof(name), "shop::orders::Stage%zu::handle_item_%zu", at,
				 (size_t)(random >> 33) % wide);
			assert_int_equal(rg_profile_builder_frame(builder, &frame, &ids[at], NULL),
					 0);
		}
		assert_int_equal(rg_profile_builder_stack(builder, ids, DEPTH, &sample.stack, NULL),
				 0);
		sample.value[i % 2 ? RG_VALUE_OFF_CPU_NS : RG_VALUE_CPU_NS] =
			1000003 * (int64_t)(random >> 40) + 1;
		assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
	}
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	return profile;
}

static void a_page_of_many_stacks_stays_small(void **state)
{
	struct drawing d;
	size_t stacks;

	(void)state;
	draw(&d, NULL, large_profile());
	rg_profile_stacks(d.profiles[1], &stacks);
	assert_true(stacks > STACKS * 99 / 100);
	rg_render_flame_html(&d.page, &d.out);
	assert_int_equal(d.out.failed, 0);
	assert_true(d.out.len > PAGE_BYTES / 4);
	if (d.out.len > PAGE_BYTES)
		fail_msg("%zu bytes", d.out.len);
	done(&d);
}

static void a_page_without_room_fails(void **state)
{
	struct drawing d;
	size_t whole;

	(void)state;
	draw(&d, NULL, folded("main;a 30\n"));
	rg_render_flame_html(&d.page, &d.out);
	whole = d.out.len;
	rg_buf_done(&d.out);
	for (size_t room = 1; room < whole; room += whole / 30) {
		rg_buf_init(&d.out, room);
		rg_render_flame_html(&d.page, &d.out);
		assert_int_equal(d.out.failed, RG_ELIMIT);
		rg_buf_done(&d.out);
	}
	done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_picture_is_as_wide_as_the_canary),
		cmocka_unit_test(one_profile_is_coloured_by_module),
		cmocka_unit_test(narrow_frames_are_drawn_as_one),
		cmocka_unit_test(nothing_measured_is_said),
		cmocka_unit_test(a_page_has_data_for_its_script),
		cmocka_unit_test(a_verdict_links_to_its_functions),
		cmocka_unit_test(a_page_of_many_stacks_stays_small),
		cmocka_unit_test(a_page_without_room_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
