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
	{.name = "comm", .type = &key_text, .offset = AT(running[RG_CONFIG_COMM])},
	{.name = "cgroup", .type = &key_text, .offset = AT(running[RG_CONFIG_CGROUP])},
	{.name = "container", .type = &key_text, .offset = AT(running[RG_CONFIG_CONTAINER])},
	{.name = "pod", .type = &key_text, .offset = AT(running[RG_CONFIG_POD])},
	{.name = "unit", .type = &key_text, .offset = AT(running[RG_CONFIG_UNIT])},
};

static const struct key_object target = {target_keys, COUNT_OF(target_keys), NULL};

/* --- The baseline that runs beside it --------------------------------------------------------- */

static const struct key control_keys[] = {
	{.name = "cgroup", .type = &key_text, .offset = AT(control.running[RG_CONFIG_CGROUP])},
	{.name = "container",
	 .type = &key_text,
	 .offset = AT(control.running[RG_CONFIG_CONTAINER])},
	{.name = "pod", .type = &key_text, .offset = AT(control.running[RG_CONFIG_POD])},
	{.name = "unit", .type = &key_text, .offset = AT(control.running[RG_CONFIG_UNIT])},
	{.name = "work_metric", .type = &key_text, .offset = AT(control.work_metric)},
	{.name = "work_command", .type = &key_text, .offset = AT(control.work_command)},
};

static const struct key_object control = {control_keys, COUNT_OF(control_keys), NULL};

/* --- Work ----------------------------------------------------------------------------------- */

static const struct key work_keys[] = {
	{.name = "uprobe", .type = &key_text, .offset = AT(work.uprobe)},
	{.name = "metric", .type = &key_text, .offset = AT(work.metric)},
	{.name = "command", .type = &key_text, .offset = AT(work.command)},
	{.name = "unit", .type = &key_label, .offset = AT(work.unit)},
};

static const struct key_object work = {work_keys, COUNT_OF(work_keys), NULL};

/* --- Running both versions ------------------------------------------------------------------ */

#define DURATION(key, at, least, most)                                                \
	{                                                                             \
		.name = (key), .type = &key_duration, .offset = (at), .low = (least), \
		.high = (most)                                                        \
	}

static const struct key ready_keys[] = {
	{.name = "port", .type = &key_port, .offset = AT(ready.port)},
	{.name = "line", .type = &key_text, .offset = AT(ready.line)},
	{.name = "command", .type = &key_text, .offset = AT(ready.command)},
	DURATION("timeout", AT(ready.timeout_ns), 100 * MS, HOUR),
};

static const struct key_object ready = {ready_keys, COUNT_OF(ready_keys), NULL};

static const struct key alternate_keys[] = {
	{.name = "always", .type = &key_bool, .offset = AT(alternate.always)},
	{.name = "build", .type = &key_text_or_none, .offset = AT(alternate.build)},
	{.name = "rounds",
	 .type = &key_u32,
	 .offset = AT(alternate.rounds),
	 .low = 2,
	 .high = RG_ROUNDS_MAX,
	 .unsaid = true},
	{.name = "max_rounds",
	 .type = &key_u32,
	 .offset = AT(alternate.max_rounds),
	 .low = 0,
	 .high = RG_ROUNDS_MAX},
	DURATION("build_timeout", AT(alternate.build_timeout_ns), S, 24 * HOUR),
};

static const struct key_object alternate = {alternate_keys, COUNT_OF(alternate_keys), NULL};

/* --- Policy: the ranges are those that the engine accepts (rg_policy_check()) ----------------- */

#define PERCENT(key, at, most)                                                      \
	{                                                                           \
		.name = (key), .type = &key_percent, .offset = (at), .high = (most) \
	}

#define LIMIT(key, at, copy)                                                                      \
	{                                                                                         \
		.name = (key), .type = &key_percent, .offset = (at), .high = 1000, .also = (copy) \
	}
#define TOP_K(at, copy)                                                                   \
	{                                                                                 \
		.name = "top_k", .type = &key_u32, .offset = (at), .low = 1, .high = 100, \
		.also = (copy)                                                            \
	}
#define COUNT(key, at)                                                        \
	{                                                                     \
		.name = (key), .type = &key_u64, .offset = (at), .high = 1e12 \
	}

/* Of time on the CPU alone. */
static const struct key on_cpu_keys[] = {
	LIMIT("growth", AT(policy.growth), 0),
	LIMIT("total_growth", AT(policy.total_growth), 0),
	LIMIT("limit", AT(policy.limit), 0),
	PERCENT("min_share", AT(policy.min_share), 1),
	TOP_K(AT(policy.top_k), 0),
	COUNT("min_samples", AT(policy.min_samples)),
};

static const struct key_object on_cpu = {on_cpu_keys, COUNT_OF(on_cpu_keys), NULL};

/* Of time off the CPU alone. */
static const struct key off_cpu_keys[] = {
	LIMIT("growth", AT(policy.off_cpu.growth), 0),
	LIMIT("total_growth", AT(policy.off_cpu.total_growth), 0),
	LIMIT("limit", AT(policy.off_cpu.limit), 0),
	TOP_K(AT(policy.off_cpu.top_k), 0),
	{.name = "min_time",
	 .type = &key_duration,
	 .offset = AT(policy.off_cpu.min_time_ns),
	 .high = HOUR},
	COUNT("min_waits", AT(policy.off_cpu.min_waits)),
	PERCENT("max_unattributed", AT(policy.off_cpu.max_unattributed), 1),
};

