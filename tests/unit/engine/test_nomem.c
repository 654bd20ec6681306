/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wait_made.h"

#include "rg/arena.h"
#include "rg/flame.h"

#include <stdarg.h>
#include <stdlib.h>

/*
 * Memory that runs out at every allocation in turn. These stand in for the arena of diff/base, which
 * the linker then leaves out: one block of memory per allocation, so that ASan sees each.
 */

struct block {
	struct block *next;
	max_align_t bytes[];
};

struct rg_arena {
	struct block *blocks;
};

/* Allocations until one fails; below 0: none does. */
static long left = -1;

static bool runs_out(void)
{
	return left >= 0 && left-- == 0;
}

struct rg_arena *rg_arena_new(size_t max_bytes)
{
	(void)max_bytes;
	return runs_out() ? NULL : calloc(1, sizeof(struct rg_arena));
}

void rg_arena_free(struct rg_arena *arena)
{
	if (!arena)
		return;
	for (struct block *block = arena->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

void *rg_arena_alloc(struct rg_arena *arena, size_t size)
{
	struct block *block = runs_out() ? NULL : calloc(1, sizeof(*block) + size);

	if (!block)
		return NULL;
	block->next = arena->blocks;
	arena->blocks = block;
	return block->bytes;
}

void *rg_arena_array(struct rg_arena *arena, size_t count, size_t size)
{
	return rg_arena_alloc(arena, count * size);
}

char *rg_arena_strndup(struct rg_arena *arena, const char *bytes, size_t length)
{
	char *copy = rg_arena_alloc(arena, length + 1);

	return copy ? memcpy(copy, bytes, length) : NULL;
}

char *rg_arena_strdup(struct rg_arena *arena, const char *text)
{
	return rg_arena_strndup(arena, text, strlen(text));
}

char *rg_arena_printf(struct rg_arena *arena, const char *fmt, ...)
{
	char text[4096];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return rg_arena_strdup(arena, text);
}

/* Of every kind of text: facts that differ, losses, a failure, new functions. */
static struct rg_profile *profile_of(bool canary)
{
	struct wait_set set = wait_set_default();
	struct made_spec spec = made_default();

	wait_put(&set, &(struct wait_spec){"fsync of libc.so.6;commit;main", RG_WAIT_DISK, "w", 30,
					   canary ? 40 : 10, WAIT_EXPONENTIAL});
	wait_put(&set, &(struct wait_spec){"poll of libc.so.6;loop;main", RG_WAIT_POLL, "w", 30, 10,
					   WAIT_EXPONENTIAL});
	wait_put(&set, &(struct wait_spec){"read of libc.so.6;[truncated] of [anon]", RG_WAIT_PIPE,
					   "w-1", 30, 10, WAIT_EXPONENTIAL});
	wait_put(&set, &(struct wait_spec){canary ? "fsync of libc.so.6;keep_all;serve;main"
						  : "fsync of libc.so.6;keep;serve;main",
					   RG_WAIT_DISK, "w", 30, 10, WAIT_EXPONENTIAL});
	spec.more = wait_add;
	spec.with = &set;
	made_set(&spec, RG_KEY_ACCOUNT_CLOSURE, "0.3");
	made_set(&spec, RG_KEY_CUT_TOO_DEEP, canary ? "31000" : "29000");
	made_set(&spec, RG_KEY_WORK_TOTAL, canary ? "90000" : "100000");
	made_set(&spec, RG_KEY_WORK_SOURCE,
		 canary ? "uprobe server:serve" : "uprobe server:handle");
	/* By so little that it may be the same code, placed elsewhere. */
	made_extra(&spec, "f02", canary ? 3400 : 2333);
	if (canary) {
		made_extra(&spec, "fresh", 3000);
		made_set(&spec, RG_KEY_HOST, "two");
		made_set(&spec, RG_KEY_EVENT, "");
		made_set(&spec, RG_KEY_INTERRUPTED, "1");
	}
	return made(&spec);
}

/* How often it failed before it did not; then there are as many issues. */
static long fail_each(const struct rg_runs *old, const struct rg_runs *new,
		      const struct rg_policy *policy, enum rg_outcome outcome, size_t issues)
{
	long failures = 0;
	int code;

	do {
		struct rg_verdict *verdict = NULL;
		struct rg_err err = {0};

		left = failures;
		code = rg_diff_judge(old, new, policy, &verdict, &err);
		left = -1;
		if (code) {
			assert_int_equal(code, RG_ENOMEM);
			assert_int_equal(err.code, RG_ENOMEM);
			assert_null(verdict);
			failures++;
		} else {
			assert_int_equal(verdict->outcome, outcome);
			assert_int_equal(verdict->basis, policy->basis);
			assert_int_equal(verdict->issue_count, issues);
		}
		rg_verdict_free(verdict);
	} while (code && failures < 100000);
	assert_int_equal(code, 0);
	return failures;
}

static void every_allocation_may_fail(void **state)
{
	struct rg_profile *before = profile_of(false), *after = profile_of(true);
	const struct rg_profile *base[] = {before, before}, *canary[] = {after};
	const struct rg_runs old = {base, 2}, new = {canary, 1};
	static const struct rg_policy_function function = {"f0*", "server", 0.2, 0.4, 0.02};
	static const char *const ignore[] = {"f01", "idle*"}, *const pattern = "lib*";
	static const struct rg_policy_accept accept = {"f*", "server", "r", "o", 1, 0};
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SECOND;
	policy.accept = &accept;
	policy.accept_count = 1;
	policy.today = 1;
	policy.functions = &function;
	policy.function_count = 1;
	policy.ignore = ignore;
	policy.ignore_count = COUNT(ignore);
	policy.idle = policy.not_idle = policy.plumbing = (struct rg_policy_list){&pattern, 1};
	assert_true(fail_each(&old, &new, &policy, RG_OUTCOME_FAIL, 6) > 100);
	/* And who counted the work. */
	policy.basis = RG_BASIS_WORK;
	assert_true(fail_each(&old, &new, &policy, RG_OUTCOME_FAIL, 7) > 100);
	rg_profile_free(before);
	rg_profile_free(after);
}

/* Leaf first; so many samples in each slice. */
static void add_stack(struct rg_profile_builder *builder, const char *const *function,
		      const char *const *module, uint32_t depth, int64_t samples)
{
	struct rg_sample sample = {.thread = "", .wait = ""};
	uint32_t frames[8];

	for (uint32_t i = 0; i < depth; i++) {
		struct rg_frame frame = {.function = function[i], .file = ""};

		assert_int_equal(
			rg_profile_builder_module(builder, module[i], "", &frame.module, NULL), 0);
		assert_int_equal(rg_profile_builder_frame(builder, &frame, &frames[i], NULL), 0);
	}
	assert_int_equal(rg_profile_builder_stack(builder, frames, depth, &sample.stack, NULL), 0);
	for (sample.slice = 0; sample.slice < 20; sample.slice++) {
		sample.value[RG_VALUE_SAMPLES] = samples;
		sample.value[RG_VALUE_CPU_NS] = samples * 10000000;
		assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
	}
}

/* A program that writes by a call, or by faults, which is cheaper. */
static void add_writes(struct rg_profile_builder *builder, const void *with)
{
	static const char *const module[] = {"[kernel]", "libc.so.6", "server", "server"};
	static const char *const call[] = {"ext4_write", "write", "emit", "main"};
	static const char *const fault[] = {"exc_page_fault", "memcpy", "emit", "main"};
	const bool *canary = with;

	add_stack(builder, *canary ? fault : call, module, COUNT(module), *canary ? 40 : 200);
	add_stack(builder, call + 2, module + 2, 2, 20);
}

static void so_it_may_where_something_was_replaced(void **state)
{
	static const bool is_canary[] = {false, true};
	struct made_spec spec = made_default();
	struct rg_profile *profile[2];
	struct rg_policy policy;
	struct rg_verdict *verdict = NULL;

	(void)state;
	spec.more = add_writes;
	for (int i = 0; i < 2; i++) {
		spec.with = &is_canary[i];
		profile[i] = made(&spec);
	}
	const struct rg_profile *runs[] = {profile[0], profile[1]};
	const struct rg_runs old = {runs, 1}, new = {runs + 1, 1};

	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SECOND;
	assert_int_equal(rg_diff_judge(&old, &new, &policy, &verdict, NULL), 0);
	assert_int_equal(verdict->move_count, 1);
	/* No function of that name costs anything by itself. */
	assert_string_equal(verdict->moves[0].function, "write");
	assert_string_equal(verdict->moves[0].module, "libc.so");
	assert_true(fail_each(&old, &new, &policy, verdict->outcome, verdict->issue_count) > 100);
	rg_verdict_free(verdict);
	rg_profile_free(profile[0]);
	rg_profile_free(profile[1]);
}

static void so_it_may_while_stacks_are_gathered(void **state)
{
	struct rg_profile *before = profile_of(false), *after = profile_of(true);
	const struct rg_profile *runs[] = {before, after};
	const struct rg_runs base = {runs, 1}, canary = {runs + 1, 1};
	struct rg_policy policy;
	long failures = 0;
	int code;

	(void)state;
	rg_policy_init(&policy);
	do {
		struct rg_flame *flame = NULL;
		struct rg_err err = {0};

		left = failures;
		code = rg_flame_make(&base, &canary, &policy, RG_BASIS_SECOND, &flame, &err);
		left = -1;
		if (code) {
			assert_int_equal(code, RG_ENOMEM);
			assert_int_equal(err.code, RG_ENOMEM);
			assert_null(flame);
			failures++;
		}
		rg_flame_free(flame);
	} while (code && failures < 100000);
	assert_int_equal(code, 0);
	assert_true(failures > 100);
	rg_profile_free(before);
	rg_profile_free(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(so_it_may_where_something_was_replaced),
		cmocka_unit_test(so_it_may_while_stacks_are_gathered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
