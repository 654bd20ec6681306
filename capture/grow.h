/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_GROW_H
#define CAPTURE_GROW_H

#include <stddef.h>

/* Makes room for `wanted` elements of `size` bytes in an array of room for *cap. Returns 0, or RG_ENOMEM with all as it was. */
int rg_grow(void **array, size_t wanted, size_t *cap, size_t size);

#endif
