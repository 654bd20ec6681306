/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/buf.h"
#include "rg/diff.h"

#include <stdbool.h>

struct pair {
	const char *name, *canonical;
};

static const struct pair functions[] = {
	{"plain", "plain"},
	{"price_line.isra.0", "price_line"},
	{"price_line.part.1", "price_line"},
	{"price_line.cold", "price_line"},
	{"price_line.cold.7", "price_line"},
	{"price_line.constprop.2", "price_line"},
	{"price_line.lto_priv.3", "price_line"},
	{"price_line.llvm.12345678901234567890", "price_line"},
	{"price_line.__uniq.5", "price_line"},
	{"price_line.localalias", "price_line"},
	{"price_line.constprop.0.isra.0.cold", "price_line"},
	{"price_line(int, char) [clone .part.0]", "price_line(int, char)"},
	{"f(int) [clone .isra.0] [clone .cold]", "f(int)"},
	{"f(int) [clone .constprop.1.isra.0]", "f(int)"},
	{"f(int) [clone .unheard.1]", "f(int) [clone .unheard.1]"},
	{"f(int) [clone ]", "f(int)"},
	{"core::ptr::drop_in_place::h0123456789abcdef", "core::ptr::drop_in_place"},
	{"core::f::h0123456789abcde", "core::f::h0123456789abcde"},
	{"core::f::h0123456789abcdeG", "core::f::h0123456789abcdeG"},
	{"core::f::h0123456789abcdef.llvm.77", "core::f"},
	{"std::string::size[abi:cxx11]() const", "std::string::size() const"},
	{"f[abi:a][abi:b](x[abi:c])", "f(x)"},
	{"f[abi:unclosed", "f[abi:unclosed"},
	/* Not suffixes: a number is missing, or the word is the program's own. */
	{"main.part", "main.part"},
	{"main.isra", "main.isra"},
	{"main.func1", "main.func1"},
	{"table.7", "table.7"},
	{"a.partly.0", "a.partly.0"},
	{"x.isra.", "x.isra."},
	{"operator[]", "operator[]"},
	{"[libz.so]+0x1234", "[libz.so]+0x1234"},
	/* Nothing else left: then that is the name. */
	{".cold", ".cold"},
	{".isra.0", ".isra.0"},
	{"[abi:x]", "[abi:x]"},
	{" [clone .cold]", " [clone .cold]"},
	{"]", "]"},
	{".", "."},
	{"0", "0"},
	{"\x1b[31m\xff.cold", "\x1b[31m\xff"},
	/* Not V8's, or not whole. */
	{"JS", "JS"},
	{"JS:", "JS:"},
	{"JS:*", "JS:"},
	{"JS:*f", "JS:f"},
	{"JS:f:1", "JS:f:1"},
	{"JS:f:1:2", "JS:f"},
	{"JS:*f x:y:3", "JS:f x:y:3"},
	{"xJS:*f /a:1:2", "xJS:*f /a:1:2"},
	/* Not a hash of a crate, not the JVM's. */
	{"f[12345678]", "f[12345678]"},
	{"f [0123456789abcdef]", "f [0123456789abcdef]"},
	{"f[0123456789abcdef0]", "f[0123456789abcdef0]"},
	{"f[0123456789abcdef", "f[0123456789abcdef"},
	{"[0123456789abcdef]", "[0123456789abcdef]"},
	{"a/0x1234", "a/0x1234"},
	{"$Proxy", "$Proxy"},
	{"my$Proxied1", "my$Proxied1"},
	{"f.default", "f.default"},
	{"f(int) [clone .default.resolver]", "f(int) [clone .default.resolver]"},
};

/* As real compilers and runtimes made them, the left one in the baseline and the right one in the canary. */
struct met {
	const char *maker, *base, *canary;
	bool same;
};

