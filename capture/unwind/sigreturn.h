/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_UNWIND_SIGRETURN_H
#define CAPTURE_UNWIND_SIGRETURN_H

#include <stdbool.h>
#include <stdint.h>

#include "../../bpf/unwind.h"

struct rg_image;

/*
 * Where signal handlers return to on x86-64 Linux (sa_restorer). The C library's has call-frame information that says so;
 * Go's linker describes its own (runtime.sigreturn, runtime.sigreturn__sigaction) like a function that was called.
 */

/* Whether code [start, end) of a file is that: by its instructions, to which debuggers and libgcc hold all who write one. */
bool rg_sigreturn_is(const struct rg_image *image, uint64_t start, uint64_t end);
/* The interrupted registers, from the frame that the kernel left on the stack. */
struct rgw_unwind_rule rg_sigreturn_rule(void);

#endif
