/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two threads that do what services do with libraries: write text, compress and expand it, sort, allocate.
 * Most of the time is in libz and libc. "rank" is its own; "copies" are allocations.
 */
#include "serve.h"

#include <math.h>
#include <pthread.h>
#include <zlib.h>

enum { TEXT = 24000, ITEMS = 3000, COPIES = 60 };

static const char *const names[] = {"rank", "sort", "deflate", "inflate", "print", "copies"};

struct press {
	double rank, sort, deflate, inflate, print, copies, rate;
	char text[TEXT];
	unsigned char packed[TEXT + 1024], expanded[TEXT];
	int items[ITEMS];
	uint64_t seed;
	volatile uint64_t sink;
};

static uint64_t next(struct press *press)
{
	press->seed ^= press->seed << 13;
	press->seed ^= press->seed >> 7;
	return press->seed ^= press->seed << 17;
}

__attribute__((noinline)) static uint64_t rank_items(struct press *press, uint64_t rounds)
{
	uint64_t best = 0;

	for (uint64_t i = 0; i < rounds; i++) {
		uint64_t score = (uint64_t)press->items[i % ITEMS] * 2654435761u;

		best += score > best >> 1 ? score >> 9 : 3;
		__asm__ volatile("" : "+r"(best));
	}
	return best;
}

static int by_number(const void *left, const void *right)
{
	int a = *(const int *)left, b = *(const int *)right;

	return (a > b) - (a < b);
}

__attribute__((noinline)) static void write_text(struct press *press, double part)
{
	size_t at = 0;

	while ((double)at + 64 < TEXT * part)
		at += (size_t)snprintf(press->text + at, 64, "line %d: %.2f pieces\n",
				       press->items[at % ITEMS],
				       (double)(press->items[at % 97] % 10000) / 100);
}

static uint64_t copy_lines(struct press *press, uint64_t copies)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < copies; i++) {
		char *copy = strndup(press->text + i * 100 % 8000, 4000);

		if (copy)
			sum += (unsigned char)copy[i % 2000];
		free(copy);
	}
	return sum;
}

/* Of the text, as much as the factor says; the whole of it more than once where that is above 1. */
static uLong pack(struct press *press, double factor)
{
	uLong packed = 0;

	for (; factor > 0; factor -= 1) {
		double part = factor < 1 ? factor : 1;

		packed = sizeof(press->packed);
		if (compress2(press->packed, &packed, (unsigned char *)press->text,
			      (uLong)(TEXT * part), 1) != Z_OK)
			exit(1);
	}
	return packed;
}

static void unpack(struct press *press, uLong packed, double factor)
{
	for (double done = 0; done < factor; done += 0.25) {
		uLong length = sizeof(press->expanded);

		if (uncompress(press->expanded, &length, press->packed, packed) != Z_OK)
			exit(1);
		press->sink += press->expanded[length / 2];
	}
}

/* Counted as the unit of work. */
__attribute__((noinline)) static void request(void *context)
{
	struct press *press = context;

	for (int i = 0; i < ITEMS; i++)
		press->items[i] = (int)(next(press) % 1000000);
	write_text(press, press->print);
	press->sink += rank_items(press, (uint64_t)(200000 * press->rank));
	qsort(press->items, (size_t)(ITEMS * press->sort), sizeof(int), by_number);
	unpack(press, pack(press, press->deflate), press->inflate);
	press->sink += copy_lines(press, (uint64_t)(COPIES * press->copies));
}

static void *thread(void *argument)
{
	struct press *press = argument;

	serve(press->rate, request, press);
	return NULL;
}

int main(int argc, char **argv)
{
	enum { THREADS = 2 };
	struct press *press = calloc(THREADS, sizeof(*press));
	pthread_t id;

	if (!press)
		return 1;
	serve_check_arguments(argc, argv, names, sizeof(names) / sizeof(names[0]));
	for (int i = 0; i < THREADS; i++) {
		press[i].rank = serve_argument(argc, argv, "rank", 1);
		press[i].sort = fmin(serve_argument(argc, argv, "sort", 1), 1);
		press[i].deflate = serve_argument(argc, argv, "deflate", 1);
		press[i].inflate = serve_argument(argc, argv, "inflate", 1);
		press[i].print = fmin(serve_argument(argc, argv, "print", 1), 1);
		press[i].copies = serve_argument(argc, argv, "copies", 1);
		press[i].rate = serve_argument(argc, argv, "rate", 600) / THREADS;
		press[i].seed = 88172645463325252 + (uint64_t)i;
		if (pthread_create(&id, NULL, thread, &press[i]))
			return 1;
	}
	pthread_exit(NULL);
}
