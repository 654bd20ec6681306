/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A million samples: correct, and the time each step takes told. */
#include "make.h"

#include "base/sanitized.h"

#include <malloc.h>
#include <time.h>

enum { FUNCTIONS_N = 5000, STACKS_MAX = 50000, DEPTH = 30, SLICES_N = 240 };

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Each of the stacks has 20 samples. */
static struct rg_profile_builder *large(uint32_t samples)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	uint32_t app = make_module(b, "app", "ab"), frames[FUNCTIONS_N];
	static uint32_t stacks[STACKS_MAX];
	const uint32_t count = samples / 20;
	uint64_t seed = 1;

	for (uint32_t i = 0; i < FUNCTIONS_N; i++) {
		char name[64];

		snprintf(name, sizeof(name), "ns::module_%u::function_%u(int)", i % 90, i);
		frames[i] = make_frame(b, name, app, i % 1000);
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t stack[DEPTH];

		for (size_t j = 0; j < DEPTH; j++)
			stack[j] = frames[next_random(&seed) % FUNCTIONS_N];
		stacks[i] = make_stack(b, stack, DEPTH);
	}
	make_slices(b, SLICES_N, 250000000);
	for (uint32_t i = 0; i < samples; i++) /* each (stack, slice) at most once */
		make_sample(b, stacks[i % count], i / count * 7 % SLICES_N,
			    i % 3 ? "worker" : "main", 1 + i % 9);
	return b;
}

static void a_million_samples_come_back(void **state)
{
	const uint32_t samples = (uint32_t)tries(1000000, 100000);
	double t0 = seconds(), t1, t2, t3, t4;
	struct rg_profile_builder *b = large(samples);
	struct rg_profile *p, *back;
	struct rg_buf file, again;
	size_t count, in_use;

	(void)state;
	t1 = seconds();
	p = make_profile(b);
	t2 = seconds();
	in_use = mallinfo2().uordblks + mallinfo2().hblkhd;
	file = make_file(p);
	t3 = seconds();
	back = make_read(file.data, file.len);
	t4 = seconds();
	rg_profile_samples(back, &count);
	assert_int_equal(count, samples);
	assert_int_equal(rg_profile_total(p, RG_VALUE_CPU_NS),
			 rg_profile_total(back, RG_VALUE_CPU_NS));
	again = make_file(back);
	assert_int_equal(again.len, file.len);
	assert_memory_equal(again.data, file.data, file.len);
	print_message("%u samples: add %.2f s, finish %.2f s, write %.2f s, read %.2f s; "
		      "file %zu bytes, profile %zu bytes\n",
		      samples, t1 - t0, t2 - t1, t3 - t2, t4 - t3, file.len, in_use);
	rg_buf_done(&file);
	rg_buf_done(&again);
	rg_profile_free(p);
	rg_profile_free(back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_million_samples_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
