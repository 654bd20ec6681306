/* SPDX-License-Identifier: GPL-2.0-or-later */
#define FIXTURE_SCHEME "dir"
#include "torture.h"

int main(void)
{
	const struct CMUnitTest tests[] = {TORTURE};

	return cmocka_run_group_tests_name("store/torture_dir", tests, NULL, NULL);
}
