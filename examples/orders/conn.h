#ifndef CONN_H
#define CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "route.h"

#define CONN_OUTPUT_MAX 65536

/* What serving one connection after the other takes; nothing is allocated later. */
struct conn {
	int fd;
	int stop; /* readable once the server is to end */
	struct audit *audit;
	size_t have;
	char input[HTTP_HEAD_MAX + HTTP_BODY_MAX];
	char output[CONN_OUTPUT_MAX];
	struct route_scratch scratch;
};

/* False when the deadline passes or the server is to end before fd is readable. */
bool conn_wait(int fd, int stop, int64_t deadline);

/* Answers the requests on fd until either side ends it; closes it. */
void conn_serve(struct conn *c, int fd);

#endif
