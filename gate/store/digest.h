/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIGEST_H
#define DIGEST_H

#include "rg/store.h"

#include <stdbool.h>
#include <stddef.h>

/* SHA-256 in lower-case hex. */
void digest_hex(const void *bytes, size_t len, char out[RG_STORE_ID_MAX]);

/* Whether the first 64 bytes of `text` are lower-case hex digits. */
bool digest_is_hex(const char *text);

#endif