static const struct key_object off_cpu = {off_cpu_keys, COUNT_OF(off_cpu_keys), NULL};

/* How far apart the conditions of the sides may be. */
static const struct key comparable_keys[] = {
	PERCENT("max_throttled", AT(policy.comparable.max_throttled), 1),
	PERCENT("max_starved", AT(policy.comparable.max_starved), 1),
	PERCENT("max_steal", AT(policy.comparable.max_steal), 1),
	PERCENT("max_lost", AT(policy.max_lost), 1),
	PERCENT("max_unnamed_gap", AT(policy.max_unnamed_gap), 1),
	COUNT("max_failed", AT(policy.comparable.max_failed)),
};

static const struct key_object comparable = {comparable_keys, COUNT_OF(comparable_keys), NULL};

static const struct key policy_keys[] = {
	{.name = "rule", .type = &key_rule, .offset = AT(policy.rule)},
	{.name = "basis", .type = &key_basis, .offset = AT(policy.basis)},
	LIMIT("growth", AT(policy.growth), AT(policy.off_cpu.growth)),
	LIMIT("total_growth", AT(policy.total_growth), AT(policy.off_cpu.total_growth)),
	LIMIT("limit", AT(policy.limit), AT(policy.off_cpu.limit)),
	PERCENT("min_share", AT(policy.min_share), 1),
	TOP_K(AT(policy.top_k), AT(policy.off_cpu.top_k)),
	COUNT("min_samples", AT(policy.min_samples)),
	{.name = "q", .type = &key_percent, .offset = AT(policy.q), .low = 1e-6, .high = 0.5},
	PERCENT("prior_cv", AT(policy.prior_cv), 1),
	{.name = "on_cpu", .members = &on_cpu, .late = true},
	{.name = "off_cpu", .members = &off_cpu, .late = true},
	{.name = "comparable", .members = &comparable},
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

#define SAYS(member) offsetof(struct rg_policy_accept, member)

static const struct key accept_keys[] = {
	{.name = "match", .type = &key_pattern, .offset = SAYS(match)},
	{.name = "module", .type = &key_pattern, .offset = SAYS(module)},
	PERCENT("growth", SAYS(growth), 1000),
	{.name = "expires", .type = &key_date, .offset = SAYS(expires)},
	{.name = "owner", .type = &key_said, .offset = SAYS(owner)},
	{.name = "reason", .type = &key_said, .offset = SAYS(reason)},
};

const struct key_object key_accept = {accept_keys, COUNT_OF(accept_keys), "match"};

/* --- The whole ------------------------------------------------------------------------------ */

#define PATTERNS(key, at)                                            \
	{                                                            \
		.name = (key), .type = &key_patterns, .offset = (at) \
	}

/* What a scenario may have otherwise than the others. */
#define SCENARIO_KEYS                                                                         \
	{.name = "target", .members = &target}, {.name = "control", .members = &control},     \
		{.name = "load", .type = &key_text, .offset = AT(load)},                      \
		{.name = "work", .members = &work}, {.name = "ready", .members = &ready},     \
		{.name = "alternate", .members = &alternate},                                 \
		{.name = "pinned", .type = &key_text, .offset = AT(pinned)},                  \
		DURATION("window", AT(window_ns), S, 24 * HOUR),                              \
		DURATION("extend_to", AT(extend_to_ns), 0, 24 * HOUR),                        \
		DURATION("warmup", AT(warmup_ns), 0, 24 * HOUR),                              \
		DURATION("slice", AT(slice_ns), 100 * MS, HOUR),                              \
		{.name = "frequency",                                                         \
		 .type = &key_u32,                                                            \
		 .offset = AT(frequency_hz),                                                  \
		 .low = 1,                                                                    \
		 .high = RG_FREQUENCY_MAX_HZ},                                                \
		{.name = "policy", .members = &key_policy},                                   \
		{.name = "functions", .type = &key_functions, .offset = AT(policy)},          \
		{.name = "ignore", .type = &key_ignore, .offset = AT(policy)},                \
		{.name = "accept", .type = &key_accepts, .offset = AT(policy)},               \
		PATTERNS("idle", AT(policy.idle)), PATTERNS("not_idle", AT(policy.not_idle)), \
		PATTERNS("plumbing", AT(policy.plumbing))

static const struct key scenario_keys[] = {SCENARIO_KEYS};

const struct key_object key_scenario = {scenario_keys, COUNT_OF(scenario_keys), NULL};

static const struct key root_keys[] = {
	{.name = "$schema", .type = &key_note},
	{.name = "scenario", .type = &key_name, .offset = AT(scenario)},
	{.name = "store", .type = &key_text, .offset = AT(store)},
	{.name = "remote", .type = &key_text, .offset = AT(remote)},
	{.name = "baseline_runs",
	 .type = &key_u32,
	 .offset = AT(baseline_runs),
	 .low = 1,
	 .high = RG_BASELINE_RUNS_MAX},
	SCENARIO_KEYS,
	{.name = "scenarios", .type = &key_scenarios, .late = true},
};

const struct key_object key_root = {root_keys, COUNT_OF(root_keys), NULL};
