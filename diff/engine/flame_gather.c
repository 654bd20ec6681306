/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "align.h"
#include "flame.h"
#include "waits.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>

/* --- Functions -------------------------------------------------------------------------------- */

static int name_frames(struct rg_functions *functions, const struct rg_run *run,
		       const uint32_t **out, struct rg_err *err)
{
	size_t count;
	const struct rg_frame *frame = rg_profile_frames(run->profile, &count);
	const struct rg_module *module = rg_profile_modules(run->profile, &(size_t){0});
	uint32_t *function = rg_arena_array(functions->arena, count + 1, sizeof(*function));
	int code = 0;

	if (!function)
		return rg_err_nomem(err, "flame");
	for (size_t i = 0; !code && i < count; i++)
		code = rg_functions_add(functions, &frame[i],
					rg_run_module(run, module[frame[i].module].name),
					&function[i], err);
	*out = function;
	return code;
}

/* Runs of a pool have one list. */
static int name_run(struct rg_functions *functions, const struct rg_flame_stacks *stacks,
		    size_t index, struct rg_err *err)
{
	const struct rg_run *run = stacks->set->run;
	struct rg_flame_run *out = &stacks->run[index];

	*out = (struct rg_flame_run){
		.stack = rg_profile_stacks(run[index].profile, &(size_t){0}),
		.end = run[index].end,
	};
	for (size_t other = 0; other < index; other++) {
		if (rg_run_frames_alike(&run[index], &run[other])) {
			out->function = stacks->run[other].function;
			return 0;
		}
	}
	return name_frames(functions, &run[index], &out->function, err);
}

/* The first frame that knows its source tells it. */
static int add_sources(struct rg_flame_function *list, const struct rg_run *run,
		       const uint32_t *function, struct rg_arena *arena)
{
	size_t count;
	const struct rg_frame *frame = rg_profile_frames(run->profile, &count);

	for (size_t i = 0; i < count; i++) {
		struct rg_flame_function *to = &list[function[i]];

		if (*to->file || !*frame[i].file)
			continue;
		to->file = rg_arena_strdup(arena, frame[i].file);
		to->line = frame[i].start_line;
		if (!to->file)
			return RG_ENOMEM;
	}
	return 0;
}

/* The canary's sources go before the baseline's. */
static int list_functions(const struct rg_functions *functions,
			  const struct rg_flame_stacks *stacks,
			  const struct rg_flame_function **out, size_t *out_count,
			  struct rg_err *err)
{
	struct rg_flame_function *list =
		rg_arena_array(functions->arena, functions->count + 1, sizeof(*list));
	int code = list ? 0 : RG_ENOMEM;

	for (size_t i = 0; !code && i < functions->count; i++)
		list[i] = (struct rg_flame_function){functions->list[i].key,
						     functions->list[i].module, "", 0};
	for (size_t i = rg_run_set_count(stacks->set); !code && i-- > 0;)
		code = add_sources(list, &stacks->set->run[i], stacks->run[i].function,
				   functions->arena);
	if (code)
		return rg_err_nomem(err, "flame");
	*out = list;
	*out_count = functions->count;
	return 0;
}

/* --- Entries ---------------------------------------------------------------------------------- */

static int add_entry(struct rg_flame_entries *to, const struct rg_flame_entry *entry)
{
	if (RG_GROW(to->list, to->cap, to->count))
		return RG_ENOMEM;
	to->list[to->count++] = *entry;
	return 0;
}

/* Turns the sums of a run's stacks into entries, and the sums into zeroes. */
static int add_entries(struct rg_flame_entries *to, size_t run, int64_t *sum, size_t stacks)
{
	int code = 0;

	for (size_t i = 0; !code && i < stacks; i++) {
		const struct rg_flame_entry entry = {(uint32_t)run, (uint32_t)i, sum[i]};

		if (sum[i] > 0)
			code = add_entry(to, &entry);
		sum[i] = 0;
	}
	return code;
}

/* What of a sample belongs to a kind; a profile's totals fit, so every part of them does. */
static int64_t value_of(const struct rg_flame_stacks *stacks, const struct rg_sample *sample,
			enum rg_flame_kind kind, bool idle)
{
	if (kind == RG_FLAME_ON_CPU)
		return stacks->cpu_measured ? sample->value[stacks->cpu_value] : 0;
	if (!stacks->waits || idle != (kind == RG_FLAME_IDLE))
		return 0;
	return sample->value[RG_VALUE_OFF_CPU_NS];
}

