/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every key of the configuration file: docs/config-schema.json is held to these tables. */
#include "keys.h"

#include "rg/config.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define AT(member)      offsetof(struct rg_config, member)
#define OWN(member)     offsetof(struct rg_policy_function, member)
#define MS              ((double)RG_NS_PER_MS)
#define S               ((double)RG_NS_PER_S)
#define HOUR            (3600 * S)

/* --- Target --------------------------------------------------------------------------------- */

static const struct key target_keys[] = {
	{.name = "command", .type = &key_argv, .offset = AT(command)},
};

static const struct key_object target = {target_keys, COUNT_OF(target_keys), NULL};

/* --- Policy: the ranges are those that the engine accepts (rg_policy_check()) ----------------- */

#define PERCENT(key, at, most)                                                      \
	{                                                                           \
		.name = (key), .type = &key_percent, .offset = (at), .high = (most) \
	}

/* What one dimension may have otherwise than the others. */
#define DIMENSION_KEYS                                                                     \
	PERCENT("growth", AT(policy.growth), 1000),                                        \
		PERCENT("total_growth", AT(policy.total_growth), 1000),                    \
		PERCENT("limit", AT(policy.limit), 1000),                                  \
		PERCENT("min_share", AT(policy.min_share), 1),                             \
		{.name = "top_k",                                                          \
		 .type = &key_u32,                                                         \
		 .offset = AT(policy.top_k),                                               \
		 .low = 1,                                                                 \
		 .high = 100},                                                             \
	{                                                                                  \
		.name = "min_samples", .type = &key_u64, .offset = AT(policy.min_samples), \
		.high = 1e12                                                               \
	}

static const struct key dimension_keys[] = {DIMENSION_KEYS};

static const struct key_object on_cpu = {dimension_keys, COUNT_OF(dimension_keys), NULL};

static const struct key policy_keys[] = {
	{.name = "rule", .type = &key_rule, .offset = AT(policy.rule)},
	{.name = "basis", .type = &key_basis, .offset = AT(policy.basis)},
	DIMENSION_KEYS,
	{.name = "q", .type = &key_percent, .offset = AT(policy.q), .low = 1e-6, .high = 0.5},
	PERCENT("prior_cv", AT(policy.prior_cv), 1),
	{.name = "on_cpu", .members = &on_cpu, .late = true},
};

const struct key_object key_policy = {policy_keys, COUNT_OF(policy_keys), NULL};

static const struct key function_keys[] = {
	{.name = "match", .type = &key_pattern, .offset = OWN(match)},
	{.name = "module", .type = &key_pattern, .offset = OWN(module)},
	PERCENT("growth", OWN(growth), 1000),
	PERCENT("limit", OWN(limit), 1000),
	PERCENT("min_share", OWN(min_share), 1),
};

const struct key_object key_function = {function_keys, COUNT_OF(function_keys), "match"};

/* --- The whole ------------------------------------------------------------------------------ */

#define DURATION(key, at, least, most)                                                \
	{                                                                             \
		.name = (key), .type = &key_duration, .offset = (at), .low = (least), \
		.high = (most)                                                        \
	}

/* What a scenario may have otherwise than the others. */
#define SCENARIO_KEYS                                                                \
	{.name = "target", .members = &target},                                      \
		{.name = "load", .type = &key_text, .offset = AT(load)},             \
		DURATION("window", AT(window_ns), S, 24 * HOUR),                     \
		DURATION("warmup", AT(warmup_ns), 0, 24 * HOUR),                     \
		DURATION("slice", AT(slice_ns), 100 * MS, HOUR),                     \
		{.name = "frequency",                                                \
		 .type = &key_u32,                                                   \
		 .offset = AT(frequency_hz),                                         \
		 .low = 1,                                                           \
		 .high = RG_FREQUENCY_MAX_HZ},                                       \
		{.name = "policy", .members = &key_policy},                          \
		{.name = "functions", .type = &key_functions, .offset = AT(policy)}, \
	{                                                                            \
		.name = "ignore", .type = &key_ignore, .offset = AT(policy)          \
	}

static const struct key scenario_keys[] = {SCENARIO_KEYS};

const struct key_object key_scenario = {scenario_keys, COUNT_OF(scenario_keys), NULL};

static const struct key root_keys[] = {
	{.name = "$schema", .type = &key_note},
	{.name = "scenario", .type = &key_name, .offset = AT(scenario)},
	{.name = "store", .type = &key_text, .offset = AT(store)},
	SCENARIO_KEYS,
	{.name = "scenarios", .type = &key_scenarios, .late = true},
};

const struct key_object key_root = {root_keys, COUNT_OF(root_keys), NULL};
