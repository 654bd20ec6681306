#include <stddef.h>

#include "load_hist.h"

#define SUB (1 << HIST_SUB_BITS)

static size_t bucket_of(uint64_t value)
{
	size_t bucket;
	int shift;

	if (value < SUB)
		return (size_t)value;
	shift = 63 - __builtin_clzll(value) - HIST_SUB_BITS;
	bucket = ((size_t)shift << HIST_SUB_BITS) + (size_t)(value >> shift);
	return bucket < HIST_BUCKETS ? bucket : HIST_BUCKETS - 1;
}

static int64_t value_of(size_t bucket)
{
	size_t shift;

	if (bucket < 2 * SUB)
		return (int64_t)bucket;
	shift = bucket / SUB - 1;
	return (int64_t)(bucket - shift * SUB) << shift;
}

void hist_add(struct hist *h, int64_t nsec)
{
	h->counts[bucket_of(nsec > 0 ? (uint64_t)nsec : 0)]++;
	h->total++;
}

void hist_merge(struct hist *into, const struct hist *from)
{
	for (size_t i = 0; i < HIST_BUCKETS; i++)
		into->counts[i] += from->counts[i];
	into->total += from->total;
}

int64_t hist_percentile(const struct hist *h, int percent)
{
	uint64_t want = (h->total * (uint64_t)percent + 99) / 100;
	uint64_t seen = 0;
	size_t i = 0;

	while (i < HIST_BUCKETS - 1 && (seen += h->counts[i]) < want)
		i++;
	return h->total ? value_of(i) : 0;
}
