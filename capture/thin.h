/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_THIN_H
#define CAPTURE_THIN_H

#include <stdint.h>

struct rg_session;

/*
 * Short waits are met at random, as often as there is time for: where they cost too much, the more seldom from now on. What
 * a wait stands for follows, so that the sums stay true; threads' totals are exact at any rate. Polls are
 * thinned by themselves, before others are: they are most of the waits of who has nothing to do. Call often.
 */
void rg_thin_waits(struct rg_session *session, uint64_t now_ns);

#endif
