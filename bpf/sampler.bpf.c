/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On-CPU sampling: a timer on every CPU, the target's processes only, stacks aggregated here by
 * exact identity. Follows fork, exec and exit, so that a child is known before its first sample.
 */

#include "core.h"
#include "wire.h"
#include "unwind.bpf.h"
#include "snapshots.bpf.h"
#include "target.bpf.h"

/* The kernel checks for a GPL-compatible licence before it lends its tracing helpers. */
char LICENSE[] SEC("license") = "GPL";

/* Set before loading. */
const volatile __u64 slice_ns = 1000000000;

/* The window, CLOCK_MONOTONIC ns; nothing is counted outside it. Written by the capture. */
volatile __u64 window_start_ns = ~0ULL;
volatile __u64 window_end_ns = 0;

__u64 counts[RGW_COUNTS];
__u64 totals[RGW_TOTALS];
__u32 next_image = 1;

/* Process id to the image it runs now. Preallocated: it is read from interrupt context. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, RGW_MAX_PROCESSES);
	__type(key, __u32);
	__type(value, rgw_image_id);
} images SEC(".maps");

/* Sized by the capture before loading. Preallocated for the same reason. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct rgw_sample_key);
	__type(value, struct rgw_sample);
} samples SEC(".maps");

/* Where a sample is put together: too large for the BPF stack. */
struct scratch {
	struct rgw_walking walking;
	struct rgw_sample sample;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

static __always_inline void count(__u32 which)
{
	if (which < RGW_COUNTS)
		__sync_fetch_and_add(&counts[which], 1);
}

/* --- Stacks --------------------------------------------------------------------------------- */

/* Multiply-xorshift over the words, a round of each a bijection of the state, so that stacks that differ in
 * one frame differ here. Correctness does not hang on it: see same_stack(). */
static __noinline __u64 stack_hash(const struct rgw_sample *s)
{
	__u64 h = 0x9e3779b97f4a7c15ULL;

	if (!s)
		return 0;
	h ^= s->kernel_depth;
	for (int i = 0; i < RGW_KERNEL_DEPTH && i < s->kernel_depth; i++) {
		h = (h ^ s->kernel[i]) * 0xff51afd7ed558ccdULL;
		h ^= h >> 32;
	}
	h ^= (__u64)s->user.end << 16;
	for (int i = 0; i < RGW_USER_DEPTH && i < s->user.depth; i++) {
		h = (h ^ s->user.at[i]) * 0xc4ceb9fe1a85ec53ULL;
		h ^= h >> 32;
	}
	return h;
}

static __noinline int same_stack(const struct rgw_sample *a, const struct rgw_sample *b)
{
	if (!a || !b)
		return 0;
	if (a->kernel_depth != b->kernel_depth || a->user.depth != b->user.depth ||
	    a->user.end != b->user.end)
		return 0;
	for (int i = 0; i < RGW_KERNEL_DEPTH && i < a->kernel_depth; i++)
		if (a->kernel[i] != b->kernel[i])
			return 0;
	for (int i = 0; i < RGW_USER_DEPTH && i < a->user.depth; i++)
		if (a->user.at[i] != b->user.at[i])
			return 0;
	return 1;
}

static __always_inline void read_stacks(void *ctx, struct scratch *scratch, rgw_image_id image)
{
	struct rgw_sample *s = &scratch->sample;
	long bytes = bpf_get_stack(ctx, s->kernel, sizeof(s->kernel), 0);

	/* In user mode there is no kernel stack: an error is its normal answer. */
	s->kernel_depth = bytes > 0 ? (__u16)((__u64)bytes / 8) : 0;
	rgw_walk_user(&scratch->walking, &s->user, image);
}

/* --- Sampling ------------------------------------------------------------------------------- */

static __always_inline void count_stored(const struct rgw_sample *s)
{
	count(RGW_COUNT_SAMPLES);
	count(RGW_COUNT_ENDS + s->user.end);
	if (s->kernel_depth == RGW_KERNEL_DEPTH)
		count(RGW_COUNT_KERNEL_DEPTH);
}

/* Adds to a stack that is in the table: 1; -1 when it is not; 0 when another has its key. */
static __always_inline int add_known(const struct rgw_sample_key *key, const struct rgw_sample *s)
{
	struct rgw_sample *known = bpf_map_lookup_elem(&samples, key);

	if (!known)
		return -1;
	if (!same_stack(known, s))
		return 0;
	__sync_fetch_and_add(&known->count, s->count);
	__sync_fetch_and_add(&known->ns, s->ns);
	return 1;
}

/* Returns 0 when the sample is in the table, otherwise the count of what kept it out. */
static __always_inline __u32 enter_sample(const struct rgw_sample_key *key,
					  const struct rgw_sample *s)
{
	int known = add_known(key, s);

	if (known < 0 && !bpf_map_update_elem(&samples, key, s, BPF_NOEXIST))
		return 0;
	/* Another CPU may have entered the same stack meanwhile; otherwise the table is full. */
	if (known < 0)
		known = add_known(key, s);
	if (known > 0)
		return 0;
	return known ? RGW_COUNT_TABLE_FULL : RGW_COUNT_COLLISION;
}

SEC("perf_event")
int rg_sample(void *ctx)
{
	__u64 now = bpf_ktime_get_ns(), start = window_start_ns;
	__u32 pid = bpf_get_current_pid_tgid() >> 32, zero = 0, refused;
	struct rgw_sample_key key = {};
	rgw_image_id *image;
	struct scratch *scratch;
	struct rgw_sample *s;

	if (now < start || now >= window_end_ns)
		return 0;
	image = bpf_map_lookup_elem(&images, &pid);
	if (!image)
		return 0;
	scratch = bpf_map_lookup_elem(&scratches, &zero);
	if (!scratch)
		return 0;

	s = &scratch->sample;
	s->count = 1;
	s->ns = 0;
	read_stacks(ctx, scratch, *image);
	key.hash = stack_hash(s);
	key.image = *image;
	key.slice = (__u32)((now - start) / slice_ns);
	bpf_get_current_comm(key.comm, sizeof(key.comm));
	if (s->user.end == RGW_END_NO_MAPPING && !keep_snapshot(&key, s, 0, 0)) {
		count(RGW_COUNT_SAMPLES);
		return 0;
	}
	refused = enter_sample(&key, s);
	if (refused)
		count(refused);
	else
		count_stored(s);
	return 0;
}

#include "threads.bpf.h"
#include "memo.bpf.h"
#include "waits.bpf.h"
#include "edges.bpf.h"
#include "work.bpf.h"

/* --- Processes ------------------------------------------------------------------------------ */

static __always_inline void tell(struct rgw_event *event)
{
	event->time_ns = bpf_ktime_get_ns();
	if (bpf_ringbuf_output(&events, event, sizeof(*event), 0))
		count(RGW_COUNT_EVENTS_LOST);
}

/* Of the event all but the time and the image are set. */
static __always_inline void begin_image(struct rgw_event *event)
{
	rgw_image_id image = __sync_fetch_and_add(&next_image, 1);
	int joins = event->kind == RGW_EVENT_JOIN;
	__u32 pid = event->pid;
	struct rgw_space *space;

	/* A fork's child has its parent's mappings, before its first sample. */
	space = event->kind == RGW_EVENT_FORK ? bpf_map_lookup_elem(&spaces, &event->parent) : NULL;
	if (space)
		bpf_map_update_elem(&spaces, &image, space, BPF_ANY);
	if (bpf_map_update_elem(&images, &pid, &image, joins ? BPF_NOEXIST : BPF_ANY)) {
		if (!joins || !bpf_map_lookup_elem(&images, &pid))
			count(RGW_COUNT_EVENTS_LOST);
		return;
	}
	event->image = image;
	tell(event);
}

#include "members.bpf.h"

/* Runs in the parent, before the child can run. */
static __always_inline int on_fork(struct task_struct *parent, struct task_struct *child)
{
	__u32 parent_pid = RGW_FIELD(parent, tgid), child_pid = RGW_FIELD(child, tgid);
	rgw_image_id *image;

	if (parent_pid == child_pid)
		return 0; /* a thread */
	image = bpf_map_lookup_elem(&images, &parent_pid);
	/* A child may be made in another cgroup than its parent's. */
	if (target_kind == RGW_TARGET_CGROUP && (!image || !in_cgroup(child)))
		update_membership(child, child->comm);
	else if (image)
		begin_image(&(struct rgw_event){.kind = RGW_EVENT_FORK,
						.pid = child_pid,
						.parent = *image,
						.parent_pid = parent_pid});
	return 0;
}

static __always_inline int on_exec(struct task_struct *task)
{
	__u32 pid = RGW_FIELD(task, tgid);
	rgw_image_id *image = bpf_map_lookup_elem(&images, &pid);

	if (!image) {
		update_membership(task, task->comm);
		return 0;
	}
	bpf_map_delete_elem(&spaces, image);
	begin_image(&(struct rgw_event){.kind = RGW_EVENT_EXEC, .pid = pid, .parent = *image});
	image = bpf_map_lookup_elem(&images, &pid);
	if (image && follow_waits)
		change_image(task, *image);
	return 0;
}

/* Of a process whose last thread this is. */
static __always_inline void tell_exit(struct task_struct *task, __u32 pid, rgw_image_id image)
{
	struct rgw_event event = {.kind = RGW_EVENT_EXIT, .pid = pid, .image = image};
	struct signal_struct *signal = RGW_FIELD(task, signal);

	event.status = RGW_FIELD(signal, flags) & SIGNAL_GROUP_EXIT
			       ? (__u32)RGW_FIELD(signal, group_exit_code)
			       : (__u32)BPF_CORE_READ(task, group_leader, exit_code);
	BPF_CORE_READ_INTO(&event.comm, task, group_leader, comm);
	tell(&event);
}

static __always_inline int on_exit(struct task_struct *task)
{
	__u32 pid = RGW_FIELD(task, tgid);
	rgw_image_id *image = bpf_map_lookup_elem(&images, &pid);
	struct signal_struct *signal = RGW_FIELD(task, signal);

	if (follow_waits && image) {
		end_thread(task);
	} else if (follow_waits) {
		settle_thread(task);
		forget_thread(task);
	}
	/* The process ends with its last thread, which need not be the first one. */
	if (!image || RGW_FIELD(signal, live.counter))
		return 0;
	tell_exit(task, pid, *image);
	bpf_map_delete_elem(&spaces, image);
	bpf_map_delete_elem(&images, &pid);
	return 0;
}

/* --- Tracepoints ---------------------------------------------------------------------------- */

/* Each twice, for kernels that do not tell the types of what they hand over. One of them is loaded. */
#define ON_TRACEPOINT(name, tracepoint, ...)   \
	SEC("tp_btf/" tracepoint)              \
	int rg_##name(__u64 *ctx)              \
	{                                      \
		return on_##name(__VA_ARGS__); \
	}                                      \
	SEC("raw_tp/" tracepoint)              \
	int rg_raw_##name(__u64 *ctx)          \
	{                                      \
		return on_##name(__VA_ARGS__); \
	}
#define TASK(n) ((struct task_struct *)ctx[n])

ON_TRACEPOINT(fork, "sched_process_fork", TASK(0), TASK(1))
ON_TRACEPOINT(exec, "sched_process_exec", TASK(0))
ON_TRACEPOINT(exit, "sched_process_exit", TASK(0))
ON_TRACEPOINT(renamed, "task_rename", TASK(0), (const char *)ctx[1])
ON_TRACEPOINT(moved, "cgroup_attach_task", TASK(2))
ON_TRACEPOINT(wakeup, "sched_wakeup", TASK(0))
ON_TRACEPOINT(wakeup_new, "sched_wakeup_new", TASK(0))
ON_TRACEPOINT(switch, "sched_switch", TASK(1), TASK(2), (int)ctx[0],
	      has_prev_state ? (__u32)ctx[3] : RGW_FIELD(TASK(1), __state))
ON_TRACEPOINT(switched, "sched_exit_tp", ctx)
