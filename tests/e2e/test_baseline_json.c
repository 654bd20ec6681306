/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is stored, for scripts. */
#include "e2e.h"
#include "repo.h"
#include "samples.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct e2e_self one[] = {{"parse", 3000}, {"check", 2000}, {"", 0}};
static const struct e2e_self two[] = {{"parse", 3010}, {"check", 1990}, {"", 0}};

/* Lists that store; the status is `status`. */
static json_t *list(struct e2e *e, const char *store, int status)
{
	json_error_t at;
	json_t *root;

	E2E_RG(e, "baseline", "list", "--json", "--store", store);
	e2e_assert_status(e, status);
	root = json_loads(e->out, JSON_REJECT_DUPLICATES, &at);
	if (!root)
		fail_msg("line %d: %s: %s", at.line, at.text, e->out);
	return root;
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static json_int_t number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void assert_run(struct e2e *e, const json_t *run)
{
	assert_string_equal(text_of(run, "scenario"), "default");
	assert_string_equal(text_of(run, "label"), "v1.4");
	assert_string_equal(text_of(run, "version"), e2e_ask(e, "git -C r rev-parse v1.4"));
	assert_string_equal(text_of(run, "arch"), e2e_ask(e, "uname -m"));
	assert_int_equal(number_of(run, "bytes"), atoi(e2e_ask(e, "wc -c < one.pb.gz")));
	assert_string_equal(text_of(run, "id"), e2e_ask(e, "sha256sum one.pb.gz | cut -d' ' -f1"));
	/* Today, give or take what clocks differ by. */
	assert_in_range(number_of(run, "stored_ns") / 1000000000,
			strtoull(e2e_ask(e, "date -d '1 day ago' +%%s"), NULL, 10),
			strtoull(e2e_ask(e, "date -d '1 day' +%%s"), NULL, 10));
}

static void test_runs_are_listed_for_machines(void **state)
{
	static const char *const stores[] = {"dir:store", "git:store.git"};
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_make_profile(e, "one.pb.gz", one);
	e2e_make_profile(e, "two.pb.gz", two);
	for (size_t i = 0; i < 2; i++) {
		json_t *root = list(e, stores[i], 0), *runs;

		assert_string_equal(text_of(root, "schema"), "regress-gate/stored/1");
		assert_true(json_is_false(json_object_get(root, "store_exists")));
		assert_int_equal(json_array_size(json_object_get(root, "runs")), 0);
		e2e_assert_err(e, "does not exist: is the name right?");
		json_decref(root);
		E2E_RG(e, "baseline", "put", "--store", stores[i], "v1.4",
		       e2e_path(e, "one.pb.gz"));
		e2e_assert_status(e, 0);
		E2E_RG(e, "baseline", "put", "--store", stores[i], "label:other",
		       e2e_path(e, "two.pb.gz"));
		e2e_assert_status(e, 0);
		root = list(e, stores[i], 0);
		assert_true(json_is_true(json_object_get(root, "store_exists")));
		assert_int_equal(number_of(root, "runs_wanted"), 4);
		assert_int_equal(number_of(root, "damaged"), 0);
		runs = json_object_get(root, "runs");
		assert_int_equal(json_array_size(runs), 2);
		for (size_t k = 0; k < 2; k++)
			if (strcmp(text_of(json_array_get(runs, k), "label"), "v1.4") == 0)
				assert_run(e, json_array_get(runs, k));
			else
				assert_string_equal(text_of(json_array_get(runs, k), "label"),
						    "other");
		json_decref(root);
	}
}

/* Who may write into the store chooses the label: it ends no text, and starts no command of a log. */
static void test_hostile_labels_stay_texts(void **state)
{
	struct e2e *e = *state;
	json_t *root;

	e2e_repo(e);
	e2e_make_profile(e, "one.pb.gz", one);
	E2E_RG(e, "baseline", "put", "--store", "dir:store", "v1.4", e2e_path(e, "one.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_sh(e, "sed -i 's/\"v1.4\"/\"\\\\\",\\\\u202e##[error]\\\\u00e9\"/' "
		  "$(find r/store -name '*.json')");
	root = list(e, "dir:store", 0);
	assert_string_equal(text_of(json_array_get(json_object_get(root, "runs"), 0), "label"),
			    "\",\xe2\x80\xae##[error]\xc3\xa9");
	assert_null(strstr(e->out, "##["));
	for (const char *at = e->out; *at; at++)
		assert_true(*at == '\n' || (*at >= ' ' && *at <= '~'));
	json_decref(root);
}

/* They are no runs, and not left out silently: counted, told, and status 4. */
static void test_damaged_runs_are_counted(void **state)
{
	struct e2e *e = *state;
	json_t *root;

	e2e_repo(e);
	e2e_make_profile(e, "one.pb.gz", one);
	e2e_make_profile(e, "two.pb.gz", two);
	E2E_RG(e, "baseline", "put", "--store", "dir:store", "v1.4", e2e_path(e, "one.pb.gz"),
	       e2e_path(e, "two.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_sh(e, "echo '{' > $(find r/store -name '*.json' | head -n 1)");
	root = list(e, "dir:store", 4);
	assert_int_equal(json_array_size(json_object_get(root, "runs")), 1);
	assert_int_equal(number_of(root, "damaged"), 1);
	assert_non_null(strstr(text_of(root, "first_damaged"), ".json"));
	e2e_assert_err(e, "1 entry cannot be read");
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_runs_are_listed_for_machines),
		E2E_TEST(test_hostile_labels_stay_texts),
		E2E_TEST(test_damaged_runs_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
