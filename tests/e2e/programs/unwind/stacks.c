/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stacks MODE: stacks that do not begin at main. */
#include "chain.h"

#include <pthread.h>
#include <ucontext.h>

enum { STACK_BYTES = 256 * 1024 };

static STEP uint64_t work(uint64_t x)
{
	return burn_leaf(x) + 1;
}

static STEP void *start_of_thread(void *arg)
{
	for (;;)
		sink += work(sink);
	return arg;
}

static STEP void run_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, start_of_thread, NULL))
		exit(1);
	pthread_join(thread, NULL);
}

static ucontext_t outside, inside;

/* It and main take turns. */
static STEP void start_of_coroutine(void)
{
	for (;;) {
		for (int i = 0; i < 100; i++)
			sink += work(sink);
		swapcontext(&inside, &outside);
	}
}

static STEP void run_coroutine(void)
{
	static char stack[STACK_BYTES];

	if (!inside.uc_stack.ss_sp) {
		getcontext(&inside);
		inside.uc_stack.ss_sp = stack;
		inside.uc_stack.ss_size = sizeof(stack);
		makecontext(&inside, start_of_coroutine, 0);
	}
	swapcontext(&outside, &inside);
	sink++;
}

static const struct mode modes[] = {
	{"thread", run_thread},
	{"coroutine", run_coroutine},
};

RUN_MODES(modes)
