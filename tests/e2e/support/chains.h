/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_CHAINS_H
#define E2E_CHAINS_H

#include "e2e.h"

#include "rg/profile.h"

/*
 * Call chains as a test writes them down, and whether the stacks of a profile are these.
 *
 * A chain is a text of steps from the leaf to the root, separated by spaces. A step says which frames it
 * stands for,
 *
 *	name          the function of that name, parameters and Rust's hash aside; "_" stands for a space as well
 *	(lib)         any function of a library: of another module than the program, or in a static program any
 *	              that the chain does not name
 *	(std)         a function of C++'s or Rust's library that was compiled into the program: "std::…"
 *	(plt)         a stub of the procedure linkage table
 *	(anon)        code without a file
 *	(kernel)      the kernel or a module of it
 *	[truncated]   the synthetic frame above a stack whose root was not reached
 *
 * and by what follows it, how many: one; "+", one to 64; "*", none to 64; "?", one or none; "*N", N exactly. Nothing but
 * these frames may lie between two steps, and the last step's is the outermost frame.
 *
 * Alternatives are separated by " | ". The first is the one that a test is about; the others are what the program
 * does besides.
 *
 * A stack is right when it is a chain from any step on to its end: the program calls, returns and loops, and is sampled
 * there as well. Of a repeated step the stack may then have fewer. What the kernel does above, and a stub above that, are
 * not looked at, but for chains that begin with them.
 */
struct e2e_chain {
	const char *text;
	bool is_static;    /* the program is */
	int whole_percent; /* of samples that show the whole chain, at least */
	int wrong_percent; /* of samples that may be wrong */
};

enum e2e_chain_fit {
	E2E_CHAIN_WRONG,
	E2E_CHAIN_PART,  /* right, from a later step on, or by another than the first alternative */
	E2E_CHAIN_WHOLE, /* the first alternative from its first step on */
};

enum e2e_chain_fit e2e_chain_fit(const struct rg_profile *profile, const struct rg_stack *stack,
				 const struct e2e_chain *chain);

/*
 * Whether a thread's on-CPU samples (NULL: all) are right but for wrong_percent, and whole_percent of them show the whole
 * chain. If not, or if there are too few to tell, prints why under this name, with the most frequent wrong stack.
 */
bool e2e_chain_holds(const struct rg_profile *profile, const char *name, const char *thread,
		     const struct e2e_chain *chain);

/* On-CPU samples that e2e_chain_holds() needs: one in a hundred may be wrong. */
enum { E2E_CHAIN_SAMPLES = 100 };

#endif
