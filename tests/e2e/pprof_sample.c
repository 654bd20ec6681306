/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a profile with names that are hard to carry to argv[1], its counts and sums as
 * "what<TAB>number" to argv[2], and each function's self CPU time as "function<TAB>ns", sorted, to
 * standard output: what other readers of the file must find in it.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/pprof.h"
#include "rg/profile.h"

enum { SLICES = 5, PERIOD_NS = 10101010, DEPTH = 4, STACKS = 40 };

struct function {
	const char *name, *module, *build_id, *file;
};

/* One name a function, so that totals by name are totals by function. */
static const struct function functions[] = {
	{"main", "orders", "abcdef0123456789", "src/main.c"},
	{"std::vector<int, std::allocator<int> >::push_back(int&&)", "orders", "abcdef0123456789",
	 "/usr/include/c++/12/bits/stl_vector.h"},
	{"std::ostream& operator<< <std::char_traits<char> >(std::ostream&, char)",
	 "libstdc++.so.6", "11", ""},
	{"operator new(unsigned long)", "libstdc++.so.6", "11", ""},
	{"(anonymous namespace)::parse(char const*)::{lambda(auto:1)#1}::operator()", "orders",
	 "abcdef0123456789", "src/parse.cc"},
	{"<alloc::vec::Vec<T> as core::ops::drop::Drop>::drop", "worker", "22", "lib.rs"},
	{"main.(*Server).handle-fm", "server", "", "server.go"},
	{"[orders]+0x12f0", "orders", "abcdef0123456789", ""},
	{"[[vdso]]+0xa10", "[vdso]", "", ""},
	{"entry_SYSCALL_64_after_hwframe", "[kernel]", "33", ""},
	{"größe \"quoted\" \\ back", "orders", "abcdef0123456789", "src/größe.c"},
	{"100% of it: %s %n", "", "", ""},
	{"a.cold", "orders", "abcdef0123456789", "src/main.c"},
	{"never_a_leaf", "orders", "abcdef0123456789", "src/main.c"},
};

enum { FUNCTIONS = sizeof(functions) / sizeof(functions[0]), LEAVES = FUNCTIONS - 1 };

static void require(int rc, const struct rg_err *err)
{
	if (rc == 0)
		return;
	fprintf(stderr, "pprof_sample: %s\n", err->text);
	exit(1);
}

static uint32_t add_frame(struct rg_profile_builder *builder, size_t function, uint32_t line,
			  struct rg_err *err)
{
	const struct function *f = &functions[function];
	/* With an identity of its code, which is a field of ours that others pass over. */
	struct rg_frame frame = {.function = f->name,
				 .file = f->file,
				 .start_line = 10,
				 .code = UINT64_MAX - function};
	uint32_t id = 0;

	frame.line = f->file[0] ? 10 + line : 0;
	require(rg_profile_builder_module(builder, f->module, f->build_id, &frame.module, err),
		err);
	require(rg_profile_builder_frame(builder, &frame, &id, err), err);
	return id;
}

/* Stack i: leaf i % LEAVES on one of two lines, callers after it in the table, never_a_leaf last. */
static uint32_t add_stack(struct rg_profile_builder *builder, size_t i, struct rg_err *err)
{
	uint32_t frames[DEPTH], id = 0;

	for (size_t d = 0; d < DEPTH - 1; d++)
		frames[d] = add_frame(builder, (i + d * 3) % LEAVES, i % 2, err);
	frames[DEPTH - 1] = add_frame(builder, LEAVES, 0, err);
	require(rg_profile_builder_stack(builder, frames, 1 + i % DEPTH, &id, err), err);
	return id;
}

