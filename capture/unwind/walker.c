/* SPDX-License-Identifier: GPL-2.0-or-later */
#define WALK rg_walk
#if defined(__aarch64__)
#define RGW_WALK_ARM64 1
#endif
#include "walker_body.h"
