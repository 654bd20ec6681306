/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of the libraries and programs of this machine are what libdw makes of them. */
#include "libdw_rows.h"

#include <dlfcn.h>
#include <link.h>

static void test_libc(void **state)
{
	struct link_map *map;
	void *handle = dlopen("libc.so.6", RTLD_LAZY);
	struct tally tally;

	(void)state;
	assert_non_null(handle);
	assert_int_equal(dlinfo(handle, RTLD_DI_LINKMAP, &map), 0);
	tally = compare_file(map->l_name);
	assert_true(tally.ends > 0);
#if defined(__x86_64__)
	assert_true(tally.signals > 0);
	assert_true(tally.linkage > 0);
#endif
	dlclose(handle);
}

static void test_libraries(void **state)
{
	static const char *const names[] = {"libstdc++.so.6", "libcrypto.so.3",
					    "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		void *handle = dlopen(names[i], RTLD_LAZY);
		struct link_map *map;

		if (!handle)
			continue;
		assert_int_equal(dlinfo(handle, RTLD_DI_LINKMAP, &map), 0);
		compare_file(map->l_name);
		dlclose(handle);
	}
}

/* Those that this machine has, of either architecture. */
static void test_programs(void **state)
{
	static const char *const paths[] = {
		"/usr/bin/node",
		"/usr/bin/python3",
		"/usr/aarch64-linux-gnu/lib/libc.so.6",
		"/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1",
		"/usr/x86_64-linux-gnu/lib/libc.so.6",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (access(paths[i], R_OK) == 0)
			compare_file(paths[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_libc),
		cmocka_unit_test(test_libraries),
		cmocka_unit_test(test_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
