/* SPDX-License-Identifier: GPL-2.0-or-later */
/* signals MODE: signal handlers, which an interrupted function seems to have called at any of its instructions. */
#include "chain.h"

#include <signal.h>
#include <sys/time.h>
#include <ucontext.h>

enum { STACK_BYTES = 256 * 1024 };

/* Most of the time until the timer's next signal. */
static STEP void handle_signal(int signal)
{
	for (int i = 0; i < 100; i++)
		sink += burn_long((uint64_t)signal);
}

/* It calls nothing, so that its frame may be below the stack pointer (the red zone). */
static STEP uint64_t burn_interrupted(uint64_t x)
{
	for (;;) {
		x = x * UINT64_C(2862933555777941757) + 1;
		__asm__ volatile("" : "+r"(x));
	}
	return x;
}

static void start_timer(void)
{
	const struct itimerval often = {{0, 1000}, {0, 1000}};

	if (setitimer(ITIMER_REAL, &often, NULL))
		exit(1);
}

static void use_other_stack(void)
{
	static char stack[STACK_BYTES];
	const stack_t other = {.ss_sp = stack, .ss_size = sizeof(stack)};

	if (sigaltstack(&other, NULL))
		exit(1);
}

static void handle(int signal, int flags, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	if (sigaction(signal, &action, NULL))
		exit(1);
}

static STEP void run_same_stack(void)
{
	handle(SIGALRM, 0, handle_signal);
	start_timer();
	sink += burn_interrupted(sink) + 1;
}

static STEP void run_other_stack(void)
{
	use_other_stack();
	handle(SIGALRM, SA_ONSTACK, handle_signal);
	start_timer();
	sink += burn_interrupted(sink) + 1;
}

#if defined(__x86_64__)
/* Its first instruction faults: the address before it is another function's. */
__asm__(".text\n"
	".type before_fault, @function\n"
	"before_fault:\n"
	".cfi_startproc\n"
	"ret\n"
	".cfi_endproc\n"
	".size before_fault, .-before_fault\n"
	".type fault_at_once, @function\n"
	"fault_at_once:\n"
	".cfi_startproc\n"
	"ud2\n"
	"ret\n"
	".cfi_endproc\n"
	".size fault_at_once, .-fault_at_once\n");
void fault_at_once(void);

enum { UD2_BYTES = 2 };

static STEP void pass_fault(int signal, siginfo_t *info, void *context)
{
	ucontext_t *registers = (ucontext_t *)context;

	(void)info;
	for (int i = 0; i < 20; i++)
		sink += burn_long((uint64_t)signal);
	registers->uc_mcontext.gregs[REG_RIP] += UD2_BYTES;
}

static STEP void run_fault(void)
{
	struct sigaction action = {.sa_sigaction = pass_fault, .sa_flags = SA_SIGINFO};

	if (sigaction(SIGILL, &action, NULL))
		exit(1);
	fault_at_once();
	sink++;
}
#endif

static const struct mode modes[] = {
	{"same", run_same_stack},
	{"other", run_other_stack},
#if defined(__x86_64__)
	{"fault", run_fault},
#endif
};

RUN_MODES(modes)
