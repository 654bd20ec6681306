/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "work_reader.h"
#include "machine.h"

#include "rg/err.h"
#include "rg/units.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	/* As many as there are batches in the statistics: more would only cost the target. */
	READINGS = 20,
	/* A reading may cost whoever is asked; between two there are so many times its length. */
	REST_TIMES = 50,
	EARLY_MS = 20,  /* before the window the first one begins */
	RETRY_MS = 100, /* until the first one succeeds: a target that starts */
	/* What takes longer than this part of the window has no place in it. */
	SLOW_PARTS = 20,
};

enum wish { GO_ON = 0, FINISH, STOP };

struct rg_work_reader {
	struct rg_work_reader_options options;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* of wish */
	enum wish wish;
	/* The thread's, until it is joined. */
	struct rg_work_series series;
	struct rg_err last;
};

/* --- The thread ------------------------------------------------------------------------------- */

static struct timespec at(uint64_t ns)
{
	return (struct timespec){.tv_sec = (time_t)(ns / RG_NS_PER_S),
				 .tv_nsec = (long)(ns % RG_NS_PER_S)};
}

/* Until then, or until there is a wish, which is returned. */
static enum wish rest_until(struct rg_work_reader *r, uint64_t ns)
{
	const struct timespec time = at(ns);
	enum wish wish;

	pthread_mutex_lock(&r->lock);
	while (r->wish == GO_ON && rg_clock_ns() < ns)
		pthread_cond_timedwait(&r->changed, &r->lock, &time);
	wish = r->wish;
	pthread_mutex_unlock(&r->lock);
	return wish;
}

/* How long it took. The number is that of the middle. */
static uint64_t read_once(struct rg_work_reader *r)
{
	const struct rg_work_reader_options *o = &r->options;
	uint64_t before = rg_clock_ns(), took;
	double value = 0;
	int rc;

	r->last = (struct rg_err){0};
	rc = o->read(o->ctx, &value, &r->last);
	took = rg_clock_ns() - before;
	if (rc)
		return took;
	if (took > (o->end_ns - o->start_ns) / SLOW_PARTS)
		rg_err_set(&r->last, RG_EIO, "it took %.1f s to answer, too long for this window",
			   (double)took / (double)RG_NS_PER_S);
	else
		rg_work_series_add(&r->series, before + took / 2, value, &r->last);
	return took;
}

static uint64_t pause_after(const struct rg_work_reader *r, uint64_t took)
{
	const struct rg_work_reader_options *o = &r->options;
	uint64_t pause = (o->end_ns - o->start_ns) / READINGS;

	if (r->series.count == 0)
		return RETRY_MS * RG_NS_PER_MS;
	if (pause < o->slice_ns)
		pause = o->slice_ns;
	return pause > REST_TIMES * took ? pause : REST_TIMES * took;
}

static void *run(void *ctx)
{
	struct rg_work_reader *r = ctx;
	uint64_t next = r->options.start_ns - EARLY_MS * RG_NS_PER_MS;
	enum wish wish;

	while ((wish = rest_until(r, next)) == GO_ON) {
		uint64_t took = read_once(r);

		next = rg_clock_ns() + pause_after(r, took);
	}
	if (wish == FINISH)
		read_once(r);
	return NULL;
}

/* --- Its owner -------------------------------------------------------------------------------- */

static void set_wish(struct rg_work_reader *r, enum wish wish)
{
	pthread_mutex_lock(&r->lock);
	r->wish = wish;
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

/* Signals are for the thread that waits for them. */
static int start_thread(struct rg_work_reader *r)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&r->thread, NULL, run, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	r->running = error == 0;
	return error;
}

int rg_work_reader_start(const struct rg_work_reader_options *options, struct rg_work_reader **out,
			 struct rg_err *err)
{
	struct rg_work_reader *r = calloc(1, sizeof(*r));
	pthread_condattr_t monotonic;
	int error;

	if (!r)
		return rg_err_nomem(err, "work");
	r->options = *options;
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&r->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	error = start_thread(r);
	if (error) {
		rg_work_reader_free(r);
		return rg_err_set(err, RG_EIO, "work: start a thread: %s", strerror(error));
	}
	*out = r;
	return 0;
}

void rg_work_reader_finish(struct rg_work_reader *r)
{
	set_wish(r, FINISH);
}

static void join(struct rg_work_reader *r)
{
	if (r->running)
		pthread_join(r->thread, NULL);
	r->running = false;
}

const struct rg_work_series *rg_work_reader_wait(struct rg_work_reader *r, const char **last)
{
	join(r);
	*last = r->last.text;
	return &r->series;
}

void rg_work_reader_free(struct rg_work_reader *r)
{
	if (!r)
		return;
	if (r->running)
		set_wish(r, STOP);
	join(r);
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	rg_work_series_done(&r->series);
	free(r);
}
