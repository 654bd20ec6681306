/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_WAITS_BPF_H
#define BPF_WAITS_BPF_H

/*
 * Off-CPU time. Every thread's time is split into on-CPU, run queue and blocked, exactly, at the switches. Which stack
 * waited is asked only when the duration is known: a wait of at least wait_period_ns always, shorter ones by a point
 * process over the thread's blocked time, whose points are wait_period_ns apart on average. Included by
 * sampler.bpf.c, after its maps.
 */

/* Set before loading. */
const volatile __u8 follow_waits = 0;   /* off-CPU time is wanted */
const volatile __u8 has_prev_state = 1; /* sched_switch hands over prev_state (5.18) */
const volatile __u8 has_sched_exit =
	1; /* sched_exit_tp (6.18 has it): the incoming thread walks its own stack */

const volatile __s32 poll_calls[RGW_POLL_CALLS] = {}; /* filled up with -1 */

enum {
	MILLI = 1000,
	MAX_POINTS = 64,
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} wait_scratches SEC(".maps");

/* By thread id. Sized by the capture, which walks these stacks. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rgw_given);
} given SEC(".maps");

/* Waits that span slices, whole: the capture splits them. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 22);
} long_waits SEC(".maps");

/* --- Weights -------------------------------------------------------------------------------- */

/* How many points fall into `ns` of blocked time, carrying the remainder on to the next wait. */
static __always_inline __u64 points(struct thread *t, __u64 *gap_ns, __u64 period, __u64 ns)
{
	__u64 hit = 0;

	for (int i = 0; i < MAX_POINTS && ns >= *gap_ns; i++) {
		ns -= *gap_ns;
		/* xorshift64 (Marsaglia 2003) */
		t->seed ^= t->seed << 13;
		t->seed ^= t->seed >> 7;
		t->seed ^= t->seed << 17;
		*gap_ns = 1 + t->seed % (2 * period);
		hit++;
	}
	*gap_ns = *gap_ns > ns ? *gap_ns - ns : 0;
	return hit;
}

/* Decides whether the wait's stack is wanted, and sets what it stands for. */
static __always_inline int choose(struct thread *t, __u64 ns)
{
	__u64 period = t->polls ? poll_period_ns : wait_period_ns, hit;

	if (ns >= period) {
		t->weight_ns = ns;
		t->weight_milli = MILLI;
		return 1;
	}
	hit = points(t, t->polls ? &t->gap_ns[1] : &t->gap_ns[0], period, ns);
	t->weight_ns = hit * period;
	/* A wait is met in proportion to its length: each stands for the more of its kind the shorter it is. */
	t->weight_milli = ns ? hit * period * MILLI / ns : 0;
	return hit != 0;
}

/* --- Stacks --------------------------------------------------------------------------------- */

/* What a thread waits in, from the system call it is in. */
static __always_inline __u32 wait_code(struct task_struct *task, __u32 state)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	__u32 code = state & TASK_UNINTERRUPTIBLE ? RGW_WAIT_DISK_STATE : 0;
	struct file *file = NULL;
	struct fdtable *table;
	struct file **files;
	unsigned int fd;
	long call;

	call = RGW_SYSCALL(regs);
	if (call < 0 || call > 0xfff)
		return code | RGW_WAIT;
	code |= RGW_WAIT | RGW_WAIT_CALL | (__u32)call << RGW_WAIT_CALL_SHIFT;
	/* The kind of file behind the first argument, which is a descriptor in calls where that matters. */
	fd = (unsigned int)RGW_ARGUMENT(regs);
	table = BPF_CORE_READ(task, files, fdt);
	if (!table || fd >= BPF_CORE_READ(table, max_fds))
		return code;
	files = BPF_CORE_READ(table, fd);
	if (bpf_probe_read_kernel(&file, sizeof(file), &files[fd]) || !file)
		return code;
	return code | (__u32)(BPF_CORE_READ(file, f_inode, i_mode) >> 12 & 15)
			      << RGW_WAIT_FILE_SHIFT;
}

/* Whether the current task waits for whatever comes. */
static __always_inline int in_poll_call(void)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	__s32 call = (__s32)RGW_SYSCALL(regs);

	for (int i = 0; i < RGW_POLL_CALLS; i++)
		if (poll_calls[i] == call)
			return call >= 0;
	return 0;
}

