#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "audit.h"
#include "catalog.h"
#include "options.h"
#include "price.h"
#include "server.h"

#define THREADS_DEFAULT 32
#define THREADS_MAX     256
#define EXIT_USAGE      2

struct options {
	int port;
	int threads;
	const char *audit;
};

static const char usage[] = "usage: orders --port N [--threads N] [--audit FILE]\n";

static bool parse_options(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{"port", required_argument, NULL, 'p'},
		{"threads", required_argument, NULL, 't'},
		{"audit", required_argument, NULL, 'a'},
		{NULL, 0, NULL, 0},
	};
	bool ok = true;
	int c;

	while (ok && (c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 'p')
			ok = option_int(optarg, 1, 65535, &o->port);
		else if (c == 't')
			ok = option_int(optarg, 1, THREADS_MAX, &o->threads);
		else if (c == 'a')
			o->audit = optarg;
		else
			ok = false;
	}
	return ok && o->port && optind == argc;
}

static int run(const struct options *o, struct audit *audit, const sigset_t *ends)
{
	struct server *server = server_start(o->port, o->threads, audit);
	int signal;

	if (!server) {
		perror("orders: cannot serve");
		return EXIT_FAILURE;
	}
	sigwait(ends, &signal);
	server_stop(server);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options o = {.threads = THREADS_DEFAULT, .audit = "/dev/null"};
	struct audit *audit;
	sigset_t ends;
	int status;

	if (!parse_options(&o, argc, argv)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	/* Blocked before there are threads, so that only sigwait() sees them. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	catalog_init();
	price_init();
	audit = audit_open(o.audit);
	if (!audit) {
		perror(o.audit);
		return EXIT_FAILURE;
	}
	status = run(&o, audit, &ends);
	if (audit_close(audit)) {
		perror(o.audit);
		status = EXIT_FAILURE;
	}
	return status;
}
