/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel MODE: most of the time is the kernel's, on behalf of a known function. */
#include "chain.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static char bytes[1 << 20];
static int zero_fd = -1;

static STEP void read_zeroes(void)
{
	if (read(zero_fd, bytes, sizeof(bytes)) != sizeof(bytes))
		exit(1);
}

static STEP void run_read(void)
{
	if (zero_fd < 0)
		zero_fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	read_zeroes();
	sink++;
}

static STEP void run_getppid(void)
{
	sink += (uint64_t)syscall(SYS_getppid);
}

/* No call enters the kernel here: any instruction may. */
static STEP void touch_pages(char *memory)
{
	for (size_t i = 0; i < 1 << 24; i += 4096)
		((volatile char *)memory)[i] = 1;
}

static STEP void run_faults(void)
{
	void *memory =
		mmap(NULL, 1 << 24, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		exit(1);
	touch_pages((char *)memory);
	munmap(memory, 1 << 24);
}

static const struct mode modes[] = {
	{"read", run_read},
	{"getppid", run_getppid},
	{"faults", run_faults},
};

RUN_MODES(modes)
