/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes profiles to draw flame graphs of into a folder: base.pb.gz and canary.pb.gz, two versions of a
 * service, one function of which grew while another went away; hostile-base.pb.gz and hostile-canary.pb.gz, whose
 * every name is hostile; wide-base.pb.gz and wide-canary.pb.gz, which hold more frames than are kept.
 */
#include "hostile_names.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/pprof.h"
#include "rg/profile.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SLICES = 20,
	PERIOD_NS = 10101010,
	DEPTH_MAX = 12,
	NAME_MAX_BYTES = 64,
	WIDE_STACKS = 4000,
};

/* Root first. On a CPU so many samples a slice; waits so many ms in each. */
struct stack {
	const char *frames;
	int samples[2], wait_ms[2];
	const char *wait;
};

static const struct stack service[] = {
	{"main;serve;parse_order;lex", {20, 21}, {0, 0}, NULL},
	{"main;serve;parse_order", {6, 6}, {0, 0}, NULL},
	{"main;serve;price_order;campaign_discount", {5, 45}, {0, 0}, NULL},
	{"main;serve;price_order;catalog_find", {9, 9}, {0, 0}, NULL},
	{"main;serve;price_order;legacy_rounding", {8, 0}, {0, 0}, NULL},
	{"main;serve;reply;write_json;memcpy", {7, 7}, {0, 0}, NULL},
	{"main;serve;reply;write_json", {11, 10}, {0, 0}, NULL},
	{"main;serve;reply;campaign_discount", {1, 2}, {0, 0}, NULL},
	{"main;serve;audit;sha256_block", {14, 14}, {0, 0}, NULL},
	{"main;serve;render_page;escape_text", {6, 6}, {0, 0}, NULL},
	{"main;serve;reply;render_footer;escape_text", {1, 40}, {0, 0}, NULL},
	{"main;serve;audit;append;fsync", {0, 0}, {40, 160}, RG_WAIT_DISK},
	{"main;serve;take_lock;pthread_mutex_lock", {0, 0}, {30, 31}, RG_WAIT_LOCK},
	{"main;accept_loop;poll", {0, 0}, {990, 990}, RG_WAIT_POLL},
};

static void require(int rc, const struct rg_err *err)
{
	if (rc == 0)
		return;
	fprintf(stderr, "flame_sample: %s\n", err->text);
	exit(1);
}

static uint32_t add_frame(struct rg_profile_builder *builder, const char *function,
			  const char *module, const char *file)
{
	struct rg_frame frame = {.function = function, .file = file, .line = 12, .start_line = 10};
	struct rg_err err = {0};
	uint32_t id = 0;

	require(rg_profile_builder_module(builder, module, "", &frame.module, &err), &err);
	require(rg_profile_builder_frame(builder, &frame, &id, &err), &err);
	return id;
}

/* The C library's functions are its own, as the rule of who waits wants it. */
static const char *module_of(const char *name)
{
	static const char *const library[] = {"memcpy", "fsync", "pthread_mutex_lock", "poll"};

	for (size_t i = 0; i < sizeof(library) / sizeof(library[0]); i++)
		if (strcmp(library[i], name) == 0)
			return "libc.so.6";
	return "orders";
}

static uint32_t add_stack(struct rg_profile_builder *builder, const char *frames)
{
	uint32_t ids[DEPTH_MAX], id = 0;
	struct rg_err err = {0};
	size_t depth = 0;

	for (const char *end = frames + strlen(frames); end > frames; depth++) {
		const char *at = end;
		char name[NAME_MAX_BYTES];

		while (at > frames && at[-1] != ';')
			at--;
		snprintf(name, sizeof(name), "%.*s", (int)(end - at), at);
		ids[depth] = add_frame(builder, name, module_of(name), "orders.c");
		end = at > frames ? at - 1 : at;
	}
	require(rg_profile_builder_stack(builder, ids, depth, &id, &err), &err);
	return id;
}

static void add_service(struct rg_profile_builder *builder, int side)
{
	struct rg_err err = {0};

	for (size_t i = 0; i < sizeof(service) / sizeof(service[0]); i++) {
		const struct stack *from = &service[i];
		struct rg_sample sample = {.stack = add_stack(builder, from->frames),
					   .thread = "worker",
					   .wait = from->wait ? from->wait : ""};

		for (uint32_t slice = 0; slice < SLICES; slice++) {
			sample.slice = slice;
			sample.value[RG_VALUE_SAMPLES] = from->samples[side];
			sample.value[RG_VALUE_CPU_NS] = (int64_t)from->samples[side] * PERIOD_NS;
			sample.value[RG_VALUE_WAITS] = from->wait_ms[side] > 0 ? 10 : 0;
			sample.value[RG_VALUE_OFF_CPU_NS] = (int64_t)from->wait_ms[side] * 1000003;
			require(rg_profile_builder_sample(builder, &sample, &err), &err);
		}
	}
}