static void add_samples(struct rg_profile_builder *builder, int64_t *self_ns, struct rg_err *err)
{
	for (size_t i = 0; i < STACKS; i++) {
		int64_t n = (int64_t)(1 + i * i);
		struct rg_sample sample = {
			.value = {n, n * PERIOD_NS, (int64_t)(i % 3), (int64_t)(i % 3) * 777},
			.stack = add_stack(builder, i, err),
			.slice = i % 7 == 6 ? RG_NO_SLICE : (uint32_t)(i % SLICES),
			.thread = i % 2 ? "worker <1>" : "",
		};

		self_ns[i % LEAVES] += sample.value[RG_VALUE_CPU_NS];
		require(rg_profile_builder_sample(builder, &sample, err), err);
	}
}

static void add_facts(struct rg_profile_builder *builder, struct rg_err *err)
{
	const struct rg_slice slice = {.wall_ns = 1000000000};

	for (int i = 0; i < SLICES; i++)
		require(rg_profile_builder_slice(builder, &slice, err), err);
	require(rg_profile_builder_fact(builder, RG_KEY_VERSION, "v1.4", err), err);
	require(rg_profile_builder_fact(builder, RG_KEY_BUILD_ID, "abcdef0123456789", err), err);
	require(rg_profile_builder_fact_u64(builder, RG_KEY_PERIOD_NS, PERIOD_NS, err), err);
	require(rg_profile_builder_fact_u64(builder, RG_KEY_WALL_NS, 5000000000, err), err);
	require(rg_profile_builder_fact_u64(builder, RG_KEY_STARTED_NS, 1700000000000000000, err),
		err);
}

static FILE *create(const char *path)
{
	FILE *file = fopen(path, "wb");

	if (!file) {
		perror(path);
		exit(1);
	}
	return file;
}

static void close_file(FILE *file, const char *path)
{
	if (ferror(file) || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

static void write_profile(const struct rg_profile *profile, const char *path, struct rg_err *err)
{
	FILE *file = create(path);
	struct rg_buf buf;

	rg_buf_init(&buf, RG_PPROF_MAX_FILE);
	require(rg_pprof_write(profile, &buf, err), err);
	fwrite(buf.data, 1, buf.len, file);
	rg_buf_done(&buf);
	close_file(file, path);
}

static void write_counts(const struct rg_profile *profile, const char *path)
{
	FILE *file = create(path);
	size_t samples, frames, modules;

	rg_profile_samples(profile, &samples);
	rg_profile_frames(profile, &frames);
	rg_profile_modules(profile, &modules);
	fprintf(file, "sample\t%zu\nlocation\t%zu\nfunction\t%d\nmapping\t%zu\n", samples, frames,
		FUNCTIONS, modules - 1); /* the empty module is no mapping */
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		fprintf(file, "value%d\t%" PRId64 "\n", v,
			rg_profile_total(profile, (enum rg_value)v));
	close_file(file, path);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(functions[*(const int *)a].name, functions[*(const int *)b].name);
}

static void print_self(const int64_t *self_ns)
{
	int order[FUNCTIONS];

	for (int i = 0; i < FUNCTIONS; i++)
		order[i] = i;
	qsort(order, FUNCTIONS, sizeof(order[0]), compare_names);
	for (int i = 0; i < FUNCTIONS; i++)
		printf("%s\t%" PRId64 "\n", functions[order[i]].name, self_ns[order[i]]);
}

int main(int argc, char **argv)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_profile *profile = NULL;
	int64_t self_ns[FUNCTIONS] = {0};
	struct rg_err err = {0};

	if (argc != 3 || !builder) {
		fprintf(stderr, "usage: pprof_sample PROFILE COUNTS\n");
		return 2;
	}
	add_facts(builder, &err);
	add_samples(builder, self_ns, &err);
	require(rg_profile_builder_finish(builder, &profile, &err), &err);
	rg_profile_builder_free(builder);
	write_profile(profile, argv[1], &err);
	write_counts(profile, argv[2]);
	print_self(self_ns);
	rg_profile_free(profile);
	close_file(stdout, "standard output");
	return 0;
}
