/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

#include <time.h>

/* --- What is built -------------------------------------------------------------------------- */

/* A file of the tree. */
static char *read_tree(struct made *m, const char *name)
{
	char path[PATH_MAX], *text = calloc(1, 4096);
	FILE *file;

	assert_non_null(text);
	snprintf(path, sizeof(path), "%s/%s", rg_build_tree(m->build), name);
	file = fopen(path, "re");
	if (!file) {
		free(text);
		return NULL;
	}
	text[fread(text, 1, 4095, file)] = '\0';
	fclose(file);
	return text;
}

static void assert_in_tree(struct made *m, const char *name, const char *expected)
{
	char *text = read_tree(m, name);

	if (expected)
		assert_string_equal(text, expected);
	else
		assert_null(text);
	free(text);
}

static void each_side_has_its_own(void **state)
{
	struct made *m = *state;
	size_t len;

	make_ok(m, "v1", "baseline", "cat f >built");
	assert_in_tree(m, "built", "1\n");
	assert_in_tree(m, "untracked", NULL);
	assert_null(rg_build_note(m->build));
	len = strlen(rg_build_tree(m->build));
	make_ok(m, NULL, "canary", "cat f untracked >built");
	assert_in_tree(m, "built", "3\nu\n");
	/* A path's length shifts a program's stack. */
	assert_int_equal(strlen(rg_build_tree(m->build)), len);
}

static void both_sides_stand_beside_each_other(void **state)
{
	struct made *m = *state;
	struct rg_build *baseline;

	make_ok(m, "v1", "baseline", "cat f >built");
	baseline = m->build;
	m->build = NULL;
	make_ok(m, "v2", "canary", "cat ../a/built f >built");
	assert_in_tree(m, "built", "1\n2\n");
	rg_build_free(baseline);
	assert_in_tree(m, "built", "1\n2\n");
}

static void nothing_to_build(void **state)
{
	struct made *m = *state;

	make_ok(m, "v1", "baseline", NULL);
	assert_in_tree(m, "f", "1\n");
	assert_int_equal(access(rg_build_log(m->build), R_OK), 0);
}

/* --- How it is run -------------------------------------------------------------------------- */

static void the_environment(void **state)
{
	struct made *m = *state;
	char expected[1024], commit[256];

	setenv("GIT_DIR", "/elsewhere", 1);
	setenv("MAKEFLAGS", "-j8 --jobserver-auth=3,4", 1);
	setenv("RG_SIDE", "mine", 1);
	setenv("MINE", "kept", 1);
	git_ask(&m->git.scratch, "git --git-dir=p/.git rev-parse v1", commit);
	make_ok(m, "v1", "baseline",
		"pwd >out; echo $RG_SIDE,$RG_COMMIT,$GIT_DIR,$MAKEFLAGS,$MINE >>out;"
		"git describe >>out 2>&1 || echo no git >>out; env | grep -c ^RG_SIDE= >>out;"
		"echo $TMPDIR >>out; cat >>out");
	snprintf(expected, sizeof(expected),
		 "%s\nbaseline,%s,,,kept\nfatal: not a git repository (or any of the parent "
		 "directories): .git\nno git\n1\n%s\n",
		 rg_build_tree(m->build), commit, rg_build_folder_path(m->folder));
	assert_in_tree(m, "out", expected);
	unsetenv("GIT_DIR");
	unsetenv("MAKEFLAGS");
	unsetenv("RG_SIDE");
}

static void the_work_tree_is_based_on_a_commit(void **state)
{
	struct made *m = *state;
	char head[256], expected[300];

	git_ask(&m->git.scratch, "git -C p rev-parse HEAD", head);
	make_ok(m, NULL, "canary", "echo $RG_SIDE,$RG_COMMIT >out");
	snprintf(expected, sizeof(expected), "canary,%s\n", head);
	assert_in_tree(m, "out", expected);
}

