/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "baseline.h"
#include "settings.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/render.h"

#include <stdio.h>
#include <stdlib.h>

enum { JSON_MAX = 64 << 20 };

static int print_stored(const struct rg_stored *stored, struct rg_err *err)
{
	struct rg_buf out;
	int rc;

	rg_buf_init(&out, JSON_MAX);
	rc = rg_render_stored(stored, &out, err);
	if (!rc)
		fwrite(out.data, 1, out.len, stdout);
	rg_buf_done(&out);
	return rc;
}

int rg_baseline_print_json(const struct rg_baseline *b, const struct rg_store_list *list,
			   struct rg_err *err)
{
	struct rg_stored_run *runs = calloc(list->count + 1, sizeof(*runs));
	const struct rg_stored stored = {
		.exists = rg_store_exists(b->store),
		.wanted = b->settings->config.baseline_runs,
		.runs = runs,
		.count = list->count,
		.damaged = list->damaged,
		.first_damaged = list->first_damaged,
	};
	int rc;

	if (!runs)
		return rg_err_nomem(err, "baseline");
	for (size_t i = 0; i < list->count; i++) {
		const struct rg_store_run *run = &list->runs[i];

		runs[i] = (struct rg_stored_run){
			.scenario = run->scenario,
			.label = run->label,
			.version = run->version,
			.arch = run->arch,
			.id = run->id,
			.bytes = run->bytes,
			.stored_ns = run->stored_ns,
		};
	}
	rc = print_stored(&stored, err);
	free(runs);
	return rc;
}
