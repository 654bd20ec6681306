/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ready.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/launch.h"
#include "rg/units.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	CONNECT_MS = 20, /* on this machine the answer comes at once, or the backlog is full */
	AGAIN_MS = 100,  /* between two tries of the command, and of the port */
};

bool rg_ready_asked(const struct rg_capture_options *o)
{
	return o->ready.port || o->ready.line || o->ready.command;
}

/* --- The port ------------------------------------------------------------------------------- */

static bool connects(int fd, const struct sockaddr *address, socklen_t len)
{
	struct pollfd wait = {.fd = fd, .events = POLLOUT};
	int error = 0;
	socklen_t size = sizeof(error);

	if (connect(fd, address, len) == 0)
		return true;
	if (errno != EINPROGRESS || poll(&wait, 1, CONNECT_MS) <= 0)
		return false;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

/*
 * To a port that nobody has, the kernel may connect a socket from that very port: to itself (simultaneous open, RFC 9293,
 * section 3.5).
 */
static bool is_own(int fd, uint16_t port)
{
	const struct linger at_once = {.l_onoff = 1};
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} own = {0};
	socklen_t size = sizeof(own);

	if (getsockname(fd, &own.any, &size) ||
	    (own.any.sa_family == AF_INET6 ? own.in6.sin6_port : own.in.sin_port) != htons(port))
		return false;
	/* The port is the target's, which may not find it waiting for the end of a connection. */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	return true;
}

static bool accepts_at(uint16_t port, const struct sockaddr *address, socklen_t len)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool accepts = fd >= 0 && connects(fd, address, len) && !is_own(fd, port);

	if (fd >= 0)
		close(fd);
	return accepts;
}

static bool accepts(uint16_t port)
{
	const struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};

	return accepts_at(port, (const struct sockaddr *)&v4, sizeof(v4)) ||
	       accepts_at(port, (const struct sockaddr *)&v6, sizeof(v6));
}

/* --- The command ---------------------------------------------------------------------------- */

static int start_command(struct rg_ready *ready, const struct rg_capture_options *o,
			 struct rg_err *err)
{
	const struct rg_launch_options plan = {
		.shell = o->ready.command,
		.user = o->user,
		.directory = o->helpers_directory,
		.what = "ready command",
		.output_fd = -1,
	};
	int rc = rg_launch_start(&plan, &ready->command, err);

	return rc ? rc : rg_launch_go(ready->command, err);
}

static int look_command(struct rg_ready *ready, const struct rg_capture_options *o, bool *is,
			struct rg_err *err)
{
	int status = -1;

	if (!ready->command)
		return start_command(ready, o, err);
	rg_launch_poll(ready->command);
	if (!rg_launch_gone(ready->command))
		return 0;
	*is = rg_launch_ended(ready->command, &status) && status == 0;
	rg_launch_free(ready->command);
	ready->command = NULL;
	return 0;
}

/* --- The whole ------------------------------------------------------------------------------ */

int rg_ready_begin(const struct rg_capture_options *o, struct rg_launch *target, struct rg_err *err)
{
	if (o->ready.line)
		rg_launch_await(target, o->ready.line);
	if (!o->ready.port || !accepts(o->ready.port))
		return 0;
	return rg_err_set(
		err, RG_ETARGET,
		"target: port %u accepts connections before the target has begun: another "
		"process has it (write {port} for one that is free)",
		(unsigned int)o->ready.port);
}

int rg_ready_look(struct rg_ready *ready, const struct rg_capture_options *o,
		  const struct rg_launch *target, uint64_t now_ns, bool *is, struct rg_err *err)
{
	*is = false;
	if (o->ready.line) {
		*is = rg_launch_seen(target);
		return 0;
	}
	/* One that is under way is looked at every time. */
	if (!ready->command && now_ns < ready->next_ns)
		return 0;
	ready->next_ns = now_ns + AGAIN_MS * RG_NS_PER_MS;
	if (o->ready.command)
		return look_command(ready, o, is, err);
	*is = accepts(o->ready.port);
	return 0;
}

static void describe(const struct rg_capture_ready *ready, char *out, size_t size)
{
	if (ready->line)
		snprintf(out, size, "it has not printed '%s'", ready->line);
	else if (ready->command)
		snprintf(out, size, "'%.200s' does not succeed", ready->command);
	else
		snprintf(out, size, "port %u does not accept", (unsigned int)ready->port);
}

static const char *output_of(const struct rg_launch *target)
{
	const char *output = rg_launch_output(target);

	return *output ? output : "(it printed nothing)\n";
}

int rg_ready_late(const struct rg_capture_options *o, const struct rg_launch *target,
		  struct rg_err *err)
{
	char what[RG_READY_LINE_MAX + 64], limit[RG_UNITS_TEXT_MAX];

	describe(&o->ready, what, sizeof(what));
	return rg_err_set(err, RG_ETARGET,
			  "target '%.100s': not ready within %s: %s; the end of its output:\n%s",
			  o->argv[0], rg_format_duration(limit, o->ready.timeout_ns), what,
			  output_of(target));
}

int rg_ready_ended(const struct rg_capture_options *o, const struct rg_launch *target,
		   struct rg_err *err)
{
	char what[RG_READY_LINE_MAX + 64];

	describe(&o->ready, what, sizeof(what));
	return rg_err_set(
		err, RG_ETARGET,
		"target '%.100s': ended before it was ready: %s; the end of its output:\n%s",
		o->argv[0], what, output_of(target));
}

void rg_ready_done(struct rg_ready *ready)
{
	rg_launch_free(ready->command);
	ready->command = NULL;
}