static void all_is_the_users(void **state)
{
	struct made *m = *state;
	char uid[256];

	if (!scratch_is_root("all_is_the_users"))
		return;
	make_ok(m, "v1", "baseline", "id -u >out; echo $HOME >>out; mkdir -p d/d; : >d/d/f");
	assert_in_tree(m, "out", "65534\n/nonexistent\n");
	git_ask(&m->git.scratch, "find tmp -mindepth 1 -printf '%U\\n' | sort -u", uid);
	assert_string_equal(uid, "65534");
	/* We are who we were. */
	git_run(&m->git.scratch, ": >ours; test $(stat -c %u ours) = 0");
}

/* As under sudo, which sets HOME to root's: his git configuration is looked for in his own. */
static void what_is_roots_alone_is_not_looked_at(void **state)
{
	struct made *m = *state;
	char home[PATH_MAX];

	if (!scratch_is_root("what_is_roots_alone_is_not_looked_at"))
		return;
	git_run(&m->git.scratch, "mkdir -m 700 home; echo broken >home/.gitconfig");
	snprintf(home, sizeof(home), "%s/home", m->git.scratch.root);
	unsetenv("XDG_CONFIG_HOME");
	assert_int_equal(setenv("HOME", home, 1), 0);
	make_ok(m, "v1", "baseline", "true");
	make_ok(m, NULL, "canary", "true");
}

static void the_log_is_kept_to_the_end(void **state)
{
	struct made *m = *state;
	char command[512], line[256];

	make_ok(m, "v1", "baseline", "echo out; echo err >&2");
	snprintf(command, sizeof(command), "cat %s | tr '\\n' ' '", rg_build_log(m->build));
	assert_string_equal(git_ask(&m->git.scratch, command, line), "out err ");
	rg_build_free(m->build);
	m->build = NULL;
	assert_all_gone(m);
}

static void progress_is_told(void **state)
{
	struct made *m = *state;

	make_ok(m, "v1", "baseline", "sleep 0.5");
	assert_true(m->told >= 4);
	/* Every 100 ms at least, and for every file. */
	assert_true(m->asked >= 6);
}

/* What a build leaves running would use the CPU while the program is measured. */
static void nothing_is_left_running(void **state)
{
	struct made *m = *state;
	char *pid;

	make_ok(m, "v1", "baseline", "sleep 50 & echo $! >pid");
	pid = read_tree(m, "pid");
	assert_non_null(pid);
	assert_int_equal(kill(atoi(pid), 0), -1);
	free(pid);
}

/* --- How it fails --------------------------------------------------------------------------- */

static void fails(struct made *m, const char *tag, const char *side, const char *command, int code,
		  const char *part)
{
	const int rc = make_build(m, tag, side, command);

	if (rc != code)
		fail_msg("build: %d in place of %d: %s", rc, code, m->git.err.text);
	assert_int_equal(m->git.err.code, code);
	assert_text_has(m->git.err.text, part);
	assert_null(m->build);
}

static void a_command_that_fails(void **state)
{
	struct made *m = *state;
	char text[256], *kept;

	fails(m, "v1", "baseline", "seq 100; echo last words; exit 3", RG_ETARGET,
	      "build: baseline (");
	assert_text_has(m->git.err.text,
			"): 'seq 100; echo last words; exit 3' exited with status 3;");
	/* Its last twenty lines. */
	assert_text_has(m->git.err.text, "; it ended with:\n82\n83\n");
	assert_text_has(m->git.err.text, "\n100\nlast words\n");
	kept = strstr(m->git.err.text, "all of its output is in '");
	assert_non_null(kept);
	kept += strlen("all of its output is in '");
	snprintf(text, sizeof(text), "wc -l <%.*s", (int)strcspn(kept, "'"), kept);
	git_ask(&m->git.scratch, text, text);
	assert_string_equal(text, "101");
	git_run(&m->git.scratch, "rm tmp/regress-gate-baseline-??????.log");
	assert_all_gone(m);
}

