/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_SHOP_H
#define E2E_SHOP_H

#include "e2e.h"

/* What checks of both versions take of the shop in test time: short runs, and how it is built. */
#define SHOP_ROUNDS "--rounds", "2", "--window", "1200ms", "--frequency", "2999"
#define SHOP_MAKE   "--build", "make -s"

/*
 * Makes the repository "r" of tests/e2e/alternate/shop.c in two versions, v1.4 and the dearer v1.5, which is checked out, with
 * everything in it that a check must leave alone: what is staged, stashed, untracked, ignored. "r" is the directory of later
 * runs, and "tmp" is where they put what is temporary.
 */
void e2e_shop(struct e2e *e);
/* It is another user's, as which the build and the program have to run. */
void e2e_shop_of_other(struct e2e *e);

/* Every file's name, kind, mode, owner, time and content, those of .git among them. Free it. */
char *e2e_shop_state(struct e2e *e);
/* Asserts that the state is what it was, and that nothing temporary is left. Frees `before`. */
void e2e_assert_untouched(struct e2e *e, char *before);

#endif
