/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "waits.h"
#include "stacks.h"

#include "rg/profile.h"

#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { ONE_WAIT = 1000 };

/* --- Classes -------------------------------------------------------------------------------- */

struct call {
	int number;
	const char *class; /* NULL: by the file behind its first argument */
};

/* What the system calls that can block wait for. Those missing on an architecture have their modern form in the list. */
static const struct call calls[] = {
	{SYS_futex, RG_WAIT_LOCK},
	{SYS_flock, RG_WAIT_LOCK},
	{SYS_fcntl, RG_WAIT_LOCK}, /* F_SETLKW */
	{SYS_semop, RG_WAIT_LOCK},
	{SYS_semtimedop, RG_WAIT_LOCK},
#ifdef SYS_futex_waitv
	{SYS_futex_waitv, RG_WAIT_LOCK},
#endif
#ifdef SYS_futex_wait
	{SYS_futex_wait, RG_WAIT_LOCK},
#endif
#ifdef SYS_poll
	{SYS_poll, RG_WAIT_POLL},
	{SYS_select, RG_WAIT_POLL},
	{SYS_epoll_wait, RG_WAIT_POLL},
#endif
	{SYS_ppoll, RG_WAIT_POLL},
	{SYS_pselect6, RG_WAIT_POLL},
	{SYS_epoll_pwait, RG_WAIT_POLL},
#ifdef SYS_epoll_pwait2
	{SYS_epoll_pwait2, RG_WAIT_POLL},
#endif
	{SYS_io_getevents, RG_WAIT_POLL},
	{SYS_io_uring_enter, RG_WAIT_POLL},
	{SYS_nanosleep, RG_WAIT_SLEEP},
	{SYS_clock_nanosleep, RG_WAIT_SLEEP},
	{SYS_accept, RG_WAIT_NETWORK},
	{SYS_accept4, RG_WAIT_NETWORK},
	{SYS_connect, RG_WAIT_NETWORK},
	{SYS_recvfrom, RG_WAIT_NETWORK},
	{SYS_recvmsg, RG_WAIT_NETWORK},
	{SYS_recvmmsg, RG_WAIT_NETWORK},
	{SYS_sendto, RG_WAIT_NETWORK},
	{SYS_sendmsg, RG_WAIT_NETWORK},
	{SYS_sendmmsg, RG_WAIT_NETWORK},
	{SYS_wait4, RG_WAIT_CHILD},
	{SYS_waitid, RG_WAIT_CHILD},
	{SYS_clone, RG_WAIT_CHILD}, /* with CLONE_VFORK */
	{SYS_clone3, RG_WAIT_CHILD},
#ifdef SYS_vfork
	{SYS_vfork, RG_WAIT_CHILD},
#endif
	{SYS_fsync, RG_WAIT_DISK},
	{SYS_fdatasync, RG_WAIT_DISK},
	{SYS_sync, RG_WAIT_DISK},
	{SYS_syncfs, RG_WAIT_DISK},
	{SYS_sync_file_range, RG_WAIT_DISK},
	{SYS_msync, RG_WAIT_DISK},
	{SYS_fallocate, RG_WAIT_DISK},
	{SYS_ftruncate, RG_WAIT_DISK},
	{SYS_getdents64, RG_WAIT_DISK},
	{SYS_read, NULL},
	{SYS_write, NULL},
	{SYS_readv, NULL},
	{SYS_writev, NULL},
	{SYS_pread64, NULL},
	{SYS_pwrite64, NULL},
	{SYS_preadv, NULL},
	{SYS_pwritev, NULL},
	{SYS_sendfile, NULL},
	{SYS_splice, NULL},
};

static const char *file_class(uint32_t wait)
{
	switch ((wait >> RGW_WAIT_FILE_SHIFT & 15) << 12) {
	case S_IFSOCK:
		return RG_WAIT_NETWORK;
	case S_IFIFO:
		return RG_WAIT_PIPE;
	case S_IFREG:
	case S_IFBLK:
	case S_IFDIR:
		return RG_WAIT_DISK;
	default:
		return NULL;
	}
}

const char *rg_wait_class(uint32_t wait)
{
	const char *class = wait & RGW_WAIT_DISK_STATE ? RG_WAIT_DISK : RG_WAIT_OTHER;
	int number = (int)(wait >> RGW_WAIT_CALL_SHIFT & 0xfff);

	/* Outside system calls a thread blocks for memory only. */
	if (!(wait & RGW_WAIT_CALL))
		return RG_WAIT_FAULT;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (calls[i].number != number)
			continue;
		if (calls[i].class)
			return calls[i].class;
		return file_class(wait) ? file_class(wait) : class;
	}
	return class;
}

void rg_wait_poll_calls(int32_t *numbers, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]) && count < size; i++)
		if (calls[i].class && strcmp(calls[i].class, RG_WAIT_POLL) == 0)
			numbers[count++] = calls[i].number;
	while (count < size)
		numbers[count++] = -1;
}

/* --- Slices --------------------------------------------------------------------------------- */

int rg_waits_enter(struct rg_stacks *stacks, const struct rg_wait_window *w,
		   const struct rgw_long_wait *wait, struct rg_err *err)
{
	uint64_t from = wait->start_ns > w->start_ns ? wait->start_ns : w->start_ns;
	uint64_t to = wait->end_ns < w->end_ns ? wait->end_ns : w->end_ns;
	struct rgw_sample_key key = wait->key;
	struct rgw_sample sample = wait->sample;

	while (from < to) {
		uint64_t slice = (from - w->start_ns) / w->slice_ns;
		uint64_t end = w->start_ns + (slice + 1) * w->slice_ns;
		int rc;

		if (end > to)
			end = to;
		key.slice = (uint32_t)slice;
		sample.ns = end - from;
		/* One wait, counted where it ends. */
		sample.count = end == to ? ONE_WAIT : 0;
		rc = rg_stacks_add(stacks, &key, &sample, err);
		if (rc)
			return rc;
		from = end;
	}
	return 0;
}
