/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/commands.h"
#include "rg/cli.h"

#define RG_COMMAND(name) extern const struct rg_command rg_command_##name;
#include "commands.inc"
#undef RG_COMMAND

const struct rg_command *const rg_commands[] = {
#define RG_COMMAND(name) &rg_command_##name,
#include "commands.inc"
#undef RG_COMMAND
};

const size_t rg_command_count = sizeof(rg_commands) / sizeof(rg_commands[0]);
