/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exporter MODE PORT-FILE: serves metrics over HTTP on a port of its own choice, which it writes to the file, until it is
 * killed. "jobs_total" grows by a thousand a second, half of it labelled kind="a". Modes: steady; large (ten
 * megabytes of others before it); nan; reset (begins anew every half second); slow (answers after a minute);
 * drip (a byte a second); redirect; error; page (no metrics).
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LARGE_LINES = 250000, RESET_MS = 500, FOREVER_S = 60 };

static const char plain[] = "HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n\r\n";

static long elapsed_ms(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

static void add_jobs(FILE *out, const char *mode, long ms)
{
	if (!strcmp(mode, "reset"))
		ms %= RESET_MS;
	fputs("# HELP jobs_total Jobs done.\n# TYPE jobs_total counter\n", out);
	if (!strcmp(mode, "nan"))
		fputs("jobs_total{kind=\"a\"} NaN\n", out);
	else
		fprintf(out, "jobs_total{kind=\"a\"} %ld\njobs_total{kind=\"b\"} %ld\n", ms / 2,
			ms - ms / 2);
	fputs("# TYPE queue_length gauge\nqueue_length 3\n", out);
}

static void answer(FILE *out, const char *mode, const struct timespec *start)
{
	if (!strcmp(mode, "slow")) {
		sleep(FOREVER_S);
	} else if (!strcmp(mode, "redirect")) {
		fputs("HTTP/1.0 302 Found\r\nLocation: http://example.org/metrics\r\n\r\n", out);
	} else if (!strcmp(mode, "error")) {
		fputs("HTTP/1.0 503 Service Unavailable\r\n\r\njobs_total 7\n", out);
	} else if (!strcmp(mode, "page")) {
		fprintf(out, "%s<html><body>Please log in</body></html>\n", plain);
	} else if (!strcmp(mode, "drip")) {
		fputs(plain, out);
		for (int i = 0; i < FOREVER_S; i++) {
			fputc('#', out);
			fflush(out);
			sleep(1);
		}
	} else {
		fputs(plain, out);
		for (int i = 0; !strcmp(mode, "large") && i < LARGE_LINES; i++)
			fprintf(out, "other_metric_number_%06d_total{a=\"b\"} 1\n", i);
		add_jobs(out, mode, elapsed_ms(start));
	}
}

static int listen_somewhere(const char *port_file)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	FILE *file;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 8) ||
	    getsockname(fd, (struct sockaddr *)&address, &len))
		return -1;
	file = fopen(port_file, "w");
	if (!file)
		return -1;
	fprintf(file, "%d\n", ntohs(address.sin_port));
	fclose(file);
	return fd;
}

int main(int argc, char **argv)
{
	struct timespec start;
	int fd;

	if (argc != 3 || (fd = listen_somewhere(argv[2])) < 0)
		return 1;
	signal(SIGPIPE, SIG_IGN);
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		int client = accept(fd, NULL, NULL);
		char request[4096];
		FILE *out;

		if (client < 0 || read(client, request, sizeof(request)) < 0 ||
		    !(out = fdopen(client, "w")))
			continue;
		answer(out, argv[1], &start);
		fclose(out);
	}
}
