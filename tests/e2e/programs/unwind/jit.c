/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jit MODE: code made at run time, with frame pointers as JIT compilers keep them, that calls back. */
#include "chain.h"

#include <sys/mman.h>

/* Called with a function and its argument: a frame, the call, and back. */
#if defined(__x86_64__)
static const unsigned char code[] = {
	0x55,             /* push %rbp */
	0x48, 0x89, 0xe5, /* mov %rsp, %rbp */
	0x48, 0x89, 0xf8, /* mov %rdi, %rax */
	0x48, 0x89, 0xf7, /* mov %rsi, %rdi */
	0xff, 0xd0,       /* call *%rax */
	0x5d,             /* pop %rbp */
	0xc3,             /* ret */
};
#elif defined(__aarch64__)
static const uint32_t code[] = {
	0xa9bf7bfd, /* stp x29, x30, [sp, #-16]! */
	0x910003fd, /* mov x29, sp */
	0xaa0003e2, /* mov x2, x0 */
	0xaa0103e0, /* mov x0, x1 */
	0xd63f0040, /* blr x2 */
	0xa8c17bfd, /* ldp x29, x30, [sp], #16 */
	0xd65f03c0, /* ret */
};
#endif

typedef uint64_t (*function)(uint64_t);
typedef uint64_t (*caller)(function callee, uint64_t x);

static STEP uint64_t called_back(uint64_t x)
{
	return burn_leaf(x) + 1;
}

static caller make_code(void)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		exit(1);
	memcpy(memory, code, sizeof(code));
	if (mprotect(memory, 4096, PROT_READ | PROT_EXEC))
		exit(1);
	__builtin___clear_cache((char *)memory, (char *)memory + sizeof(code));
	return (caller)(uintptr_t)memory;
}

static STEP void run_callback(void)
{
	static caller made;

	if (!made)
		made = make_code();
	sink += made(called_back, sink) + 1;
}

static const struct mode modes[] = {
	{"callback", run_callback},
};

RUN_MODES(modes)
