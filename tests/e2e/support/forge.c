/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "forge.h"
#include "samples.h"

#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX = 1 << 16, WORDS_MAX = 32 };

static const char *node_path(void)
{
	static const char *const paths[] = {"/usr/bin/node", "/usr/local/bin/node",
					    "/usr/bin/nodejs"};
	const char *ci = getenv("CI");

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (access(paths[i], X_OK) == 0)
			return paths[i];
	}
	if (ci && strcmp(ci, "true") == 0)
		fail_msg("needs node, and CI=true asks for it (make deps-test installs it)");
	print_message("skipped: needs node (make deps-test installs it)\n");
	skip();
	return NULL;
}

static void start(struct e2e *e, struct forge *forge, const char *name, bool tls)
{
	static char script[PATH_MAX];
	char *port;

	*forge = (struct forge){.e = e};
	snprintf(forge->name, sizeof(forge->name), "%s", name);
	assert_non_null(realpath("tests/e2e/forge/forge.mjs", script));
	E2E_SPAWN(e, node_path(), script, e2e_path(e, "%s.port", name), e2e_path(e, "%s.log", name),
		  tls ? e2e_path(e, "%s.key", name) : "", tls ? e2e_path(e, "%s.pem", name) : "");
	e2e_wait_for_file(e, e2e_path(e, "%s.port", name) + strlen(e->root) + 1);
	port = e2e_read(e, e2e_path(e, "%s.port", name) + strlen(e->root) + 1, NULL);
	assert_non_null(port);
	forge->port = atoi(port);
	free(port);
	snprintf(forge->url, sizeof(forge->url), "http%s://127.0.0.1:%d", tls ? "s" : "",
		 forge->port);
	snprintf(forge->gitlab, sizeof(forge->gitlab), "%s/api/v4", forge->url);
}

void forge_start(struct e2e *e, struct forge *forge, const char *name)
{
	start(e, forge, name, false);
}

void forge_start_tls(struct e2e *e, struct forge *forge, const char *name)
{
	e2e_sh(e,
	       "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
	       "-subj /CN=forge -addext subjectAltName=IP:127.0.0.1 -keyout %s.key -out %s.pem "
	       "2>/dev/null",
	       name, name);
	start(e, forge, name, true);
}

void forge_done(struct forge *forge)
{
	free(forge->answer);
	forge->answer = NULL;
}

/* --- The environment ------------------------------------------------------------------------ */

void forge_env(struct forge *forge, const char *format, ...)
{
	size_t i = 0;
	va_list args;

	while (i + 1 < E2E_ENV && forge->e->env[i])
		i++;
	assert_true(i + 1 < E2E_ENV);
	va_start(args, format);
	vsnprintf(forge->settings[i], sizeof(forge->settings[i]), format, args);
	va_end(args);
	forge->e->env[i] = forge->settings[i];
}

void forge_env_github(struct forge *forge)
{
	forge_env(forge, "GITHUB_TOKEN=" FORGE_TOKEN);
	forge_env(forge, "GITHUB_REPOSITORY=shop/orders");
	forge_env(forge, "GITHUB_API_URL=%s", forge->url);
}

void forge_env_gitlab(struct forge *forge)
{
	forge_env(forge, "GITLAB_TOKEN=" FORGE_TOKEN);
	forge_env(forge, "CI_MERGE_REQUEST_PROJECT_ID=5");
	forge_env(forge, "CI_MERGE_REQUEST_IID=3");
	forge_env(forge, "CI_API_V4_URL=%s", forge->gitlab);
}

/* --- Its own pages -------------------------------------------------------------------------- */

