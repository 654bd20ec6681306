/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_COMPARABLE_MADE_H
#define TEST_ENGINE_COMPARABLE_MADE_H

#include "made.h"

/* What a verdict says of whether its sides can be compared. */
struct comparable_expected {
	enum rg_outcome outcome;
	const char *issue; /* NULL: none */
	const char *base, *canary, *limit;
};

/* NULL: not recorded. */
static inline void made_set_known(struct made_spec *spec, const char *key, const char *value)
{
	if (value)
		made_set(spec, key, value);
}

/* That nothing else blocks it as well. `sentence` names the row that failed. Frees the verdict. */
static inline void assert_comparable(const char *sentence, struct rg_verdict *verdict,
				     const struct comparable_expected *expected)
{
	const struct rg_issue *issue =
		expected->issue ? find_issue(verdict, expected->issue) : NULL;

	if (verdict->outcome != expected->outcome || !issue != !expected->issue)
		fail_msg("%s: %s", sentence, rg_outcome_name(verdict->outcome));
	for (size_t i = 0; i < verdict->issue_count; i++)
		if (verdict->issues[i].blocking && issue != &verdict->issues[i])
			fail_msg("%s: %s", sentence, verdict->issues[i].what);
	if (issue && (strcmp(issue->base, expected->base) != 0 ||
		      strcmp(issue->canary, expected->canary) != 0 ||
		      strcmp(issue->limit, expected->limit) != 0))
		fail_msg("%s: '%s' '%s' '%s'", sentence, issue->base, issue->canary, issue->limit);
	rg_verdict_free(verdict);
}

#endif