/* names and wait_of: of the run's waits. */
static int sum_run(struct rg_flame_stacks *stacks, size_t run, const struct rg_wait_names *names,
		   const uint32_t *wait_of)
{
	const struct rg_profile *profile = stacks->set->run[run].profile;
	size_t count;
	int64_t *sum;
	int code = 0;

	rg_profile_stacks(profile, &count);
	sum = calloc(count + 1, sizeof(*sum));
	if (!sum)
		return RG_ENOMEM;
	for (int kind = 0; !code && kind < RG_FLAME_KINDS; kind++) {
		struct rg_sample_reader reader = rg_profile_read_samples(profile);
		struct rg_sample sample;

		for (size_t i = 0; rg_sample_next(&reader, &sample); i++) {
			bool idle = wait_of[i] != RG_WAIT_NONE && names->list[wait_of[i]].idle;

			sum[sample.stack] +=
				value_of(stacks, &sample, (enum rg_flame_kind)kind, idle);
		}
		code = add_entries(&stacks->kind[kind], run, sum, count);
	}
	free(sum);
	return code;
}

static int gather_waits(struct rg_flame_stacks *stacks, size_t run, struct rg_wait_names *names,
			struct rg_arena *scratch, struct rg_err *err)
{
	size_t samples = rg_profile_sample_count(stacks->set->run[run].profile);
	uint32_t *wait_of = rg_arena_array(scratch, samples + 1, sizeof(*wait_of));
	int code;

	if (!wait_of)
		return rg_err_nomem(err, "flame");
	code = rg_waits_name(names, &stacks->set->run[run], wait_of, scratch, err);
	if (!code && sum_run(stacks, run, names, wait_of))
		code = rg_err_nomem(err, "flame");
	return code;
}

static int gather_run(struct rg_flame_stacks *stacks, size_t run, struct rg_wait_names *names,
		      struct rg_err *err)
{
	struct rg_arena *scratch = rg_arena_new(0);
	int code = scratch ? gather_waits(stacks, run, names, scratch, err)
			   : rg_err_nomem(err, "flame");

	rg_arena_free(scratch);
	return code;
}

/* --- All of it -------------------------------------------------------------------------------- */

/* Time where every run has it, else samples. */
static void choose_values(struct rg_flame_stacks *stacks)
{
	const struct rg_run_set *set = stacks->set;
	size_t runs = rg_run_set_count(set), time = 0, samples = 0, waits = 0;

	for (size_t i = 0; i < runs; i++) {
		const struct rg_profile *profile = set->run[i].profile;

		time += rg_profile_total(profile, RG_VALUE_CPU_NS) > 0;
		samples += rg_profile_has(profile, RG_VALUE_SAMPLES);
		waits += rg_profile_has(profile, RG_VALUE_OFF_CPU_NS);
	}
	stacks->cpu_value = time == runs || samples < runs ? RG_VALUE_CPU_NS : RG_VALUE_SAMPLES;
	stacks->cpu_measured = runs > 0 && (time == runs || samples == runs);
	stacks->waits = runs > 0 && waits == runs;
}

static int gather(struct rg_flame_stacks *out, struct rg_functions *functions,
		  struct rg_wait_names *names, struct rg_err *err)
{
	size_t runs = rg_run_set_count(out->set);
	int code = 0;

	out->run = rg_arena_array(functions->arena, runs + 1, sizeof(*out->run));
	if (!out->run)
		return rg_err_nomem(err, "flame");
	choose_values(out);
	for (size_t i = 0; !code && i < runs; i++) {
		code = name_run(functions, out, i, err);
		if (!code)
			code = gather_run(out, i, names, err);
	}
	return code;
}

int rg_flame_gather(struct rg_flame_stacks *out, const struct rg_run_set *set,
		    const struct rg_policy *policy, struct rg_arena *arena,
		    const struct rg_flame_function **functions, size_t *function_count,
		    struct rg_err *err)
{
	struct rg_functions found = {.arena = arena};
	struct rg_wait_names names = {.policy = policy, .arena = arena};
	int code;

	out->set = set;
	code = gather(out, &found, &names, err);
	if (!code)
		code = list_functions(&found, out, functions, function_count, err);
	rg_index_done(&found.index);
	rg_index_done(&names.index);
	rg_votes_close(&names.votes);
	return code;
}

void rg_flame_stacks_done(struct rg_flame_stacks *stacks)
{
	for (int kind = 0; kind < RG_FLAME_KINDS; kind++)
		free(stacks->kind[kind].list);
}
