/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a pprof message, not yet deflated, to standard output: SAMPLES samples over a tenth as many
 * distinct stacks of 8 to 40 frames. The same arguments give the same bytes.
 *
 *   make_profiles SAMPLES SEED sliced      in canonical order, with slices, as regress-gate writes
 *   make_profiles SAMPLES SEED shuffled    in no order, without labels, as others may write
 *
 * SEED changes the values only; every seed above 1 also makes one function three times as costly.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	FUNCTIONS = 5000,
	LINES = 4, /* locations a function */
	LOCATIONS = FUNCTIONS * LINES,
	MODULES = 8,
	DEPTH_MIN = 8,
	DEPTH_MAX = 40,
	SAMPLES_A_STACK = 10,
	SLICES = 3 * SAMPLES_A_STACK,
	PERIOD_NS = 10101010,
	HEAVY = 5, /* the function that gets worse */
};

struct stack {
	uint32_t frames[DEPTH_MAX]; /* location ids, leaf first */
	uint32_t depth;
};

struct bytes {
	uint8_t data[1024];
	size_t len;
};

/* xorshift64* (Vigna 2016). */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d) >> 11;
}

static void put_varint(struct bytes *b, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		b->data[b->len++] = (uint8_t)(value | 0x80);
	b->data[b->len++] = (uint8_t)value;
}

static void put_number(struct bytes *b, uint32_t field, uint64_t value)
{
	put_varint(b, field << 3);
	put_varint(b, value);
}

static void put_bytes(struct bytes *b, uint32_t field, const void *bytes, size_t len)
{
	put_varint(b, field << 3 | 2);
	put_varint(b, len);
	memcpy(b->data + b->len, bytes, len);
	b->len += len;
}

/* A part of the message goes out as a field of it. */
static void write_part(uint32_t field, const struct bytes *part)
{
	struct bytes head = {.len = 0};

	put_varint(&head, field << 3 | 2);
	put_varint(&head, part->len);
	fwrite(head.data, 1, head.len, stdout);
	fwrite(part->data, 1, part->len, stdout);
}

static void write_numbers(uint32_t field, const uint64_t *values, uint32_t count)
{
	struct bytes part = {.len = 0};

	for (uint32_t i = 0; i < count; i++)
		if (values[i])
			put_number(&part, i + 1, values[i]);
	write_part(field, &part);
}

static void write_text(const char *text)
{
	struct bytes part = {.len = strlen(text)};

	memcpy(part.data, text, part.len);
	write_part(6, &part);
}

enum { S_EMPTY, S_SAMPLES, S_COUNT, S_CPU, S_NANOSECONDS, S_SLICE, S_SLICES, S_FILE, S_FUNCTION };
enum { S_MODULE = S_FUNCTION + FUNCTIONS };

static void write_texts(void)
{
	static const char *const first[S_FUNCTION] = {"",
						      "samples",
						      "count",
						      "cpu",
						      "nanoseconds",
						      "slice",
						      "regress-gate/1 slices=30*1000000000",
						      "src/service.cc"};
	char text[128];

	for (int i = 0; i < S_FUNCTION; i++)
		write_text(first[i]);
	for (int i = 0; i < FUNCTIONS; i++) {
		snprintf(text, sizeof(text), "shop::part%d::Handler<Order%d>::step%d(Item const&)",
			 i % 40, i % 7, i);
		write_text(text);
	}
	for (int i = 0; i < MODULES; i++) {
		snprintf(text, sizeof(text), "libpart%d.so", i);
		write_text(text);
	}
}

static void write_location(uint64_t id)
{
	uint64_t function = (id - 1) / LINES;
	struct bytes line = {.len = 0}, part = {.len = 0};

	put_number(&line, 1, function + 1);
	put_number(&line, 2, 10 + function % 900 + id % LINES);
	put_number(&part, 1, id);
	put_number(&part, 2, 1 + function * MODULES / FUNCTIONS);
	put_bytes(&part, 4, line.data, line.len);
	write_part(4, &part);
}

static void write_places(void)
{
	for (uint64_t i = 0; i < MODULES; i++)
		write_numbers(3, (const uint64_t[]){i + 1, 0, 0, 0, S_MODULE + i}, 5);
	for (uint64_t id = 1; id <= LOCATIONS; id++)
		write_location(id);
	for (uint64_t i = 0; i < FUNCTIONS; i++)
		write_numbers(5, (const uint64_t[]){i + 1, S_FUNCTION + i, 0, S_FILE, 10 + i % 900},
			      5);
}

