/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSERR_H
#define OSERR_H

struct rg_err;

/* The rg_code that an errno amounts to. */
int os_code(int error);

/* Records "module: action 'object': reason" for an errno. Returns its code. */
int os_fail(struct rg_err *err, int error, const char *action, const char *object);

#endif
