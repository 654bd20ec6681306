#ifndef LOAD_CLIENT_H
#define LOAD_CLIENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "load_hist.h"
#include "load_orders.h"

#define CLIENT_PENDING_MAX 1024
#define CLIENT_INPUT_MAX   65536

/* One connection and the part of the schedule that is sent over it. */
struct client {
	int port;
	int64_t start;    /* when its first request is due */
	int64_t interval; /* between its requests */
	const struct load_request *requests;
	const atomic_bool *stop;

	uint64_t sent;
	uint64_t answered;
	uint64_t errors;
	struct hist latency;

	int fd;
	int64_t due[CLIENT_PENDING_MAX]; /* of the requests without an answer, a ring */
	uint64_t settled;                /* requests that are answered or lost */
	size_t unsent;                   /* bytes left of the request sent last */
	size_t have;
	char input[CLIENT_INPUT_MAX];
};

/* A connection to the service; -1 when it does not accept. */
int client_connect(int port);

/* The body of the client's thread; arg is the client. */
void *client_run(void *arg);

#endif
