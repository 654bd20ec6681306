/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the BPF programs are loaded, and what they are told of the kernel. */
#include "sampler.h"
#include "sampler_side.h"
#include "waits.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stdio.h>

#include "sampler.skel.h"

/* How many arguments a tracepoint's programs are handed, by the kernel's BTF; -1: there is none of that name. */
static int tracepoint_arguments(const struct btf *btf, const char *name)
{
	char symbol[64];
	const struct btf_type *type;
	int id;

	snprintf(symbol, sizeof(symbol), "btf_trace_%s", name);
	id = btf ? btf__find_by_name_kind(btf, symbol, BTF_KIND_TYPEDEF) : -1;
	type = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;
	type = type ? btf__type_by_id(btf, type->type) : NULL; /* a pointer */
	type = type ? btf__type_by_id(btf, type->type) : NULL; /* to a function */
	/* The first is the tracepoint's own. */
	return type && btf_is_func_proto(type) ? (int)btf_vlen(type) - 1 : -1;
}

/* A tracepoint's two programs. */
struct pair {
	const char *tracepoint;
	struct bpf_program *typed, *raw;
	bool wanted;
};

static bool has_types(const struct btf *btf, const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pairs[i].wanted && tracepoint_arguments(btf, pairs[i].tracepoint) < 0)
			return false;
	return true;
}

void rg_sampler_choose_programs(struct rg_sampler *s, const struct rg_sampler_options *options)
{
	struct sampler_bpf *skel = s->skel;
	struct btf *btf = btf__load_vmlinux_btf();
	bool waits = options->off_cpu;
	bool exits = !options->without_sched_exit && tracepoint_arguments(btf, "sched_exit_tp") > 0;
	const struct pair pairs[] = {
		{"sched_process_fork", skel->progs.rg_fork, skel->progs.rg_raw_fork, true},
		{"sched_process_exec", skel->progs.rg_exec, skel->progs.rg_raw_exec, true},
		{"sched_process_exit", skel->progs.rg_exit, skel->progs.rg_raw_exit, true},
		{"task_rename", skel->progs.rg_renamed, skel->progs.rg_raw_renamed,
		 options->target.kind == RGW_TARGET_COMM},
		{"cgroup_attach_task", skel->progs.rg_moved, skel->progs.rg_raw_moved,
		 options->target.kind == RGW_TARGET_CGROUP},
		{"sched_switch", skel->progs.rg_switch, skel->progs.rg_raw_switch, waits},
		{"sched_wakeup", skel->progs.rg_wakeup, skel->progs.rg_raw_wakeup, waits},
		{"sched_wakeup_new", skel->progs.rg_wakeup_new, skel->progs.rg_raw_wakeup_new,
		 waits},
		{"sched_exit_tp", skel->progs.rg_switched, skel->progs.rg_raw_switched,
		 waits && exits},
	};
	size_t count = sizeof(pairs) / sizeof(pairs[0]);
	/* Without any BTF typed programs are refused in words that say so. */
	bool typed = !btf || (!options->without_tp_btf && has_types(btf, pairs, count));

	for (size_t i = 0; i < count; i++) {
		bpf_program__set_autoload(pairs[i].typed, pairs[i].wanted && typed);
		bpf_program__set_autoload(pairs[i].raw, pairs[i].wanted && !typed);
	}
	bpf_program__set_autoload(skel->progs.rg_edge, waits);
	skel->rodata->follow_waits = waits;
	skel->rodata->has_tp_btf = typed;
	skel->rodata->has_sched_exit = exits;
	rg_wait_poll_calls((int32_t *)skel->rodata->poll_calls, RGW_POLL_CALLS);
	skel->rodata->record_walks = waits && !exits;
	skel->rodata->has_prev_state =
		!options->without_switch_state && tracepoint_arguments(btf, "sched_switch") > 3;
	btf__free(btf);
}
