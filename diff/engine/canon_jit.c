/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "canon.h"

#include "rg/buf.h"

#include <string.h>

/* Names of code that was compiled while the program ran: what differs from one run to the next. */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static size_t starts_with(const char *text, const char *start)
{
	size_t len = strlen(start);

	return strncmp(text, start, len) == 0 ? len : 0;
}

static size_t count_digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* --- V8 ("JS:*price /srv/shop.js:2:15", by --perf-basic-prof) ---------------------------------- */

/* Behind the kind of code: '~' interpreted, '^' baseline, '+' and '*' optimized; "'" one closure's. */
static size_t tier_mark(const char *text)
{
	size_t len = *text != '\0' && strchr("~^+*", *text) ? 1 : 0;

	return len > 0 && text[len] == '\'' ? len + 1 : len;
}

/* Length without ":LINE:COLUMN", which moves with every edit above. */
static size_t cut_position(const char *text, size_t len)
{
	size_t left = len;

	for (int number = 0; number < 2; number++) {
		size_t end = left;

		while (end > 0 && is_digit(text[end - 1]))
			end--;
		if (end == left || end == 0 || text[end - 1] != ':')
			return len;
		left = end - 1;
	}
	return left;
}

bool rg_canon_v8(struct rg_buf *out, const char *name)
{
	/* Versions up to 17 of Node say LazyCompile and Function for what later ones call JS. */
	static const char *const kinds[] = {"JS:", "LazyCompile:", "Function:", "Eval:", "Script:"};
	size_t kind = 0, len = 0;

	for (; kind < sizeof(kinds) / sizeof(kinds[0]) && len == 0; kind++)
		len = starts_with(name, kinds[kind]);
	if (len == 0)
		return false;
	rg_buf_adds(out, kind <= 3 ? kinds[0] : kinds[kind - 1]);
	name += len;
	name += tier_mark(name);
	len = strlen(name);
	/* The position is all that tells one function without a name from another of its file. */
	rg_buf_add(out, name, *name == ' ' ? len : cut_position(name, len));
	return true;
}

/* --- The JVM ---------------------------------------------------------------------------------- */

/* What the JVM numbers in the order in which it makes them. */
static const char *const numbered[] = {"$$Lambda$", "$Proxy", "GeneratedMethodAccessor",
				       "GeneratedConstructorAccessor",
				       "GeneratedSerializationConstructorAccessor"};

/* "/0x00007f7978000c20": where a hidden class lies. */
static size_t hidden_address(const char *text)
{
	size_t len = starts_with(text, "/0x"), digits = 0;

	while (len > 0 && is_hex(text[len + digits]))
		digits++;
	return digits >= 8 ? len + digits : 0;
}

size_t rg_canon_jvm_noise(const char *name, size_t at)
{
	if (name[at] == '/')
		return hidden_address(name + at);
	if (!is_digit(name[at]) || at == 0)
		return 0;
	for (size_t i = 0; i < sizeof(numbered) / sizeof(numbered[0]); i++) {
		size_t len = strlen(numbered[i]);

		if (at >= len && memcmp(name + at - len, numbered[i], len) == 0)
			return count_digits(name + at);
	}
	return 0;
}
