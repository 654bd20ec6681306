/* SPDX-License-Identifier: GPL-2.0-or-later */
#define FIXTURE_SCHEME "git"
#include "fixture.h"

#include "git_program.h"

#include <git2.h>

/* What is the git backend's own; the rest is in conformance.h. */

#define KEY "refs/regress-gate/checkout/v1.4/x86_64"

static int setup(void **state)
{
	git_environment();
	return fixture_setup(state);
}

#define GIT_STORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

static void reopen(struct fixture *fixture, const char *name)
{
	rg_store_close(fixture->store);
	fixture->store = fixture_open(fixture, name);
}

static void two_runs(struct fixture *fixture)
{
	char id[RG_STORE_ID_MAX];

	put_text(fixture, &sample_key, "hello", id);
	put_text(fixture, &sample_key, "another", id);
}

static void assert_asked(struct fixture *fixture, const char *script, const char *expected)
{
	char answer[256];

	assert_string_equal(git_ask(&fixture->scratch, script, answer), expected);
}

static void the_layout_is_as_documented(void **state)
{
	struct fixture *fixture = *state;

	two_runs(fixture);
	assert_asked(fixture,
		     "git -C s for-each-ref --format='%(refname) %(objecttype)' | tr '\\n' ,",
		     KEY " commit,");
	assert_asked(fixture, "git -C s ls-tree --name-only " KEY " | grep -c '^[0-9a-f]*\\.json$'",
		     "2");
	assert_asked(fixture,
		     "git -C s ls-tree --name-only " KEY " | grep -c '^[0-9a-f]*\\.pb\\.gz$'", "2");
	assert_asked(fixture, "git -C s log --format='%an <%ae> %s %P.' " KEY,
		     "regress-gate <regress-gate@localhost> checkout/v1.4/x86_64 .");
	assert_asked(fixture, "git -C s rev-list --count " KEY, "1");
	git_run(&fixture->scratch, "git -C s fsck --full --strict --no-dangling");
	assert_asked(fixture, "git -C s status 2>&1 | grep -c 'must be run in a work tree'", "1");
}

static void the_last_run_takes_its_reference_along(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_list list;

	two_runs(fixture);
	list = find_all(fixture);
	assert_int_equal(rg_store_remove(fixture->store, &list.runs[0], NULL), 0);
	assert_asked(fixture, "git -C s ls-tree " KEY " | wc -l", "2");
	assert_int_equal(rg_store_remove(fixture->store, &list.runs[1], NULL), 0);
	assert_false(scratch_exists(&fixture->scratch, "s/refs/regress-gate"));
	rg_store_list_done(&list);
}

/* --- The user's repository ------------------------------------------------------------------- */

/* All that is in the user's repository but the store, by name, mode and contents. */
#define SUM                                                                                 \
	"(cd r && find . -path ./.git/regress-gate.git -prune -o -type f -printf '%p %m ' " \
	"-exec sha256sum {} ';' -o -printf '%p %m %l\\n') | sort | sha256sum"

static void make_user_repository(struct fixture *fixture)
{
	git_run(&fixture->scratch,
		"git init -q -b main r; cd r; for i in 0 1 2; do echo $i >f; git add f; git commit "
		"-q -m c$i; done; git tag -a -m t v1.4; echo dirty >f; echo new >n; git add n;"
		" git stash list; git worktree add -q ../w HEAD~1");
}

static void nothing_of_the_users_is_touched(void **state)
{
	const struct rg_store_retention retention = {.keep_runs = 1};
	struct fixture *fixture = *state;
	char before[256], after[256];

	make_user_repository(fixture);
	git_run(&fixture->scratch, "git -C r status >status-before");
	git_ask(&fixture->scratch, SUM, before);
	reopen(fixture, "r/.git/regress-gate.git");
	two_runs(fixture);
	assert_int_equal(rg_store_prune(fixture->store, &retention, NULL), 0);
	assert_whole(fixture, 1);
	assert_string_equal(git_ask(&fixture->scratch, SUM, after), before);
	git_run(&fixture->scratch, "git -C r status >status-after; cmp status-before status-after;"
				   " git -C r fsck --full --strict");
}

