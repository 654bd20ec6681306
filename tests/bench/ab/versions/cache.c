/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three threads look things up in a cache that a fourth keeps fresh, under one lock. Version 2 saves the cache to
 * the disk, and holds the lock for as long as that takes.
 */
#include "../serve.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

enum { READERS = 3, ENTRIES = 4096, PARTS = 64 };

static struct {
	pthread_mutex_t lock;
	uint64_t entry[ENTRIES];
	int fd;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct reader {
	double rate;
	uint64_t random, sum;
};

static void must(int good, const char *what)
{
	if (!good) {
		perror(what);
		exit(1);
	}
}

/* --- Readers ---------------------------------------------------------------------------------- */

static void parse_query(struct reader *reader)
{
	for (int i = 0; i < 500000; i++) {
		reader->random = reader->random * UINT64_C(6364136223846793005) + 1;
		__asm__ volatile("" : "+r"(reader->random));
	}
}

static void look_up(struct reader *reader)
{
	pthread_mutex_lock(&cache.lock);
	for (int i = 0; i < 16; i++)
		reader->sum += cache.entry[(reader->random >> i) % ENTRIES];
	pthread_mutex_unlock(&cache.lock);
}

/* Counted as the unit of work. */
LARGE static void request(void *context)
{
	static void (*const steps[])(struct reader *) = {parse_query, look_up};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		steps[i](context);
}

static void *run_reader(void *context)
{
	struct reader *reader = context;

	serve(reader->rate, request, reader);
	return NULL;
}

/* --- The writer ------------------------------------------------------------------------------- */

static void update_entries(void)
{
	for (int i = 0; i < ENTRIES; i++)
		cache.entry[i] += (uint64_t)i;
}

static void save_snapshot(void)
{
#if VERSION == 2
	const size_t size = sizeof(cache.entry) / PARTS;

	for (size_t part = 0; part < PARTS; part++) {
		const char *from = (const char *)cache.entry + part * size;

		must(pwrite(cache.fd, from, size, (off_t)(part * size)) == (ssize_t)size,
		     "write the snapshot");
		must(fsync(cache.fd) == 0, "sync the snapshot");
	}
#endif
}

LARGE static void refresh_cache(void *context)
{
	static void (*const steps[])(void) = {update_entries, save_snapshot};

	(void)context;
	pthread_mutex_lock(&cache.lock);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		steps[i]();
	pthread_mutex_unlock(&cache.lock);
}

int main(int argc, char **argv)
{
	static struct reader reader[READERS];
	pthread_t id;

	serve_check_arguments(argc, argv, NULL, 0);
	cache.fd = open("snapshot", O_RDWR | O_CREAT | O_TRUNC, 0600);
	must(cache.fd >= 0, "open the snapshot");
	must(unlink("snapshot") == 0, "remove the snapshot's name");
	for (int i = 0; i < READERS; i++) {
		reader[i].rate = serve_argument(argc, argv, "rate", 600) / READERS;
		reader[i].random = (uint64_t)i + 1;
		must(pthread_create(&id, NULL, run_reader, &reader[i]) == 0, "start a reader");
	}
	serve(20, refresh_cache, NULL);
}
