/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "canon.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/diff.h"
#include "rg/policy.h"

#include <stdbool.h>
#include <string.h>

/*
 * What compilers put behind a function's name when they make a copy of it or cut a piece off:
 * GCC's passes (isra, part, constprop, cold, lto_priv, localalias), LLVM's ThinLTO promotion
 * (llvm), -funique-internal-linkage-names (__uniq), specialization and changes of arguments
 * (argprom, argelim), copies for a CPU (target_clones of both), Go's calling conventions (abi0).
 */
struct suffix {
	const char *text;
	bool numbered; /* only with a number behind it: the bare word may be a Go function */
};

static const struct suffix suffixes[] = {
	{".isra", true},
	{".part", true},
	{".constprop", true},
	{".lto_priv", true},
	{".llvm", true},
	{".__uniq", true},
	{".specialized", true},
	{".cold", false},
	{".localalias", false},
	{".argprom", false},
	{".argelim", false},
	{".abi0", false},
	{".avx", false},
	{".avx2", false},
	{".avx512f", false},
	{".sse4_2", false},
	{".fma", false},
	{".arch_haswell", false},
	{".arch_x86_64_v2", false},
	{".arch_x86_64_v3", false},
	{".arch_x86_64_v4", false},
};

/* The same within " [clone ...]" alone: as a name's end it may be the program's own word. */
static const struct suffix in_clone = {".default", false};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool ends_with(const char *name, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && memcmp(name + len - n, end, n) == 0;
}

/* Length without the suffix at the end; len when it is not there. */
static size_t cut_one(const char *name, size_t len, const struct suffix *suffix)
{
	size_t bare = len;

	while (bare > 0 && is_digit(name[bare - 1]))
		bare--;
	bool numbered = bare < len && bare > 0 && name[bare - 1] == '.';

	if (numbered && ends_with(name, bare - 1, suffix->text))
		return bare - 1 - strlen(suffix->text);
	if (!suffix->numbered && ends_with(name, len, suffix->text))
		return len - strlen(suffix->text);
	return len;
}

/* Length without one clone suffix at the end; len when there is none. */
static size_t cut_suffix(const char *name, size_t len)
{
	size_t cut = len;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]) && cut == len; i++)
		cut = cut_one(name, len, &suffixes[i]);
	return cut;
}

static bool only_suffixes(const char *text, size_t len)
{
	size_t cut;

	while ((cut = cut_suffix(text, len)) != len || (cut = cut_one(text, len, &in_clone)) != len)
		len = cut;
	return len == 0;
}

/* Demanglers show a clone as "name(args) [clone .part.0]"; several in a row are possible. */
static size_t cut_clone(const char *name, size_t len)
{
	const char mark[] = " [clone ";
	const size_t mark_len = sizeof(mark) - 1;

	if (len < mark_len + 2 || name[len - 1] != ']')
		return len;
	for (size_t at = len - 1; at-- > 0 && name[at] != ']';) {
		if (len - 1 - at < mark_len || memcmp(name + at, mark, mark_len) != 0)
			continue;
		const char *inside = name + at + mark_len;
		size_t inside_len = len - 1 - (at + mark_len);

		return only_suffixes(inside, inside_len) ? at : len;
	}
	return len;
}

/* "::h" and 16 hexadecimal digits: the legacy mangling's hash, new with every build. */
static size_t cut_rust_hash(const char *name, size_t len)
{
	const size_t hash_len = 3 + 16;

	if (len < hash_len || memcmp(name + len - hash_len, "::h", 3) != 0)
		return len;
	for (size_t i = len - 16; i < len; i++) {
		if (!is_digit(name[i]) && !(name[i] >= 'a' && name[i] <= 'f'))
			return len;
	}
	return len - hash_len;
}

static size_t cut_all(const char *name, size_t len)
{
	for (size_t left = len;; left = len) {
		len = cut_suffix(name, len);
		len = cut_clone(name, len);
		len = cut_rust_hash(name, len);
		if (len == left)
			return len;
	}
}