static void the_users_housekeeping_leaves_it_alone(void **state)
{
	struct fixture *fixture = *state;
	char before[256], after[256];

	make_user_repository(fixture);
	reopen(fixture, "r/.git/regress-gate.git");
	two_runs(fixture);
	git_ask(&fixture->scratch,
		"find r/.git/regress-gate.git -type f | sort | xargs sha256sum | sha256sum",
		before);
	git_run(&fixture->scratch,
		"cd r; git gc -q --prune=now --aggressive; git worktree prune; git pack-refs --all;"
		" git clean -qfdx; git stash -q; git fsck --full --strict");
	git_ask(&fixture->scratch,
		"find r/.git/regress-gate.git -type f | sort | xargs sha256sum | sha256sum", after);
	assert_string_equal(after, before);
	assert_whole(fixture, 2);
}

/* The store is reached by the common directory: a linked work tree's ".git" is a file. */
static void a_linked_work_tree_sees_the_same_store(void **state)
{
	struct fixture *fixture = *state;
	char common[256], name[300];

	make_user_repository(fixture);
	reopen(fixture, "r/.git/regress-gate.git");
	two_runs(fixture);
	git_ask(&fixture->scratch,
		"realpath --relative-to=. $(git -C w rev-parse --git-common-dir)", common);
	snprintf(name, sizeof(name), "%s/regress-gate.git", common);
	reopen(fixture, name);
	assert_whole(fixture, 2);
}

static void a_shallow_clone_keeps_a_store(void **state)
{
	struct fixture *fixture = *state;

	make_user_repository(fixture);
	git_run(&fixture->scratch, "git clone -q --depth 1 file://$PWD/r c");
	reopen(fixture, "c/.git/regress-gate.git");
	two_runs(fixture);
	assert_whole(fixture, 2);
	git_run(&fixture->scratch, "git -C c fetch -q --unshallow; git -C c gc -q; git -C c fsck");
	assert_whole(fixture, 2);
}

/* --- What others do to the store ------------------------------------------------------------- */

static void a_store_that_git_packed(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_list list;
	char id[RG_STORE_ID_MAX];

	two_runs(fixture);
	git_run(&fixture->scratch, "git -C s gc -q --prune=now; git -C s pack-refs --all --prune;"
				   " test ! -e s/" KEY);
	assert_whole(fixture, 2);
	put_text(fixture, &sample_key, "third", id);
	assert_whole(fixture, 3);
	git_run(&fixture->scratch, "git -C s pack-refs --all --prune");
	list = find_all(fixture);
	for (size_t i = 0; i < list.count; i++)
		assert_int_equal(rg_store_remove(fixture->store, &list.runs[i], NULL), 0);
	rg_store_list_done(&list);
	assert_whole(fixture, 0);
	git_run(&fixture->scratch, "git -C s fsck --full --strict --no-dangling");
}

static void a_lock_of_a_dead_writer_is_broken(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_list list;
	char id[RG_STORE_ID_MAX];

	two_runs(fixture);
	scratch_write(&fixture->scratch, "s/" KEY ".lock", "");
	assert_whole(fixture, 2);
	put_text(fixture, &sample_key, "third", id);
	assert_false(scratch_exists(&fixture->scratch, "s/" KEY ".lock"));
	assert_whole(fixture, 3);
	git_run(&fixture->scratch, "git -C s pack-refs --all --prune");
	scratch_write(&fixture->scratch, "s/packed-refs.lock", "");
	list = find_all(fixture);
	for (size_t i = 0; i < list.count; i++)
		assert_int_equal(rg_store_remove(fixture->store, &list.runs[i], NULL), 0);
	rg_store_list_done(&list);
	assert_whole(fixture, 0);
	assert_false(scratch_exists(&fixture->scratch, "s/packed-refs.lock"));
}

/* A git program that updates the reference over and over is waited for, and loses nothing of ours. */
static void writers_and_the_git_program_take_turns(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], text[32];
	pid_t pid;

	two_runs(fixture);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		scratch_path(&fixture->scratch, "s");
		_exit(chdir(fixture->scratch.joined) ||
		      system("for i in $(seq 40); do c=$(git rev-parse " KEY ");"
			     " git update-ref " KEY
			     " $(git commit-tree -m $i $c^{tree}) $c 2>/dev/null; done; true"));
	}
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "run %d", i);
		put_text(fixture, &sample_key, text, id);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_whole(fixture, 22);
}

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

/* --- Repositories that are no store ----------------------------------------------------------- */