/* Some functions are met far more often than others. */
static uint32_t random_location(uint64_t *seed)
{
	uint64_t at = LOCATIONS - 1;

	for (int i = 0; i < 4; i++)
		at = at * (next_random(seed) % LOCATIONS) / LOCATIONS;
	return (uint32_t)(1 + at);
}

/* A walk over a tree of calls: each stack keeps a part of the one before, from the root on. */
static void make_stacks(struct stack *stacks, size_t count)
{
	uint32_t path[DEPTH_MAX]; /* root first */
	uint64_t seed = 42;
	uint32_t depth = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t wanted = DEPTH_MIN + next_random(&seed) % (DEPTH_MAX - DEPTH_MIN + 1);
		uint32_t kept = depth ? next_random(&seed) % depth : 0;

		for (depth = kept < wanted ? kept : wanted - 1; depth < wanted; depth++)
			path[depth] = random_location(&seed);
		stacks[i].depth = depth;
		for (uint32_t j = 0; j < depth; j++)
			stacks[i].frames[j] = path[depth - 1 - j];
	}
}

static int compare_stacks(const void *a, const void *b)
{
	const struct stack *l = a, *r = b;

	for (uint32_t i = 0; i < l->depth && i < r->depth; i++)
		if (l->frames[i] != r->frames[i])
			return l->frames[i] < r->frames[i] ? -1 : 1;
	return (l->depth > r->depth) - (l->depth < r->depth);
}

static void write_sample(const struct stack *stack, uint64_t samples, int64_t slice)
{
	struct bytes inner = {.len = 0}, part = {.len = 0};

	for (uint32_t i = 0; i < stack->depth; i++)
		put_varint(&inner, stack->frames[i]);
	put_bytes(&part, 1, inner.data, inner.len);
	inner.len = 0;
	put_varint(&inner, samples);
	put_varint(&inner, samples * PERIOD_NS);
	put_bytes(&part, 2, inner.data, inner.len);
	inner.len = 0;
	if (slice >= 0) {
		put_number(&inner, 1, S_SLICE);
		put_number(&inner, 3, (uint64_t)slice);
		put_number(&inner, 4, S_COUNT);
		put_bytes(&part, 3, inner.data, inner.len);
	}
	write_part(2, &part);
}

static void write_samples(const struct stack *stacks, size_t count, uint64_t seed, int sliced)
{
	size_t stack_count = count / SAMPLES_A_STACK;
	uint64_t state = seed;

	for (size_t i = 0; i < count; i++) {
		size_t at = sliced ? i / SAMPLES_A_STACK : next_random(&state) % stack_count;
		uint64_t samples = 1 + next_random(&state) % 3;

		if (seed > 1 && (stacks[at].frames[0] - 1) / LINES == HEAVY)
			samples *= 3;
		write_sample(&stacks[at], samples,
			     sliced ? (int64_t)(i % SAMPLES_A_STACK * 3 + at % 3) : -1);
	}
}

/* Duration, period, and the slices as a comment. */
static void write_end(int sliced)
{
	struct bytes end = {.len = 0};

	put_number(&end, 10, SLICES * UINT64_C(1000000000));
	put_number(&end, 12, PERIOD_NS);
	if (sliced)
		put_number(&end, 13, S_SLICES);
	fwrite(end.data, 1, end.len, stdout);
}

int main(int argc, char **argv)
{
	size_t count = argc == 4 ? strtoul(argv[1], NULL, 10) : 0;
	uint64_t seed = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
	int sliced = argc == 4 && strcmp(argv[3], "sliced") == 0;
	struct stack *stacks;

	if (count < SAMPLES_A_STACK || seed == 0) {
		fprintf(stderr, "usage: make_profiles SAMPLES SEED sliced|shuffled\n");
		return 2;
	}
	stacks = calloc(count / SAMPLES_A_STACK, sizeof(*stacks));
	if (!stacks)
		return 1;
	make_stacks(stacks, count / SAMPLES_A_STACK);
	qsort(stacks, count / SAMPLES_A_STACK, sizeof(*stacks), compare_stacks);
	write_numbers(1, (const uint64_t[]){S_SAMPLES, S_COUNT}, 2);
	write_numbers(1, (const uint64_t[]){S_CPU, S_NANOSECONDS}, 2);
	write_samples(stacks, count - count % SAMPLES_A_STACK, seed, sliced);
	write_places();
	write_numbers(11, (const uint64_t[]){S_CPU, S_NANOSECONDS}, 2);
	write_texts();
	write_end(sliced);
	free(stacks);
	return fflush(stdout) != 0 || ferror(stdout);
}
