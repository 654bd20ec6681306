/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scratch.h"

#include "dir.h"

#include "rg/err.h"

struct row {
	const char *sentence;
	const char *version, *name;
};

static const struct row rows[] = {
	{"a commit id is itself", "0123456789abcdef0123456789abcdef01234567",
	 "0123456789abcdef0123456789abcdef01234567"},
	{"dots, dashes and their like stay", "v1.4-3_g+@~x", "v1.4-3_g+@~x"},
	{"a slash is escaped", "release/1.0", "release%2F1.0"},
	{"a percent sign is escaped", "100%", "100%25"},
	{"a leading dot is escaped", ".git", "%2Egit"},
	{"the parent is no name", "..", "%2E."},
	{"the directory itself is no name", ".", "%2E"},
	{"control bytes are escaped", "a\n\033", "a%0A%1B"},
	{"bytes above ASCII are escaped", "\303\244", "%C3%A4"},
};

static void versions_become_names_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[DIR_NAME_MAX], version[DIR_NAME_MAX];

		assert_int_equal(dir_name_escape(rows[i].version, name), 0);
		if (strcmp(name, rows[i].name) != 0)
			fail_msg("%s: %s", rows[i].sentence, name);
		assert_int_equal(dir_name_unescape(name, version), 0);
		assert_string_equal(version, rows[i].version);
	}
}

static void other_names_stand_for_nothing(void **state)
{
	static const char *const names[] = {"%",   "%2", "a%",  "%2f", "%41", "%zz",
					    "%00", ".x", "a b", "a\n", "%%"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char version[DIR_NAME_MAX] = "untouched";

		if (dir_name_unescape(names[i], version) != RG_EFORMAT)
			fail_msg("%s is accepted", names[i]);
		assert_string_equal(version, "untouched");
	}
}

static void long_names_are_refused(void **state)
{
	char version[400], name[DIR_NAME_MAX];

	(void)state;
	memset(version, 'a', sizeof(version));
	version[252] = '\0';
	assert_int_equal(dir_name_escape(version, name), 0);
	assert_int_equal(strlen(name), 252);
	version[252] = 'a';
	version[sizeof(version) - 1] = '\0';
	assert_int_equal(dir_name_escape(version, name), RG_ELIMIT);
	assert_int_equal(dir_name_unescape(version, name), RG_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_become_names_and_back),
		cmocka_unit_test(other_names_stand_for_nothing),
		cmocka_unit_test(long_names_are_refused),
	};

	return cmocka_run_group_tests_name("store/dir_name", tests, NULL, NULL);
}
