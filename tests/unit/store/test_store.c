/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

struct spec {
	const char *sentence;
	const char *spec;
	const char *part;
};

static const struct spec bad_specs[] = {
	{"a path alone", "/var/lib/x",
	 "no scheme; a store is SCHEME:LOCATION, with one of: dir:, git:"},
	{"a scheme nobody has", "s4:bucket", "unknown scheme; "},
	{"a scheme cut short", "di:/x", "unknown scheme; "},
	{"a scheme drawn out", "dirs:/x", "unknown scheme; "},
	{"a scheme without a location", "dir:", "no location; "},
	{"no scheme before the colon", ":/x", "unknown scheme; "},
	{"nothing", "", "no scheme; "},
};

static void specs_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_specs) / sizeof(bad_specs[0]); i++) {
		struct rg_store *store = NULL;
		struct rg_err err = {0};

		if (rg_store_open(bad_specs[i].spec, &store, &err) != RG_EUSAGE || store)
			fail_msg("%s", bad_specs[i].sentence);
		assert_text_has(err.text, bad_specs[i].part);
	}
	rg_store_close(NULL);
}

struct key_row {
	const char *sentence;
	struct rg_store_key key;
	const char *part; /* of the error; NULL when the key is good */
};

static char too_long[RG_STORE_NAME_MAX + 2];
static char ten_kb[10001];

static const struct key_row keys[] = {
	{"a commit id", {"default", "0123456789abcdef0123456789abcdef01234567", "x86_64"}, NULL},
	{"a label with a slash", {"default", "release/1.0+b@x~2", "aarch64"}, NULL},
	{"a label with dots inside", {"a.b_c-d", "v1..4", "x86_64"}, NULL},
	{"a way out of the directory",
	 {"default", "../x", "x86_64"},
	 "store: version '../x': must be"},
	{"a scenario that climbs", {"..", "v1", "x86_64"}, "store: scenario '..': must be"},
	{"a scenario with a slash", {"a/b", "v1", "x86_64"}, "store: scenario 'a/b': "},
	{"an architecture that climbs", {"a", "v1", "../.."}, "store: architecture '../..': "},
	{"an empty version", {"default", "", "x86_64"}, "store: version ''"},
	{"an empty scenario", {"", "v1", "x86_64"}, "store: scenario ''"},
	{"an absolute version", {"default", "/etc/passwd", "x86_64"}, NULL},
	{"an option", {"-rf", "v1", "x86_64"}, "store: scenario '-rf'"},
	{"a hidden name", {".git", "v1", "x86_64"}, "store: scenario '.git'"},
	{"a control byte", {"default", "v1\n", "x86_64"}, "store: version 'v1\n'"},
	{"an escape sequence", {"default", "\033[31m", "x86_64"}, "store: version"},
	{"a space", {"default", "v 1", "x86_64"}, "store: version 'v 1'"},
	{"a percent sign, which is the escape", {"default", "v%2F1", "x86_64"}, "store: version"},
	{"letters outside ASCII", {"default", "v\303\244", "x86_64"}, "store: version"},
	{"a byte more than fits", {too_long, "v1", "x86_64"}, "store: scenario 'aaa"},
	{"10 kB", {"default", ten_kb, "x86_64"}, "store: version 'bbb"},
	{"a missing member", {"default", "v1", NULL}, "store: architecture ''"},
};

static void assert_key(struct fixture *fixture, const struct key_row *row)
{
	struct rg_store_run run = {0};
	struct rg_err err = {0};
	bool created = false;
	int rc = rg_store_put(fixture->store, &row->key, "label", "x", 1, &run, &created, &err);

	if (rc != (row->part ? RG_EUSAGE : 0))
		fail_msg("%s: %d: %s", row->sentence, rc, err.text);
	if (row->part)
		assert_text_has(err.text, row->part);
	if (strlen(err.text) > 300)
		fail_msg("%s: the message is long", row->sentence);
	rg_store_run_done(&run);
}

static void keys_are_checked(void **state)
{
	size_t good = 0;

	memset(too_long, 'a', sizeof(too_long) - 1);
	memset(ten_kb, 'b', sizeof(ten_kb) - 1);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_key(*state, &keys[i]);
		good += !keys[i].part;
	}
	assert_whole(*state, good);
}

static void labels_are_checked(void **state)
{
	static const char *const labels[] = {"",         "a\tb", "a\033b", "\177",
					     "\302\233", "\377", ten_kb};
	struct fixture *fixture = *state;

	memset(ten_kb, 'b', sizeof(ten_kb) - 1);
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		struct rg_store_run run = {0};
		struct rg_err err = {0};
		bool created;

		assert_int_equal(rg_store_put(fixture->store, &sample_key, labels[i], "x", 1, &run,
					      &created, &err),
				 RG_EUSAGE);
		assert_text_has(err.text, "store: label '");
	}
	assert_whole(fixture, 0);
}

static void nothing_is_no_run(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_run run = {0};
	bool created;

	assert_int_equal(rg_store_put(fixture->store, &sample_key, "v1.4", "", 0, &run, &created,
				      &fixture->err),
			 RG_EUSAGE);
	assert_string_equal(fixture->err.text, "store: put 'v1.4': no bytes");
}

/* A run may have been filled by anybody: it names files. */
static void runs_are_checked(void **state)
{
	struct fixture *fixture = *state;
	char up[] = "..", scenario[] = "x", version[] = "v1", arch[] = "x86_64";
	struct rg_store_run run = {.scenario = up, .version = version, .arch = arch};
	struct rg_buf bytes;

	rg_buf_init(&bytes, 100);
	memset(run.id, 'a', RG_STORE_ID_MAX - 1);
	assert_int_equal(rg_store_get(fixture->store, &run, &bytes, NULL), RG_EUSAGE);
	assert_int_equal(rg_store_remove(fixture->store, &run, NULL), RG_EUSAGE);
	run.scenario = scenario;
	run.id[3] = '/';
	assert_int_equal(rg_store_get(fixture->store, &run, &bytes, &fixture->err), RG_EUSAGE);
	assert_text_has(fixture->err.text, "must be a SHA-256 in hex");
	assert_int_equal(rg_store_remove(fixture->store, &run, NULL), RG_EUSAGE);
	rg_buf_done(&bytes);
}

static void searches_are_checked(void **state)
{
	const struct rg_store_key key = {"../x", NULL, NULL};
	struct fixture *fixture = *state;
	struct rg_store_list list = {0};

	assert_int_equal(rg_store_find(fixture->store, &key, &list, &fixture->err), RG_EUSAGE);
	assert_text_has(fixture->err.text, "store: scenario '../x'");
	assert_null(list.runs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specs_are_checked), STORE_TEST(keys_are_checked),
		STORE_TEST(labels_are_checked),      STORE_TEST(nothing_is_no_run),
		STORE_TEST(runs_are_checked),        STORE_TEST(searches_are_checked),
	};

	return cmocka_run_group_tests_name("store/store", tests, NULL, NULL);
}
