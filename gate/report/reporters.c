/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/report.h"

#include "rg/err.h"

#include <string.h>

#define RG_REPORTER(name) extern const struct rg_reporter rg_reporter_##name;
#include "reporters.inc"
#undef RG_REPORTER

const struct rg_reporter *const rg_reporters[] = {
#define RG_REPORTER(name) &rg_reporter_##name,
#include "reporters.inc"
#undef RG_REPORTER
};

const size_t rg_reporter_count = sizeof(rg_reporters) / sizeof(rg_reporters[0]);

const struct rg_reporter *rg_reporter_find(const char *name)
{
	for (size_t i = 0; i < rg_reporter_count; i++) {
		if (strcmp(rg_reporters[i]->name, name) == 0)
			return rg_reporters[i];
	}
	return NULL;
}

int rg_report_post(const struct rg_reporter *reporter, struct rg_post *post, struct rg_err *err)
{
	struct rg_err failure = {0};
	int rc = reporter->post(post, &failure);

	return rc ? rg_err_set(err, rc, "%s: %s", reporter->name, failure.text) : 0;
}
