/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fail_libc.h"
#include "arena.c" /* NOLINT(bugprone-suspicious-include) */

static void assert_zero(const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		assert_int_equal(bytes[i], 0);
}

/* Random sizes across all chunk sizes; each block is filled, then all are checked for overlaps. */
static void blocks_are_zeroed_aligned_and_apart(void **state)
{
	enum { BLOCKS = 3000 };
	static unsigned char *blocks[BLOCKS];
	static size_t sizes[BLOCKS];
	struct rg_arena *arena = rg_arena_new(0);
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < BLOCKS; i++) {
		uint64_t random = next_random(&seed);

		sizes[i] = random % 100 ? random % 300 : random % 700000;
		blocks[i] = rg_arena_alloc(arena, sizes[i]);
		assert_non_null(blocks[i]);
		assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
		assert_zero(blocks[i], sizes[i]);
		memset(blocks[i], (int)(i % 251 + 1), sizes[i]);
	}
	for (size_t i = 0; i < BLOCKS; i++)
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(blocks[i][at], i % 251 + 1);
	rg_arena_free(arena);
}

static void empty_blocks_are_no_failure(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);
	void *first = rg_arena_alloc(arena, 0);
	void *second = rg_arena_array(arena, 0, 8);

	(void)state;
	assert_non_null(first);
	assert_non_null(second);
	assert_ptr_not_equal(first, second);
	rg_arena_free(arena);
}

static void bound_is_kept(void **state)
{
	struct rg_arena *arena = rg_arena_new(100000);
	size_t held = 0;

	(void)state;
	assert_null(rg_arena_alloc(arena, 100001));
	while (rg_arena_alloc(arena, 160))
		held += 160;
	assert_int_equal(held, 100000);
	assert_null(rg_arena_strdup(arena, ""));
	rg_arena_free(arena);
}

static void small_bound_is_exact_for_text(void **state)
{
	struct rg_arena *arena = rg_arena_new(8);

	(void)state;
	assert_null(rg_arena_strdup(arena, "12345678"));
	assert_null(rg_arena_printf(arena, "%d", 12345678));
	assert_null(rg_arena_alloc(arena, 9));
	assert_string_equal(rg_arena_strdup(arena, "1234567"), "1234567");
	assert_null(rg_arena_strdup(arena, ""));
	rg_arena_free(arena);
}

static void sizes_that_overflow_are_refused(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);

	(void)state;
	assert_null(rg_arena_array(arena, SIZE_MAX / 2 + 1, 2));
	assert_null(rg_arena_array(arena, 3, SIZE_MAX / 2));
	assert_null(rg_arena_alloc(arena, SIZE_MAX));
	assert_null(rg_arena_alloc(arena, SIZE_MAX - _Alignof(max_align_t)));
	assert_null(rg_arena_strndup(arena, "x", SIZE_MAX));
	assert_non_null(rg_arena_array(arena, 3, 5));
	rg_arena_free(arena);
}

static void texts_are_copied(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);
	char text[] = "profile";
	char *copy = rg_arena_strdup(arena, text);
	char *part = rg_arena_strndup(arena, text, 3);
	char *formatted = rg_arena_printf(arena, "%s-%03d", text, 7);
	char *empty = rg_arena_strndup(arena, NULL, 0);

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_string_equal(copy, "profile");
	assert_string_equal(part, "pro");
	assert_string_equal(formatted, "profile-007");
	assert_string_equal(empty, "");
	rg_arena_free(arena);
}

static void strndup_keeps_inner_nuls(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);

	(void)state;
	assert_memory_equal(rg_arena_strndup(arena, "a\0b", 3), "a\0b", 4);
	rg_arena_free(arena);
}

static void block_after_a_text_is_aligned(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);
	char *text = rg_arena_strdup(arena, "ab");
	char *block = rg_arena_alloc(arena, 8);

	(void)state;
	assert_int_equal((uintptr_t)block % _Alignof(max_align_t), 0);
	memset(block, 'x', 8);
	assert_string_equal(text, "ab");
	rg_arena_free(arena);
}

static void own_chunk_leaves_the_current_one_in_use(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);
	char *before = rg_arena_alloc(arena, 16);

	(void)state;
	assert_non_null(rg_arena_alloc(arena, (size_t)10 * CHUNK_MAX_BYTES));
	assert_ptr_equal(rg_arena_alloc(arena, 16), before + 16);
	rg_arena_free(arena);
}

static void chunks_grow_to_their_limit(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);

	(void)state;
	for (size_t held = 0; held < (size_t)8 * CHUNK_MAX_BYTES; held += 1024)
		assert_non_null(rg_arena_alloc(arena, 1024));
	assert_int_equal(arena->chunks->cap, CHUNK_MAX_BYTES);
	rg_arena_free(arena);
}

static void no_memory_for_the_arena(void **state)
{
	(void)state;
	allocations_left = 0;
	assert_null(rg_arena_new(0));
	allocations_left = -1;
}

/* What failed changed nothing: the arena goes on when there is memory again. */
static void no_memory_for_a_chunk(void **state)
{
	struct rg_arena *arena = rg_arena_new(1000000);

	(void)state;
	allocations_left = 0;
	assert_null(rg_arena_alloc(arena, 8));
	assert_null(rg_arena_alloc(arena, 900000));
	assert_null(rg_arena_printf(arena, "x"));
	assert_null(rg_arena_strdup(arena, "x"));
	allocations_left = -1;
	assert_non_null(rg_arena_alloc(arena, 1000000));
	rg_arena_free(arena);
}

static void format_that_fails_is_a_failure(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);

	(void)state;
	formatting_fails = 1;
	assert_null(rg_arena_printf(arena, "x"));
	formatting_fails = 0;
	rg_arena_free(arena);
}

static void freeing_nothing_is_allowed(void **state)
{
	(void)state;
	rg_arena_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_zeroed_aligned_and_apart),
		cmocka_unit_test(empty_blocks_are_no_failure),
		cmocka_unit_test(bound_is_kept),
		cmocka_unit_test(small_bound_is_exact_for_text),
		cmocka_unit_test(sizes_that_overflow_are_refused),
		cmocka_unit_test(texts_are_copied),
		cmocka_unit_test(strndup_keeps_inner_nuls),
		cmocka_unit_test(block_after_a_text_is_aligned),
		cmocka_unit_test(own_chunk_leaves_the_current_one_in_use),
		cmocka_unit_test(chunks_grow_to_their_limit),
		cmocka_unit_test(no_memory_for_the_arena),
		cmocka_unit_test(no_memory_for_a_chunk),
		cmocka_unit_test(format_that_fails_is_a_failure),
		cmocka_unit_test(freeing_nothing_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