static __always_inline void count_wait(const struct thread *t)
{
	count(RGW_COUNT_WAITS);
	if (t->polls)
		count(RGW_COUNT_POLLS);
}

/* Enters a wait whose stack is in the scratch. */
static __always_inline void store_wait(struct scratch *scratch, struct task_struct *task,
				       struct thread *t, rgw_image_id image)
{
	struct rgw_sample_key key = {};
	struct rgw_sample *s = &scratch->sample;
	__u64 start = window_start_ns, end = window_end_ns, from = t->wait_start_ns,
	      to = t->wait_end_ns;
	__u64 weight = t->weight_ns;
	__u32 first, last;

	if (from < start)
		from = start;
	if (to > end)
		to = end;
	if (from >= to || start >= end)
		return;
	/* Only waits that count for themselves are cut at the window's edges by their length. */
	if (t->weight_milli == MILLI && weight == t->wait_end_ns - t->wait_start_ns)
		weight = to - from;
	first = (__u32)((from - start) / slice_ns);
	last = (__u32)((to - 1 - start) / slice_ns);
	key.image = image;
	key.slice = last;
	key.wait = t->wait;
	bpf_probe_read_kernel_str(key.comm, sizeof(key.comm), task->comm);
	s->count = t->weight_milli;
	s->ns = weight;
	if (s->user.end == RGW_END_NO_MAPPING &&
	    !(has_sched_exit ? keep_snapshot(&key, s, from, to)
			     : keep_aside(&key, s, task, from, to))) {
		count_wait(t);
		return;
	}
	if (first != last && weight == to - from) {
		struct rgw_long_wait *w = bpf_ringbuf_reserve(&long_waits, sizeof(*w), 0);

		if (!w) {
			count(RGW_COUNT_WAITS_LOST);
			add(&totals[RGW_TOTAL_UNATTRIBUTED_NS], weight);
			return;
		}
		w->start_ns = from;
		w->end_ns = to;
		w->key = key;
		bpf_probe_read_kernel(&w->sample, sizeof(w->sample), s);
		bpf_ringbuf_submit(w, 0);
		return;
	}
	key.hash = stack_hash(s);
	if (enter_sample(&key, s)) {
		count(RGW_COUNT_WAITS_LOST);
		add(&totals[RGW_TOTAL_UNATTRIBUTED_NS], weight);
	} else {
		count_wait(t);
	}
}

/* --- Switches ------------------------------------------------------------------------------- */

/* Returns whether the wait's stack is wanted. */
static __always_inline int enter(struct task_struct *next, struct thread *t, __u64 now)
{
	__u64 out = t->out_ns, woken = t->woken_ns, start = window_start_ns;

	t->out_ns = 0;
	t->in_ns = now;
	t->exec_in_ns = RGW_FIELD(next, se.sum_exec_runtime);
	t->weight_ns = 0;
	if (!out)
		return 0;
	if (!woken || woken > now)
		woken = now; /* the wake-up was missed: it blocked until now */
	if (woken < out)
		woken = out;
	charge(RGW_TIME_RUN_QUEUE, woken, now);
	if (woken <= out || woken <= start || !charge(RGW_TIME_BLOCKED, out, woken))
		return 0;
	t->wait_start_ns = out;
	t->wait_end_ns = woken;
	return choose(t, woken - (out < start ? start : out));
}

/* The stack that was had as the wait began, or given since; NULL: there is none. */
static __always_inline const struct rgw_frames *kept_frames(const struct thread *t,
							    struct task_struct *task)
{
	__u32 tid = RGW_FIELD(task, pid);
	const struct rgw_given *g;

	if (has_sched_exit)
		return NULL;
	if (t->walked)
		return &t->frames;
	g = bpf_map_lookup_elem(&given, &tid);
	return g && g->since_ns == t->wait_start_ns ? &g->frames : NULL;
}

/* Where there is no sched_exit_tp. */
static __always_inline void store_kept(struct thread *t, struct task_struct *task)
{
	__u32 zero = 0;
	struct scratch *scratch = bpf_map_lookup_elem(&wait_scratches, &zero);
	const struct rgw_frames *kept = kept_frames(t, task);

	if (!kept || !scratch) {
		count(RGW_COUNT_WAITS_LOST);
		add(&totals[RGW_TOTAL_UNATTRIBUTED_NS], t->weight_ns);
		return;
	}
	scratch->sample.kernel_depth = 0;
	copy_frames(&scratch->sample.user, kept);
	store_wait(scratch, task, t, t->image);
}

