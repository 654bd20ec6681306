/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records a stack of its own: `recorder MODE` runs the mode's chain of calls, and from the innermost function's place
 * writes to standard output what record.h says.
 *
 * Without HOSTED it needs no libc, so that it and its stacks are small enough to be kept.
 */
#ifdef HOSTED
#include <signal.h>
#include <stdlib.h>
#endif

#include "entry.h"
#include "record.h"

#ifdef HOSTED
#define ROOT " main * _start"
#else
#define ROOT " begin _start"
#endif

#define STEP __attribute__((noinline, noclone, used))

static volatile int sink;

static STEP void plain_leaf(void)
{
	RECORD_HERE();
}

static STEP void plain_middle(int more)
{
	volatile int kept[6];

	kept[more & 3] = more;
	plain_leaf();
	sink = kept[0];
}

static STEP void run_plain(void)
{
	chain = "plain_leaf plain_middle run_plain" ROOT;
	plain_middle(3);
	sink++;
}

static STEP int compare(const void *a, const void *b)
{
	if (*(const int *)a == 7)
		plain_leaf();
	sink++;
	return *(const int *)a - *(const int *)b;
}

#ifndef HOSTED
static STEP void sort(int *items, size_t count, int (*order)(const void *, const void *))
{
	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k > 0 && order(&items[k], &items[k - 1]) < 0; k--) {
			int swapped = items[k];

			items[k] = items[k - 1];
			items[k - 1] = swapped;
		}
}
#endif

static STEP void run_callback(void)
{
	int items[4];

	for (int i = 0; i < 4; i++)
		items[i] = 8 - i;
#ifdef HOSTED
	chain = "plain_leaf compare * run_callback" ROOT;
	qsort(items, 4, sizeof(items[0]), compare);
#else
	chain = "plain_leaf compare sort run_callback" ROOT;
	sort(items, 4, compare);
#endif
	sink = items[0];
}

static STEP int descend(int depth)
{
	volatile int kept = depth;

	if (depth == 0) {
		plain_leaf();
		return 1;
	}
	return descend(depth - 1) + kept;
}

static char recursion[4096];

static void set_recursion(int count)
{
	const char *before = "plain_leaf", *after = "run_deep" ROOT;
	size_t at = 0;

	while (*before)
		recursion[at++] = *before++;
	for (int i = 0; i <= count; i++)
		for (const char *name = " descend"; *name; name++)
			recursion[at++] = *name;
	recursion[at++] = ' ';
	while (*after)
		recursion[at++] = *after++;
	chain = recursion;
}

static STEP void run_deep(void)
{
	set_recursion(100);
	sink = descend(100);
}

static STEP void use(volatile char *memory)
{
	memory[0] = 1;
	plain_leaf();
	sink = memory[0];
}

static STEP void grown(size_t size)
{
	use(__builtin_alloca(size));
	sink++;
}

static STEP void run_grown(void)
{
	chain = "plain_leaf use grown run_grown" ROOT;
	grown(333);
	sink++;
}

static STEP void aligned(size_t size)
{
	_Alignas(128) volatile char own[128];
	volatile char *more = __builtin_alloca(size);

	own[0] = more[0] = 2;
	use(own);
	sink = more[0] + own[0];
}

static STEP void run_aligned(void)
{
	chain = "plain_leaf use aligned run_aligned" ROOT;
	aligned(77);
	sink++;
}

static STEP void run_taken(void)
{
	chain = "taken_leaf run_taken" ROOT;
	taken_leaf();
	sink++;
}

/* The call is the last instruction: the address it would return to is another function's. */
static STEP __attribute__((noreturn)) void no_way_back(void)
{
	plain_leaf();
	__builtin_unreachable();
}

static STEP void run_last(void)
{
	chain = "plain_leaf no_way_back run_last" ROOT;
	no_way_back();
}

static STEP void interrupted_by(int number, void *info, void *context)
{
	(void)info;
	(void)context;
	sink = number;
	plain_leaf();
	sink++;
}

static STEP void interrupted(void)
{
	volatile int kept = 0;

	stack_low = (uint64_t)__builtin_frame_address(0) - 512;
	call_kernel(NR_KILL, call_kernel(NR_GETPID, 0, 0, 0, 0), SIGNAL_USER, 0, 0);
	for (;;)
		kept++;
}

static STEP void run_signal(void)
{
	/* The way back, and without optimization the function that asked for the signal. */
	chain = "plain_leaf interrupted_by * interrupted run_signal" ROOT;
#ifdef HOSTED
	struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};

	action.sa_sigaction = (void (*)(int, siginfo_t *, void *))interrupted_by;
	sigaction(SIGNAL_USER, &action, NULL);
#else
	handle(SIGNAL_USER, interrupted_by);
#endif
	interrupted();
	sink++;
}

struct mode {
	char name[12];
	void (*run)(void);
};

static const struct mode modes[] = {
	{"plain", run_plain}, {"callback", run_callback}, {"deep", run_deep},
	{"grown", run_grown}, {"aligned", run_aligned},   {"taken", run_taken},
	{"last", run_last},   {"signal", run_signal},
};

static int is_same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* Returns only when there is no such mode. */
static inline __attribute__((always_inline)) void run_mode(const char *name)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (is_same(modes[i].name, name))
			modes[i].run();
}

#ifdef HOSTED
int main(int argc, char **argv)
{
	prepare((uint64_t)__builtin_frame_address(0) + 1024);
	if (argc > 1)
		run_mode(argv[1]);
	return 2;
}
#else
/* The arguments are where the kernel put them: their number, then their addresses. */
STEP void begin(uint64_t *arguments)
{
	prepare((uint64_t)arguments);
	if (arguments[0] > 1)
		run_mode((const char *)arguments[2]);
	call_kernel(NR_EXIT_GROUP, 2, 0, 0, 0);
	__builtin_unreachable();
}
#endif
