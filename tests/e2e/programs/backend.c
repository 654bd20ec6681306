/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * backend FILE: answers requests of one byte on a port of its own, "port N" in FILE, after as many milliseconds as the first byte
 * of FILE.delay says ('0' to '9': powers of two), or never ('-').
 */
#include "burn.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static int delay_of(const char *file)
{
	char path[4096], value = '0';
	FILE *in;

	snprintf(path, sizeof(path), "%s.delay", file);
	in = fopen(path, "r");
	if (in) {
		if (fread(&value, 1, 1, in) != 1)
			value = '0';
		fclose(in);
	}
	return value;
}

static void answer(int client, const char *file)
{
	char byte;

	while (read(client, &byte, 1) == 1) {
		int delay = delay_of(file);

		while (delay == '-')
			pause();
		usleep(1000U << (delay - '0'));
		if (write(client, &byte, 1) != 1)
			break;
	}
	close(client);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int server = socket(AF_INET, SOCK_STREAM, 0);
	FILE *truth;

	if (argc < 2)
		return 2;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (server < 0 || bind(server, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(server, 16) || getsockname(server, (struct sockaddr *)&address, &len))
		return 1;
	truth = open_truth(argv[1]);
	fprintf(truth, "port %d\n", ntohs(address.sin_port));
	if (fclose(truth))
		return 1;
	for (;;) {
		int client = accept(server, NULL, NULL);

		if (client >= 0 && fork() == 0) {
			close(server);
			answer(client, argv[1]);
			return 0;
		}
		close(client);
	}
}
