/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Computes for some milliseconds in a function whose caller cannot be known: it has no unwind information, and the frame
 * pointer is a number among others.
 */
#if defined(__x86_64__)
void burn_lost(unsigned long turns);

__asm__(".text\n"
	".type burn_lost, @function\n"
	"burn_lost:\n"
	"	push %rbp\n"
	"	mov $1, %ebp\n"
	"1:	sub %rbp, %rdi\n"
	"	jnz 1b\n"
	"	pop %rbp\n"
	"	ret\n"
	".size burn_lost, . - burn_lost\n");
#else
#error "not written for this architecture"
#endif

int main(void)
{
	burn_lost(10000000);
	return 0;
}
