#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "conn.h"
#include "server.h"

#define ACCEPT_TIMEOUT NSEC_PER_SEC

/* A worker owns one connection at a time; the others wait in the backlog. */
struct worker {
	pthread_t thread;
	int listener;
	struct conn conn;
};

struct server {
	int listener;
	int stop; /* an eventfd, readable from server_stop() on */
	struct audit *audit;
	int nworkers;
	struct worker *workers;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	struct pollfd stop = {.fd = w->conn.stop, .events = POLLIN};

	while (poll(&stop, 1, 0) == 0) {
		int fd;

		if (!conn_wait(w->listener, stop.fd, clock_now() + ACCEPT_TIMEOUT))
			continue;
		fd = accept4(w->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			conn_serve(&w->conn, fd);
	}
	return NULL;
}

/* Not blocking: several workers see the same connection and one gets it. */
static int listen_on(int port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd < 0)
		return -1;
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 128)) {
		int err = errno;

		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

static void release(struct server *s)
{
	int err = errno;

	if (s->listener >= 0)
		close(s->listener);
	if (s->stop >= 0)
		close(s->stop);
	free(s->workers);
	free(s);
	errno = err;
}

static int start_workers(struct server *s, int threads)
{
	for (; s->nworkers < threads; s->nworkers++) {
		struct worker *w = &s->workers[s->nworkers];

		w->listener = s->listener;
		w->conn.stop = s->stop;
		w->conn.audit = s->audit;
		errno = pthread_create(&w->thread, NULL, work, w);
		if (errno)
			return -1;
	}
	return 0;
}

struct server *server_start(int port, int threads, struct audit *audit)
{
	struct server *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->audit = audit;
	s->stop = eventfd(0, EFD_CLOEXEC);
	s->listener = listen_on(port);
	s->workers = calloc((size_t)threads, sizeof(*s->workers));
	if (s->stop < 0 || s->listener < 0 || !s->workers) {
		release(s);
		return NULL;
	}
	if (start_workers(s, threads)) {
		server_stop(s);
		return NULL;
	}
	return s;
}

void server_stop(struct server *s)
{
	int err = errno;

	eventfd_write(s->stop, 1);
	for (int i = 0; i < s->nworkers; i++)
		pthread_join(s->workers[i].thread, NULL);
	errno = err;
	release(s);
}