static void the_side_that_fails_is_named(void **state)
{
	struct made *m = *state;

	fails(m, NULL, "canary", "kill -SEGV $$", RG_ETARGET, "build: canary (");
	assert_text_has(m->git.err.text,
			", the work tree): 'kill -SEGV $$' was killed by signal 11 (");
	assert_text_has(m->git.err.text, "; it ended with:\n(no output)");
	/* Nor is an empty log kept. */
	assert_null(strstr(m->git.err.text, ".log"));
	assert_all_gone(m);
	fails(m, "v2", "canary", "no-such-program", RG_ETARGET, "exited with status 127");
	assert_text_has(m->git.err.text, "no-such-program");
}

static void long_lines_of_output(void **state)
{
	struct made *m = *state;

	fails(m, "v1", "baseline", "head -c 100000 /dev/zero | tr '\\0' x; printf '\\0end'; exit 1",
	      RG_ETARGET, "xxxx end");
	assert_true(strlen(m->git.err.text) < RG_ERR_TEXT_MAX);
}

static void a_command_that_takes_too_long(void **state)
{
	struct made *m = *state;

	m->options.time_limit_ns = 300 * RG_NS_PER_MS;
	fails(m, "v1", "baseline", "echo begun; sleep 50 & wait", RG_ETARGET,
	      "was not done after 300ms, its time limit");
	assert_text_has(m->git.err.text, "begun\n");
	git_run(&m->git.scratch, "rm tmp/*.log");
	assert_all_gone(m);
}

/* What is run of a tree that leads elsewhere may be the other side's, or the user's. */
static void a_command_that_takes_its_tree_away(void **state)
{
	struct made *m = *state;

	fails(m, "v1", "baseline", "rm -rf ../a; ln -s /usr ../a", RG_ETARGET,
	      "build: baseline: 'rm -rf ../a; ln -s /usr ../a' left no folder at '");
	assert_int_equal(access("/usr/bin", F_OK), 0);
	assert_all_gone(m);
	fails(m, "v1", "baseline", "rm -rf ../a", RG_ETARGET, "/a', where its tree was");
	assert_all_gone(m);
}

/* It would fill the disk; here it makes the log look so. */
static void a_command_that_prints_without_end(void **state)
{
	struct made *m = *state;

	fails(m, "v1", "baseline", "truncate -s 1025M ../a.log; sleep 50", RG_ELIMIT,
	      "build: baseline: 'truncate -s 1025M ../a.log; sleep 50': it printed more than 1 "
	      "GiB");
	assert_all_gone(m);
}

static void interrupted_at_any_moment(void **state)
{
	struct made *m = *state;
	int at, rc;

	git_run(&m->git.scratch, "cd p; for i in $(seq 20); do echo $i >f$i; done; git add .;"
				 "git commit -qm many; git tag many");
	for (at = 1; at < 100; at++) {
		m->asked = 0;
		m->stop_at = at;
		rc = make_build(m, "many", "baseline", "mkdir -p d/e; : >d/e/f; sleep 0.1");
		if (!rc)
			break;
		assert_int_equal(rc, RG_EINTERRUPTED);
		assert_text_has(m->git.err.text, ": interrupted");
		assert_null(m->build);
		assert_all_gone(m);
	}
	/* In the export, in the build, and at last in neither. */
	assert_true(at > 22 && at < 100);
}

static void what_cannot_be_exported(void **state)
{
	struct made *m = *state;

	git_run(&m->git.scratch, "cd p; git init -q in; git -C in commit -q --allow-empty -m 1;"
				 "git add in 2>&1; : >.gitmodules; git add .gitmodules;"
				 "git commit -qm m; git tag module; rm -r in");
	fails(m, "module", "baseline", "true", RG_EUSAGE, "baseline: export: submodule 'in' at ");
	assert_all_gone(m);
}

