#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "clock.h"
#include "conn.h"

#define IDLE_TIMEOUT    (30 * NSEC_PER_SEC)
#define REQUEST_TIMEOUT (3 * NSEC_PER_SEC)
#define LINGER_TIMEOUT  NSEC_PER_SEC
#define CLOSED          (-1)

bool conn_wait(int fd, int stop, int64_t deadline)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = stop, .events = POLLIN}};
	int64_t left = deadline - clock_now();

	if (left <= 0 || poll(fds, 2, (int)(left / NSEC_PER_MSEC) + 1) <= 0)
		return false;
	return fds[0].revents && !fds[1].revents;
}

static int read_request(struct conn *c, struct http_request *req)
{
	int64_t deadline = clock_now() + (c->have ? REQUEST_TIMEOUT : IDLE_TIMEOUT);

	for (;;) {
		int status = http_parse(req, c->input, c->have);
		ssize_t n;

		if (status != HTTP_INCOMPLETE)
			return status;
		if (!conn_wait(c->fd, c->stop, deadline))
			return c->have ? 408 : CLOSED;
		n = recv(c->fd, c->input + c->have, sizeof(c->input) - c->have, 0);
		if (n <= 0)
			return n == 0 && c->have ? 400 : CLOSED;
		if (!c->have)
			deadline = clock_now() + REQUEST_TIMEOUT;
		c->have += (size_t)n;
	}
}

static void put_head(struct text *t, const struct answer *answer, bool keep_alive)
{
	text_str(t, "HTTP/1.1 ");
	text_int(t, answer->status);
	text_str(t, " ");
	text_str(t, http_reason(answer->status));
	text_str(t, "\r\nContent-Type: application/json\r\nContent-Length: ");
	text_int(t, (int64_t)answer->body.len);
	if (answer->allow) {
		text_str(t, "\r\nAllow: ");
		text_str(t, answer->allow);
	}
	text_str(t, keep_alive ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
}

static bool send_answer(const struct conn *c, const struct answer *answer, bool keep_alive)
{
	char mem[256];
	struct text head;
	struct iovec iov[2];
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};
	size_t total;
	ssize_t n;

	text_init(&head, mem, sizeof(mem));
	put_head(&head, answer, keep_alive);
	iov[0] = (struct iovec){head.data, head.len};
	iov[1] = (struct iovec){answer->body.data, answer->head_only ? 0 : answer->body.len};
	total = iov[0].iov_len + iov[1].iov_len;
	/* A blocking send is short only if its time-out passed: the peer does not read. */
	n = sendmsg(c->fd, &msg, MSG_NOSIGNAL);
	return n >= 0 && (size_t)n == total;
}

/* Closing with unread input would reset the connection under the answer. */
static void linger(struct conn *c)
{
	int64_t deadline = clock_now() + LINGER_TIMEOUT;

	shutdown(c->fd, SHUT_WR);
	while (conn_wait(c->fd, c->stop, deadline)) {
		if (recv(c->fd, c->input, sizeof(c->input), 0) <= 0)
			break;
	}
}

static bool serve_one(struct conn *c)
{
	struct http_request req = {.keep_alive = false};
	struct answer answer = {.allow = NULL};
	int status = read_request(c, &req);

	if (status == CLOSED)
		return false;
	text_init(&answer.body, c->output, sizeof(c->output));
	if (status == HTTP_OK)
		route(&c->scratch, c->audit, &req, &answer);
	else
		route_refuse(&answer, status);
	req.keep_alive = req.keep_alive && status == HTTP_OK;
	if (!send_answer(c, &answer, req.keep_alive))
		return false;
	if (!req.keep_alive) {
		linger(c);
		return false;
	}
	c->have -= req.size;
	memmove(c->input, c->input + req.size, c->have);
	return true;
}

void conn_serve(struct conn *c, int fd)
{
	struct timeval send_timeout = {.tv_sec = REQUEST_TIMEOUT / NSEC_PER_SEC};
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send_timeout, sizeof(send_timeout));
	c->fd = fd;
	c->have = 0;
	while (serve_one(c))
		;
	close(fd);
}
