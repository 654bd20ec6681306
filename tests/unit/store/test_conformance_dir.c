/* SPDX-License-Identifier: GPL-2.0-or-later */
#define FIXTURE_SCHEME "dir"
#include "conformance.h"

static void forge_profile(struct fixture *fixture, const char *id, const char *bytes)
{
	char name[256];

	scratch_write(&fixture->scratch, file_of(id, ".pb.gz", name), bytes);
}

static void cut_profile(struct fixture *fixture, const char *id)
{
	char name[256];

	assert_int_equal(truncate(scratch_path(&fixture->scratch, file_of(id, ".pb.gz", name)), 2),
			 0);
}

static void forge_manifest(struct fixture *fixture, const char *id, const char *text)
{
	char name[256];

	scratch_write(&fixture->scratch, file_of(id, ".json", name), text);
}

static void leave_waste(struct fixture *fixture)
{
	scratch_write(&fixture->scratch, "s/checkout/v1.4/x86_64/.tmp-0123", "x");
	scratch_write(&fixture->scratch, "s/checkout/v1.4/x86_64/" FORGED_ID ".pb.gz", "x");
}

static void assert_sound(struct fixture *fixture)
{
	char command[512];

	snprintf(command, sizeof(command), "test -z \"$(find %s/s -type d -empty)\"",
		 fixture->scratch.root);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {CONFORMANCE};

	return cmocka_run_group_tests_name("store/conformance_dir", tests, NULL, NULL);
}
