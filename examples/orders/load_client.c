#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "load_client.h"

#define TICK       (100 * NSEC_PER_MSEC)
#define DRAIN_TIME (2 * NSEC_PER_SEC)

int client_connect(int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static uint64_t outstanding(const struct client *c)
{
	return c->sent - c->settled;
}

/* Everything under way is lost with its connection. */
static void disconnect(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->errors += outstanding(c);
	c->settled = c->sent;
	c->unsent = 0;
	c->have = 0;
}

static int64_t next_due(const struct client *c)
{
	return c->start + (int64_t)c->sent * c->interval;
}

static void push_request(struct client *c)
{
	const struct load_request *req = &c->requests[(c->sent - 1) % LOAD_ORDERS];
	ssize_t n = send(c->fd, req->data + req->len - c->unsent, c->unsent,
			 MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n >= 0)
		c->unsent -= (size_t)n;
	else if (errno != EAGAIN)
		disconnect(c);
}

static void begin_request(struct client *c)
{
	if (c->fd < 0)
		c->fd = client_connect(c->port);
	c->due[c->sent % CLIENT_PENDING_MAX] = next_due(c);
	c->unsent = c->requests[c->sent % LOAD_ORDERS].len;
	c->sent++;
	if (c->fd < 0)
		disconnect(c);
	else
		push_request(c);
}

/* Length of the answer at the start of the input; 0 while it is not complete. */
static size_t answer_len(const struct client *c, size_t *head_len)
{
	static const char name[] = "\r\nContent-Length: ";
	const char *blank = memmem(c->input, c->have, "\r\n\r\n", 4);
	const char *p;
	size_t body_len = 0;

	if (!blank)
		return 0;
	*head_len = (size_t)(blank - c->input) + 4;
	p = memmem(c->input, *head_len, name, sizeof(name) - 1);
	for (p = p ? p + sizeof(name) - 1 : blank; *p >= '0' && *p <= '9'; p++)
		body_len = body_len * 10 + (size_t)(*p - '0');
	return *head_len + body_len <= c->have ? *head_len + body_len : 0;
}

/* From when the request was due, so that a stall counts for all it held up. */
static void settle_request(struct client *c, size_t head_len, size_t len)
{
	static const char created[] = "HTTP/1.1 201 ";
	bool good = !memcmp(c->input, created, sizeof(created) - 1) &&
		    load_answer_plausible(c->input + head_len, len - head_len);

	hist_add(&c->latency, clock_now() - c->due[c->settled % CLIENT_PENDING_MAX]);
	c->answered++;
	c->settled++;
	if (!good)
		c->errors++;
	c->have -= len;
	memmove(c->input, c->input + len, c->have);
}

static void receive(struct client *c)
{
	ssize_t n = recv(c->fd, c->input + c->have, sizeof(c->input) - c->have, MSG_DONTWAIT);
	size_t head_len, len;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		disconnect(c);
		return;
	}
	c->have += (size_t)n;
	while (outstanding(c) && (len = answer_len(c, &head_len)))
		settle_request(c, head_len, len);
	/* More than was asked for, or one answer larger than any the service sends. */
	if (c->have == sizeof(c->input) || (!outstanding(c) && c->have))
		disconnect(c);
}

static void wait_until(struct client *c, int64_t when)
{
	struct pollfd pfd = {.fd = c->fd, .events = POLLIN};
	int64_t left = when - clock_now();
	struct timespec ts = {.tv_nsec = left < 0 ? 0 : left < TICK ? left : TICK};

	if (c->unsent)
		pfd.events |= POLLOUT;
	if (ppoll(&pfd, 1, &ts, NULL) <= 0)
		return;
	if (pfd.revents & (POLLIN | POLLHUP | POLLERR))
		receive(c);
	if (c->unsent)
		push_request(c);
}

static bool may_send(const struct client *c)
{
	return !c->unsent && outstanding(c) < CLIENT_PENDING_MAX;
}

static void drain(struct client *c)
{
	int64_t deadline = clock_now() + DRAIN_TIME;

	while (outstanding(c) && clock_now() < deadline)
		wait_until(c, deadline);
	disconnect(c);
}

void *client_run(void *arg)
{
	struct client *c = arg;

	c->fd = client_connect(c->port);
	while (!atomic_load(c->stop)) {
		wait_until(c, may_send(c) ? next_due(c) : INT64_MAX);
		if (may_send(c) && clock_now() >= next_due(c))
			begin_request(c);
	}
	drain(c);
	return NULL;
}
