/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks of C++, Go and Rust. */
#include "chain_rows.h"

/* What Rust's library does around main. */
#define CRATE_ROOT " crates::main (std)+" CHAIN_ROOT

/* Its own threads, and what it does on its own stack for a goroutine. */
#define RUNTIME                                                                                \
	" | (lib)* runtime.sysmon (lib)+ | (lib)* runtime.mcall | (lib)* runtime.morestack | " \
	"(lib)* runtime.morestack.abi0"

static const struct e2e_chain_row rows[] = {
	{"std::sort calls back", "classes", "sort", NULL, "o0 o2 o3 static", CHAIN_ALL,
	 "burn_leaf is_less (std)* run_sort" CHAIN_ROOT, 80, 0, NULL, 0},
	{"virtual functions are called by name of the class", "classes", "virtual", NULL,
	 "o0 o2 o2fp", CHAIN_ALL,
	 "burn_leaf Square::cost Framed::cost run_virtual" CHAIN_ROOT
	 " | (std)+ Framed::cost run_virtual" CHAIN_ROOT " | (std)+ run_virtual" CHAIN_ROOT,
	 80, 0, NULL, 0},
	/* While it puts a landing pad's registers into its own frame, no table can tell the caller. */
	{"within the C++ unwinder the thrower is still its caller", "classes", "throw", NULL,
	 "o2 o0fp static", CHAIN_ALL,
	 "(lib)+ throw_it pass_it run_throw" CHAIN_ROOT " | (lib)+ pass_it run_throw" CHAIN_ROOT
	 " | (lib)+ run_throw" CHAIN_ROOT " | Guard::~Guard pass_it run_throw" CHAIN_ROOT,
	 40, 0, NULL, 8},

	/* The runtime interrupts them by a signal: where its handler returns to may be on top. */
	{"goroutines begin in the runtime", "goroutines", "goroutine", NULL, "go gostripped", NULL,
	 "(lib)? main.burnLeaf main.stepTwo main.runPlain main.startOfGoroutine "
	 "main.runGoroutine.func1? "
	 "(lib)" RUNTIME,
	 80, 0, NULL, 0},
	{"main.main does too", "goroutines", "plain", NULL, "go gostripped", NULL,
	 "(lib)? main.burnLeaf main.stepTwo main.runPlain main.main (lib)+" RUNTIME, 80, 0, NULL,
	 0},
	{"Go's sort calls back", "goroutines", "sort", NULL, "go gostripped", NULL,
	 "(lib)? main.burnLeaf main.byValue.Less main.(*byValue).Less? (lib)+ main.runSort "
	 "main.main "
	 "(lib)+"
	 " | main.byValue.Swap main.(*byValue).Swap? (lib)+ main.runSort main.main (lib)+" RUNTIME,
	 80, 0, NULL, 0},
	/* Its handlers end at a root of the runtime's. */
	{"what a signal interrupted is behind the return of its handler", "goroutines", "signals",
	 NULL, "go gostripped", NULL,
	 "(lib)+ main.interruptItself main.runSignals main.main (lib)+"
	 " | (lib)* main.runSignals main.main (lib)+ | (lib)+",
	 30, 0, NULL, 0},

	{"Rust's calls are frames", "crates", "plain", NULL, "rust rustfp", NULL,
	 "crates::burn_leaf crates::step_two crates::run_plain" CRATE_ROOT, 90, 0, NULL, 0},
	{"Rust's sort calls back", "crates", "sort", NULL, "rust rustfp", NULL,
	 "crates::burn_leaf crates::compare (std)* crates::run_sort" CRATE_ROOT
	 " | (lib)+ (std)* crates::run_sort" CRATE_ROOT,
	 80, 0, NULL, 0},
	{"a trait object's method is called by name", "crates", "dyn", NULL, "rust", NULL,
	 "crates::burn_leaf <crates::Square_as_crates::Shape>::cost (std)* "
	 "crates::run_dyn" CRATE_ROOT " | (lib)+ (std)* crates::run_dyn" CRATE_ROOT,
	 80, 0, NULL, 0},
	{"Rust's threads begin in its library and the C library's", "crates", "thread", NULL,
	 "rust", NULL,
	 "crates::burn_leaf crates::step_two crates::run_plain crates::burn_in_thread (std)+ "
	 "(lib)+",
	 90, 0, NULL, 0},
};

int main(int argc, char **argv)
{
	return e2e_run_chain_rows("unwinding languages", rows, sizeof(rows) / sizeof(*rows), argc,
				  argv);
}
