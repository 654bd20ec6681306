/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "align.h"

#include <string.h>

/*
 * Go stops a goroutine that runs for long by a signal whose handler makes it call asyncPreempt
 * (runtime/preempt.go, since Go 1.14). A timer tick that arrives with the signal finds the thread
 * there: how often is chance, and it grows with how busy the machine is. What ran is the caller.
 */
static bool is_injected(const char *function)
{
	static const char *const names[] = {"runtime.asyncPreempt", "runtime.asyncPreempt.abi0",
					    "runtime.asyncPreempt2"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(function, names[i]) == 0)
			return true;
	}
	return false;
}

uint32_t rg_stack_leaf(const struct rg_frame *frame, const struct rg_stack *stack)
{
	uint32_t at = 0;

	while (at + 1 < stack->depth && is_injected(frame[stack->frames[at]].function))
		at++;
	return stack->frames[at];
}
