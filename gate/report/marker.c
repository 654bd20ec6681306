/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "marker.h"

#include "rg/buf.h"
#include "rg/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char outcome_prefix[] = "<!-- outcome:";

struct marker marker_of(const char *scenario, const char *key)
{
	struct marker marker;
	uint64_t hash;

	scenario = scenario ? scenario : "";
	key = key ? key : "";
	hash = rg_hash_bytes(scenario, strlen(scenario) + 1, 0);
	hash = rg_hash_bytes(key, strlen(key), hash);
	snprintf(marker.text, sizeof(marker.text), "<!-- regress-gate:v1:%012" PRIx64 " -->",
		 hash & 0xffffffffffff);
	return marker;
}

bool marker_matches(const struct marker *marker, const char *body)
{
	return strncmp(body, marker->text, strlen(marker->text)) == 0;
}

void marker_add_line(struct rg_buf *out, const struct marker *marker, enum rg_outcome outcome)
{
	rg_buf_addf(out, "%s%s%s -->\n", marker->text, outcome_prefix, rg_outcome_name(outcome));
}

enum rg_outcome marker_outcome(const struct marker *marker, const char *body)
{
	const char *at = body + strlen(marker->text);

	if (strncmp(at, outcome_prefix, strlen(outcome_prefix)) != 0)
		return RG_OUTCOME_UNDECIDED;
	at += strlen(outcome_prefix);
	for (int i = 0; i <= RG_OUTCOME_NO_BASELINE; i++) {
		const char *name = rg_outcome_name((enum rg_outcome)i);
		size_t len = strlen(name);

		if (strncmp(at, name, len) == 0 && strncmp(at + len, " -->", 4) == 0)
			return (enum rg_outcome)i;
	}
	return RG_OUTCOME_UNDECIDED;
}
