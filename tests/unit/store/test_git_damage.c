/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Damage to a store in git is counted, named and never made worse. */
#include "git_fixture.h"

static void assert_listed_damaged(struct fixture *fixture, size_t count, const char *part)
{
	struct rg_store_list list = find_all(fixture);

	assert_int_equal(list.count, count);
	assert_int_equal(list.damaged, 1);
	assert_text_has(list.first_damaged, part);
	rg_store_list_done(&list);
}

struct row {
	const char *sentence;
	const char *script; /* in a store with two runs under KEY and one under another */
	size_t left;        /* runs that can be read */
	const char *part;
};

static const struct row damages[] = {
	{"a reference that was cut", ": >" KEY, 1, KEY "' in '"},
	{"a reference that is none", "echo junk >" KEY, 1, "corrupted"},
	{"a reference to nothing", "echo 0123456789012345678901234567890123456789 >" KEY, 1, KEY},
	{"a reference to a blob", "echo x | git hash-object -w --stdin >" KEY, 1, KEY},
	{"a commit that was cut",
	 "c=$(git rev-parse " KEY "); f=objects/$(echo $c | cut -c 1-2)/$(echo $c | cut -c 3-);"
	 " chmod u+w $f; truncate -s 30 $f",
	 1, "it is damaged"},
	{"a tree that was cut",
	 "c=$(git rev-parse " KEY "^{tree}); f=objects/$(echo $c | cut -c 1-2)/$(echo $c | cut -c "
	 "3-); chmod u+w $f; truncate -s 70 $f",
	 1, "it is damaged"},
	{"a tree that is not there",
	 "c=$(git rev-parse " KEY "^{tree}); rm -f objects/$(echo $c | cut -c 1-2)/$(echo $c | cut "
	 "-c 3-)",
	 1, KEY},
	{"a manifest that is not there",
	 "c=$(git ls-tree " KEY " | grep json | head -n 1 | cut -c 13-52);"
	 " rm -f objects/$(echo $c | cut -c 1-2)/$(echo $c | cut -c 3-)",
	 2, ".json' in '"},
	{"a profile that is not there",
	 "c=$(git ls-tree " KEY " | grep pb.gz | head -n 1 | cut -c 13-52);"
	 " rm -f objects/$(echo $c | cut -c 1-2)/$(echo $c | cut -c 3-)",
	 2, "its profile cannot be read"},
	{"an object of zeros",
	 "c=$(git ls-tree " KEY " | grep json | head -n 1 | cut -c 13-52);"
	 " f=objects/$(echo $c | cut -c 1-2)/$(echo $c | cut -c 3-); chmod u+w $f;"
	 " s=$(stat -c %s $f); head -c $s /dev/zero >$f",
	 2, ".json' in '"},
	{"a file that does not belong in the tree",
	 "b=$(echo x | git hash-object -w --stdin); t=$({ git ls-tree " KEY
	 "; printf '100644 blob %s\\tREADME\\n' $b; } | git mktree);"
	 " git update-ref " KEY " $(git commit-tree -m x $t)",
	 3, "README' in '"},
	{"a profile without a manifest",
	 "t=$(git ls-tree " KEY " | grep -v $(git ls-tree --name-only " KEY
	 " | head -n 1) | git mktree); git update-ref " KEY " $(git commit-tree -m x $t)",
	 2, "has no manifest"},
	{"a reference that is no key's", "git update-ref refs/regress-gate/x " KEY, 3,
	 "refs/regress-gate/x': does not belong here"},
	{"a reference below a key's", "git update-ref refs/regress-gate/a/b/c/d " KEY, 3,
	 "refs/regress-gate/a/b/c': does not belong here: it is not a file"},
	{"a packed reference that is no key's",
	 "git update-ref refs/regress-gate/x " KEY "; git pack-refs --all --prune", 3,
	 "refs/regress-gate/x': does not belong here"},
	{"another's runs under this key",
	 "git update-ref refs/regress-gate/checkout/v9/x86_64 refs/regress-gate/other/v1/x86_64", 3,
	 "is the manifest of another key"},
	{"a link", "rm " KEY "; ln -s /etc/passwd " KEY, 1, "it is not a file"},
};

static void assert_damage(struct fixture *fixture, const struct row *row)
{
	const struct rg_store_key other = {"other", "v1", "x86_64"};
	char script[2048], id[RG_STORE_ID_MAX];

	git_run(&fixture->scratch, "rm -rf s");
	two_runs(fixture);
	put_text(fixture, &other, "elsewhere", id);
	snprintf(script, sizeof(script), "cd s; { %s; }", row->script);
	git_run(&fixture->scratch, script);
	print_message("%s\n", row->sentence);
	assert_listed_damaged(fixture, row->left, row->part);
}

static void damage_is_counted_and_named(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++)
		assert_damage(fixture, &damages[i]);
}

/* It may still name runs: a new tree would lose them. */
static void nothing_is_added_to_a_damaged_reference(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_run run = {0};
	bool created;

	two_runs(fixture);
	git_run(&fixture->scratch, "echo junk >s/" KEY);
	assert_int_equal(rg_store_put(fixture->store, &sample_key, "l", "new", 3, &run, &created,
				      &fixture->err),
			 RG_EFORMAT);
	assert_text_has(fixture->err.text, "store: add a run to '" KEY "' in '");
}

/* What it inflates to is more than it says, and more than anybody has memory for. */
static void an_object_that_swells_is_refused(void **state)
{
	struct fixture *fixture = *state;
	char script[1024];

	two_runs(fixture);
	snprintf(script, sizeof(script),
		 "c=$(git -C s ls-tree " KEY " | grep json | head -n 1 | cut -c 13-52);"
		 " f=s/objects/$(echo $c | cut -c 1-2)/$(echo $c | cut -c 3-); chmod u+w $f;"
		 " python3 -c \"import zlib,sys; sys.stdout.buffer.write("
		 "zlib.compress(b'blob 5\\0' + bytes(100000000)))\" >$f");
	if (system("python3 -c 'import zlib'") != 0) {
		print_message("%s: skipped: needs python3\n", __func__);
		return;
	}
	git_run(&fixture->scratch, script);
	assert_listed_damaged(fixture, 1, "is longer than it says: it is damaged");
}

/* With runs in it, a store that lost its HEAD is not an empty one. */
static void a_store_without_a_head_is_told(void **state)
{
	const struct rg_store_key any = {0};
	struct fixture *fixture = *state;
	struct rg_store_list list = {0};

	two_runs(fixture);
	git_run(&fixture->scratch, "rm s/HEAD");
	assert_int_equal(rg_store_find(fixture->store, &any, &list, &fixture->err), RG_EFORMAT);
	assert_text_has(fixture->err.text, "store: open '");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_STORE_TEST(damage_is_counted_and_named),
		GIT_STORE_TEST(nothing_is_added_to_a_damaged_reference),
		GIT_STORE_TEST(an_object_that_swells_is_refused),
		GIT_STORE_TEST(a_store_without_a_head_is_told),
	};

	return cmocka_run_group_tests_name("store/git_damage", tests, NULL, NULL);
}
