#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "load_client.h"
#include "options.h"

#define CONNECTIONS_DEFAULT 16
#define CONNECTIONS_MAX     256
#define CONNECT_TIME        (10 * NSEC_PER_SEC)
#define CONNECT_RETRY       (20 * NSEC_PER_MSEC)
#define EXIT_USAGE          2

struct options {
	int port;
	int rate;
	int connections;
	int duration; /* in seconds; 0 for no end */
};

static const char usage[] =
	"usage: orders-load --port N --rate R [--connections N] [--duration S]\n";

static bool parse_options(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{"port", required_argument, NULL, 'p'},
		{"rate", required_argument, NULL, 'r'},
		{"connections", required_argument, NULL, 'c'},
		{"duration", required_argument, NULL, 'd'},
		{NULL, 0, NULL, 0},
	};
	bool ok = true;
	int c;

	while (ok && (c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 'p')
			ok = option_int(optarg, 1, 65535, &o->port);
		else if (c == 'r')
			ok = option_int(optarg, 1, 1000000, &o->rate);
		else if (c == 'c')
			ok = option_int(optarg, 1, CONNECTIONS_MAX, &o->connections);
		else
			ok = c == 'd' && option_int(optarg, 1, 1000000, &o->duration);
	}
	return ok && o->port && o->rate && optind == argc;
}

/* False when a signal or the time limit comes before the service accepts. */
static bool wait_for_service(int port, const sigset_t *ends)
{
	const struct timespec retry = {.tv_nsec = CONNECT_RETRY};
	int64_t deadline = clock_now() + CONNECT_TIME;

	while (clock_now() < deadline) {
		int fd = client_connect(port);

		if (fd >= 0) {
			close(fd);
			return true;
		}
		if (sigtimedwait(ends, NULL, &retry) > 0)
			return false;
	}
	return false;
}

static void wait_for_end(int duration, const sigset_t *ends)
{
	const struct timespec limit = {.tv_sec = duration};

	if (duration)
		sigtimedwait(ends, NULL, &limit);
	else
		sigwaitinfo(ends, NULL);
}

/* Requests take turns over the connections, so each has its share of the schedule. */
static int start_clients(struct client *clients, pthread_t *threads, const struct options *o,
			 const struct load_request *requests, const atomic_bool *stop)
{
	int64_t start = clock_now();
	int i;

	for (i = 0; i < o->connections; i++) {
		clients[i].port = o->port;
		clients[i].start = start + i * NSEC_PER_SEC / o->rate;
		clients[i].interval = o->connections * NSEC_PER_SEC / o->rate;
		clients[i].requests = requests;
		clients[i].stop = stop;
		if (pthread_create(&threads[i], NULL, client_run, &clients[i]))
			break;
	}
	return i;
}

static bool report(const struct client *clients, int n)
{
	static struct hist all;
	unsigned long errors = 0;

	for (int i = 0; i < n; i++) {
		hist_merge(&all, &clients[i].latency);
		errors += clients[i].errors;
	}
	printf("requests %lu errors %lu p50 %.3f ms p99 %.3f ms\n", (unsigned long)all.total,
	       errors, (double)hist_percentile(&all, 50) / NSEC_PER_MSEC,
	       (double)hist_percentile(&all, 99) / NSEC_PER_MSEC);
	return all.total && !errors;
}

static bool run(const struct options *o, const struct load_request *requests, const sigset_t *ends)
{
	struct client *clients = calloc((size_t)o->connections, sizeof(*clients));
	pthread_t threads[CONNECTIONS_MAX];
	atomic_bool stop = false;
	bool good = false;
	int n = 0;

	if (clients)
		n = start_clients(clients, threads, o, requests, &stop);
	if (n == o->connections)
		wait_for_end(o->duration, ends);
	else
		perror("orders-load");
	atomic_store(&stop, true);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	if (n == o->connections)
		good = report(clients, n);
	free(clients);
	return good;
}

int main(int argc, char **argv)
{
	struct options o = {.connections = CONNECTIONS_DEFAULT};
	struct load_request requests[LOAD_ORDERS] = {{.len = 0}};
	sigset_t ends;
	bool good = false;

	if (!parse_options(&o, argc, argv)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	if (!load_orders_init(requests))
		fputs("orders-load: cannot make the orders\n", stderr);
	else if (!wait_for_service(o.port, &ends))
		fprintf(stderr, "orders-load: nothing accepts on port %d\n", o.port);
	else
		good = run(&o, requests, &ends);
	load_orders_free(requests);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
