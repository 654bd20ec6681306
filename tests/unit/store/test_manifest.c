/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scratch.h"

#include "digest.h"
#include "manifest.h"

#include "rg/buf.h"
#include "rg/err.h"

#define ID "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

#define GOOD                                                                                     \
	"\"scenario\":\"s\",\"version\":\"v/1\",\"arch\":\"x\",\"label\":\"l\",\"sha256\":\"" ID \
	"\",\"bytes\":5,\"stored_ns\":7"
#define SCHEMA "\"schema\":\"regress-gate/run/1\""

static int read_text(const char *text, struct rg_store_run *run, struct rg_err *err)
{
	return manifest_read(text, strlen(text), run, err);
}

static void what_is_written_is_read(void **state)
{
	struct rg_store_run run = {0}, again = {0};
	struct rg_buf text;

	(void)state;
	assert_int_equal(read_text("{" SCHEMA "," GOOD "}", &run, NULL), 0);
	assert_string_equal(run.scenario, "s");
	assert_string_equal(run.version, "v/1");
	assert_string_equal(run.arch, "x");
	assert_string_equal(run.label, "l");
	assert_string_equal(run.id, ID);
	assert_int_equal(run.bytes, 5);
	assert_int_equal(run.stored_ns, 7);
	rg_buf_init(&text, MANIFEST_MAX_BYTES);
	assert_int_equal(manifest_write(&run, &text, NULL), 0);
	assert_int_equal(text.data[text.len - 1], '\n');
	assert_int_equal(manifest_read(text.data, text.len, &again, NULL), 0);
	assert_string_equal(again.version, "v/1");
	assert_int_equal(again.stored_ns, 7);
	rg_buf_done(&text);
	rg_store_run_done(&run);
	rg_store_run_done(&again);
}

static void a_later_version_may_add_members(void **state)
{
	struct rg_store_run run = {0};

	(void)state;
	assert_int_equal(read_text("{" SCHEMA "," GOOD ",\"expires_ns\":9}", &run, NULL), 0);
	rg_store_run_done(&run);
}

static void a_buffer_too_small_is_no_success(void **state)
{
	struct rg_store_run run = {0};
	struct rg_buf text;

	(void)state;
	assert_int_equal(read_text("{" SCHEMA "," GOOD "}", &run, NULL), 0);
	rg_buf_init(&text, 20);
	assert_int_equal(manifest_write(&run, &text, NULL), RG_ELIMIT);
	rg_buf_done(&text);
	rg_store_run_done(&run);
}

struct row {
	const char *sentence;
	const char *text;
	const char *part;
};

static const struct row wrong[] = {
	{"nothing", "", "not JSON: line 1"},
	{"half of it", "{" SCHEMA, "not JSON: line 1"},
	{"no object", "[]", "\"schema\" is not"},
	{"another schema", "{\"schema\":\"regress-gate/run/2\"," GOOD "}", "\"schema\" is not"},
	{"a schema that is a number", "{\"schema\":1," GOOD "}", "\"schema\" is not"},
	{"a member twice", "{" SCHEMA "," GOOD ",\"bytes\":5}", "duplicate"},
	{"a member missing", "{" SCHEMA "}", "\"scenario\" is missing or wrong"},
	{"a scenario that climbs",
	 "{" SCHEMA ",\"scenario\":\"..\",\"version\":\"v\",\"arch\":\"x\",\"label\":\"l\","
	 "\"sha256\":\"" ID "\",\"bytes\":5,\"stored_ns\":7}",
	 "\"scenario\" is missing or wrong"},
	{"a label with an escape sequence",
	 "{" SCHEMA
	 ",\"scenario\":\"s\",\"version\":\"v\",\"arch\":\"x\",\"label\":\"\\u001b[31m\","
	 "\"sha256\":\"" ID "\",\"bytes\":5,\"stored_ns\":7}",
	 "\"label\" is missing or wrong"},
	{"an id cut short",
	 "{" SCHEMA ",\"scenario\":\"s\",\"version\":\"v\",\"arch\":\"x\",\"label\":\"l\","
	 "\"sha256\":\"2cf2\",\"bytes\":5,\"stored_ns\":7}",
	 "\"sha256\" is missing or wrong"},
	{"a negative size",
	 "{" SCHEMA ",\"scenario\":\"s\",\"version\":\"v\",\"arch\":\"x\",\"label\":\"l\","
	 "\"sha256\":\"" ID "\",\"bytes\":-5,\"stored_ns\":7}",
	 "\"bytes\" is missing or wrong"},
	{"a time that is a text",
	 "{" SCHEMA ",\"scenario\":\"s\",\"version\":\"v\",\"arch\":\"x\",\"label\":\"l\","
	 "\"sha256\":\"" ID "\",\"bytes\":5,\"stored_ns\":\"7\"}",
	 "\"stored_ns\" is missing or wrong"},
};

static void what_is_wrong_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct rg_store_run run = {.bytes = 77};
		struct rg_err err = {0};

		if (read_text(wrong[i].text, &run, &err) != RG_EFORMAT ||
		    !strstr(err.text, wrong[i].part))
			fail_msg("%s: %s", wrong[i].sentence, err.text);
		assert_null(run.scenario);
		assert_int_equal(run.bytes, 77);
	}
}

static void every_cut_is_refused(void **state)
{
	const char *text = "{" SCHEMA "," GOOD "}";

	(void)state;
	for (size_t len = 0; len < strlen(text); len++) {
		struct rg_store_run run = {0};

		assert_int_equal(manifest_read(text, len, &run, NULL), RG_EFORMAT);
	}
}

static void size_is_bounded(void **state)
{
	struct rg_store_run run = {0};
	char *text = malloc(MANIFEST_MAX_BYTES + 1);
	struct rg_err err = {0};

	(void)state;
	assert_non_null(text);
	memset(text, ' ', MANIFEST_MAX_BYTES + 1);
	assert_int_equal(manifest_read(text, MANIFEST_MAX_BYTES + 1, &run, &err), RG_EFORMAT);
	assert_string_equal(err.text, "larger than 16384 bytes");
	free(text);
}

/* FIPS 180-4's examples. */
static void ids_are_sha256(void **state)
{
	char id[RG_STORE_ID_MAX];

	(void)state;
	digest_hex("abc", 3, id);
	assert_string_equal(id, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_hex("", 0, id);
	assert_string_equal(id, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_later_version_may_add_members),
		cmocka_unit_test(a_buffer_too_small_is_no_success),
		cmocka_unit_test(what_is_wrong_is_told),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(size_is_bounded),
		cmocka_unit_test(ids_are_sha256),
	};

	return cmocka_run_group_tests_name("store/manifest", tests, NULL, NULL);
}
