/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/scratch.h"

#include "keys.h"

#include "rg/config.h"
#include "rg/diff.h"
#include "rg/err.h"
#include "rg/policy.h"
#include "rg/units.h"

#include <math.h>

static void defaults(void **state)
{
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	assert_null(config.path);
	assert_string_equal(config.scenario, "default");
	assert_null(config.command);
	assert_null(config.load);
	assert_null(config.store);
	assert_int_equal(config.window_ns, 30 * RG_NS_PER_S);
	assert_int_equal(config.warmup_ns, 0);
	assert_int_equal(config.slice_ns, RG_NS_PER_S);
	assert_int_equal(config.frequency_hz, 99);
	assert_float_equal(config.policy.growth, 0.15, 0);
	assert_int_equal(rg_config_check(&config, NULL), 0);
	rg_config_done(&config);
}

static void done_twice_is_harmless(void **state)
{
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	rg_config_done(&config);
	rg_config_done(&config);
	assert_null(config.scenario);
}

/* The check is for what a command line may have put there. */
static void check_names_value_and_range(void **state)
{
	struct rg_config config;
	struct rg_err window = {0}, frequency = {0}, growth = {0}, slice = {0};

	(void)state;
	rg_config_init(&config);
	config.window_ns = 0;
	assert_int_equal(rg_config_check(&config, &window), RG_EUSAGE);
	assert_text_has(window.text, "config: \"window\" must be 1s to 24h, not 0");
	config.window_ns = RG_NS_PER_S;
	config.frequency_hz = RG_FREQUENCY_MAX_HZ + 1;
	assert_int_equal(rg_config_check(&config, &frequency), RG_EUSAGE);
	assert_string_equal(frequency.text, "config: \"frequency\" must be 1 to 10000, not 10001");
	config.frequency_hz = 1;
	config.policy.growth = NAN;
	assert_int_equal(rg_config_check(&config, &growth), RG_EUSAGE);
	assert_text_has(growth.text, "\"growth\" must be 0% to 100000%, not ");
	config.policy.growth = 0;
	config.slice_ns = RG_NS_PER_S + 1;
	assert_int_equal(rg_config_check(&config, &slice), RG_EUSAGE);
	assert_string_equal(slice.text,
			    "config: the slice (1.000000001s) is longer than the window (1s)");
	config.slice_ns = RG_NS_PER_S;
	assert_int_equal(rg_config_check(&config, NULL), 0);
	rg_config_done(&config);
}

static void a_configuration_without_memory_is_no_success(void **state)
{
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	free(config.scenario);
	config.scenario = NULL;
	assert_int_equal(rg_config_check(&config, NULL), RG_ENOMEM);
	rg_config_done(&config);
}

static const struct key *policy_key(const char *name)
{
	for (size_t i = 0; i < key_root.count; i++) {
		const struct key_object *members = key_root.keys[i].members;

		for (size_t j = 0; members && j < members->count; j++) {
			if (!strcmp(members->keys[j].name, name))
				return &members->keys[j];
		}
	}
	fail_msg("no key %s", name);
	return NULL;
}

static void set_share(struct rg_config *config, const struct key *key, double share)
{
	memcpy((char *)config + key->offset, &share, sizeof(share));
}

/* What the file may say, the engine takes; and not more than it takes can be said. */
static void policy_ranges_are_the_engines(void **state)
{
	static const char *const shares[] = {"growth", "total_growth", "limit", "min_share",
					     "q",      "prior_cv"};
	struct rg_config config;

	(void)state;
	rg_config_init(&config);
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		const struct key *key = policy_key(shares[i]);

		set_share(&config, key, key->low);
		assert_int_equal(rg_policy_check(&config.policy, NULL), 0);
		set_share(&config, key, key->high);
		assert_int_equal(rg_policy_check(&config.policy, NULL), 0);
		set_share(&config, key, key->high + 0.01);
		assert_int_equal(rg_policy_check(&config.policy, NULL), RG_EUSAGE);
		set_share(&config, key, key->high);
	}
	config.policy.top_k = (uint32_t)policy_key("top_k")->high + 1;
	assert_int_equal(rg_policy_check(&config.policy, NULL), RG_EUSAGE);
	rg_config_done(&config);
}

static void work_is_counted_by_one(void **state)
{
	static const char *const texts[] = {
		"{\"work\": {\"uprobe\": \"a:b\", \"command\": \"id\"}}",
		"{\"work\": {\"metric\": \"http://x/#y\"}, \"scenarios\": "
		"{\"a\": {\"work\": {\"command\": \"id\"}}}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct rg_config config;
		struct rg_err err = {0};

		rg_config_init(&config);
		assert_int_equal(rg_config_parse(&config, texts[i], strlen(texts[i]), "c.json",
						 NULL, NULL),
				 0);
		assert_int_equal(rg_config_check(&config, &err), RG_EUSAGE);
		assert_non_null(strstr(err.text, "work is counted by one of"));
		rg_config_done(&config);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_is_counted_by_one),
		cmocka_unit_test(defaults),
		cmocka_unit_test(done_twice_is_harmless),
		cmocka_unit_test(check_names_value_and_range),
		cmocka_unit_test(a_configuration_without_memory_is_no_success),
		cmocka_unit_test(policy_ranges_are_the_engines),
	};

	return cmocka_run_group_tests_name("config/config", tests, NULL, NULL);
}
