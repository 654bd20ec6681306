/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "waits.h"

#include "rg/arena.h"
#include "rg/err.h"

/* What fell into each batch. */
struct batch_sums {
	int64_t ns[RG_BATCH_COUNT], waits[RG_BATCH_COUNT];
};

/* Squared distances of the batches from their parts of the whole; slices that are missing do not count. */
static void measure(const struct rg_batches *batches, const int64_t *batch, double *squares,
		    double *expected)
{
	double sliced = 0;

	for (size_t i = 0; i < RG_BATCH_COUNT; i++)
		sliced += (double)batch[i];
	for (size_t i = 0; i < RG_BATCH_COUNT; i++) {
		double distance = (double)batch[i] - sliced * batches->part[i];

		*squares += distance * distance;
	}
	*expected += sliced * (1 - batches->part_square);
}

/* `apart` has two places a sum, or is NULL. */
static void spread(const struct rg_batches *batches, const struct batch_sums *batch,
		   struct rg_wait_sum *sum, struct rg_apart *apart)
{
	if (batches->used == 0)
		return;
	measure(batches, batch->ns, &sum->squares, &sum->expected);
	measure(batches, batch->waits, &sum->wait_squares, &sum->wait_expected);
	if (!apart)
		return;
	sum->apart = rg_apart_measure(batches, batch->ns, 1, &apart[0]);
	sum->wait_apart = rg_apart_measure(batches, batch->waits, 1, &apart[1]);
}

static void add(struct rg_wait_sum *sum, struct batch_sums *batch, const struct rg_batches *batches,
		const struct rg_sample *sample)
{
	/* Every sum is a part of the profile's total, which fits. */
	sum->ns += sample->value[RG_VALUE_OFF_CPU_NS];
	sum->waits += sample->value[RG_VALUE_WAITS];
	if (sample->slice >= batches->slices)
		return;
	batch->ns[batches->of_slice[sample->slice]] += sample->value[RG_VALUE_OFF_CPU_NS];
	batch->waits[batches->of_slice[sample->slice]] += sample->value[RG_VALUE_WAITS];
}

int rg_waits_sum(const struct rg_wait_names *names, const struct rg_run *run,
		 const uint32_t *wait_of, struct rg_wait_sum *sum, struct rg_wait_sum *total,
		 struct rg_arena *scratch, struct rg_err *err)
{
	struct batch_sums *batch = rg_arena_array(scratch, names->count + 1, sizeof(*batch));
	struct batch_sums all = {{0}, {0}};
	struct rg_batches batches = {0};
	struct rg_sample_reader reader = rg_profile_read_samples(run->profile);
	struct rg_sample sample;
	struct rg_apart *apart;

	if (!batch || rg_apart_places(run, 2 * (names->count + 1), &apart, names->arena))
		return rg_err_nomem(err, "diff");
	int code = rg_batches_make(&batches, run->profile, scratch, err);

	if (code)
		return code;
	if (names->basis == RG_BASIS_WORK)
		rg_batches_weigh_by_work(&batches, run->profile);
	*total = (struct rg_wait_sum){0};
	for (; rg_sample_next(&reader, &sample); wait_of++) {
		if (*wait_of == RG_WAIT_NONE)
			continue;
		add(&sum[*wait_of], &batch[*wait_of], &batches, &sample);
		if (!names->list[*wait_of].idle)
			add(total, &all, &batches, &sample);
	}
	for (size_t i = 0; i < names->count; i++)
		spread(&batches, &batch[i], &sum[i], apart ? &apart[2 * i] : NULL);
	spread(&batches, &all, total, apart ? &apart[2 * names->count] : NULL);
	return 0;
}