/*
 * Where there is no sched_exit_tp: the stack of the wait that begins. Remembered ones cost little, others are walked as
 * long as there may be more of them.
 */
static __always_inline void keep_stack(struct thread *t, struct task_struct *prev, __u64 now)
{
	__u32 zero = 0;
	struct scratch *scratch = bpf_map_lookup_elem(&wait_scratches, &zero);

	if (!scratch)
		return;
	t->wait = wait_code(bpf_get_current_task_btf(), t->state);
	t->walked = (__u8)recall_or_walk(scratch, &t->frames, t->image, now);
	if (t->walked && t->frames.end == RGW_END_NO_MAPPING)
		t->aside = (__u8)put_aside(prev);
}

static __always_inline void leave(struct task_struct *prev, __u32 state, int preempted, __u64 now)
{
	struct thread *t = thread_of(prev, now);

	if (!t)
		return;
	/*
	 * Its coming back was not told: the kernel leaves out some switches from the idle task. It came when it was
	 * woken, or a little later.
	 */
	if (t->out_ns && enter(prev, t, t->woken_ns ? t->woken_ns : now))
		store_kept(t, prev);
	if (t->in_ns)
		charge(RGW_TIME_CPU, t->in_ns, now);
	t->in_ns = 0;
	t->out_ns = now;
	t->state = state;
	/* Whoever could go on running waits for a CPU, not for anything else. */
	t->woken_ns = preempted || !(state & RGW_STATE_BLOCKED) ? now : 0;
	t->walked = 0;
	t->polls = !t->woken_ns && in_poll_call();
	/* The window may begin while it waits, not before it has ended. */
	if (has_sched_exit || t->woken_ns || (window_end_ns && now >= window_end_ns))
		return;
	keep_stack(t, prev, now);
}

static __always_inline int on_switch(struct task_struct *prev, struct task_struct *next,
				     int preempted, __u32 state)
{
	__u64 now = bpf_ktime_get_ns();
	struct thread *t;

	leave(prev, state, preempted, now);
	t = thread_of(next, now);
	if (t && enter(next, t, now) && !has_sched_exit)
		store_kept(t, next);
	if (!has_sched_exit && t && t->aside) {
		drop_aside(next);
		t->aside = 0;
	}
	return 0;
}

/* The end of __schedule(), in the incoming thread's own context: its memory can be read. */
static __always_inline int on_switched(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct thread *t = known_thread(task);
	struct scratch *scratch;
	__u32 zero = 0;
	long bytes;

	if (!t)
		return 0;
	/* A switch that was not told: see leave(). */
	if (t->out_ns)
		enter(task, t, bpf_ktime_get_ns());
	if (!t->weight_ns)
		return 0;
	scratch = bpf_map_lookup_elem(&wait_scratches, &zero);
	if (!scratch)
		return 0;
	/* Less this program's own frame and its caller's. */
	bytes = bpf_get_stack(ctx, scratch->sample.kernel, sizeof(scratch->sample.kernel), 2);
	scratch->sample.kernel_depth = bytes > 0 ? (__u16)((__u64)bytes / 8) : 0;
	rgw_walk_user(&scratch->walking, &scratch->sample.user, t->image);
	t->wait = wait_code(task, t->state);
	store_wait(scratch, task, t, t->image);
	t->weight_ns = 0;
	return 0;
}

static __always_inline int on_wakeup(struct task_struct *task)
{
	struct thread *t = known_thread(task);

	if (t && t->out_ns && !t->woken_ns)
		t->woken_ns = bpf_ktime_get_ns();
	return 0;
}

/* A new thread waits for its first CPU. */
static __always_inline int on_wakeup_new(struct task_struct *task)
{
	__u64 now = bpf_ktime_get_ns();
	struct thread *t = thread_of(task, now);

	if (t)
		t->out_ns = t->woken_ns = now;
	return 0;
}

static __always_inline void end_thread(struct task_struct *task)
{
	__u64 now = bpf_ktime_get_ns();
	struct thread *t = known_thread(task);

	if (!t)
		return;
	turn_account(t, task, now);
	if (t->in_ns)
		charge(RGW_TIME_CPU, t->in_ns, now);
	if (t->born_ns)
		close_thread(t, task, now);
	t->in_ns = 0;
	t->ended = 1;
	forget_thread(task);
}

#endif
