/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_THREADS_BPF_H
#define BPF_THREADS_BPF_H

/*
 * The target's threads, and the account of their time: on a CPU, in the run queue, blocked. Included by sampler.bpf.c,
 * after its maps.
 */

/* Written by the capture: larger when there are many threads, or the cost is to be bounded. */
volatile __u64 wait_period_ns = 1000000;
/* The same of waits for whatever comes, which are most of the waits of who has nothing to do. */
volatile __u64 poll_period_ns = 1000000;
/* A process of the target that is not let go yet: what it does until then is the capture's doing. 0: none. */
volatile __u32 held_pid = 0;

/* A thread of the target. */
struct thread {
	__u64 born_ns;      /* since when it is accounted for; 0: not yet */
	__u64 exec_base_ns; /* its CPU time then, */
	__u64 exec_in_ns;   /* and when it came onto its CPU */
	__u64 in_ns;        /* when it came onto a CPU; 0: it is off */
	__u64 out_ns;       /* when it left it; 0: it is on */
	__u64 woken_ns;     /* when it became runnable again; 0: it has not */
	__u64 gap_ns[2];    /* blocked time left until the next point; [1]: of polls */
	__u64 seed;
	/* The wait whose stack is to be walked: its bounds, and what it counts for. */
	__u64 wait_start_ns, wait_end_ns, weight_ns, weight_milli;
	rgw_image_id image; /* that it runs */
	__u32 state;        /* as it left the CPU */
	__u32 wait;         /* RGW_WAIT_…: what it waits in */
	__u32 departures;   /* as they were when its process was last known to be the target's */
	/* Only where there is no sched_exit_tp: */
	__u8 walked; /* frames holds the stack of the present wait */
	__u8 aside; /* and a copy of it lies aside, as it leads through code that is not known yet */
	__u8 polls; /* it waits in one of poll_calls */
	__u8 ended; /* but for its last way off the CPU: it is charged with nothing any more */
	struct rgw_frames frames;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct thread);
} threads SEC(".maps");

/*
 * Storage needs a typed pointer to its thread: where tracepoints do not hand one over, this is used, by the thread's
 * address. Sized by the capture; preallocated, as it grows at switches.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct thread);
} threads_by_address SEC(".maps");

static const struct thread no_thread;

/* One entry a slice; sized by the capture. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rgw_account);
} accounts SEC(".maps");

/* --- Accounts ------------------------------------------------------------------------------- */

static __always_inline void add(__u64 *sum, __u64 value)
{
	__sync_fetch_and_add(sum, value);
}

/*
 * Adds the part of [from, to) that lies in the window to one time of the slices it spans. What lies between the first
 * and the last is told by where it begins and ends, so that this takes the same time for any length.
 */
static __always_inline __u64 charge(enum rgw_time time, __u64 from, __u64 to)
{
	__u64 start = window_start_ns, end = window_end_ns;
	__u32 first, last;
	struct rgw_account *a, *b;

	if (from < start)
		from = start;
	if (to > end)
		to = end;
	if (from >= to || start >= end)
		return 0;
	first = (__u32)((from - start) / slice_ns);
	last = (__u32)((to - 1 - start) / slice_ns);
	a = bpf_map_lookup_elem(&accounts, &first);
	b = bpf_map_lookup_elem(&accounts, &last);
	if (!a || !b)
		return to - from;
	if (first == last) {
		add(&a->ns[time], to - from);
		return to - from;
	}
	add(&a->ns[time], (first + 1) * slice_ns + start - from);
	add(&b->ns[time], to - start - last * slice_ns);
	add(&a->whole_from[time], 1);
	add(&b->whole_to[time], 1);
	return to - from;
}

/* --- Threads -------------------------------------------------------------------------------- */

static __always_inline rgw_image_id image_of(struct task_struct *task)
{
	__u32 pid = RGW_FIELD(task, tgid);
	rgw_image_id *image = bpf_map_lookup_elem(&images, &pid);

	return image ? *image : 0;
}

static __always_inline struct thread *find_thread(struct task_struct *task)
{
	__u64 address = (__u64)task;

	return has_tp_btf ? bpf_task_storage_get(&threads, task, NULL, 0)
			  : bpf_map_lookup_elem(&threads_by_address, &address);
}

