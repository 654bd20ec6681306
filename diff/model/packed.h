/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PACKED_H
#define RG_MODEL_PACKED_H

#include <stdint.h>

/*
 * Samples one behind the other, a few bytes each. First a byte of these flags; then, each as a varint (wire.h) and
 * only where the flags say so: the difference of the stack's number to that of the sample before, folded so that
 * negative ones are odd; the slice; who; the values.
 */
enum rg_packed_flag {
	RG_PACKED_VALUE = 1 << 0, /* shifted by the value: it is not 0 */
	RG_PACKED_STACK = 1 << 4, /* of another stack than the one before, or the first */
	RG_PACKED_WHO = 1 << 5,   /* of another thread or wait */
	RG_PACKED_SLICED = 1 << 6,
	/* Its time is as many periods as it has samples; it is not written. */
	RG_PACKED_PERIODS = 1 << 7,
};

/* What the bytes do not say again. */
struct rg_packed_state {
	uint32_t stack, who;
};

#endif