static void a_commit_that_is_not_here(void **state)
{
	struct made *m = *state;

	made_folder(m);
	git_run(&m->git.scratch, "git clone -q --depth=1 \"file://$PWD/p\" s; rm -rf p; mv s p");
	m->options.commit = "1234567890123456789012345678901234567890";
	m->options.folder = rg_build_folder_path(m->folder);
	m->options.repo = scratch_path(&m->git.scratch, "p");
	m->options.side = "baseline";
	m->options.user = made_user(m);
	assert_int_equal(rg_build_make(&m->options, &m->build, &m->git.err), RG_ENOTFOUND);
	assert_text_has(m->git.err.text, "baseline: repo: resolve '1234567890");
	assert_text_has(m->git.err.text, "this clone is shallow: 'git fetch --tags --unshallow'");
	assert_all_gone(m);
}

static void what_both_sides_lack_is_told(void **state)
{
	static const char note[] =
		"baseline: built without the content of submodule 'in', which the work tree does "
		"not "
		"have either: 'git submodule update --init --recursive' brings it";
	struct made *m = *state;

	git_run(&m->git.scratch,
		"cd p; git init -q in; git -C in commit -q --allow-empty -m 1;"
		"git add in 2>&1; git commit -qm m; git tag module; rm -rf in; mkdir in");
	make_ok(m, "module", "baseline", "test -d in");
	assert_string_equal(rg_build_note(m->build), note);
	fails(m, "module", "baseline", "cat in/x", RG_ETARGET, note);
	make_ok(m, NULL, "canary", NULL);
	assert_text_has(rg_build_note(m->build),
			"canary: built without the content of submodule 'in'");
}

static void what_git_lfs_keeps(void **state)
{
	struct made *m = *state;

	git_run(&m->git.scratch, "printf 'version https://git-lfs.github.com/spec/v1\\noid "
				 "sha256:%064d\\nsize 6\\n' 0 >p/big");
	make_ok(m, NULL, "canary", NULL);
	assert_string_equal(
		rg_build_note(m->build),
		"canary: built without the content of the Git LFS file 'big', which the "
		"work tree does not have either: 'git lfs pull' brings it");
}

static void a_folder_in_the_work_tree(void **state)
{
	struct made *m = *state;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/p/tmp", m->git.scratch.root);
	git_run(&m->git.scratch, "mkdir -m 777 p/tmp");
	setenv("TMPDIR", path, 1);
	fails(m, NULL, "canary", "true", RG_EUSAGE, "lies in the work tree: set TMPDIR");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MADE_TEST(each_side_has_its_own),
		MADE_TEST(both_sides_stand_beside_each_other),
		MADE_TEST(nothing_to_build),
		MADE_TEST(the_environment),
		MADE_TEST(the_work_tree_is_based_on_a_commit),
		MADE_TEST(all_is_the_users),
		MADE_TEST(what_is_roots_alone_is_not_looked_at),
		MADE_TEST(the_log_is_kept_to_the_end),
		MADE_TEST(progress_is_told),
		MADE_TEST(nothing_is_left_running),
		MADE_TEST(a_command_that_fails),
		MADE_TEST(the_side_that_fails_is_named),
		MADE_TEST(long_lines_of_output),
		MADE_TEST(a_command_that_takes_too_long),
		MADE_TEST(a_command_that_takes_its_tree_away),
		MADE_TEST(a_command_that_prints_without_end),
		MADE_TEST(interrupted_at_any_moment),
		MADE_TEST(what_cannot_be_exported),
		MADE_TEST(a_commit_that_is_not_here),
		MADE_TEST(what_both_sides_lack_is_told),
		MADE_TEST(what_git_lfs_keeps),
		MADE_TEST(a_folder_in_the_work_tree),
	};

	return cmocka_run_group_tests_name("build/build", tests, NULL, NULL);
}
