/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_CANON_H
#define RG_ENGINE_CANON_H

#include <stdbool.h>
#include <stddef.h>

struct rg_buf;

/* For rg_canon_name(): names of code that was compiled at run time. */

/* Appends the canonical form of a name that V8 gave; false, and nothing appended, for any other. */
bool rg_canon_v8(struct rg_buf *out, const char *name);

/* Bytes from `at` on that the JVM makes anew in every run: an address, a running number. */
size_t rg_canon_jvm_noise(const char *name, size_t at);

#endif
