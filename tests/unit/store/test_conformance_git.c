/* SPDX-License-Identifier: GPL-2.0-or-later */
#define FIXTURE_SCHEME "git"
#include "conformance.h"

#include "git_program.h"

#define KEY "refs/regress-gate/checkout/v1.4/x86_64"

/* Puts another file under a name of the tree, and a commit of it under the reference. */
static void forge(struct fixture *fixture, const char *id, const char *suffix, const char *bytes)
{
	char script[2048];

	scratch_write(&fixture->scratch, "forged", bytes);
	snprintf(script, sizeof(script),
		 "export GIT_DIR=s; n=%s%s; b=$(git hash-object -w forged);"
		 " t=$(git ls-tree " KEY
		 " | grep -v $n >list; printf '100644 blob %%s\\t%%s\\n' $b $n"
		 " | cat - list | git mktree); git update-ref " KEY " $(git commit-tree -m x $t)",
		 id, suffix);
	git_run(&fixture->scratch, script);
}

static void forge_profile(struct fixture *fixture, const char *id, const char *bytes)
{
	forge(fixture, id, ".pb.gz", bytes);
}

static void forge_manifest(struct fixture *fixture, const char *id, const char *text)
{
	forge(fixture, id, ".json", text);
}

static void cut_profile(struct fixture *fixture, const char *id)
{
	char script[1024];

	snprintf(script, sizeof(script),
		 "b=$(git -C s rev-parse " KEY ":%s.pb.gz);"
		 " f=s/objects/$(echo $b | cut -c 1-2)/$(echo $b | cut -c 3-); chmod u+w $f;"
		 " truncate -s $(($(stat -c %%s $f) / 2)) $f",
		 id);
	git_run(&fixture->scratch, script);
}

static void leave_waste(struct fixture *fixture)
{
	git_run(&fixture->scratch, "echo x | git -C s hash-object -w --stdin;"
				   " echo x >s/objects/tmp_object_git2_a00123");
}

static void assert_sound(struct fixture *fixture)
{
	git_run(&fixture->scratch, "git -C s fsck --full --strict --no-dangling");
}

static int environment(void **state)
{
	(void)state;
	git_environment();
	/* A dozen syncs for each run take their time on a disk. TMPDIR puts it there. */
	if (!access("/dev/shm", W_OK))
		setenv("TMPDIR", "/dev/shm", 0);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {CONFORMANCE};

	return cmocka_run_group_tests_name("store/conformance_git", tests, environment, NULL);
}
