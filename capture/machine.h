/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_MACHINE_H
#define CAPTURE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_err;
struct rg_profile_builder;

/* Facts about the machine that decide whether two profiles can be compared: host, arch, kernel, CPU model. */
int rg_machine_facts(struct rg_profile_builder *builder, struct rg_err *err);

/* CLOCK_MONOTONIC and CLOCK_REALTIME, ns. */
uint64_t rg_clock_ns(void);
uint64_t rg_clock_epoch_ns(void);

/* Whether process ids here are those the kernel's programs see. Not so inside a container's own PID namespace. */
bool rg_machine_host_pids(void);

/* A capability of this process's effective set, by its number (capability.h). */
bool rg_machine_capable(unsigned int capability);

#endif
