/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_EDGES_BPF_H
#define BPF_EDGES_BPF_H

/*
 * The window's edges, where nothing switches: threads that run or sleep already begin to be accounted for, and those that
 * still do are charged with the rest. Included by sampler.bpf.c, after waits.bpf.h.
 */

/* Where a thread that sleeps at the end is put together. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rgw_sleeper);
} sleepers SEC(".maps");

/* Set before each reading of the iterator. */
volatile __u32 edge = RGW_EDGE_BEGIN;

/* Threads that run or sleep already begin to be accounted for. */
static __always_inline void begin_thread(struct task_struct *task, __u64 now)
{
	struct thread *t = thread_of(task, now);

	if (!t)
		return;
	if (t->out_ns || t->in_ns)
		return; /* a switch was seen meanwhile, which knows better */
	/* The window has begun a moment ago. */
	t->born_ns = task->start_time > window_start_ns ? task->start_time : window_start_ns;
	t->exec_base_ns = task->se.sum_exec_runtime;
	if (task->on_cpu) {
		t->in_ns = t->born_ns;
		t->exec_in_ns = t->exec_base_ns;
		return;
	}
	t->out_ns = t->born_ns;
	t->state = task->__state;
	t->woken_ns = t->state & RGW_STATE_BLOCKED ? 0 : t->born_ns;
}

/* A process has become part of the target, which may be held as yet. */
static __always_inline void join_thread(struct task_struct *task, __u64 now)
{
	if (is_held(task))
		expect_thread(task, now);
	else
		thread_of(task, now);
}

/* The end of the window: what the living have not been charged with. Their waits go on. */
static __always_inline void close_living(struct task_struct *task, __u64 now)
{
	struct thread *t = find_thread(task);

	if (!t)
		return;
	turn_account(t, task, now);
	if (!t->in_ns)
		return;
	charge(RGW_TIME_CPU, t->in_ns, now);
	t->in_ns = now; /* not to be charged with again */
}

static __always_inline void tell_sleeper(struct seq_file *seq, struct task_struct *task,
					 const struct thread *t, __u64 start, __u64 end)
{
	__u32 zero = 0;
	struct rgw_sleeper *s = bpf_map_lookup_elem(&sleepers, &zero);
	struct pt_regs *regs;
	long bytes;

	if (!s)
		return;
	s->start_ns = start;
	s->end_ns = end;
	s->pid = (__u32)task->tgid;
	s->tid = (__u32)task->pid;
	s->image = t->image;
	s->wait = wait_code(task, t->state);
	bpf_probe_read_kernel_str(s->comm, sizeof(s->comm), task->comm);
	bytes = bpf_get_task_stack(task, s->kernel, sizeof(s->kernel), 0);
	s->kernel_depth = bytes > 0 ? (__u32)((__u64)bytes / 8) : 0;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	s->top = rgw_stack_top(task, regs);
	if (s->top)
		copy_registers(s->registers, regs);
	else
		__builtin_memset(s->registers, 0, sizeof(s->registers));
	if (bpf_seq_write(seq, s, sizeof(*s)))
		count(RGW_COUNT_WAITS_LOST);
}

/*
 * Who waits since before the end. A moment has passed: most have come back meanwhile, and walked their stacks
 * themselves. The others' are walked from outside, and should not go on just then.
 */
static __always_inline void report_sleeper(struct seq_file *seq, struct task_struct *task,
					   __u64 now)
{
	struct thread *t = find_thread(task);
	__u64 out, woken;

	if (!t)
		return;
	/* Not to be charged with this wait again, should it end before the programs do. */
	out = t->out_ns;
	woken = t->woken_ns;
	t->out_ns = 0;
	if (!out)
		return;
	if (woken)
		charge(RGW_TIME_RUN_QUEUE, woken, now);
	if (charge(RGW_TIME_BLOCKED, out, woken ? woken : now))
		tell_sleeper(seq, task, t, out, woken ? woken : now);
}

/* Who waits since before the begin: without sched_exit_tp it is now that its stack can be had. */
static __always_inline void report_waiting(struct seq_file *seq, struct task_struct *task,
					   __u64 now)
{
	struct thread *t = find_thread(task);
	__u64 out = t ? t->out_ns : 0;

	if (!out || t->woken_ns || t->walked)
		return;
	t->wait = wait_code(task, t->state);
	tell_sleeper(seq, task, t, out, now);
}

SEC("iter/task")
int rg_edge(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	__u64 now = bpf_ktime_get_ns();

	if (!task)
		return 0;
	settle_thread(task);
	/* The first thread of a process may end before the others: it stays on the list, and waits for nothing. */
	if (!image_of(task) || RGW_FIELD(task, exit_state))
		return 0;
	if (edge == RGW_EDGE_JOIN) {
		join_thread(task, now);
	} else if (edge == RGW_EDGE_BEGIN) {
		begin_thread(task, now);
		if (!has_sched_exit)
			report_waiting(ctx->meta->seq, task, now);
	} else if (edge == RGW_EDGE_CLOSE) {
		close_living(task, now);
	} else {
		report_sleeper(ctx->meta->seq, task, now);
	}
	return 0;
}

#endif
