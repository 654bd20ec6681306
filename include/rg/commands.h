/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_COMMANDS_H
#define RG_COMMANDS_H

#include <stddef.h>

struct rg_command;

/* Every command, sorted by file name; made by the Makefile from gate/cmd/. */
extern const struct rg_command *const rg_commands[];
extern const size_t rg_command_count;

#endif
