/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/arena.h"
#include "rg/config.h"
#include "rg/err.h"
#include "rg/verdict.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * The configuration reader under any bytes: it accepts or says why not; what it refuses leaves the
 * configuration as it was, and what it accepts passes the check of every range, with each of its
 * scenarios. Its patterns are matched, and its policy is compared with the default one.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_refused(const struct rg_config *config, int rc, const struct rg_err *err)
{
	struct rg_config fresh;

	require(rc == RG_EUSAGE && err->code == RG_EUSAGE);
	require(!strncmp(err->text, "f:", 2));
	rg_config_init(&fresh);
	require(!strcmp(config->scenario, fresh.scenario));
	require(!config->command && !config->load && !config->store);
	require(config->window_ns == fresh.window_ns && config->slice_ns == fresh.slice_ns);
	require(config->policy.top_k == fresh.policy.top_k);
	require(!config->scenarios && !config->policy.function_count &&
		!config->policy.ignore_count);
	rg_config_done(&fresh);
}

static void check_accepted(const struct rg_config *config)
{
	struct rg_err err = {0};

	require(config->scenario && *config->scenario);
	require(rg_config_need_scenario(config, NULL) == (config->scenario_open ? RG_EUSAGE : 0));
	require(rg_policy_check(&config->policy, NULL) == 0);
	require(!config->command || *config->command[0]);
	/* Two values that are each in range may still not go together. */
	if (rg_config_check(config, &err))
		require(strstr(err.text, "longer than the window") != NULL);
}

/* A pattern without wildcards and escapes matches itself; none may run out of its text. */
static void match_patterns(const struct rg_policy *policy)
{
	for (size_t i = 0; i < policy->ignore_count; i++) {
		const char *pattern = policy->ignore[i];

		if (rg_pattern_is_exact(pattern) && !strchr(pattern, '\\'))
			require(rg_pattern_match(pattern, pattern));
		for (size_t j = 0; j < policy->function_count; j++)
			(void)rg_pattern_match(policy->functions[j].match, pattern);
	}
}

static void compare_with_default(const struct rg_config *config)
{
	struct rg_arena *arena = rg_arena_new(0);
	const struct rg_policy_change *changes = NULL;
	struct rg_policy fresh;
	size_t count = 0;

	rg_policy_init(&fresh);
	require(rg_config_compare_policies(&config->policy, &config->policy, arena, &changes,
					   &count, NULL) == 0);
	require(count == 0);
	require(rg_config_compare_policies(&fresh, &config->policy, arena, &changes, &count,
					   NULL) == 0);
	for (size_t i = 0; i < count; i++)
		require(*changes[i].what && *changes[i].applied && *changes[i].proposed);
	rg_arena_free(arena);
}

/* A text that is accepted is accepted with any scenario of it, and with an unknown one that may be. */
static void parse_again(const struct rg_config *config, const char *text, size_t size)
{
	static const char unknown[] = "not-there";

	for (size_t i = 0; i < 5; i++) {
		const char *name = config->scenarios ? config->scenarios[i] : NULL;
		const struct rg_config_wanted wanted = {name ? name : unknown, !name};
		struct rg_config again;

		rg_config_init(&again);
		require(rg_config_parse(&again, text, size, "f", &wanted, NULL) == 0);
		require(!strcmp(again.scenario, wanted.scenario) && !again.scenario_open);
		check_accepted(&again);
		rg_config_done(&again);
		if (!name)
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rg_config config;
	struct rg_err err = {0};
	int rc;

	rg_config_init(&config);
	rc = rg_config_parse(&config, (const char *)data, size, "f", NULL, &err);
	if (rc) {
		check_refused(&config, rc, &err);
	} else {
		check_accepted(&config);
		match_patterns(&config.policy);
		compare_with_default(&config);
		parse_again(&config, (const char *)data, size);
	}
	rg_config_done(&config);
	return 0;
}
