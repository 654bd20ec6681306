/* SPDX-License-Identifier: GPL-2.0-or-later */
#define FIXTURE_SCHEME "git"
/* libgit2 1.5 itself does not survive want of memory: git_repository_open_bare() follows a NULL. */
#define TORTURE_OWN    1
#include "torture.h"

int main(void)
{
	const struct CMUnitTest tests[] = {TORTURE};

	return cmocka_run_group_tests_name("store/torture_git", tests, NULL, NULL);
}
