/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks another thread for pages, and reads them. Version 2 keeps to a quota by a sleep before each. */
#include "../serve.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAGE = 4096 };

struct fetcher {
	int socket[2];
	char page[PAGE];
	volatile uint64_t sink;
};

static void must(int good, const char *what)
{
	if (!good) {
		perror(what);
		exit(1);
	}
}

static void render_page(char page[PAGE], uint32_t number)
{
	for (int at = 0; at + 32 < PAGE;)
		at += snprintf(page + at, 32, "<p>page %u, %d</p>", number, at);
}

static void *run_backend(void *context)
{
	const struct fetcher *fetcher = context;
	char page[PAGE] = "";
	uint32_t number;

	while (recv(fetcher->socket[1], &number, sizeof(number), 0) == sizeof(number)) {
		render_page(page, number);
		must(send(fetcher->socket[1], page, PAGE, 0) == PAGE, "send a page");
	}
	return NULL;
}

static void wait_for_quota(struct fetcher *fetcher)
{
#if VERSION == 2
	usleep(2000);
#endif
	fetcher->sink++;
}

static void fetch_page(struct fetcher *fetcher)
{
	uint32_t number = (uint32_t)fetcher->sink;

	must(send(fetcher->socket[0], &number, sizeof(number), 0) == sizeof(number), "ask");
	must(recv(fetcher->socket[0], fetcher->page, PAGE, MSG_WAITALL) == PAGE, "receive a page");
}

static void read_page(struct fetcher *fetcher)
{
	uint64_t tags = 0;

	for (int pass = 0; pass < 1600; pass++) {
		for (int i = 0; i < PAGE; i++) {
			tags += fetcher->page[i] == '<' || fetcher->page[i] == '>';
			__asm__ volatile("" : "+r"(tags));
		}
	}
	fetcher->sink += tags;
}

/* Counted as the unit of work. */
LARGE static void request(void *context)
{
	static void (*const steps[])(struct fetcher *) = {wait_for_quota, fetch_page, read_page};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		steps[i](context);
}

int main(int argc, char **argv)
{
	static struct fetcher fetcher;
	pthread_t id;

	serve_check_arguments(argc, argv, NULL, 0);
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fetcher.socket) == 0, "make sockets");
	must(pthread_create(&id, NULL, run_backend, &fetcher) == 0, "start the backend");
	serve(serve_argument(argc, argv, "rate", 100), request, &fetcher);
}
