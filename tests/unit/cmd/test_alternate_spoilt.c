/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "alternate_spoilt.h"

#include "rg/policy.h"
#include "rg/profile.h"
#include "rg/units.h"

#define S RG_NS_PER_S

/* A run of ten seconds on two CPUs. */
static const struct spoilt_row {
	const char *sentence;
	bool late;
	uint64_t lost; /* of a hundred samples, about */
	double stolen_s, throttled_s;
	double cpu_s, waited_s; /* of the target's threads */
	double busy_s;          /* of the machine, the target's part included */
	const char *why;        /* NULL: it is kept */
} spoilt_rows[] = {
	{"nothing was lost", .why = NULL},
	{"as many as may be", .lost = 5},
	{"more than may be", .lost = 6, .why = "lost 5.9 % of its samples"},
	{"as much stolen as may be", .stolen_s = 1},
	{"more of it", .stolen_s = 2,
	 .why = "ran while 10.0 % of the CPUs were stolen from the machine"},
	/* A version that uses more is throttled more: that is not to be thrown away. */
	{"a limit that it ran into", .throttled_s = 9},
	{"waiting for a CPU costs no CPU time", .cpu_s = 5, .waited_s = 5, .busy_s = 20},

	{"out of time, with the CPUs at hand", .late = true, .cpu_s = 10, .busy_s = 10},
	{"and with as much stolen as may be", .late = true, .cpu_s = 9, .stolen_s = 1},
	{"with more of it", .late = true, .stolen_s = 5,
	 .why = "did not end in time while 25.0 % of the CPUs were stolen from the machine"},
	{"with samples lost: that takes no time", .late = true, .lost = 20, .cpu_s = 10},
	{"with as much waiting as may be", .late = true, .cpu_s = 7.5, .waited_s = 2.5,
	 .busy_s = 20},
	{"with more of it", .late = true, .cpu_s = 7, .waited_s = 3, .busy_s = 20,
	 .why = "did not end in time and waited for a CPU for 30.0 % of it"},
	{"asleep, and waiting whenever it woke", .late = true, .cpu_s = 0.1, .waited_s = 0.4,
	 .busy_s = 20},
	{"many threads that waited little each", .late = true, .cpu_s = 17, .waited_s = 3,
	 .busy_s = 20},
	{"more threads than CPUs, which wait for one another", .late = true, .cpu_s = 19,
	 .waited_s = 40, .busy_s = 20},
	{"the same beside others", .late = true, .cpu_s = 12, .waited_s = 48, .busy_s = 20,
	 .why = "did not end in time and waited for a CPU for 80.0 % of it"},
	{"waiting for what its own limit denied it", .late = true, .cpu_s = 2, .waited_s = 8,
	 .throttled_s = 8, .busy_s = 20},
};

static void add_time(struct rg_profile_builder *builder, const char *key, double seconds)
{
	assert_int_equal(rg_profile_builder_fact_u64(builder, key, (uint64_t)(seconds * (double)S),
						     NULL),
			 0);
}

static struct rg_profile *make_run(const struct spoilt_row *row)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_frame frame = {.function = "f"};
	struct rg_sample sample = {.slice = RG_NO_SLICE, .value = {[RG_VALUE_SAMPLES] = 95}};
	struct rg_profile *profile;

	assert_int_equal(rg_profile_builder_module(builder, "m", "", &frame.module, NULL), 0);
	assert_int_equal(rg_profile_builder_frame(builder, &frame, &sample.stack, NULL), 0);
	assert_int_equal(rg_profile_builder_stack(builder, &sample.stack, 1, &sample.stack, NULL),
			 0);
	assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
	rg_profile_builder_fact_u64(builder, RG_KEY_LOST_TABLE_FULL, row->lost / 2, NULL);
	rg_profile_builder_fact_u64(builder, RG_KEY_LOST_COLLISION, row->lost - row->lost / 2,
				    NULL);
	rg_profile_builder_fact_u64(builder, RG_KEY_CPUS, 2, NULL);
	add_time(builder, RG_KEY_WALL_NS, 10);
	add_time(builder, RG_KEY_MACHINE_STEAL_NS, row->stolen_s);
	add_time(builder, RG_KEY_MACHINE_BUSY_NS, row->busy_s);
	add_time(builder, RG_KEY_CGROUP_THROTTLED_NS, row->throttled_s);
	add_time(builder, RG_KEY_ACCOUNT_CPU_NS, row->cpu_s);
	add_time(builder, RG_KEY_ACCOUNT_RUNQ_NS, row->waited_s);
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	return profile;
}

static void only_what_no_version_can_help_spoils_a_round(void **state)
{
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	for (size_t i = 0; i < COUNT(spoilt_rows); i++) {
		const struct spoilt_row *row = &spoilt_rows[i];
		struct rg_profile *run = make_run(row);
		char why[ALTERNATE_WHY_MAX] = "";

		print_message("%s\n", row->sentence);
		assert_int_equal(alternate_run_is_spoilt(run, row->late, &policy, why),
				 row->why != NULL);
		assert_string_equal(why, row->why ? row->why : "");
		rg_profile_free(run);
	}
}

static void the_rule_is_told_by_the_limits_it_has(void **state)
{
	struct rg_policy policy;
	char text[128];

	(void)state;
	rg_policy_init(&policy);
	policy.max_lost = 0.025;
	alternate_rule(&policy, text, sizeof(text));
	assert_string_equal(text, "more than 2.5 % of samples lost or 5 % of the CPUs stolen");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_no_version_can_help_spoils_a_round),
		cmocka_unit_test(the_rule_is_told_by_the_limits_it_has),
	};

	return cmocka_run_group_tests_name("cmd/alternate_spoilt", tests, NULL, NULL);
}
