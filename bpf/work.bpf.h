/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_WORK_BPF_H
#define BPF_WORK_BPF_H

/* Work of the target: calls of one function, counted where they happen. Included by sampler.bpf.c, after its maps. */

/* Slices that have a cell of their own; 1: all are counted in the first. Set before loading. */
const volatile __u32 work_cells = 1;

/* One entry a slice, sized by the capture. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} work SEC(".maps");

/*
 * On entry to the function, in any process that runs the file: others than the target's leave at once. May be preempted
 * by another thread on the same CPU that does the same, so the sum is atomic all the same.
 */
SEC("uprobe")
int rg_work(struct pt_regs *ctx)
{
	__u64 now = bpf_ktime_get_ns(), start = window_start_ns;
	__u32 pid = bpf_get_current_pid_tgid() >> 32, cell;
	__u64 *calls;

	if (now < start || now >= window_end_ns || !bpf_map_lookup_elem(&images, &pid))
		return 0;
	cell = work_cells > 1 ? (__u32)((now - start) / slice_ns) : 0;
	calls = bpf_map_lookup_elem(&work, &cell);
	if (calls)
		__sync_fetch_and_add(calls, 1);
	else
		count(RGW_COUNT_WORK_LOST);
	return 0;
}

#endif
