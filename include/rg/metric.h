/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_METRIC_H
#define RG_METRIC_H

#include <stddef.h>

struct rg_err;

/*
 * A counter that a program serves over HTTP in the Prometheus text format (0.0.4) or OpenMetrics, named by
 * URL#NAME or URL#NAME{label="value",…}: the sum of all its series that have these labels.
 */
struct rg_metric;

/* Whether it has that form. RG_EUSAGE. */
int rg_metric_check(const char *spec, struct rg_err *err);

/* Nothing is asked for yet. RG_EUSAGE, RG_ENOMEM, RG_EIO. */
int rg_metric_open(const char *spec, struct rg_metric **out, struct rg_err *err);
void rg_metric_close(struct rg_metric *metric);

/* "NAME{label="value"}": without the URL, which is nobody's business. */
const char *rg_metric_name(const struct rg_metric *metric);

/*
 * Asks for it once; from one thread at a time, on which SIGPIPE is blocked. `metric` is a struct rg_metric. RG_EIO: no answer within
 * seconds, or one of another status than 200; RG_ELIMIT: more than 8 MiB; RG_EFORMAT: a redirect to elsewhere, no such series, a
 * gauge, a value that is not a number. RG_ENOMEM.
 */
int rg_metric_read(void *metric, double *value, struct rg_err *err);

#endif
