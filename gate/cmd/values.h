/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_VALUES_H
#define CMD_VALUES_H

#include "settings.h"

/*
 * What an option does and where: the last two members of a rg_option, as in {"json", 0, NULL, "…", RG_SETS_FLAG(json)}.
 * A member of another type than the function's does not compile.
 */
#define RG_SETS_FLAG(member)     rg_value_flag, RG_SETTING(bool, member)
#define RG_SETS_WORD(member)     rg_value_word, RG_SETTING(const char *, member)
#define RG_SETS_NAME(member)     rg_value_name, RG_SETTING(const char *, member)
#define RG_SETS_TEXT(member)     rg_value_text, RG_SETTING(char *, member)
#define RG_SETS_NUMBER(member)   rg_value_number, RG_SETTING(uint32_t, member)
#define RG_SETS_PERCENT(member)  rg_value_percent, RG_SETTING(double, member)
#define RG_SETS_DURATION(member) rg_value_duration, RG_SETTING(uint64_t, member)
#define RG_SETS_TIMEOUT(member)  rg_value_timeout, RG_SETTING(uint64_t, member)
/* A function that is given all the settings. */
#define RG_SETS_BY(function)     function, 0

/* Where in the settings a member of that type is. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a type takes none */
#define RG_SETTING(type, member) \
	_Generic(((struct rg_settings *)NULL)->member, type : offsetof(struct rg_settings, member))
/* NOLINTEND(bugprone-macro-parentheses) */

/* Of any option's `set`. `to` is the member; returns 0, RG_EUSAGE or RG_ENOMEM. */
int rg_value_flag(void *to, const char *value, struct rg_err *err); /* a bool becomes true */
int rg_value_word(void *to, const char *value, struct rg_err *err); /* const char *, borrowed */
int rg_value_name(void *to, const char *value, struct rg_err *err); /* the same, not empty */
int rg_value_text(void *to, const char *value, struct rg_err *err); /* char *, a copy of its own */
int rg_value_number(void *to, const char *value, struct rg_err *err);   /* uint32_t */
int rg_value_percent(void *to, const char *value, struct rg_err *err);  /* double, 0.15 of "15%" */
int rg_value_duration(void *to, const char *value, struct rg_err *err); /* uint64_t, ns */
int rg_value_timeout(void *to, const char *value, struct rg_err *err);  /* the same, 1 s to 1 h */

/* Sets *to to the index of value in names, which end with NULL. */
int rg_value_choice(int *to, const char *value, const char *const *names, struct rg_err *err);

/*
 * A copy in *to, which is one of `all` (their end is NULL): of these the first on the command line goes over whichever
 * the configuration names. RG_ENOMEM.
 */
int rg_value_one_of(char **const *all, bool *given, char **to, const char *value,
		    struct rg_err *err);

#endif
