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
		      const struct rg_policy *policy, size_t issues)
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
			assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
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
	assert_true(fail_each(&old, &new, &policy, 6) > 100);
	/* And who counted the work. */
	policy.basis = RG_BASIS_WORK;
	assert_true(fail_each(&old, &new, &policy, 7) > 100);
	rg_profile_free(before);
	rg_profile_free(after);
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
		cmocka_unit_test(so_it_may_while_stacks_are_gathered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
