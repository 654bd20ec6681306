#ifndef SERVER_H
#define SERVER_H

#include "audit.h"

struct server;

/* Listens on loopback and starts the threads; NULL, with errno set, on failure. */
struct server *server_start(int port, int threads, struct audit *audit);

/* Ends the threads after the requests they are at. */
void server_stop(struct server *server);

#endif
