/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_FOLDED_H
#define RG_MODEL_FOLDED_H

/* What folded stacks and the text of perf call the kernel's frames, and we. */
#define RG_FOLDED_KERNEL "_[k]"
#define RG_KERNEL_MODULE "[kernel]"

#endif
