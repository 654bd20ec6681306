/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Four threads count words in one table. Version 1 takes its lock once for a batch of words; version 2 for every
 * word.
 */
#include "../serve.h"

#include <pthread.h>

enum { THREADS = 4, BATCH = 3000, SLOTS = 1 << 16 };

static struct {
	pthread_mutex_t lock;
	uint32_t count[SLOTS];
} tally = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct counter {
	double rate;
	uint64_t random;
	uint32_t word[BATCH];
};

static uint32_t next_word(struct counter *counter)
{
	for (int i = 0; i < 60; i++) {
		counter->random = counter->random * UINT64_C(6364136223846793005) + 1;
		__asm__ volatile("" : "+r"(counter->random));
	}
	return (uint32_t)(counter->random >> 48);
}

LARGE static void read_words(struct counter *counter)
{
	for (int i = 0; i < BATCH; i++)
		counter->word[i] = next_word(counter);
}

LARGE static void count_words(const struct counter *counter)
{
#if VERSION == 2
	for (int i = 0; i < BATCH; i++) {
		pthread_mutex_lock(&tally.lock);
		tally.count[counter->word[i] % SLOTS]++;
		pthread_mutex_unlock(&tally.lock);
	}
#else
	pthread_mutex_lock(&tally.lock);
	for (int i = 0; i < BATCH; i++)
		tally.count[counter->word[i] % SLOTS]++;
	pthread_mutex_unlock(&tally.lock);
#endif
}

/* Counted as the unit of work. */
LARGE static void request(void *context)
{
	struct counter *counter = context;

	read_words(counter);
	count_words(counter);
}

static void *run_counter(void *context)
{
	struct counter *counter = context;

	serve(counter->rate, request, counter);
	return NULL;
}

int main(int argc, char **argv)
{
	static struct counter counter[THREADS];
	pthread_t id;

	serve_check_arguments(argc, argv, NULL, 0);
	for (int i = 0; i < THREADS; i++) {
		counter[i].rate = serve_argument(argc, argv, "rate", 1200) / THREADS;
		counter[i].random = (uint64_t)i + 1;
		if (pthread_create(&id, NULL, run_counter, &counter[i]))
			return 1;
	}
	return pthread_join(id, NULL);
}
