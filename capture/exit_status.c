/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exit_status.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static bool is_request(int sig)
{
	return sig == SIGTERM || sig == SIGINT || sig == SIGHUP || sig == SIGQUIT;
}

bool rg_exit_is_failure(int status)
{
	if (WIFSIGNALED(status))
		return !is_request(WTERMSIG(status));
	return WEXITSTATUS(status) != 0 && !is_request(WEXITSTATUS(status) - 128);
}

/* signal(7) has which these are. */
bool rg_exit_is_crash(int status)
{
	static const int signals[] = {SIGILL,  SIGTRAP, SIGABRT, SIGBUS, SIGFPE,
				      SIGSEGV, SIGSYS,  SIGXCPU, SIGXFSZ};

	for (size_t i = 0; WIFSIGNALED(status) && i < sizeof(signals) / sizeof(signals[0]); i++)
		if (WTERMSIG(status) == signals[i])
			return true;
	return false;
}

void rg_exit_describe(int status, const char comm[RGW_COMM_SIZE], char *out, size_t size)
{
	char name[RGW_COMM_SIZE + 1] = "";

	memcpy(name, comm, RGW_COMM_SIZE);
	/* A process may call itself anything; a fact is one line. */
	for (char *c = name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	if (WIFSIGNALED(status))
		snprintf(out, size, "%s killed by signal %d", name, WTERMSIG(status));
	else
		snprintf(out, size, "%s exited with status %d", name, WEXITSTATUS(status));
}
