/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work_command.h"
#include "machine.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/launch.h"
#include "rg/text.h"
#include "rg/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LIMIT_S = 10, POLL_MS = 5, LINE_MAX_BYTES = 64 };

static const char blanks[] = " \t\r";

/* The last line with something in it, without the blanks around it. */
static size_t last_line(const char *text, const char **line)
{
	size_t end = strlen(text), start;

	while (end > 0 && strchr(" \t\r\n", text[end - 1]))
		end--;
	for (start = end; start > 0 && text[start - 1] != '\n';)
		start--;
	start += strspn(text + start, blanks);
	*line = text + start;
	return end > start ? end - start : 0;
}

static int not_a_number(const char *line, size_t len, struct rg_err *err)
{
	struct rg_buf safe;
	int rc;

	rg_buf_init(&safe, 4 * LINE_MAX_BYTES + 1);
	rg_text_add_safe(&safe, line, len < LINE_MAX_BYTES ? len : LINE_MAX_BYTES);
	rc = rg_err_set(err, RG_EFORMAT, "the last line of its output is '%s', not a number",
			safe.len && !safe.failed ? safe.data : "");
	rg_buf_done(&safe);
	return rc;
}

/* The last line of a text that is not blank, as a finite number, and nothing else in it; RG_EFORMAT. */
static int parse_number(const char *text, double *value, struct rg_err *err)
{
	char number[LINE_MAX_BYTES + 1], *end;
	const char *line;
	size_t len = last_line(text, &line);
	double read;

	if (len == 0 || len > LINE_MAX_BYTES || strspn(line, "+-.0123456789eE") < len)
		return not_a_number(line, len, err);
	memcpy(number, line, len);
	number[len] = '\0';
	read = strtod(number, &end);
	if (*end != '\0' || !isfinite(read))
		return not_a_number(line, len, err);
	*value = read;
	return 0;
}

static int wait_for_end(struct rg_launch *launch, struct rg_err *err)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * (long)RG_NS_PER_MS};
	uint64_t deadline = rg_clock_ns() + LIMIT_S * RG_NS_PER_S;

	for (;;) {
		rg_launch_poll(launch);
		if (rg_launch_gone(launch))
			return rg_launch_failure(launch, err);
		if (rg_clock_ns() >= deadline)
			return rg_err_set(err, RG_ETARGET, "it ran for longer than %d s", LIMIT_S);
		nanosleep(&pause, NULL);
	}
}

int rg_work_command_read(const struct rg_work_command *command, double *value, struct rg_err *err)
{
	const struct rg_launch_options plan = {.shell = command->command,
					       .user = command->user,
					       .directory = command->directory,
					       .what = "work command",
					       .output_fd = -1};
	struct rg_launch *launch;
	int rc = rg_launch_start(&plan, &launch, err);

	if (rc)
		return rc;
	rc = rg_launch_go(launch, err);
	if (!rc)
		rc = wait_for_end(launch, err);
	if (!rc)
		rc = parse_number(rg_launch_output(launch), value, err);
	rg_launch_free(launch);
	return rc;
}
