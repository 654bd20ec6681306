/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records a stack of its own: `recorder MODE` runs the mode's chain of calls, and from the innermost function's place
 * writes to standard output, one fact a line:
 *
 *   machine NAME
 *   chain FUNCTION…                 as it is to be found, the innermost first; "*": some frames
 *   register NAME VALUE
 *   map START END OFFSET PATH       executable
 *   memory ADDRESS BYTES…           in hexadecimal, as everything
 *
 * Without HOSTED it needs no libc, so that it and its stacks are small enough to be kept.
 */
#include "machine.h"

#include "entry.h"

#include <stddef.h>

#ifdef HOSTED
#include <signal.h>
#include <stdlib.h>
#define ROOT " main * _start"
#else
#define ROOT " begin _start"
#endif

#define STEP __attribute__((noinline, noclone, used))

enum {
	SIGNAL_ILLEGAL = 4,
	SIGNAL_USER = 10,
	FLAG_SIGINFO = 4,
	FLAG_RESTORER = 0x04000000,
	FLAG_ONSTACK = 0x08000000,
	HANDLER_STACK = 65536,
	/* Below the stack pointer, of x86-64's functions that call nobody. */
	RED_ZONE = 128,
};

struct action {
	void *handler;
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

struct stack {
	void *base;
	int flags;
	size_t size;
};

static const char *chain;
static volatile int sink;
/* What of the thread's own stack is worth keeping. */
static uint64_t stack_low, stack_end;
static char handler_stack[HANDLER_STACK] __attribute__((aligned(16)));

/* --- Writing --- */

static char line[8192];
static size_t used;

static void flush(void)
{
	for (size_t at = 0; at < used;) {
		long wrote = call_kernel(NR_WRITE, 1, (long)(line + at), (long)(used - at), 0);

		if (wrote <= 0)
			call_kernel(NR_EXIT_GROUP, 1, 0, 0, 0);
		at += (size_t)wrote;
	}
	used = 0;
}

static void put_char(char c)
{
	if (used == sizeof(line))
		flush();
	line[used++] = c;
}

static void put_text(const char *text)
{
	while (*text)
		put_char(*text++);
}

static void put_hex(uint64_t value, int digits)
{
	for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
		put_char("0123456789abcdef"[(value >> shift) & 15]);
}

static void put_memory(uint64_t start, uint64_t end)
{
	for (start &= ~(uint64_t)31; start < end; start += 32) {
		put_text("memory ");
		put_hex(start, 16);
		put_char(' ');
		for (int i = 0; i < 32; i++)
			put_hex(((const volatile unsigned char *)start)[i], 2);
		put_char('\n');
	}
}

/* --- Recording --- */

static char maps[65536];

/* A line of /proc/self/maps is "START-END PERMISSIONS OFFSET DEVICE INODE PATH". */
static const char *put_map(const char *at)
{
	const char *permissions = at;
	int field = 0;

	while (*permissions && *permissions != ' ')
		permissions++;
	if (*permissions && permissions[3] == 'x') {
		put_text("map ");
		for (; *at && *at != '\n'; at++) {
			int was = field;

			field += *at != ' ' && at[-1] == ' ';
			/* START-END, OFFSET and PATH are taken; a path may have spaces. */
			if (field != was && (field == 2 || field == 5))
				put_char(' ');
			if (field >= 5 || (*at != ' ' && (field == 0 || field == 2)))
				put_char(field == 0 && *at == '-' ? ' ' : *at);
		}
		put_char('\n');
	}
	while (*at && *at != '\n')
		at++;
	return *at ? at + 1 : at;
}

static void put_maps(void)
{
	long fd = call_kernel(NR_OPENAT, -100, (long)"/proc/self/maps", 0, 0);
	size_t len = 0;
	long got = 1;

	while (got > 0 && len + 1 < sizeof(maps)) {
		got = call_kernel(NR_READ, fd, (long)(maps + len), (long)(sizeof(maps) - 1 - len),
				  0);
		len += got > 0 ? (size_t)got : 0;
	}
	for (const char *at = maps; *at;)
		at = put_map(at);
}

static void record(int number, void *info, void *context)
{
	const uint64_t *values = (const uint64_t *)((char *)context + CONTEXT_AT);
	uint64_t sp = values[CONTEXT_SP], low = (uint64_t)handler_stack;

	(void)number;
	(void)info;
	put_text("machine " MACHINE_NAME "\nchain ");
	put_text(chain);
	put_char('\n');
	for (int i = 0; i < MACHINE_REGISTERS; i++) {
		if (!register_names[i])
			continue;
		put_text("register ");
		put_text(register_names[i]);
		put_char(' ');
		put_hex(values[i], 16);
		put_char('\n');
	}
	put_maps();
	if (sp >= low && sp < low + HANDLER_STACK) {
		put_memory(sp - RED_ZONE, low + HANDLER_STACK);
		sp = stack_low;
	}
	put_memory(sp - RED_ZONE, stack_end);
	flush();
	call_kernel(NR_EXIT_GROUP, 0, 0, 0, 0);
}

static void handle(int number, void (*handler)(int, void *, void *))
{
	struct action action;

	action.handler = (void *)handler;
	action.flags = FLAG_SIGINFO | FLAG_ONSTACK | FLAG_RESTORER;
	action.restorer = leave_handler;
	action.mask = 0;
	call_kernel(NR_SIGACTION, number, (long)&action, 0, 8);
}

static void prepare(uint64_t end)
{
	struct stack stack;

	stack.base = handler_stack;
	stack.flags = 0;
	stack.size = HANDLER_STACK;
	call_kernel(NR_SIGALTSTACK, (long)&stack, 0, 0, 0);
	handle(SIGNAL_ILLEGAL, record);
	stack_end = end;
}

/* --- Chains --- */

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
