/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_SIDES_H
#define RG_RENDER_SIDES_H

#include "pen.h"

#include "rg/verdict.h"

/* A line for the baseline and one for the canary: version, runs, samples, window, busy cores. */
void rg_sides_write(struct rg_pen *pen, const struct rg_verdict *verdict);

#endif
