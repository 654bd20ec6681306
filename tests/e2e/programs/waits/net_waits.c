/* SPDX-License-Identifier: GPL-2.0-or-later */
/* net_waits MODE FILE: blocking calls on TCP over loopback. */
#include "wait.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>

enum { FILLERS = 8 }; /* more than a backlog of 0 lets in */

static struct sockaddr_in address;
static int listener, conversation;

static int connect_now(int flags)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	must(fd >= 0, "socket");
	must(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 || errno == EINPROGRESS,
	     "connect");
	return fd;
}

static void listen_here(int backlog)
{
	socklen_t size = sizeof(address);

	address = (struct sockaddr_in){.sin_family = AF_INET};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		     getsockname(listener, (struct sockaddr *)&address, &size) == 0 &&
		     listen(listener, backlog) == 0,
	     "listen");
}

static void prepare_recv(void)
{
	pid_t pid;

	listen_here(1);
	pid = fork();
	must(pid >= 0, "fork");
	if (pid) {
		conversation = accept(listener, NULL, NULL);
		must(conversation >= 0, "accept");
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	conversation = connect_now(0);
	for (;;) {
		sleep_ns(WAIT_MS * NS_PER_MS);
		must(send(conversation, "x", 1, MSG_NOSIGNAL) == 1, "send");
	}
}

WAITER static void block_in_recv(struct truth *truth)
{
	struct truth_wait *wait = BEGIN_WAIT(truth);
	char byte;

	must(recv(conversation, &byte, 1, 0) == 1, "recv");
	end_wait(wait);
}

static void prepare_connect(void)
{
	listen_here(0);
	for (int i = 0; i < FILLERS; i++)
		connect_now(SOCK_NONBLOCK);
	sleep_ns(WAIT_MS * NS_PER_MS);
}

/* Nobody accepts, so that it waits as long as its time limit for sending says (socket(7)). */
WAITER static void block_in_connect(struct truth *truth)
{
	const struct timeval limit = {.tv_usec = WAIT_MS * 1000};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct truth_wait *wait;

	must(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0,
	     "socket");
	wait = BEGIN_WAIT(truth);
	must(connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 && errno == EINPROGRESS,
	     "connect");
	end_wait(wait);
	close(fd);
}

static const struct mode modes[] = {
	{"recv", block_in_recv, prepare_recv},
	{"connect", block_in_connect, prepare_connect},
};

int main(int argc, char **argv)
{
	run_rounds(mode_of(argc, argv, modes, sizeof(modes) / sizeof(*modes)), open_truth(argv[2]));
}
