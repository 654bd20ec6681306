/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launching.h"
#include "alternate.h"
#include "settings.h"

#include "rg/arena.h"
#include "rg/capture.h"
#include "rg/err.h"
#include "rg/units.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORT_TRIES = 100, PORT_LEAST = 10000 /* all have five digits */ };

/* --- A free port ---------------------------------------------------------------------------- */

/* The kernel chooses one that nobody has; with IPv6 in neither family. 0: none. */
static uint16_t choose_port(int family)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address = {.any.sa_family = (sa_family_t)family};
	socklen_t len = family == AF_INET6 ? sizeof(address.v6) : sizeof(address.v4);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool bound = fd >= 0 && bind(fd, &address.any, len) == 0 &&
		     getsockname(fd, &address.any, &len) == 0;

	if (fd >= 0)
		close(fd);
	if (!bound)
		return 0;
	return ntohs(family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

static int free_port(uint16_t *out, struct rg_err *err)
{
	for (int i = 0; i < PORT_TRIES; i++) {
		uint16_t port = choose_port(AF_INET6);

		if (!port)
			port = choose_port(AF_INET);
		if (port < PORT_LEAST)
			continue;
		*out = port;
		return 0;
	}
	return rg_err_set(err, RG_EIO, "{port}: no free TCP port was found: %s", strerror(errno));
}

/* --- Where it goes -------------------------------------------------------------------------- */

static bool has(const char *text)
{
	return text && strstr(text, RG_CONFIG_PORT);
}

static bool command_wants_port(const struct rg_settings *s)
{
	for (char **word = s->command; word && *word; word++) {
		if (has(*word))
			return true;
	}
	return false;
}

/* Processes that run already know nothing of it. */
static bool launches(const struct rg_settings *s)
{
	return s->command && !s->pid_count && !s->target.by;
}

bool rg_launching_wants_port(const struct rg_settings *s)
{
	const struct rg_config *c = &s->config;

	return launches(s) &&
	       (command_wants_port(s) || has(c->load) || has(c->ready.port) || has(c->ready.line) ||
		has(c->ready.command) || has(c->work.metric) || has(c->work.command));
}

int rg_launching_check(const struct rg_settings *s, struct rg_err *err)
{
	const struct rg_option *o = rg_settings_given(s, rg_options_ready, NULL);
	const struct rg_config_ready *ready = &s->config.ready;

	if (o && !launches(s))
		return rg_err_set(err, RG_EUSAGE,
				  "--%s is of a target that is launched ('-- COMMAND "
				  "[ARGUMENT…]'), and does nothing with one that runs already: "
				  "leave it out",
				  o->name);
	if (!o || ready->port || ready->line || ready->command || command_wants_port(s))
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "--ready-timeout is how long to wait for a target that comes up: say by "
			  "what it shows that it has, --ready-port, --ready-line or --ready-cmd");
}

/* With `number` for every "{port}"; NULL when out of memory. */
static char *fill(struct rg_arena *arena, const char *text, const char *number)
{
	static const char place[] = RG_CONFIG_PORT;
	const char *at = strstr(text, place);
	char *filled = rg_arena_strdup(arena, "");

	for (; filled && at; at = strstr(text, place)) {
		filled = rg_arena_printf(arena, "%s%.*s%s", filled, (int)(at - text), text, number);
		text = at + strlen(place);
	}
	return filled ? rg_arena_printf(arena, "%s%s", filled, text) : NULL;
}

static bool fill_command(struct rg_settings *s, struct rg_arena *arena, const char *number)
{
	size_t count = 0;
	char **words;

	while (s->command[count])
		count++;
	words = rg_arena_array(arena, count + 1, sizeof(*words));
	for (size_t i = 0; words && i < count; i++) {
		words[i] = fill(arena, s->command[i], number);
		if (!words[i])
			return false;
	}
	s->command = words;
	return words;
}

static bool fill_texts(struct rg_settings *s, struct rg_arena *arena, const char *number)
{
	struct rg_config *c = &s->config;
	char **const texts[] = {&c->load,          &c->ready.port,  &c->ready.line,
				&c->ready.command, &c->work.metric, &c->work.command};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!*texts[i])
			continue;
		*texts[i] = fill(arena, *texts[i], number);
		if (!*texts[i])
			return false;
	}
	return true;
}

/* Of a command that is given a port nothing else needs to be said. */
static bool default_ready(struct rg_settings *s, struct rg_arena *arena)
{
	struct rg_config_ready *ready = &s->config.ready;

	if (ready->port || ready->line || ready->command || !command_wants_port(s))
		return true;
	ready->port = rg_arena_strdup(arena, RG_CONFIG_PORT);
	return ready->port;
}

int rg_launching_fill(const struct rg_settings *settings, struct rg_arena *arena,
		      struct rg_settings *out, struct rg_err *err)
{
	struct rg_settings copy = *settings;
	char number[8];
	uint16_t port = 0;
	int rc;

	if (!rg_launching_wants_port(settings)) {
		*out = copy;
		return 0;
	}
	rc = free_port(&port, err);
	if (rc)
		return rc;
	snprintf(number, sizeof(number), "%u", (unsigned int)port);
	if (!default_ready(&copy, arena) || !fill_command(&copy, arena, number) ||
	    !fill_texts(&copy, arena, number))
		return rg_err_nomem(err, "command");
	*out = copy;
	return 0;
}

int rg_launching_ready(const struct rg_settings *filled, struct rg_capture_ready *out,
		       struct rg_err *err)
{
	const struct rg_config_ready *ready = &filled->config.ready;
	uint64_t port = 0;

	*out = (struct rg_capture_ready){0};
	if (!launches(filled))
		return 0;
	if (ready->line && strlen(ready->line) > RG_READY_LINE_MAX)
		return rg_err_set(err, RG_EUSAGE, "ready: the line is longer than %d bytes",
				  RG_READY_LINE_MAX);
	if (ready->port && rg_parse_u64(ready->port, &port))
		return rg_err_set(err, RG_EUSAGE, "ready: port '%.20s' is no number", ready->port);
	*out = (struct rg_capture_ready){
		.port = (uint16_t)port,
		.line = ready->line,
		.command = ready->command,
		.timeout_ns = ready->timeout_ns,
	};
	return 0;
}
