/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WORK_EXPOSITION_H
#define WORK_EXPOSITION_H

#include <stddef.h>

struct rg_err;

enum {
	RG_METRIC_LABELS_MAX = 16,
	RG_METRIC_NAME_MAX = 255,  /* bytes of the metric's name */
	RG_METRIC_TEXT_MAX = 1024, /* of all that is behind the # */
};

/* A metric's name, and labels that its series must have; in any order, and maybe others. */
struct rg_selector {
	char text[RG_METRIC_TEXT_MAX + 1]; /* as it was given */
	char name[RG_METRIC_NAME_MAX + 1];
	struct rg_selector_label {
		const char *name, *value; /* unescaped; in `store` */
	} label[RG_METRIC_LABELS_MAX];
	size_t label_count;
	char store[RG_METRIC_TEXT_MAX + 1];
};

/* NAME, or NAME{label="value",…}, with the escapes of the text format: \\, \" and \n. RG_EUSAGE. */
int rg_selector_parse(struct rg_selector *out, const char *text, struct rg_err *err);

/*
 * The sum of the values of all series that are selected. `text` ends with a NUL behind its length, and is untrusted: lines of other metrics may be anything. RG_EFORMAT: there
 * is none (naming the metric that is called most alike), it is a gauge, a value is no finite number or below 0, a selected
 * metric's line is damaged.
 */
int rg_exposition_sum(const char *text, size_t len, const struct rg_selector *selector, double *sum,
		      struct rg_err *err);

#endif