static __always_inline struct thread *make_thread(struct task_struct *task)
{
	__u64 address = (__u64)task;

	if (has_tp_btf)
		return bpf_task_storage_get(&threads, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	bpf_map_update_elem(&threads_by_address, &address, &no_thread, BPF_NOEXIST);
	return bpf_map_lookup_elem(&threads_by_address, &address);
}

/* Storage goes with its thread. */
static __always_inline void forget_thread(struct task_struct *task)
{
	__u64 address = (__u64)task;

	if (!has_tp_btf)
		bpf_map_delete_elem(&threads_by_address, &address);
}

/* Whether a thread has ended, but for its last way off the CPU, and is forgotten already. */
static __always_inline int is_forgotten(struct task_struct *task)
{
	return !has_tp_btf && RGW_FIELD(task, flags) & PF_EXITING;
}

/* What a thread's record can no longer tell when it is gone, or the window over. */
static __always_inline void close_thread(struct thread *t, struct task_struct *task, __u64 now)
{
	__u64 until = now < window_end_ns ? now : window_end_ns, exec;

	if (t->born_ns >= window_end_ns)
		return;
	/* The scheduler enters what a thread runs when it next looks: at the latest when it leaves the CPU. */
	exec = t->in_ns ? t->exec_in_ns + (until - t->in_ns) : RGW_FIELD(task, se.sum_exec_runtime);
	/* One that ended before the window began is no part of it. */
	if (charge(RGW_TIME_THREAD, t->born_ns, until) && exec > t->exec_base_ns)
		add(&totals[RGW_TOTAL_EXEC_NS], exec - t->exec_base_ns);
	t->born_ns = 0;
}

/*
 * Whether the window has begun or ended since a thread was looked at last: its account does so with it, however late
 * the capture comes to look at all threads.
 */
static __always_inline void turn_account(struct thread *t, struct task_struct *task, __u64 now)
{
	__u64 start = window_start_ns;

	if (now < start || !t->born_ns)
		return;
	if (t->born_ns < start) {
		t->exec_base_ns = t->in_ns ? t->exec_in_ns + (start - t->in_ns)
					   : RGW_FIELD(task, se.sum_exec_runtime);
		t->born_ns = start;
	}
	if (now >= window_end_ns)
		close_thread(t, task, now);
}

/* When the thread's process became part of the target, of one that did so in the window; else 0. */
static __always_inline __u64 joined_at(struct task_struct *task, __u64 now)
{
	__u32 pid = (__u32)RGW_FIELD(task, tgid);
	struct change *c;

	/* What the window has charged is not to be charged again by who is looked at after it. */
	if (target_kind == RGW_TARGET_PROCESSES || (window_end_ns && now >= window_end_ns))
		return 0;
	c = bpf_map_lookup_elem(&changes, &pid);
	if (!c || c->joined_ns <= window_start_ns || c->joined_ns < RGW_FIELD(task, start_time) ||
	    c->joined_ns > now)
		return 0;
	return c->joined_ns;
}

/* Of a thread that is met first now, and was there when its process joined: it has done one thing since. */
static __always_inline void begin_at_join(struct thread *t, struct task_struct *task,
					  __u64 joined_ns, __u64 now)
{
	t->born_ns = joined_ns;
	if (RGW_FIELD(task, on_cpu)) {
		t->in_ns = joined_ns;
		t->exec_base_ns -=
			t->exec_base_ns < now - joined_ns ? t->exec_base_ns : now - joined_ns;
		t->exec_in_ns = t->exec_base_ns;
	} else {
		t->out_ns = joined_ns;
		t->state = RGW_FIELD(task, __state);
		/* It may have slept and been woken since: that is a matter of milliseconds (RGW_EDGE_JOIN). */
		t->woken_ns = t->state & RGW_STATE_BLOCKED ? 0 : joined_ns;
	}
}

static void settle_thread(struct task_struct *task);

/* The record of a thread of the target, made when there is none; NULL for threads of others. */
static __always_inline struct thread *record_of(struct task_struct *task, __u64 now)
{
	struct thread *t = find_thread(task);
	__u64 image;

	if (target_kind != RGW_TARGET_PROCESSES && t && t->departures != departures)
		settle_thread(task);
	if (t && t->ended)
		return NULL;
	if (t && t->image)
		return t;
	image = image_of(task);
	if (!image || is_forgotten(task))
		return NULL;
	t = make_thread(task);
	if (!t) {
		/* Two in one switch are more than the kernel's allocator has at hand: the next will do. */
		if (now >= window_start_ns)
			count(RGW_COUNT_THREADS_LOST);
		return NULL;
	}
	t->image = image;
	t->departures = departures;
	return t;
}

/* Its account begins. */
static __always_inline void bear_thread(struct thread *t, struct task_struct *task, __u64 now)
{
	t->born_ns = now;
	t->exec_base_ns = RGW_FIELD(task, se.sum_exec_runtime);
	t->seed = now ^ ((__u64)(__u32)RGW_FIELD(task, pid) << 32) ^ bpf_get_prandom_u32();
	t->gap_ns[0] = bpf_get_prandom_u32() % (2 * wait_period_ns + 1);
	t->gap_ns[1] = bpf_get_prandom_u32() % (2 * poll_period_ns + 1);
}

static __always_inline int is_held(struct task_struct *task)
{
	return held_pid && (__u32)RGW_FIELD(task, tgid) == held_pid;
}

/*
 * Of who is held: its account begins as if it waited for a CPU from now on. It is let go in a moment, and its coming from
 * an idle CPU is not always told.
 */
static __always_inline void expect_thread(struct task_struct *task, __u64 now)
{
	struct thread *t = record_of(task, now);

	if (!t || t->born_ns)
		return;
	bear_thread(t, task, now);
	t->out_ns = now;
	t->woken_ns = now;
}

/* The record of a thread whose account goes on; NULL for threads of others, and of who is held. */
static __always_inline struct thread *thread_of(struct task_struct *task, __u64 now)
{
	struct thread *t = record_of(task, now);
	__u64 joined_ns;

	if (!t || is_held(task))
		return NULL;
	turn_account(t, task, now);
	if (!t->born_ns) {
		bear_thread(t, task, now);
		joined_ns = joined_at(task, now);
		if (joined_ns)
			begin_at_join(t, task, joined_ns, now);
	}
	return t;
}

/* One that has a record already, and its image; NULL for others. */
static __always_inline struct thread *known_thread(struct task_struct *task)
{
	struct thread *t = find_thread(task);

	return t && t->image && !t->ended ? t : NULL;
}

/* Charges a thread with what it did until its process left the target. Nothing was seen of it since. */
static __always_inline void close_left(struct thread *t, struct task_struct *task, __u64 left_ns)
{
	__u64 exec = t->in_ns ? t->exec_in_ns + (left_ns - t->in_ns)
			      : RGW_FIELD(task, se.sum_exec_runtime);
	__u64 awake = t->woken_ns && t->woken_ns < left_ns ? t->woken_ns : left_ns;

	if (t->in_ns) {
		charge(RGW_TIME_CPU, t->in_ns, left_ns);
	} else if (t->out_ns) {
		/* A wait that the target did not see the end of has no stack. */
		add(&totals[RGW_TOTAL_UNATTRIBUTED_NS], charge(RGW_TIME_BLOCKED, t->out_ns, awake));
		charge(RGW_TIME_RUN_QUEUE, awake, left_ns);
	}
	if (charge(RGW_TIME_THREAD, t->born_ns, left_ns) && exec > t->exec_base_ns)
		add(&totals[RGW_TOTAL_EXEC_NS], exec - t->exec_base_ns);
}

/* Processes have left the target: was this thread's among them? Then its account is closed. */
static __noinline void settle_thread(struct task_struct *task)
{
	struct thread *t = find_thread(task);
	__u32 pid = (__u32)RGW_FIELD(task, tgid);
	struct change *c;

	if (!t || !t->image || t->departures == departures)
		return;
	t->departures = departures;
	c = bpf_map_lookup_elem(&changes, &pid);
	if (!c || c->left_ns <= t->born_ns)
		return;
	if (t->born_ns)
		close_left(t, task, c->left_ns);
	t->image = 0;
	t->born_ns = t->in_ns = t->out_ns = t->woken_ns = t->weight_ns = 0;
}

/* It runs another program from now on. */
static __always_inline void change_image(struct task_struct *task, rgw_image_id image)
{
	struct thread *t = known_thread(task);

	if (t)
		t->image = image;
}

#endif
