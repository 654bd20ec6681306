/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frontend PORT: asks a back end in ask_backend(), burns 2 ms of CPU time in serve(), and again. */
#include "burn.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

BURNER(serve, 2862933555777941757)

__attribute__((noinline)) static void ask_backend(int backend)
{
	char byte = 'x';

	if (send(backend, &byte, 1, 0) != 1 || recv(backend, &byte, 1, 0) != 1)
		exit(1);
	__asm__ volatile("");
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int backend = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_port = htons((uint16_t)number_argument(argc, argv, 1));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(backend, (struct sockaddr *)&address, sizeof(address)))
		return 1;
	for (;;) {
		ask_backend(backend);
		burn(serve, 2 * NS_PER_MS);
	}
}
