/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a server may take of our time and memory, by a server of our own that answers one request a connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rg/err.h"
#include "rg/net.h"
#include "rg/units.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct server {
	int fd;
	char url[128];
	const char *head; /* of each answer */
	const char *drop; /* sent again and again behind it, every 20 ms */
	pthread_t thread;
};

/* Until the client has enough of it. */
static void drip(int fd, const char *drop)
{
	const struct timespec pause = {.tv_nsec = 20000000};

	while (*drop && send(fd, drop, strlen(drop), MSG_NOSIGNAL) > 0)
		nanosleep(&pause, NULL);
}

static void *serve(void *context)
{
	const struct server *server = context;
	char request[4096];
	int fd;

	while ((fd = accept(server->fd, NULL, NULL)) >= 0) {
		if (recv(fd, request, sizeof(request), 0) > 0 &&
		    send(fd, server->head, strlen(server->head), MSG_NOSIGNAL) > 0)
			drip(fd, server->drop);
		close(fd);
	}
	return NULL;
}

static void start(struct server *server, const char *head, const char *drop)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);

	*server = (struct server){.head = head, .drop = drop};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(server->fd >= 0);
	assert_int_equal(bind(server->fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(server->fd, 8), 0);
	assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &len), 0);
	snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%d/x?token=secret",
		 ntohs(address.sin_port));
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server)
{
	shutdown(server->fd, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->fd);
}

static int get(struct rg_net *net, const struct server *server, struct rg_err *err)
{
	const struct rg_net_request request = {
		.method = "GET", .url = server->url, .max_reply_bytes = 1000};
	struct rg_net_reply reply = {0};
	int rc;

	*err = (struct rg_err){0};
	rc = rg_net_send(net, &request, &reply, err);
	rg_net_reply_done(&reply);
	assert_null(strstr(err->text, "secret"));
	return rc;
}

static struct rg_net *open_net(uint64_t all_ms)
{
	const struct rg_net_options options = {.all_ns = all_ms * RG_NS_PER_MS};
	struct rg_net *net = NULL;

	assert_int_equal(rg_net_open(&options, &net, NULL), 0);
	return net;
}

/* A byte now and then is no stall; pages without end are served well, each of them. */
static void test_all_requests_together(void **state)
{
	struct rg_net *net = open_net(300);
	struct server server;
	struct rg_err err;
	int rc;

	(void)state;
	start(&server, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", "x");
	assert_int_equal(get(net, &server, &err), RG_EIO);
	assert_non_null(strstr(err.text, "/x': not answered in whole within 300ms"));
	rc = get(net, &server, &err);
	/* A moment may be left of it. */
	if (rc == RG_EIO)
		rc = get(net, &server, &err);
	assert_int_equal(rc, RG_ELIMIT);
	assert_string_equal(err.text, "net: all requests together took longer than 300ms");
	rg_net_close(net);
	stop(&server);
}

static void test_requests_that_are_served_well_count(void **state)
{
	struct rg_net *net = open_net(200);
	struct server server;
	struct rg_err err;
	int rc = 0;

	(void)state;
	start(&server, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n", "x");
	for (int i = 0; i < 50 && rc == 0; i++)
		rc = get(net, &server, &err);
	/* The last one is cut short, or not begun. */
	if (rc != RG_EIO && rc != RG_ELIMIT)
		fail_msg("%d: %s", rc, err.text);
	rg_net_close(net);
	stop(&server);
}

static void test_too_large(void **state)
{
	static const struct {
		const char *head, *drop, *words;
	} rows[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",
		 "0123456789012345678901234567890123456789012345678901234567890123456789"
		 "0123456789012345678901234567890123456789012345678901234567890123456789"
		 "0123456789012345678901234567890123456789012345678901234567890123456789",
		 "/x': the reply is larger than 1000 bytes"},
		{"HTTP/1.1 200 OK\r\n",
		 "X: 45678901234567890123456789012345678901234567890123456789\r\n",
		 "/x': the reply's headers are larger than 65536 bytes"},
	};
	char headers[70000] = "HTTP/1.1 200 OK\r\n";
	size_t len = strlen(headers);

	(void)state;
	while (len + 100 < sizeof(headers))
		len += (size_t)snprintf(headers + len, sizeof(headers) - len, "%s", rows[1].drop);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rg_net *net = open_net(20000);
		struct server server;
		struct rg_err err;

		start(&server, i ? headers : rows[i].head, rows[i].drop);
		assert_int_equal(get(net, &server, &err), RG_ELIMIT);
		if (!strstr(err.text, rows[i].words))
			fail_msg("%s", err.text);
		rg_net_close(net);
		stop(&server);
	}
}

/* Where it leads to is told by its host alone: the rest may quote what was sent. */
static void test_redirects(void **state)
{
	static const struct {
		const char *head, *words;
	} rows[] = {
		{"HTTP/1.1 302 x\r\nLocation: https://other.example/secret?secret\r\n"
		 "Content-Length: 0\r\n\r\n",
		 "redirected to another host, https://other.example:443: not followed"},
		{"HTTP/1.1 302 x\r\nLocation: /x?secret\r\nContent-Length: 0\r\n\r\n",
		 "/x': more than 3 redirects"},
		{"HTTP/1.1 302 x\r\nContent-Length: 0\r\n\r\n", "no address to go on to"},
		{"HTTP/1.1 302 x\r\nLocation: //u:secret@[\r\nContent-Length: 0\r\n\r\n",
		 "no address to go on to"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rg_net *net = open_net(20000);
		struct server server;
		struct rg_err err;

		start(&server, rows[i].head, "");
		assert_int_equal(get(net, &server, &err), RG_EFORMAT);
		if (!strstr(err.text, rows[i].words))
			fail_msg("%s", err.text);
		rg_net_close(net);
		stop(&server);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_requests_together),
		cmocka_unit_test(test_requests_that_are_served_well_count),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_redirects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
