/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Its first thread ends at once; the second works and sleeps by turns until it is killed. */
#include "burn.h"

#include <pthread.h>

BURNER(burn_on, 6364136223846793005)

static void *work(void *unused)
{
	const struct timespec pause = {0, 5000000};

	for (;;) {
		burn(burn_on, 5 * NS_PER_MS);
		nanosleep(&pause, NULL);
	}
	return unused;
}

int main(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, work, NULL))
		return 1;
	pthread_exit(NULL);
}