static int connect_to(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* The body of the answer, malloc'd. */
static char *exchange(const struct forge *forge, const char *method, const char *path,
		      const char *body)
{
	char *text = malloc(REQUEST_MAX), *all = NULL, *answer;
	int fd = connect_to(forge->port), n;
	size_t len = 0;
	ssize_t got;

	assert_non_null(text);
	n = snprintf(
		text, REQUEST_MAX,
		"%s %s HTTP/1.0\r\nHost: x\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
		method, path, strlen(body), body);
	assert_true(n > 0 && n < REQUEST_MAX);
	assert_int_equal(write(fd, text, (size_t)n), n);
	do {
		all = realloc(all, len + REQUEST_MAX + 1);
		assert_non_null(all);
		got = read(fd, all + len, REQUEST_MAX);
		len += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	all[len] = '\0';
	close(fd);
	free(text);
	assert_non_null(strstr(all, " 200 "));
	answer = strstr(all, "\r\n\r\n");
	assert_non_null(answer);
	answer = strdup(answer + 4);
	free(all);
	return answer;
}

void forge_state(struct forge *forge, const char *json)
{
	free(exchange(forge, "PUT", "/_state", json));
}

void forge_fault(struct forge *forge, const char *json)
{
	free(exchange(forge, "PUT", "/_fault", json));
}

const char *forge_ask(struct forge *forge)
{
	free(forge->answer);
	forge->answer = exchange(forge, "GET", "/_state", "");
	return forge->answer;
}

char *forge_log(struct forge *forge)
{
	char name[32], *text;

	snprintf(name, sizeof(name), "%s.log", forge->name);
	text = e2e_read(forge->e, name, NULL);
	return text ? text : strdup("");
}

size_t forge_count(const char *in, const char *text)
{
	size_t count = 0;

	for (const char *at = in; (at = strstr(at, text)); at++)
		count++;
	return count;
}

size_t forge_requests(struct forge *forge, const char *beginning)
{
	char *log = forge_log(forge), pattern[256];
	size_t method = strcspn(beginning, " "), count;

	snprintf(pattern, sizeof(pattern), "{\"method\":\"%.*s\",\"url\":\"%s", (int)method,
		 beginning, beginning + method + (beginning[method] == ' '));
	count = forge_count(log, pattern);
	free(log);
	return count;
}

/* --- The program ---------------------------------------------------------------------------- */

void forge_make_verdicts(struct e2e *e)
{
	static const struct e2e_self before[] = {
		{"parse", 3000}, {"hash", 3000}, {"price_line", 3000}, {"print", 3000}, {"", 0}};
	static const struct e2e_self after[] = {
		{"parse", 3000}, {"hash", 3000}, {"price_line", 9000}, {"print", 3000}, {"", 0}};

	e2e_make_profile(e, "a.pb.gz", before);
	e2e_make_profile(e, "b.pb.gz", after);
	E2E_RG(e, "diff", "--json-out", e2e_path(e, "fail.json"), e2e_path(e, "a.pb.gz"),
	       e2e_path(e, "b.pb.gz"));
	e2e_assert_status(e, 1);
	E2E_RG(e, "diff", "--json-out", e2e_path(e, "pass.json"), e2e_path(e, "a.pb.gz"),
	       e2e_path(e, "a.pb.gz"));
	e2e_assert_status(e, 0);
}

int forge_report(struct forge *forge, const char *const *words)
{
	const char *all[WORDS_MAX] = {"report"};
	struct e2e *e = forge->e;
	size_t count = 1;

	for (; *words; words++) {
		assert_true(count + 1 < WORDS_MAX);
		all[count++] = *words;
	}
	e2e_rg(e, all);
	e2e_assert_silent_at(e, e->out, FORGE_TOKEN, __FILE__, __LINE__);
	e2e_assert_silent_at(e, e->err, FORGE_TOKEN, __FILE__, __LINE__);
	return e->status;
}

void forge_start_github(struct e2e *e, struct forge *forge)
{
	forge_start(e, forge, "forge");
	forge_make_verdicts(e);
	forge_env_github(forge);
}

void forge_post_failing(struct forge *forge, const char *retry_for)
{
	struct e2e *e = forge->e;

	FORGE_REPORT(forge, "--post", "github", "--pr", "7", "--timeout", "1s", "--retry-for",
		     retry_for, e2e_path(e, "fail.json"));
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "FAIL");
}

void forge_assert_comments(struct forge *forge, size_t count)
{
	assert_int_equal(forge_count(forge_ask(forge), "\"body\":"), count);
}