/* Every text of the corpus as function, module, file and fact; stacks of three of them. */
static void add_hostile(struct rg_profile_builder *builder, int side)
{
	struct rg_err err = {0};

	for (size_t i = 0; i < COUNT; i++) {
		struct rg_sample sample = {.thread = corpus[i].text, .wait = ""};
		uint32_t ids[3];

		for (size_t at = 0; at < 3; at++)
			ids[at] = add_frame(builder, corpus[(i + at) % COUNT].text,
					    corpus[(i + at + 1) % COUNT].text,
					    corpus[(i + at + 2) % COUNT].text);
		require(rg_profile_builder_stack(builder, ids, 3, &sample.stack, &err), &err);
		for (uint32_t slice = 0; slice < SLICES; slice++) {
			sample.slice = slice;
			sample.value[RG_VALUE_SAMPLES] = side && i % 2 ? 9 : 3;
			sample.value[RG_VALUE_CPU_NS] = sample.value[RG_VALUE_SAMPLES] * PERIOD_NS;
			require(rg_profile_builder_sample(builder, &sample, &err), &err);
		}
	}
}

/* The next of a fixed sequence (a linear congruential generator, Knuth's MMIX). */
static uint32_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33);
}

/* Below a common beginning everything differs: most frames are too small to be kept. */
static void add_wide(struct rg_profile_builder *builder, int side)
{
	struct rg_err err = {0};
	uint64_t state = 1;

	for (size_t i = 0; i < WIDE_STACKS; i++) {
		struct rg_sample sample = {.slice = RG_NO_SLICE, .thread = "", .wait = ""};
		uint32_t ids[DEPTH_MAX];

		for (size_t at = 0; at < DEPTH_MAX; at++) {
			uint32_t functions = at + 3 < DEPTH_MAX ? 300 : 2;
			char name[NAME_MAX_BYTES];

			snprintf(name, sizeof(name), "f%zu_%u", DEPTH_MAX - at,
				 next_random(&state) % functions);
			ids[at] = add_frame(builder, name, "orders", "");
		}
		require(rg_profile_builder_stack(builder, ids, DEPTH_MAX, &sample.stack, &err),
			&err);
		sample.value[RG_VALUE_SAMPLES] =
			1 + next_random(&state) % 50 * (side ? 1 : (uint32_t)i % 3);
		sample.value[RG_VALUE_CPU_NS] = sample.value[RG_VALUE_SAMPLES] * PERIOD_NS;
		require(rg_profile_builder_sample(builder, &sample, &err), &err);
	}
}

static void add_facts(struct rg_profile_builder *builder, const char *version)
{
	const struct rg_fact facts[] = {
		{RG_KEY_VERSION, version},    {RG_KEY_TOOL, "regress-gate"},
		{RG_KEY_SCENARIO, "default"}, {RG_KEY_HOST, "builder"},
		{RG_KEY_KERNEL, "6.1.0"},     {RG_KEY_CPU_MODEL, "A CPU"},
		{RG_KEY_ARCH, "x86_64"},      {RG_KEY_EVENT, "cpu-clock"},
	};
	struct rg_err err = {0};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		require(rg_profile_builder_fact(builder, facts[i].key, facts[i].value, &err), &err);
	require(rg_profile_builder_fact_u64(builder, RG_KEY_WALL_NS, SLICES * UINT64_C(1000000000),
					    &err),
		&err);
	require(rg_profile_builder_fact_u64(builder, RG_KEY_PERIOD_NS, PERIOD_NS, &err), &err);
	require(rg_profile_builder_fact_u64(builder, RG_KEY_LOST_TABLE_FULL, 0, &err), &err);
}

static void write_profile(const struct rg_profile *profile, const char *path)
{
	struct rg_buf bytes;
	struct rg_err err = {0};
	FILE *file = fopen(path, "wb");

	rg_buf_init(&bytes, 1 << 24);
	require(rg_pprof_write(profile, &bytes, &err), &err);
	if (!file || fwrite(bytes.data, 1, bytes.len, file) != bytes.len || fclose(file)) {
		perror(path);
		exit(1);
	}
	rg_buf_done(&bytes);
}

static void make(const char *folder, const char *name, const char *version, int side,
		 void (*add)(struct rg_profile_builder *, int))
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	const struct rg_slice slice = {.wall_ns = UINT64_C(1000000000)};
	struct rg_profile *profile;
	struct rg_err err = {0};
	char path[4096];

	for (size_t i = 0; i < SLICES; i++)
		require(rg_profile_builder_slice(builder, &slice, &err), &err);
	add_facts(builder, version);
	add(builder, side);
	require(rg_profile_builder_finish(builder, &profile, &err), &err);
	snprintf(path, sizeof(path), "%s/%s.pb.gz", folder, name);
	write_profile(profile, path);
	rg_profile_free(profile);
	rg_profile_builder_free(builder);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: flame_sample FOLDER\n");
		return 2;
	}
	make(argv[1], "base", "v1.4", 0, add_service);
	make(argv[1], "canary", "v1.5", 1, add_service);
	make(argv[1], "wide-base", "v1", 0, add_wide);
	make(argv[1], "wide-canary", "v2", 1, add_wide);
	make(argv[1], "hostile-base", "</title><script>document.title='owned'</script>", 0,
	     add_hostile);
	make(argv[1], "hostile-canary", "\"><img src=x onerror=\"document.title='owned'\">", 1,
	     add_hostile);
	return 0;
}
