/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "make.h"

enum { PLACES = 12, SAMPLES = 80 };

static void shuffle(uint32_t *order, size_t count, uint64_t seed)
{
	for (size_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	for (size_t i = count; seed != 0 && i > 1; i--) {
		size_t j = (size_t)(next_random(&seed) % i);
		uint32_t kept = order[i - 1];

		order[i - 1] = order[j];
		order[j] = kept;
	}
}

/* The same content in an order that depends on the seed; 0: as it comes. */
static struct rg_profile *shuffled(uint64_t seed)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	uint32_t order[SAMPLES], frames[PLACES], stacks[PLACES];

	shuffle(order, PLACES, seed);
	for (size_t i = 0; i < PLACES; i++) {
		char name[16], module[16];

		snprintf(name, sizeof(name), "f%u", order[i] % 4);
		snprintf(module, sizeof(module), "m%u", order[i] % 3);
		frames[order[i]] = make_frame(b, name, make_module(b, module, ""), order[i]);
	}
	shuffle(order, PLACES, seed ? seed + 1 : 0);
	for (size_t i = 0; i < PLACES; i++) {
		uint32_t n = order[i], stack[3] = {frames[n], frames[n % 5], frames[n % 2]};

		stacks[n] = make_stack(b, stack, 1 + n % 3);
	}
	make_slices(b, 4, 1000);
	make_fact(b, seed % 2 ? "host" : "arch", "x");
	make_fact(b, seed % 2 ? "arch" : "host", "x");
	shuffle(order, SAMPLES, seed ? seed + 2 : 0);
	for (size_t i = 0; i < SAMPLES; i++)
		make_sample(b, stacks[order[i] % PLACES],
			    order[i] % 5 == 4 ? RG_NO_SLICE : order[i] % 5,
			    order[i] % 3 ? "worker" : "main", 1 + order[i]);
	return make_profile(b);
}

static void equal_content_means_equal_bytes(void **state)
{
	struct rg_profile *p = shuffled(0);
	struct rg_buf file = make_file(p);

	(void)state;
	for (uint64_t seed = 1; seed < 40; seed++) {
		struct rg_profile *other = shuffled(seed);
		struct rg_buf other_file = make_file(other);

		assert_int_equal(other_file.len, file.len);
		assert_memory_equal(other_file.data, file.data, file.len);
		rg_buf_done(&other_file);
		rg_profile_free(other);
	}
	rg_buf_done(&file);
	rg_profile_free(p);
}

static int order_of_stacks(const struct rg_stack *a, const struct rg_stack *b)
{
	for (uint32_t i = 0; i < a->depth && i < b->depth; i++)
		if (a->frames[i] != b->frames[i])
			return a->frames[i] < b->frames[i] ? -1 : 1;
	return (a->depth > b->depth) - (a->depth < b->depth);
}

static void everything_is_in_order_and_once(void **state)
{
	struct rg_profile *p = shuffled(5);
	size_t modules, frames, stacks, samples;
	const struct rg_module *m = rg_profile_modules(p, &modules);
	const struct rg_frame *f = rg_profile_frames(p, &frames);
	const struct rg_stack *k = rg_profile_stacks(p, &stacks);
	const struct rg_sample *s = rg_profile_samples(p, &samples);

	(void)state;
	assert_int_equal(modules, 3);
	assert_int_equal(frames, PLACES);
	for (size_t i = 1; i < modules; i++)
		assert_true(strcmp(m[i - 1].name, m[i].name) < 0);
	for (size_t i = 1; i < frames; i++) {
		int order = strcmp(f[i - 1].function, f[i].function);

		assert_true(f[i - 1].module < f[i].module ||
			    (f[i - 1].module == f[i].module &&
			     (order < 0 || (order == 0 && f[i - 1].line < f[i].line))));
	}
	for (size_t i = 1; i < stacks; i++)
		assert_true(order_of_stacks(&k[i - 1], &k[i]) < 0);
	for (size_t i = 1; i < samples; i++)
		assert_true(s[i - 1].stack < s[i].stack ||
			    (s[i - 1].stack == s[i].stack &&
			     (s[i - 1].slice < s[i].slice ||
			      (s[i - 1].slice == s[i].slice &&
			       strcmp(s[i - 1].thread, s[i].thread) < 0))));
	rg_profile_free(p);
}

static void equal_samples_are_merged(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	uint32_t stack = make_leaf(b, "f");
	const struct rg_sample *samples;
	size_t count;
	struct rg_profile *p;

	(void)state;
	make_slices(b, 1, 1);
	make_sample(b, stack, 0, "a", 1);
	make_sample(b, stack, 0, "b", 2);
	make_sample(b, stack, 0, "a", 4);
	make_sample(b, stack, RG_NO_SLICE, "a", 8);
	p = make_profile(b);
	samples = rg_profile_samples(p, &count);
	assert_int_equal(count, 3);
	assert_int_equal(samples[0].value[RG_VALUE_SAMPLES], 5);
	assert_int_equal(samples[0].value[RG_VALUE_CPU_NS], 5000);
	assert_int_equal(samples[1].value[RG_VALUE_SAMPLES], 2);
	assert_int_equal(samples[2].value[RG_VALUE_SAMPLES], 8);
	assert_int_equal(samples[2].slice, RG_NO_SLICE);
	assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 15);
	rg_profile_free(p);
}

static void what_no_sample_names_is_left_out(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	uint32_t used, unused = make_frame(b, "a_unused", make_module(b, "a_lib", ""), 0);
	size_t count;
	struct rg_profile *p;

	(void)state;
	make_stack(b, &unused, 1);
	used = make_leaf(b, "f");
	make_sample(b, used, RG_NO_SLICE, "", 0); /* all zero: dropped */
	make_sample(b, used, RG_NO_SLICE, "", 1);
	p = make_profile(b);
	assert_string_equal(rg_profile_modules(p, &count)[0].name, "app");
	assert_int_equal(count, 1);
	assert_string_equal(rg_profile_frames(p, &count)[0].function, "f");
	assert_int_equal(count, 1);
	assert_int_equal(rg_profile_stacks(p, &count)[0].frames[0], 0);
	assert_int_equal(count, 1);
	rg_profile_free(p);
}

static void slices_keep_their_order(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	const struct rg_slice *slices;
	size_t count;
	struct rg_profile *p;

	(void)state;
	make_slices(b, 1, 30);
	make_slices(b, 1, 10);
	make_slices(b, 1, 20);
	p = make_profile(b);
	slices = rg_profile_slices(p, &count);
	assert_int_equal(count, 3);
	assert_int_equal(slices[0].wall_ns, 30);
	assert_int_equal(slices[1].wall_ns, 10);
	assert_int_equal(slices[2].wall_ns, 20);
	rg_profile_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_content_means_equal_bytes),
		cmocka_unit_test(everything_is_in_order_and_once),
		cmocka_unit_test(equal_samples_are_merged),
		cmocka_unit_test(what_no_sample_names_is_left_out),
		cmocka_unit_test(slices_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