static void assert_refused_place(struct fixture *fixture, const char *name, const char *part)
{
	const struct rg_store_key any = {0};
	struct rg_store_run run = {0};
	struct rg_err put = {0}, sweep = {0};
	struct rg_store_list list = {0};
	bool created;

	reopen(fixture, name);
	assert_int_equal(rg_store_put(fixture->store, &sample_key, "l", "new", 3, &run, &created,
				      &put),
			 RG_EUSAGE);
	assert_text_has(put.text, part);
	/* Nothing was ever stored there, as far as one may look. */
	if (rg_store_find(fixture->store, &any, &list, NULL) == 0)
		assert_int_equal(list.count, 0);
	assert_int_not_equal(rg_store_sweep(fixture->store, &sweep), RG_EIO);
}

static void others_repositories_are_refused(void **state)
{
	struct fixture *fixture = *state;
	char before[256], after[256];

	make_user_repository(fixture);
	git_run(&fixture->scratch, "git init -q --bare b; mkdir full; echo x >full/notes");
	git_ask(&fixture->scratch, "find r b full -type f | sort | xargs sha256sum | sha256sum",
		before);
	assert_refused_place(fixture, "r/.git", "a git repository, but no store");
	assert_refused_place(fixture, "b", "a git repository, but no store");
	assert_refused_place(fixture, "r", "the directory holds other things");
	assert_refused_place(fixture, "full", "the directory holds other things");
	git_ask(&fixture->scratch, "find r b full -type f | sort | xargs sha256sum | sha256sum",
		after);
	assert_string_equal(after, before);
}

static void an_empty_directory_will_do(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkdir(scratch_path(&fixture->scratch, "s"), 0700), 0);
	assert_whole(fixture, 0);
	assert_int_equal(rg_store_sweep(fixture->store, NULL), 0);
	two_runs(fixture);
	assert_whole(fixture, 2);
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

/* The user's configuration says nothing to a store, not even when it is broken. */
static void the_users_configuration_does_not_matter(void **state)
{
	struct fixture *fixture = *state;

	git_run(&fixture->scratch, "printf '[broken\\n' >.gitconfig");
	setenv("HOME", fixture->scratch.root, 1);
	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, fixture->scratch.root);
	two_runs(fixture);
	assert_whole(fixture, 2);
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, "/nonexistent");
	git_libgit2_shutdown();
	git_environment();
}

/* --- Sweeping --------------------------------------------------------------------------------- */

static void make_old(struct fixture *fixture)
{
	git_run(&fixture->scratch, "find s/objects -type f -exec touch -d '2 hours ago' {} +");
}

static void only_what_is_old_and_superfluous_is_swept(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	two_runs(fixture);
	/* The first put's tree and commit are superfluous. */
	assert_asked(fixture, "find s/objects -type f | wc -l", "8");
	assert_int_equal(rg_store_sweep(fixture->store, NULL), 0);
	assert_asked(fixture, "find s/objects -type f | wc -l", "8");
	make_old(fixture);
	assert_int_equal(rg_store_sweep(fixture->store, NULL), 0);
	assert_asked(fixture, "find s/objects -type f | wc -l", "6");
	put_text(fixture, &sample_key, "third", id);
	assert_whole(fixture, 3);
	git_run(&fixture->scratch, "git -C s fsck --full --strict --no-dangling");
}

struct keeper {
	const char *sentence;
	const char *script;
	const char *part;
};

/* What they stand for may need any object. */
static const struct keeper keepers[] = {
	{"a branch", "git update-ref refs/heads/mine " KEY, "what is not the store's"},
	{"a tag", "git tag mine " KEY, "what is not the store's"},
	{"a packed tag", "git tag mine " KEY "; git pack-refs --all --prune",
	 "what is not the store's"},
	{"a branch that cannot be read", "mkdir -p refs/heads; echo junk >refs/heads/mine",
	 "what is not the store's"},
	{"a detached HEAD", "c=$(git rev-parse " KEY "); echo $c >HEAD", "'HEAD' in '"},
	{"a damaged reference",
	 "mkdir -p refs/regress-gate/a/b; echo junk >refs/regress-gate/a/b/c",
	 "refs/regress-gate/a/b/c"},
	{"a reference with a history",
	 "git update-ref " KEY " $(git commit-tree -m x -p " KEY " " KEY "^{tree})", "history"},
	{"a tree with folders",
	 "t=$(git rev-parse " KEY "^{tree}); git update-ref " KEY " $(git commit-tree -m x"
	 " $(printf '040000 tree %s\\tdir\\n' $t | git mktree))",
	 "more than files"},
};

