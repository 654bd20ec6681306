/* SPDX-License-Identifier: GPL-2.0-or-later */
/* zeroes MS: uses MS of CPU time, nearly all of it in the kernel. */
#include "burn.h"

#include <fcntl.h>
#include <unistd.h>

/* The C library keeps no frame pointer, so that its caller is missing on the stack, but not main. */
__attribute__((noinline)) static int read_zeroes(int fd)
{
	static char bytes[1 << 20];

	return read(fd, bytes, sizeof(bytes)) == sizeof(bytes) ? 0 : -1;
}

int main(int argc, char **argv)
{
	uint64_t ns = number_argument(argc, argv, 1) * NS_PER_MS;
	int fd = open("/dev/zero", O_RDONLY);

	while (cpu_ns() < ns)
		if (read_zeroes(fd))
			return 1;
	return 0;
}
