/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"
#include "clock.h"

#include "rg/build.h"
#include "rg/err.h"
#include "rg/launch.h"
#include "rg/units.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum {
	STEP_MS = 20,
	PROGRESS_STEPS = 5,
	/* A build that prints without end would fill the disk. */
	LOG_MAX_BYTES = 1 << 30,
};

static int note_status(struct command *command, int status)
{
	if (status == 0)
		return 0;
	if (WIFSIGNALED(status))
		snprintf(command->end, sizeof(command->end), "was killed by signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(command->end, sizeof(command->end), "exited with status %d",
			 WEXITSTATUS(status));
	return RG_ETARGET;
}

static int note_timeout(struct command *command)
{
	char limit[RG_UNITS_TEXT_MAX];

	rg_format_duration(limit, command->options->time_limit_ns);
	snprintf(command->end, sizeof(command->end), "was not done after %s, its time limit",
		 limit);
	return RG_ETARGET;
}

static int check_log(const struct command *command, struct rg_err *err)
{
	struct stat st;

	if (!fstat(command->log_fd, &st) && st.st_size > LOG_MAX_BYTES)
		return rg_err_set(err, RG_ELIMIT, "build: %s: '%.200s': it printed more than 1 GiB",
				  command->options->side, command->options->command);
	return 0;
}

static int look(struct command *command, uint64_t elapsed_ns, struct rg_err *err)
{
	const struct rg_build_options *o = command->options;

	if (o->interrupted && o->interrupted(o->ctx))
		return rg_err_set(err, RG_EINTERRUPTED, "build: interrupted");
	if (o->time_limit_ns && elapsed_ns >= o->time_limit_ns)
		return note_timeout(command);
	return check_log(command, err);
}

/* Until the command itself has ended: what it left running is taken down with the launch. */
static int wait_for_end(struct command *command, struct rg_launch *launch, struct rg_err *err)
{
	const struct timespec step = {.tv_nsec = STEP_MS * (long)RG_NS_PER_MS};
	const struct rg_build_options *o = command->options;
	const uint64_t begin = clock_ns();

	for (unsigned int i = 0;; i++) {
		const uint64_t elapsed_ns = clock_ns() - begin;
		int status = 0, rc;

		rg_launch_poll(launch);
		if (rg_launch_ended(launch, &status))
			return note_status(command, status);
		if (rg_launch_gone(launch))
			return rg_launch_failure(launch, err);
		rc = look(command, elapsed_ns, err);
		if (rc)
			return rc;
		if (o->progress && i % PROGRESS_STEPS == 0)
			o->progress(o->ctx, "build", elapsed_ns);
		nanosleep(&step, NULL);
	}
}

int command_run(struct command *command, struct rg_err *err)
{
	const struct rg_launch_options plan = {
		.shell = command->options->command,
		.user = command->options->user,
		.directory = command->tree,
		.environment = command->environment,
		.what = "build",
		.output_fd = command->log_fd,
	};
	struct rg_launch *launch;
	int rc = rg_launch_start(&plan, &launch, err);

	if (rc)
		return rc;
	rc = rg_launch_go(launch, err);
	if (!rc)
		rc = wait_for_end(command, launch, err);
	if (rc == RG_ETARGET)
		command->output = strdup(rg_launch_output(launch));
	rg_launch_free(launch);
	return rc;
}
