/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks of calls in every kind of frame, by way of the C library, and without unwind tables. */
#include "chain_rows.h"

#include "rg/profile.h"

static const struct e2e_chain_row rows[] = {
	{"every instruction of four calls has its caller", "calls", "plain", NULL,
	 "o0 o2 o3 o0fp o2fp clang nopie static staticpie", CHAIN_ALL,
	 "burn_leaf step_three step_two run_plain" CHAIN_ROOT, 90, 0, NULL, 0},
	{"a call that is its function's last instruction belongs to that function", "calls",
	 "noreturn", NULL, "o2 static", CHAIN_ALL, "burn_leaf burn_forever run_noreturn" CHAIN_ROOT,
	 90, 0, NULL, 0},

	{"60 frames are complete", "calls", "recursion", "60", "o2 o0fp", CHAIN_ALL,
	 "burn_long descend*60 run_recursion" CHAIN_ROOT, 80, 0, NULL, 0},
	/* With the leaf, run_recursion, main and three frames of start-up code. */
	{"127 frames, the most that are kept, are complete", "calls", "recursion", "121",
	 "o2 static", CHAIN_ALL, "burn_long descend*121 run_recursion" CHAIN_ROOT, 80, 0, NULL, 0},
	{"qsort calls back", "calls", "qsort", NULL, "o2 o2fp static", CHAIN_ALL,
	 "burn_leaf compare_items (lib)+ run_qsort" CHAIN_ROOT, 80, 0, NULL, 0},
	{"bsearch calls back", "calls", "bsearch", NULL, "o2 static", CHAIN_ALL,
	 "burn_leaf compare_items (lib)+ run_bsearch" CHAIN_ROOT, 80, 0, NULL, 0},

	{"a frame whose size is known at run time only", "frames", "alloca", NULL, "o0 o2 o3",
	 CHAIN_ALL, "burn_leaf with_alloca run_alloca" CHAIN_ROOT, 90, 0, NULL, 0},
	{"a frame of 100 kB", "frames", "big", NULL, "o2 static", CHAIN_ALL,
	 "burn_leaf with_big_frame run_big" CHAIN_ROOT, 90, 0, NULL, 0},
	{"a stack that is realigned for a local", "frames", "realigned", NULL, "o0 o2 o2fp",
	 CHAIN_ALL, "burn_leaf with_realigned_stack run_realigned" CHAIN_ROOT, 90, 0, NULL, 0},
	{"a realigned stack with arguments on it and memory of a size known at run time", "frames",
	 "drap", NULL, "o0 o2 o3", CHAIN_ALL, "burn_leaf with_drap run_drap" CHAIN_ROOT, 90, 0,
	 NULL, 0},
	{"a stack that is realigned at entry", "frames", "entry", NULL, "o2", CHAIN_ALL,
	 "burn_leaf with_aligned_entry run_entry" CHAIN_ROOT, 90, 0, NULL, 0},
	{"a function that saves every register it may", "frames", "saved", NULL, "o2 o3", CHAIN_ALL,
	 "burn_leaf with_many_saved run_saved" CHAIN_ROOT, 90, 0, NULL, 0},
	{"after a longjmp the frames it left are gone", "frames", "longjmp", NULL, "o2 static",
	 CHAIN_ALL,
	 "burn_long after_jump run_longjmp" CHAIN_ROOT
	 " | (lib)+ jump_back jump_from*41 run_longjmp" CHAIN_ROOT
	 " | (lib)+ run_longjmp" CHAIN_ROOT " | jump_back jump_from*41 run_longjmp" CHAIN_ROOT,
	 80, 0, NULL, 0},

	/* A long leaf: frame pointers are wrong while a function begins and ends. */
	{"without unwind tables frame pointers are followed", "calls", "recursion", "3", "darkfp",
	 NULL, "burn_long descend*3 run_recursion" CHAIN_ROOT, 95, 0, NULL, 0},

	/* Each has a capture to itself: what is cut is counted for all of one. */
	{"of 500 frames the inner ones are kept, and the stack says that it is cut", "calls",
	 "recursion", "500", "o2 o2fp", CHAIN_ALL,
	 /* On the way down the cut may lie behind run_recursion, too. */
	 "burn_long descend*126 [truncated] | descend*127 [truncated]"
	 " | descend*126 run_recursion [truncated] | descend*125 run_recursion main (lib)* "
	 "[truncated]"
	 " | descend*500 run_recursion" CHAIN_ROOT,
	 80, 0, RG_KEY_CUT_TOO_DEEP, 0},
	{"without unwind tables and frame pointers only the leaf is known", "calls", "plain", NULL,
	 "dark", NULL,
	 "burn_leaf [truncated] | step_three [truncated] | step_two [truncated] |"
	 " run_plain [truncated] | main [truncated]",
	 90, 0, RG_KEY_CUT_NO_ROW, 0},
	{"without unwind tables a library's frame is followed, and its caller is the last", "calls",
	 "qsort", NULL, "dark", NULL,
	 "burn_leaf [truncated] | compare_items [truncated] | (lib)+ run_qsort [truncated] |"
	 " run_qsort [truncated]",
	 80, 0, RG_KEY_CUT_NO_ROW, 0},
};

int main(int argc, char **argv)
{
	return e2e_run_chain_rows("unwinding calls", rows, sizeof(rows) / sizeof(*rows), argc,
				  argv);
}
