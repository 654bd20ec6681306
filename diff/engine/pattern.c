/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/policy.h"

#include "rg/text.h"

#include <string.h>

/* Bytes of the character at `text`, which is not empty. */
static size_t character(const char *text)
{
	uint32_t codepoint;
	size_t len = rg_utf8_decode(text, strnlen(text, 4), &codepoint);

	return len ? len : 1;
}

/*
 * Bytes of `text` that the element at *pattern takes, which is moved behind it; 0 when it takes
 * none. `text` is not empty, and the element is no '*'.
 */
static size_t take(const char **pattern, const char *text)
{
	const char *at = *pattern;

	if (*at == '?') {
		*pattern = at + 1;
		return character(text);
	}
	if (*at == '\\' && at[1])
		at++;
	if (!*at || *at != *text)
		return 0;
	*pattern = at + 1;
	return 1;
}

/*
 * Only the last '*' is ever widened: whatever an earlier one could take more of, a later one can
 * take as well. So nothing is tried twice for the same '*' and place.
 */
bool rg_pattern_match(const char *pattern, const char *text)
{
	const char *behind_star = NULL, *resume = NULL;

	while (*text) {
		size_t taken;

		if (*pattern == '*') {
			behind_star = ++pattern;
			resume = text;
			continue;
		}
		taken = take(&pattern, text);
		if (taken == 0 && !behind_star)
			return false;
		if (taken == 0) {
			resume += character(resume);
			pattern = behind_star;
			text = resume;
			continue;
		}
		text += taken;
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

bool rg_pattern_is_exact(const char *pattern)
{
	for (; *pattern; pattern++) {
		if (*pattern == '*' || *pattern == '?')
			return false;
		if (*pattern == '\\' && pattern[1])
			pattern++;
	}
	return true;
}
