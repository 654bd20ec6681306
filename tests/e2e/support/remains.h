/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_REMAINS_H
#define E2E_REMAINS_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * What a process holds that must go when it goes: its descendants, and its BPF programs and maps. Others
 * on the machine may run the same program, so these are told by their numbers, not by their names.
 */

enum { E2E_REMAINS_MAX = 256 };

struct e2e_remains {
	struct {
		pid_t pid;
		uint64_t started; /* tells a reused number apart */
	} processes[E2E_REMAINS_MAX];
	size_t process_count;
	uint32_t programs[E2E_REMAINS_MAX], maps[E2E_REMAINS_MAX];
	size_t program_count, map_count;
};

/* Notes what the process holds now. What is noted already stays noted. */
void e2e_remains_note(struct e2e_remains *remains, pid_t pid);
/* Asserts that all of it is gone within some seconds. */
void e2e_assert_gone(const struct e2e_remains *remains);
/* Whether there is such a process that is no zombie. */
bool e2e_process_lives(pid_t pid);

#endif
