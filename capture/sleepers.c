/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sleepers.h"
#include "live.h"
#include "registers.h"

#include <string.h>
#include <sys/uio.h>

static int read_memory(void *ctx, void *to, size_t size, uint64_t address)
{
	const struct rgw_sleeper *sleeper = ctx;
	struct iovec local = {.iov_base = to, .iov_len = size};
	struct iovec remote = {.iov_len = size};

	memcpy(&remote.iov_base, &address, sizeof(remote.iov_base));
	return process_vm_readv((pid_t)sleeper->pid, &local, 1, &remote, 1, 0) == (ssize_t)size
		       ? 0
		       : -1;
}

void rg_sleeper_walk(const struct rg_live *live, const struct rgw_sleeper *s,
		     struct rgw_long_wait *wait)
{
	struct rg_walk_registers registers =
		rg_walk_registers_from(s->registers, s->top, s->wait & RGW_WAIT_CALL);
	struct rgw_sleeper copy = *s;

	*wait = (struct rgw_long_wait){.start_ns = s->start_ns, .end_ns = s->end_ns};
	wait->key.image = s->image;
	wait->key.wait = s->wait;
	memcpy(wait->key.comm, s->comm, sizeof(wait->key.comm));
	wait->sample.kernel_depth =
		(uint16_t)(s->kernel_depth < RGW_KERNEL_DEPTH ? s->kernel_depth : RGW_KERNEL_DEPTH);
	memcpy(wait->sample.kernel, s->kernel, sizeof(wait->sample.kernel));
	if (s->top)
		rg_live_walk(live, s->pid, &registers, read_memory, &copy, &wait->sample.user);
	else
		wait->sample.user.end = RGW_END_NO_STACK;
}
