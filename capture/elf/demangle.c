/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "demangle.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rg/buf.h"

/*
 * Mangled names are a small language with back-references: a kilobyte of it can stand for 2^300
 * bytes of text. The demanglers of C++ and Rust hand their text over piece by piece and keep no
 * heap memory meanwhile (one exception, see demangle_rust()), so that a sink that has had enough
 * leaves them by longjmp. What they do without producing text is bounded by refusing the few names
 * for which that could take long.
 *
 * C++ names keep their parameters and, for templates, the return type: overloads are different
 * functions and must not merge. Rust names are shown without their hash.
 */

enum {
	MANGLED_MAX = 4096,
	/* libiberty itself refuses C++ names beyond half its recursion limit, to save its stack. */
	D_MANGLED_MAX = 1024,
	/*
	 * n back-references make the work at most about 3^(n/3) times the name. Above the first
	 * limit a name is refused, above the second it is checked.
	 */
	BACKREFS_MAX = 24,
	CHEAP_BACKREFS_MAX = 12,
};

struct sink {
	jmp_buf full;
	bool may_jump, overflow;
	size_t len;
	char text[RG_DEMANGLE_MAX];
};

typedef int (*demangler_fn)(const char *mangled, int options, demangle_callbackref callback,
			    void *opaque);

static void sink_add(const char *bytes, size_t len, void *opaque)
{
	struct sink *sink = opaque;

	if (len > sizeof(sink->text) - sink->len) {
		sink->overflow = true;
		if (sink->may_jump)
			longjmp(sink->full, 1);
		return;
	}
	memcpy(sink->text + sink->len, bytes, len);
	sink->len += len;
}

static bool run(struct sink *sink, demangler_fn demangle, const char *mangled, int options)
{
	sink->len = 0;
	sink->overflow = false;
	if (setjmp(sink->full))
		return false;
	return demangle(mangled, options, sink_add, sink) != 0 && !sink->overflow && sink->len > 0;
}

static size_t count_byte(const char *text, char byte)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == byte;
	return count;
}

/* Whether a punycode identifier, "u" and its length, may be in the name. */
static bool has_punycode(const char *mangled)
{
	for (const char *u = strchr(mangled, 'u'); u; u = strchr(u + 1, 'u'))
		if (u[1] >= '0' && u[1] <= '9')
			return true;
	return false;
}

/*
 * The Rust demangler holds heap memory while it prints a punycode identifier, so it must not be
 * left by a jump then; such a name may instead have only so many back-references ("B").
 */
static bool demangle_rust(struct sink *sink, const char *mangled)
{
	sink->may_jump = strncmp(mangled, "_R", 2) != 0 || !has_punycode(mangled);
	if (!sink->may_jump && count_byte(mangled, 'B') > BACKREFS_MAX)
		return false;
	return run(sink, rust_demangle_callback, mangled, DMGL_PARAMS);
}

/* The operators for which libiberty searches a whole type for a parameter pack. */
static const char *const pack_operators[] = {"Dp", "sp", "sZ"};
/*
 * Stand-ins of the same length that take the same operand and the same place among substitutions.
 */
static const char *const plain_operators[] = {"A_", "ng", "sz"};

/* Replaces the pack operators and returns how many there were. */
static size_t replace_packs(char *mangled)
{
	size_t replaced = 0;

	for (size_t i = 0; i < sizeof(pack_operators) / sizeof(pack_operators[0]); i++) {
		for (char *at = mangled; (at = strstr(at, pack_operators[i])) != NULL; replaced++)
			memcpy(at, plain_operators[i], 2);
	}
	return replaced;
}

/*
 * The search for a pack visits a shared type as often as it is referred to, without a result that
 * the sink would see: exponential time. Printing the same name without its packs visits at least as
 * much and is bounded by the sink, so a name that passes that is safe to demangle.
 */
static bool packs_are_cheap(struct sink *sink, const char *mangled)
{
	char plain[MANGLED_MAX + 1];

	if (count_byte(mangled, 'S') <= CHEAP_BACKREFS_MAX)
		return true;
	memcpy(plain, mangled, strlen(mangled) + 1);
	return replace_packs(plain) == 0 ||
	       run(sink, cplus_demangle_v3_callback, plain, DMGL_PARAMS | DMGL_ANSI);
}

static bool demangle_cxx(struct sink *sink, const char *mangled)
{
	sink->may_jump = true;
	return packs_are_cheap(sink, mangled) &&
	       run(sink, cplus_demangle_v3_callback, mangled, DMGL_PARAMS | DMGL_ANSI);
}

/* The D demangler builds its text on the heap without a limit; "Q" is its back-reference. */
static bool demangle_d(struct sink *sink, const char *mangled)
{
	char *text;

	if (strlen(mangled) > D_MANGLED_MAX || count_byte(mangled, 'Q') > BACKREFS_MAX)
		return false;
	text = dlang_demangle(mangled, DMGL_PARAMS);
	if (!text)
		return false;
	sink->may_jump = false;
	sink->overflow = false;
	sink->len = 0;
	sink_add(text, strlen(text), sink);
	free(text);
	return !sink->overflow;
}

static bool demangle_stem(struct sink *sink, const char *stem)
{
	if (strncmp(stem, "_Z", 2) == 0)
		return demangle_rust(sink, stem) || demangle_cxx(sink, stem);
	if (strncmp(stem, "_R", 2) == 0)
		return demangle_rust(sink, stem);
	if (strncmp(stem, "_D", 2) == 0)
		return demangle_d(sink, stem);
	return false;
}

/* Whether text is one part of a suffix, what follows a dot: "isra", "constprop", "0", "__uniq". */
static bool is_suffix_part(const char *text, size_t len)
{
	bool digits = len > 0, word = len > 0;

	for (size_t i = 0; i < len; i++) {
		digits = digits && text[i] >= '0' && text[i] <= '9';
		word = word && ((text[i] >= 'a' && text[i] <= 'z') || text[i] == '_');
	}
	return digits || word;
}

/*
 * The length of the name before its suffixes: of a linker ("@plt", "@@GLIBC_2.14") and of clones
 * the compiler made (".isra.0", ".cold", ".llvm.123"). Old Rust names have dots inside, so parts
 * are taken off from the end only as long as they look like one.
 */
static size_t stem_length(const char *symbol)
{
	size_t len = strcspn(symbol, "@");

	for (;;) {
		const char *dot = memrchr(symbol, '.', len);
		size_t before = dot ? (size_t)(dot - symbol) : 0;

		if (before == 0 || !is_suffix_part(dot + 1, len - before - 1))
			return len;
		len = before;
	}
}

void rg_demangle(struct rg_buf *out, const char *symbol)
{
	size_t len = symbol[0] == '_' ? stem_length(symbol) : 0;
	char stem[MANGLED_MAX + 1];
	struct sink sink;

	if (len < 3 || len > MANGLED_MAX) {
		rg_buf_adds(out, symbol);
		return;
	}
	memcpy(stem, symbol, len);
	stem[len] = '\0';
	if (!demangle_stem(&sink, stem)) {
		rg_buf_adds(out, symbol);
		return;
	}
	rg_buf_add(out, sink.text, sink.len);
	rg_buf_adds(out, symbol + len);
}
