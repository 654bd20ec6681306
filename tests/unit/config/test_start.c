/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/scratch.h"

#include "rg/buf.h"
#include "rg/config.h"
#include "rg/err.h"
#include "rg/units.h"

static void parse_start(const char *program, struct rg_config *config)
{
	struct rg_err err = {0};
	struct rg_buf text;

	rg_buf_init(&text, RG_CONFIG_MAX_BYTES);
	rg_config_init(config);
	if (rg_config_write_start(program, &text, &err) ||
	    rg_config_parse(config, text.data, text.len, "start", NULL, &err) ||
	    rg_config_check(config, &err))
		fail_msg("%s", err.text);
	assert_int_equal(text.data[text.len - 1], '\n');
	rg_buf_done(&text);
}

static void it_is_a_configuration(void **state)
{
	struct rg_config config;

	(void)state;
	parse_start("./build/server", &config);
	assert_string_equal(config.command[0], "./build/server");
	assert_null(config.command[1]);
	assert_int_equal(config.window_ns, 30 * RG_NS_PER_S);
	assert_int_equal(config.warmup_ns, 2 * RG_NS_PER_S);
	rg_config_done(&config);
}

static void any_name_of_a_file_survives(void **state)
{
	static const char name[] = "./a \"b\"\\\n\x1b[2J\xc3\xa9";
	struct rg_config config;

	(void)state;
	parse_start(name, &config);
	assert_string_equal(config.command[0], name);
	rg_config_done(&config);
}

static void without_a_program_there_is_a_place_for_one(void **state)
{
	struct rg_config config;

	(void)state;
	parse_start(NULL, &config);
	assert_string_equal(config.command[0], "./your-program");
	rg_config_done(&config);
}

static void a_full_buffer_is_a_failure(void **state)
{
	struct rg_buf text;

	(void)state;
	rg_buf_init(&text, 20);
	assert_int_equal(rg_config_write_start("./a", &text, NULL), RG_ENOMEM);
	rg_buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_a_configuration),
		cmocka_unit_test(any_name_of_a_file_survives),
		cmocka_unit_test(without_a_program_there_is_a_place_for_one),
		cmocka_unit_test(a_full_buffer_is_a_failure),
	};

	return cmocka_run_group_tests_name("config/start", tests, NULL, NULL);
}
