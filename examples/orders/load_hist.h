#ifndef LOAD_HIST_H
#define LOAD_HIST_H

#include <stdint.h>

#define HIST_SUB_BITS 6
#define HIST_BUCKETS  (48 << HIST_SUB_BITS)

/* Latencies in nanoseconds, each counted to within 1/64 of its value. */
struct hist {
	uint64_t counts[HIST_BUCKETS];
	uint64_t total;
};

void hist_add(struct hist *h, int64_t nsec);
void hist_merge(struct hist *into, const struct hist *from);

/* The latency that a share of all, in percent, did not exceed. */
int64_t hist_percentile(const struct hist *h, int percent);

#endif