static const struct met met[] = {
	{"gcc 12 -O2", "get_available_features.constprop.0", "get_available_features", true},
	{"gcc 12 -O2", "has_cpu_feature.part.0.constprop.0", "has_cpu_feature.constprop.1", true},
	{"gcc 12 -O2, demangled", "shop::v1_4::run(int) [clone .cold]", "shop::v1_4::run(int)",
	 true},
	{"gcc 12 -flto", "shop::price(std::vector<int> const&, int, int) [clone .constprop.0]",
	 "shop::price(std::vector<int> const&, int, int) [clone .lto_priv.0] [clone .isra.0]",
	 true},
	{"gcc 12 against clang 14", "shop::Order::title[abi:cxx11]() const",
	 "shop::Order::title() const", true},
	{"gcc 12, target_clones", "dot(int*, int) [clone .avx2]", "dot(int*, int)", true},
	{"clang 14, target_clones", "dot(int*, int) [clone .avx2.0]",
	 "dot(int*, int) [clone .default.1]", true},
	{"gcc 12, target_clones of C", "dot.arch_x86_64_v3", "dot", true},
	{"the resolver of an ifunc is another function", "dot(int*, int) [clone .resolver]",
	 "dot(int*, int)", false},
	{"clang 14 -funique-internal-linkage-names",
	 "_ZN4shopL5priceEi.__uniq.247706070344499593425200173608446019371",
	 "_ZN4shopL5priceEi.__uniq.119", true},
	{"clang -flto=thin", "price_line.llvm.1234567890123456789", "price_line", true},
	{"clang -flto=thin, promoted and split", "price_line.llvm.77.cold.1", "price_line", true},
	{"LLVM 17, arguments changed", "price_line.argprom", "price_line.argelim", true},
	{"LLVM, specialized", "price_line.specialized.2", "price_line", true},
	{"gcc -fopenmp: loops of a function are told apart", "sum._omp_fn.0", "sum._omp_fn.1",
	 false},
	{"gcc, coroutines: a body is not its destruction",
	 "poll(poll()::_Z4pollv.Frame*) [clone .actor]",
	 "poll(poll()::_Z4pollv.Frame*) [clone .destroy]", false},
	{"rustc 1.95, legacy", "r::cart::total::h11a5b75856f88c67",
	 "r::cart::total::hc37bf8556c8fc775", true},
	{"rustc 1.95, legacy, a trait's method", "<r::Line as r::Price>::price::h0aedab803002bd12",
	 "<r::Line as r::Price>::price", true},
	{"rustc 1.95, legacy, two instances of a generic",
	 "core::ptr::drop_in_place<alloc::vec::Vec<r::Line>>::hd14d0a3dcd38f165",
	 "core::ptr::drop_in_place<alloc::vec::Vec<r::Item>>::hd14d0a3dcd38f165", false},
	{"rustc 1.95, v0, with hashes",
	 "r[4dd80272b5a2d1fc]::each::<r[4dd80272b5a2d1fc]::main::{closure#1}>",
	 "r[b5a2d1fc4dd80272]::each::<r[b5a2d1fc4dd80272]::main::{closure#1}>", true},
	{"rustc 1.95, v0, by another demangler",
	 "r[4dd80272b5a2d1fc]::each::<r[4dd80272b5a2d1fc]::main::{closure#1}>",
	 "r::each::<r::main::{closure#1}>", true},
	{"rustc 1.95, v0, two closures", "r::each::<r::main::{closure#0}>",
	 "r::each::<r::main::{closure#1}>", false},
	{"Go 1.19", "main.(*Line).Price", "main.(*Line).Price", true},
	{"Go 1.19, a method's value is a function of its own", "main.(*Line).Price-fm",
	 "main.(*Line).Price", false},
	{"Go 1.19, a generic", "main.Map[go.shape.struct { Name string; Qty int }_0]",
	 "main.Map[go.shape.int_0]", false},
	{"Go 1.19, functions in functions", "main.run.func2.1", "main.run.func2", false},
	{"Go, assembly", "runtime.memmove.abi0", "runtime.memmove", true},
	{"Go, a function of a compiler's word", "main.cold2", "main.isra", false},
	{"Java 17", "int J.f(int, java.util.function.IntUnaryOperator)",
	 "int J.f(int, java.util.function.IntUnaryOperator)", true},
	{"Java 17, a lambda", "int J$$Lambda$1/0x00007f7978000c20.applyAsInt(int)",
	 "int J$$Lambda$14/0x000078e1f0001400.applyAsInt(int)", true},
	{"Java 21, a lambda", "int J$$Lambda/0x00007f7978000c20.applyAsInt(int)",
	 "int J$$Lambda/0x000078e1f0001400.applyAsInt(int)", true},
	{"Java 17, a lambda's body", "int J.lambda$main$0(int)", "int J.lambda$main$1(int)", false},
	{"Java 17, a method handle",
	 "java.lang.Object "
	 "java.lang.invoke.LambdaForm$MH/0x00007f7978000400.invoke(java.lang.Object)",
	 "java.lang.Object "
	 "java.lang.invoke.LambdaForm$MH/0x00007f7978002400.invoke(java.lang.Object)",
	 true},
	{"Java, reflection", "jdk.internal.reflect.GeneratedMethodAccessor12.invoke",
	 "jdk.internal.reflect.GeneratedMethodAccessor3.invoke", true},
	{"Java, a proxy", "com.sun.proxy.$Proxy12.find", "com.sun.proxy.$Proxy7.find", true},
	{"Java, an inner class", "int J$1.q(int)", "int J$2.q(int)", false},
	{"Node 20, tiers", "JS:~price /srv/shop.js:2:15", "JS:*price /srv/shop.js:2:15", true},
	{"Node 20, baseline and a line added above", "JS:^price /srv/shop.js:2:15",
	 "JS:*price /srv/shop.js:3:15", true},
	{"Node 22, optimized for one closure", "JS:*'price /srv/shop.js:2:15",
	 "JS:+price /srv/shop.js:2:15", true},
	{"Node 16 against 20", "LazyCompile:*price /srv/shop.js:2:15",
	 "JS:*price /srv/shop.js:2:15", true},
	{"Node 20, a built-in module's",
	 "JS:~SyncWriteStream._write node:internal/fs/sync_write_stream:25:44",
	 "JS:*SyncWriteStream._write node:internal/fs/sync_write_stream:27:44", true},
	{"Node 20, two functions without a name", "JS:* /srv/shop.js:1:1",
	 "JS:* /srv/shop.js:3:102", false},
	{"Node 20, one of them in two tiers", "JS:~ /srv/shop.js:3:102", "JS:* /srv/shop.js:3:102",
	 true},
	{"Node 20, a file", "Eval:~ /srv/shop.js:1:1", "Eval:* /srv/shop.js:1:1", true},
	{"Node 20, two files", "JS:*price /srv/shop.js:2:15", "JS:*price /srv/cart.js:2:15", false},
	{"Node 20, a built-in", "Builtin:ArrayMap", "Builtin:ArrayMap", true},
	{"Python 3.12 -X perf", "py::price:/srv/shop.py", "py::price:/srv/shop.py", true},
	{"Python 3.12 -X perf, two files", "py::price:/srv/shop.py", "py::price:/srv/cart.py",
	 false},
};

