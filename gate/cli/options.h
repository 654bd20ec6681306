/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "rg/cli.h"

/* The n-th option of a command over all its groups, or NULL behind the last. */
const struct rg_option *rg_cli_option(const struct rg_command *command, size_t n);

#endif
