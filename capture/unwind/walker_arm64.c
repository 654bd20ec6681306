/* SPDX-License-Identifier: GPL-2.0-or-later */
#define WALK           rg_walk_arm64
#define RGW_WALK_ARM64 1
#include "walker_body.h"