static const struct pair modules[] = {
	{"server", "server"},
	{"libz.so", "libz.so"},
	{"libz.so.1", "libz.so"},
	{"libz.so.1.2.13", "libz.so"},
	{"libc-2.31.so", "libc.so"},
	{"libfoo-2.0.so.0.1", "libfoo.so"},
	{"libfoo-2.so", "libfoo-2.so"}, /* a bare number is part of many names */
	{"server-1.4", "server-1.4"},   /* no shared object: may be two programs */
	{".so", ".so"},
	{"x.so.1a", "x.so.1a"},
	{"-2.3.so", "-2.3.so"},
	{"libv8.so.d", "libv8.so.d"},
	{"[kernel]", "[kernel]"},
	{"", ""},
};

static void check(const struct pair *pair, void (*canon)(struct rg_buf *, const char *))
{
	struct rg_buf out;

	rg_buf_init(&out, 1000);
	rg_buf_adds(&out, "<");
	canon(&out, pair->name);
	assert_int_equal(out.failed, 0);
	assert_string_equal(out.data + 1, pair->canonical);
	rg_buf_done(&out);
}

static void functions_lose_what_compilers_add(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(functions); i++)
		check(&functions[i], rg_canon_name);
}

static void write(struct rg_buf *out, const char *name)
{
	rg_buf_init(out, 1000);
	rg_canon_name(out, name);
	assert_int_equal(out->failed, 0);
}

static void names_of_real_programs_meet(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(met); i++) {
		struct rg_buf base, canary, again;

		write(&base, met[i].base);
		write(&canary, met[i].canary);
		write(&again, base.data);
		if ((strcmp(base.data, canary.data) == 0) != met[i].same)
			fail_msg("%s: '%s' and '%s'", met[i].maker, base.data, canary.data);
		assert_string_equal(again.data, base.data);
		rg_buf_done(&base);
		rg_buf_done(&canary);
		rg_buf_done(&again);
	}
}

static void canonical_names_stay_as_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(functions); i++) {
		struct pair again = {functions[i].canonical, functions[i].canonical};

		check(&again, rg_canon_name);
	}
}

static void shared_objects_lose_their_version(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(modules); i++)
		check(&modules[i], rg_canon_module);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_lose_what_compilers_add),
		cmocka_unit_test(names_of_real_programs_meet),
		cmocka_unit_test(canonical_names_stay_as_they_are),
		cmocka_unit_test(shared_objects_lose_their_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