/* The length of the ABI tag ("[abi:cxx11]") the text starts with, or 0. */
static size_t abi_tag(const char *text, size_t len)
{
	const char mark[] = "[abi:";
	const char *end;

	if (len < sizeof(mark) || memcmp(text, mark, sizeof(mark) - 1) != 0)
		return 0;
	end = memchr(text, ']', len);
	return end ? (size_t)(end - text) + 1 : 0;
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool is_word(char c)
{
	return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/*
 * "std[e28293b1aa0f68bd]::io": which build of a crate, as some demanglers of Rust's v0 names show it; 64
 * bits of a hash, without leading zeros. Fewer than ten digits may be the length of an array.
 */
static size_t crate_hash(const char *name, size_t len, size_t at)
{
	size_t end = at + 1;

	if (at == 0 || !is_word(name[at - 1]))
		return 0;
	while (end < len && is_hex(name[end]))
		end++;
	size_t digits = end - at - 1;

	return digits >= 10 && digits <= 16 && end < len && name[end] == ']' ? digits + 2 : 0;
}

/* Bytes at `at` that say nothing of which function it is. No bracket is looked for from `closed` on. */
static size_t noise(const char *name, size_t len, size_t at, size_t closed)
{
	if (name[at] != '[')
		return rg_canon_jvm_noise(name, at);
	if (at >= closed)
		return 0;
	size_t tag = abi_tag(name + at, len - at);

	return tag > 0 ? tag : crate_hash(name, len, at);
}

static void add_without_noise(struct rg_buf *out, const char *name, size_t len)
{
	const char *last = memrchr(name, ']', len);
	/* A name of many tags that never end would be searched for the end of each. */
	size_t start = 0, closed = last ? (size_t)(last - name) : 0;

	for (size_t i = 0; i < len;) {
		size_t skip = noise(name, len, i, closed);

		if (skip == 0) {
			i++;
			continue;
		}
		rg_buf_add(out, name + start, i - start);
		i += skip;
		start = i;
	}
	rg_buf_add(out, name + start, len - start);
}

void rg_canon_name(struct rg_buf *out, const char *function)
{
	size_t before = out->len;

	if (rg_canon_v8(out, function))
		return;
	add_without_noise(out, function, cut_all(function, strlen(function)));
	if (out->len == before) /* nothing but suffixes: then that is its name */
		rg_buf_adds(out, function);
}

/* --- Modules ---------------------------------------------------------------------------------- */

/* Length up to and with ".so", when only a version number follows it; else 0. */
static size_t shared_object(const char *name, size_t len)
{
	size_t end = len;

	while (end > 0 && (is_digit(name[end - 1]) || name[end - 1] == '.'))
		end--;
	return ends_with(name, end, ".so") && end > 3 ? end : 0;
}

/* "libc-2.31" is 4: where the version that ends here begins, or len. */
static size_t cut_version(const char *name, size_t len)
{
	size_t start = len;
	bool dotted = false;

	while (start > 0 && (is_digit(name[start - 1]) || name[start - 1] == '.'))
		dotted |= name[--start] == '.';
	if (!dotted || start < 2 || name[start - 1] != '-' || !is_digit(name[start]))
		return len;
	return start - 1;
}

void rg_canon_module(struct rg_buf *out, const char *module)
{
	size_t len = strlen(module), end = shared_object(module, len);

	if (end == 0) {
		rg_buf_adds(out, module);
		return;
	}
	rg_buf_add(out, module, cut_version(module, end - 3));
	rg_buf_adds(out, ".so");
}

const char *rg_canon_pattern(const char *pattern, void (*canon)(struct rg_buf *, const char *),
			     struct rg_arena *arena)
{
	struct rg_buf name;
	const char *copy;

	if (!pattern || !rg_pattern_is_exact(pattern))
		return pattern;
	rg_buf_init(&name, RG_POLICY_PATTERN_MAX + 1);
	canon(&name, pattern);
	copy = name.failed ? NULL : rg_arena_strdup(arena, name.len ? name.data : "");
	rg_buf_done(&name);
	return copy;
}
