/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frames MODE: functions whose stack frames are unusual. */
#include "chain.h"

#include <alloca.h>
#include <setjmp.h>

/* Keeps memory in use, and all of it on the stack. */
static inline void use(volatile void *memory)
{
	__asm__ volatile("" : : "r"(memory) : "memory");
}

static STEP uint64_t with_alloca(uint64_t x)
{
	char *bytes = (char *)alloca(16 + x % 512);

	bytes[0] = (char)x;
	use(bytes);
	return burn_leaf(x) + (uint64_t)bytes[0];
}

static STEP void run_alloca(void)
{
	sink += with_alloca(sink);
}

static STEP uint64_t with_big_frame(uint64_t x)
{
	volatile char bytes[100 * 1024];

	bytes[x % sizeof(bytes)] = 1;
	use(bytes);
	return burn_leaf(x) + (uint64_t)bytes[x % 7];
}

static STEP void run_big(void)
{
	sink += with_big_frame(sink);
}

/* 64 bytes: what AVX-512 vectors ask for. */
static STEP uint64_t with_realigned_stack(uint64_t x)
{
	_Alignas(64) volatile char bytes[64];

	bytes[0] = (char)x;
	use(bytes);
	return burn_leaf(x) + (uint64_t)bytes[0];
}

static STEP void run_realigned(void)
{
	sink += with_realigned_stack(sink);
}

/* Arguments on the stack and alloca with realignment: the frame is found by a register of its own (gcc's DRAP). */
static STEP uint64_t with_drap(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
			       uint64_t f, uint64_t g, uint64_t h)
{
	_Alignas(64) volatile char bytes[64];
	char *more = (char *)alloca(16 + a % 256);

	bytes[0] = (char)(b + c + d + e);
	more[0] = (char)(f + g);
	use(bytes);
	use(more);
	return burn_leaf(a) + (uint64_t)bytes[0] + (uint64_t)more[0] + h;
}

static STEP void run_drap(void)
{
	sink += with_drap(sink, 2, 3, 4, 5, 6, 7, 8);
}

/* As in code for 32-bit callers that align to 4 bytes: entry aligns the stack itself. */
#if defined(__x86_64__)
#define REALIGN __attribute__((force_align_arg_pointer))
#else
#define REALIGN
#endif

static REALIGN STEP uint64_t with_aligned_entry(uint64_t x)
{
	volatile uint64_t kept[4] = {x, x, x, x};

	use(kept);
	return burn_leaf(x) + kept[x % 4];
}

static STEP void run_entry(void)
{
	sink += with_aligned_entry(sink);
}

/* More values alive over the call than there are registers: all that are saved are used. */
static STEP uint64_t with_many_saved(uint64_t x)
{
	uint64_t a = x * 3, b = x * 5, c = x * 7, d = x * 11, e = x * 13, f = x * 17, g = x * 19;

	__asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
	x = burn_leaf(x);
	return (a ^ b) + (c ^ d) + (e ^ f) + g + x;
}

static STEP void run_saved(void)
{
	sink += with_many_saved(sink);
}

static jmp_buf back;

static STEP void jump_back(void)
{
	longjmp(back, 1);
}

static STEP uint64_t jump_from(long depth)
{
	if (depth > 0)
		return jump_from(depth - 1) + 1;
	jump_back();
	return 0;
}

static STEP uint64_t after_jump(uint64_t x)
{
	return burn_long(x) + 1;
}

static STEP void run_longjmp(void)
{
	if (!setjmp(back))
		sink += jump_from(40);
	sink += after_jump(sink);
}

static const struct mode modes[] = {
	{"alloca", run_alloca},   {"big", run_big},     {"realigned", run_realigned},
	{"drap", run_drap},       {"entry", run_entry}, {"saved", run_saved},
	{"longjmp", run_longjmp},
};

RUN_MODES(modes)
