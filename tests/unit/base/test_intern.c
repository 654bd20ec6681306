/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fail_libc.h"
#include "grow.c"   /* NOLINT(bugprone-suspicious-include) */
#include "intern.c" /* NOLINT(bugprone-suspicious-include) */

static uint32_t add(struct rg_intern *intern, const char *bytes, size_t len)
{
	uint32_t id = UINT32_MAX;

	assert_int_equal(rg_intern_add(intern, bytes, len, &id), 0);
	return id;
}

static void ids_follow_first_sight(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_intern *intern = rg_intern_new(arena);

	(void)state;
	assert_int_equal(rg_intern_count(intern), 0);
	assert_int_equal(add(intern, "main", 4), 0);
	assert_int_equal(add(intern, "", 0), 1);
	assert_int_equal(add(intern, "main.c", 6), 2);
	assert_int_equal(add(intern, "main.c", 4), 0);
	assert_int_equal(add(intern, NULL, 0), 1);
	assert_int_equal(add(intern, "\xff\x1b", 2), 3);
	assert_int_equal(rg_intern_count(intern), 4);
	assert_string_equal(rg_intern_text(intern, 0), "main");
	assert_string_equal(rg_intern_text(intern, 1), "");
	assert_string_equal(rg_intern_text(intern, 3), "\xff\x1b");
	rg_intern_free(intern);
	rg_arena_free(arena);
}

static void texts_outlive_the_table_and_their_source(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_intern *intern = rg_intern_new(arena);
	char source[] = "name";
	const char *text = rg_intern_text(intern, add(intern, source, 4));

	(void)state;
	memset(source, 'x', 4);
	rg_intern_free(intern);
	assert_string_equal(text, "name");
	rg_arena_free(arena);
}

static void nul_is_refused(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_intern *intern = rg_intern_new(arena);
	uint32_t id = 77;

	(void)state;
	assert_int_equal(rg_intern_add(intern, "a\0b", 3, &id), RG_EFORMAT);
	assert_int_equal(id, 77);
	assert_int_equal(rg_intern_count(intern), 0);
	rg_intern_free(intern);
	rg_arena_free(arena);
}

/* What decides when two hashes are the same, which cannot be brought about from outside. */
static void beginnings_are_not_equal(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_intern *intern = rg_intern_new(arena);
	uint32_t id = add(intern, "main.c", 6);

	(void)state;
	assert_true(text_is(intern, id, &(struct key){"main.c", 6}));
	assert_false(text_is(intern, id, &(struct key){"main", 4}));
	assert_false(text_is(intern, id, &(struct key){"", 0}));
	assert_false(text_is(intern, id, &(struct key){"main.cc", 7}));
	rg_intern_free(intern);
	rg_arena_free(arena);
}

/* Few letters, so that many texts come again and many are beginnings of others. */
static size_t random_text(uint64_t *seed, char text[8])
{
	size_t len = next_random(seed) % 8;

	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + next_random(seed) % 3);
	return len;
}

static uint32_t search(char (*texts)[8], const size_t *lengths, uint32_t count, const char *text,
		       size_t len)
{
	uint32_t id = 0;

	while (id < count && (lengths[id] != len || memcmp(texts[id], text, len) != 0))
		id++;
	return id;
}

static void agrees_with_an_array(void **state)
{
	static char texts[4096][8];
	static size_t lengths[4096];
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_intern *intern = rg_intern_new(arena);
	uint64_t seed = 5;
	uint32_t count = 0;

	(void)state;
	for (int step = 0; step < 20000; step++) {
		char text[8];
		size_t len = random_text(&seed, text);
		uint32_t expected = search(texts, lengths, count, text, len);

		assert_int_equal(add(intern, text, len), expected);
		if (expected < count)
			continue;
		memcpy(texts[count], text, len);
		lengths[count++] = len;
	}
	assert_int_equal(rg_intern_count(intern), count);
	assert_true(count > 1000);
	for (uint32_t id = 0; id < count; id++) {
		assert_int_equal(strlen(rg_intern_text(intern, id)), lengths[id]);
		assert_memory_equal(rg_intern_text(intern, id), texts[id], lengths[id]);
	}
	rg_intern_free(intern);
	rg_arena_free(arena);
}

static void arena_bound_is_no_memory(void **state)
{
	struct rg_arena *arena = rg_arena_new(8);
	struct rg_intern *intern = rg_intern_new(arena);
	uint32_t id = 77;

	(void)state;
	assert_int_equal(rg_intern_add(intern, "12345678", 8, &id), RG_ENOMEM);
	assert_int_equal(id, 77);
	assert_int_equal(rg_intern_count(intern), 0);
	assert_int_equal(add(intern, "1234567", 7), 0);
	assert_int_equal(rg_intern_add(intern, "8", 1, &id), RG_ENOMEM);
	assert_int_equal(add(intern, "1234567", 7), 0);
	rg_intern_free(intern);
	rg_arena_free(arena);
}

static void no_memory_for_the_table(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);

	(void)state;
	allocations_left = 0;
	assert_null(rg_intern_new(arena));
	allocations_left = -1;
	rg_arena_free(arena);
}

/* When the array is full, the next text needs a larger one and does not get it. */
static void no_memory_leaves_the_table_as_it_was(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_intern *intern = rg_intern_new(arena);
	uint32_t id = 77;
	size_t full;

	(void)state;
	allocations_left = 0;
	assert_int_equal(rg_intern_add(intern, "x", 1, &id), RG_ENOMEM);
	allocations_left = -1;
	add(intern, "a", 1);
	full = intern->cap;
	for (char c = 'b'; rg_intern_count(intern) < full; c++)
		add(intern, &c, 1);
	allocations_left = 0;
	assert_int_equal(rg_intern_add(intern, "Z", 1, &id), RG_ENOMEM);
	allocations_left = -1;
	assert_int_equal(id, 77);
	assert_int_equal(rg_intern_count(intern), full);
	assert_int_equal(add(intern, "Z", 1), full);
	assert_int_equal(add(intern, "a", 1), 0);
	rg_intern_free(intern);
	rg_arena_free(arena);
}

static void full_table_refuses_new_texts_only(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_intern *intern = rg_intern_new(arena);
	uint32_t id = 77;

	(void)state;
	add(intern, "known", 5);
	intern->count = RG_INDEX_NONE;
	assert_int_equal(rg_intern_add(intern, "new", 3, &id), RG_ELIMIT);
	assert_int_equal(id, 77);
	assert_int_equal(add(intern, "known", 5), 0);
	rg_intern_free(intern);
	rg_arena_free(arena);
}

static void freeing_nothing_is_allowed(void **state)
{
	(void)state;
	rg_intern_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_follow_first_sight),
		cmocka_unit_test(texts_outlive_the_table_and_their_source),
		cmocka_unit_test(nul_is_refused),
		cmocka_unit_test(beginnings_are_not_equal),
		cmocka_unit_test(agrees_with_an_array),
		cmocka_unit_test(arena_bound_is_no_memory),
		cmocka_unit_test(no_memory_for_the_table),
		cmocka_unit_test(no_memory_leaves_the_table_as_it_was),
		cmocka_unit_test(full_table_refuses_new_texts_only),
		cmocka_unit_test(freeing_nothing_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
