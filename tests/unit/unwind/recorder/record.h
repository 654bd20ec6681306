/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RECORDER_RECORD_H
#define RECORDER_RECORD_H

/*
 * Writes the stack that RECORD_HERE() is reached by to standard output, one fact a line, and ends the program:
 *
 *   machine NAME
 *   chain FUNCTION…                 as it is to be found, the innermost first; "*": some frames
 *   register NAME VALUE
 *   map START END OFFSET PATH       executable
 *   memory ADDRESS BYTES…           in hexadecimal, as everything
 */
#include "entry.h"
#include "machine.h"

#include <stddef.h>

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

/* The chain, as it is to be found. */
static const char *chain;
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

#endif
