/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_DEMANGLE_H
#define CAPTURE_ELF_DEMANGLE_H

struct rg_buf;

/*
 * Appends the demangled form of a C++ (Itanium), Rust (legacy and v0) or D symbol, or the symbol
 * itself when it is none of those, when its demangled form would be longer than RG_DEMANGLE_MAX, or
 * when it is itself longer than 1,024 bytes (Rust: 4,096). C++ keeps parameters, Rust loses its
 * hash, suffixes ("@plt", ".isra.0") stay as they are. Hostile names cost bounded time and memory.
 */
enum { RG_DEMANGLE_MAX = 8192 };
void rg_demangle(struct rg_buf *out, const char *symbol);

#endif
