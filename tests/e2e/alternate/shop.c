/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program of a scratch repository, in versions: HASH_TIMES is what hash_order() costs, in units of the others'.
 *
 *	shop run         prices some orders, and ends
 *	shop serve PORT  an order for each connection, until it is killed
 *	shop load PORT   connects again and again, until it is killed
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef HASH_TIMES
#define HASH_TIMES 1
#endif

enum { ORDERS = 60, STEPS = 100000, PAUSE_MS = 4 };

#define STAGE(name, multiplier)                                               \
	__attribute__((noinline)) static uint64_t name(uint64_t x, int times) \
	{                                                                     \
		for (int i = 0; i < times * STEPS; i++) {                     \
			x = x * UINT64_C(multiplier) + 1;                     \
			__asm__ volatile("" : "+r"(x));                       \
		}                                                             \
		return x;                                                     \
	}

STAGE(parse_order, 6364136223846793005)
STAGE(check_order, 3935559000370003845)
STAGE(hash_order, 2862933555777941757)
STAGE(print_order, 3202034522624059733)

static uint64_t price(uint64_t x)
{
	x = parse_order(x, 1);
	x = check_order(x, 1);
	x = hash_order(x, HASH_TIMES);
	return print_order(x, 1);
}

static int run(void)
{
	uint64_t x = 1;

	for (int i = 0; i < ORDERS; i++)
		x = price(x);
	return x == 42;
}

static int serve(const struct sockaddr_in *address)
{
	const int yes = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	volatile uint64_t x = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) || listen(fd, 16)) {
		perror("shop: bind");
		return 1;
	}
	printf("listening\n");
	fflush(stdout);
	for (;;) {
		int client = accept(fd, NULL, NULL);

		x = price(x);
		if (client >= 0)
			close(client);
	}
}

static int load(const struct sockaddr_in *address)
{
	const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
	char byte;

	for (;;) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 &&
		    read(fd, &byte, 1) < 0)
			perror("shop: read");
		close(fd);
		nanosleep(&pause, NULL);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (argc > 2)
		address.sin_port = htons((uint16_t)atoi(argv[2]));
	if (argc > 1 && !strcmp(argv[1], "run"))
		return run();
	if (argc > 2 && !strcmp(argv[1], "serve"))
		return serve(&address);
	if (argc > 2 && !strcmp(argv[1], "load"))
		return load(&address);
	fprintf(stderr, "shop: run, serve PORT or load PORT?\n");
	return 2;
}
