/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of stored runs for machines: what an independent validator reads as well (tests/e2e/schema_oracle.sh). */
#include "allocate_some.h"
#include "json_text.h"

#include <stdlib.h>

static const struct rg_stored_run hostile_runs[] = {
	{.scenario = "checkout",
	 .label = "v1.4",
	 .version = "4f1c2ab9d0e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4",
	 .arch = "x86_64",
	 .id = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	 .stored_ns = UINT64_C(1764547200000000000),
	 .bytes = 51234},
	{.scenario = "checkout",
	 .label = "\"}],\"runs\":[]##[error]\xe2\x80\xae\xc3\xa9</script>",
	 .version = "label:x",
	 .arch = "aarch64",
	 .stored_ns = UINT64_MAX},
};
static const struct rg_stored hostile = {
	.exists = true,
	.wanted = 4,
	.runs = hostile_runs,
	.count = COUNT_OF(hostile_runs),
	.damaged = 1,
	.first_damaged = "store: read 'x\x1b[2J\xff.json': no manifest",
};
static const struct rg_stored empty = {.wanted = 4};

static void assert_golden(const struct rg_stored *stored, const char *path)
{
	static char expected[1 << 16];
	FILE *file = fopen(path, "rb");
	struct rg_err err = {0};
	struct rg_buf out;
	size_t len;

	assert_non_null(file);
	len = fread(expected, 1, sizeof(expected) - 1, file);
	fclose(file);
	expected[len] = '\0';
	rg_buf_init(&out, UNIT_BUF_MAX);
	if (rg_render_stored(stored, &out, &err))
		fail_msg("%s", err.text);
	assert_string_equal(out.data, expected);
	rg_buf_done(&out);
}

static void test_names_are_escaped(void **state)
{
	(void)state;
	assert_golden(&hostile, "tests/golden/stored/hostile.json");
	assert_golden(&empty, "tests/golden/stored/empty.json");
}

/* Half a list must not be taken for one. */
static void test_what_does_not_fit_is_refused(void **state)
{
	(void)state;
	for (size_t max = 1; max < 400; max += 13) {
		struct rg_err err = {0};
		struct rg_buf out;

		rg_buf_init(&out, max);
		assert_int_equal(rg_render_stored(&hostile, &out, &err), RG_ELIMIT);
		assert_non_null(strstr(err.text, "render: write stored runs: exceeds"));
		assert_int_equal(out.len, 0);
		rg_buf_done(&out);
	}
}

/* Each allocation in turn fails: an error each time, and nothing leaks (seen under ASan). */
static void test_out_of_memory(void **state)
{
	enum { ENOUGH = 10000 };
	size_t failures = 0;
	int rc = RG_ENOMEM;

	(void)state;
	json_set_alloc_funcs(allocate_some, free);
	while (rc != 0 && failures < ENOUGH) {
		struct rg_err err = {0};
		struct rg_buf out;

		allocations_left = failures;
		rg_buf_init(&out, UNIT_BUF_MAX);
		rc = rg_render_stored(&hostile, &out, &err);
		if (rc) {
			assert_int_equal(rc, RG_ENOMEM);
			assert_string_equal(err.text, "stored runs: out of memory");
			assert_int_equal(out.len, 0);
			failures++;
		}
		rg_buf_done(&out);
	}
	json_set_alloc_funcs(malloc, free);
	assert_int_equal(rc, 0);
	assert_in_range(failures, 20, ENOUGH - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_escaped),
		cmocka_unit_test(test_what_does_not_fit_is_refused),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
