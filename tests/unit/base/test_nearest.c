/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/text.h"

static const char *const keys[] = {"window", "warmup", "frequency", "thresholds", "store", "pid"};

static void nearest_key_is_found(void **state)
{
	static const struct {
		const char *what;
		const char *word;
		const char *nearest;
	} rows[] = {
		{"the word itself", "store", "store"},
		{"a letter missing", "windw", "window"},
		{"a letter too many", "windoww", "window"},
		{"a letter wrong", "wondow", "window"},
		{"two neighbours swapped count once", "stroe", "store"},
		{"swapped at the beginning", "iwndow", "window"},
		{"two letters missing of seven", "frqency", "frequency"},
		{"two wrong of six are a third", "wxndxw", "window"},
		{"two wrong of five are more than a third", "sxorx", NULL},
		{"nothing like it", "baseline", NULL},
		{"a word of two letters allows no edit", "pi", NULL},
		{"a word of three letters allows one", "pdi", "pid"},
		{"the empty word", "", NULL},
		{"case counts as an edit", "Store", "store"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *nearest = rg_text_nearest(rows[i].word, keys, COUNT(keys));

		if (rows[i].nearest ? !nearest || strcmp(nearest, rows[i].nearest) != 0
				    : nearest != NULL)
			fail_msg("%s: got %s", rows[i].what, nearest ? nearest : "none");
	}
}

static void smallest_distance_wins_then_the_first(void **state)
{
	static const char *const near[] = {"abcdxx", "abcdex", "abcdey"};

	(void)state;
	assert_ptr_equal(rg_text_nearest("abcdef", near, 3), near[1]);
	assert_ptr_equal(rg_text_nearest("abcdey", near, 3), near[2]);
	assert_null(rg_text_nearest("abcdef", near, 0));
}

static void long_words_are_left_alone(void **state)
{
	char longest[65], longer[66], candidate[66];
	const char *const candidates[] = {candidate};

	(void)state;
	memset(longest, 'a', 64);
	longest[64] = '\0';
	memset(longer, 'a', 65);
	longer[65] = '\0';
	memcpy(candidate, longest, sizeof(longest));
	assert_ptr_equal(rg_text_nearest(longest, candidates, 1), candidate);
	assert_null(rg_text_nearest(longer, candidates, 1));
	memcpy(candidate, longer, sizeof(longer));
	assert_null(rg_text_nearest(longest, candidates, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearest_key_is_found),
		cmocka_unit_test(smallest_distance_wins_then_the_first),
		cmocka_unit_test(long_words_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
