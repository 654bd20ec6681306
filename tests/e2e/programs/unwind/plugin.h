/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNWIND_PLUGIN_H
#define UNWIND_PLUGIN_H

#include <stdint.h>

/* plugin.so, which `libraries` is linked to. */
uint64_t plugin_nothing(uint64_t x);
uint64_t plugin_call(uint64_t (*function)(uint64_t), uint64_t x);

/* late.so, which it loads. */
uint64_t late_entry(uint64_t x);

#endif
