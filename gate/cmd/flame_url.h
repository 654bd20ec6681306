/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_FLAME_URL_H
#define CMD_FLAME_URL_H

struct rg_settings;

enum { RG_FLAME_URL_MAX = 2048 };

/*
 * Where the flame graph can be seen: --flame-url; else, when --html-out wrote one in a job of GitHub or GitLab,
 * among what that job leaves behind. NULL when that is not known. The result may be in `out`.
 */
const char *rg_flame_url(const struct rg_settings *settings, char out[RG_FLAME_URL_MAX]);

#endif