static void assert_kept(struct fixture *fixture, const struct keeper *keeper)
{
	char script[1024], before[256], after[256];

	git_run(&fixture->scratch, "rm -rf s");
	two_runs(fixture);
	snprintf(script, sizeof(script), "cd s; { %s; }", keeper->script);
	git_run(&fixture->scratch, script);
	make_old(fixture);
	git_ask(&fixture->scratch, "find s/objects -type f | sort | sha256sum", before);
	fixture->err = (struct rg_err){0};
	if (rg_store_sweep(fixture->store, &fixture->err) != RG_EFORMAT)
		fail_msg("%s: swept", keeper->sentence);
	assert_text_has(fixture->err.text, keeper->part);
	assert_string_equal(git_ask(&fixture->scratch, "find s/objects -type f | sort | sha256sum",
				    after),
			    before);
}

static void a_store_with_others_references_is_not_swept(void **state)
{
	for (size_t i = 0; i < sizeof(keepers) / sizeof(keepers[0]); i++)
		assert_kept(*state, &keepers[i]);
}

/* --- Ownership -------------------------------------------------------------------------------- */

/* Root's work in another's store leaves nothing that the other could not have made. */
static void root_works_as_the_owner(void **state)
{
	const struct rg_store_retention retention = {.keep_runs = 1};
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	if (!scratch_is_root(__func__))
		return;
	assert_int_equal(chmod(fixture->scratch.root, 0755), 0);
	two_runs(fixture);
	git_run(&fixture->scratch, "chown -R 12345:23456 s");
	put_text(fixture, &sample_key, "third", id);
	assert_int_equal(rg_store_prune(fixture->store, &retention, NULL), 0);
	git_run(&fixture->scratch, "test -z \"$(find s ! \\( -uid 12345 -gid 23456 \\))\"");
	assert_whole(fixture, 1);
}

/* A link that the owner planted leads root nowhere. */
static void planted_links_lead_nowhere(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_run run = {0};
	bool created;

	if (!scratch_is_root(__func__))
		return;
	assert_int_equal(chmod(fixture->scratch.root, 0755), 0);
	two_runs(fixture);
	git_run(&fixture->scratch,
		"chown -R 12345:23456 s; mkdir -m 755 away; rm -rf s/refs/regress-gate;"
		" ln -s $PWD/away s/refs/regress-gate");
	assert_int_not_equal(
		rg_store_put(fixture->store, &sample_key, "l", "new", 3, &run, &created, NULL), 0);
	git_run(&fixture->scratch, "test -z \"$(ls -A away)\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_STORE_TEST(the_layout_is_as_documented),
		GIT_STORE_TEST(the_last_run_takes_its_reference_along),
		GIT_STORE_TEST(nothing_of_the_users_is_touched),
		GIT_STORE_TEST(the_users_housekeeping_leaves_it_alone),
		GIT_STORE_TEST(a_linked_work_tree_sees_the_same_store),
		GIT_STORE_TEST(a_shallow_clone_keeps_a_store),
		GIT_STORE_TEST(a_store_that_git_packed),
		GIT_STORE_TEST(a_lock_of_a_dead_writer_is_broken),
		GIT_STORE_TEST(writers_and_the_git_program_take_turns),
		GIT_STORE_TEST(damage_is_counted_and_named),
		GIT_STORE_TEST(nothing_is_added_to_a_damaged_reference),
		GIT_STORE_TEST(an_object_that_swells_is_refused),
		GIT_STORE_TEST(others_repositories_are_refused),
		GIT_STORE_TEST(an_empty_directory_will_do),
		GIT_STORE_TEST(a_store_without_a_head_is_told),
		GIT_STORE_TEST(the_users_configuration_does_not_matter),
		GIT_STORE_TEST(only_what_is_old_and_superfluous_is_swept),
		GIT_STORE_TEST(a_store_with_others_references_is_not_swept),
		GIT_STORE_TEST(root_works_as_the_owner),
		GIT_STORE_TEST(planted_links_lead_nowhere),
	};

	return cmocka_run_group_tests_name("store/git", tests, NULL, NULL);
}
