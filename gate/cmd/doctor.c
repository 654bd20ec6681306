/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exit.h"
#include "settings.h"
#include "target.h"
#include "version.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/owner.h"
#include "rg/repo.h"
#include "rg/store.h"
#include "rg/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct rg_option_group groups[] = {
	{"Target that runs already", rg_options_running},
	{"Store", rg_options_store},
	{"General", rg_options_general},
	{0},
};

static void begin(struct rg_check *check, const char *what)
{
	*check = (struct rg_check){.state = RG_CHECK_PASS};
	snprintf(check->what, sizeof(check->what), "%s", what);
}

static void cannot_be_read(struct rg_check *check, const struct rg_err *err)
{
	check->state = RG_CHECK_FAIL;
	snprintf(check->found, sizeof(check->found), "cannot be read");
	snprintf(check->mend, sizeof(check->mend), "%.250s", err->text);
}

static void describe_repo(struct rg_check *check, const struct rg_repo *repo)
{
	char *label;
	bool dirty;

	if (rg_repo_describe(repo, &label, &dirty, NULL)) {
		snprintf(check->found, sizeof(check->found), "%.200s", rg_repo_common_dir(repo));
	} else {
		snprintf(check->found, sizeof(check->found), "at %.200s", label);
		free(label);
	}
	if (!rg_repo_is_shallow(repo))
		return;
	check->state = RG_CHECK_WARN;
	snprintf(check->mend, sizeof(check->mend),
		 "shallow: older versions cannot be named before 'git fetch --unshallow --tags'");
}

static void check_repo(struct rg_check *check)
{
	struct rg_err err = {0};
	struct rg_repo *repo;
	int rc = rg_repo_open(".", &repo, &err);

	begin(check, "git repository");
	if (rc == RG_ENOTFOUND) {
		check->state = RG_CHECK_WARN;
		snprintf(check->found, sizeof(check->found), "none here");
		snprintf(check->mend, sizeof(check->mend),
			 "versions are plain names; in a repository they are tags and commits");
		return;
	}
	if (rc) {
		cannot_be_read(check, &err);
		return;
	}
	describe_repo(check, repo);
	rg_repo_free(repo);
}

static void describe_store(struct rg_check *check, const struct rg_settings *settings,
			   struct rg_store *store, const struct rg_store_list *list)
{
	snprintf(check->found, sizeof(check->found), "%zu run%s stored", list->count,
		 list->count == 1 ? "" : "s");
	if (settings->config.store && !rg_store_exists(store)) {
		check->state = RG_CHECK_WARN;
		snprintf(check->found, sizeof(check->found), "'%.200s' does not exist",
			 settings->config.store);
		snprintf(check->mend, sizeof(check->mend),
			 "is the name right? 'baseline put' makes it");
	}
	if (!list->damaged)
		return;
	check->state = RG_CHECK_WARN;
	snprintf(check->mend, sizeof(check->mend), "damaged: %.200s", list->first_damaged);
}

static void check_store(struct rg_check *check, const struct rg_settings *settings)
{
	const struct rg_store_key everything = {0};
	struct rg_store_list list = {0};
	struct rg_err err = {0};
	struct rg_store *store = NULL;
	int rc = rg_version_store(settings, &store, &err);

	begin(check, "baseline store");
	if (!rc)
		rc = rg_store_find(store, &everything, &list, &err);
	if (rc) {
		cannot_be_read(check, &err);
	} else {
		describe_store(check, settings, store, &list);
		rg_store_list_done(&list);
	}
	rg_store_close(store);
}

/* --- Printing ------------------------------------------------------------------------------- */

/* Where the texts of a line begin. */
enum { FOUND_COLUMN = 27, MEND_COLUMN = 30 };

static void print_word(const char *text, size_t len)
{
	char word[RG_CHECK_TEXT_MAX];

	snprintf(word, sizeof(word), "%.*s", (int)len, text);
	rg_cli_print(word);
}

/* In as many lines as it takes on a terminal; elsewhere (0 columns) in one, for programs to read. */
static void print_text(const char *text, size_t from, size_t columns)
{
	size_t at = from, len;

	for (; *text; text += len + strspn(text + len, " ")) {
		size_t width;

		len = strcspn(text, " ");
		width = rg_text_columns(text, len);
		if (columns && at > from && at + 1 + width > columns) {
			printf("\n%*s", (int)from, "");
			at = from;
		} else if (at > from) {
			putchar(' ');
			at++;
		}
		print_word(text, len);
		at += width;
	}
	putchar('\n');
}

static void print_check(const struct rg_check *check, bool color, size_t columns)
{
	static const char *const words[] = {"FAIL", "warn", "pass"};
	static const char *const colors[] = {"\033[31m", "\033[33m", "\033[32m"};

	printf("%s%s%s  %-20s ", color ? colors[check->state] : "", words[check->state],
	       color ? "\033[0m" : "", check->what);
	print_text(check->found, FOUND_COLUMN, columns);
	if (!check->mend[0])
		return;
	printf("%*s-> ", FOUND_COLUMN, "");
	print_text(check->mend, MEND_COLUMN, columns);
}

/* What was found of the target; a target that cannot be looked at is an error, told when all else is. */
static int check_target(const struct rg_settings *settings, struct rg_check *checks, size_t *count,
			struct rg_err *err)
{
	struct rg_capture_options options = {.output_fd = -1};
	struct rg_capture_user user;
	size_t found = 0;
	int rc = rg_target_check(settings, err);

	if (!rc)
		rc = rg_target_enter(settings, &options, err);
	if (rg_owner_user(&user.uid, &user.gid))
		options.user = &user;
	if (!rc)
		rc = rg_capture_inspect(&options, checks + *count, &found, err);
	*count += found;
	return rc;
}

static int doctor(const struct rg_settings *settings)
{
	struct rg_check checks[RG_CAPTURE_CHECKS_MAX + 2 + RG_TARGET_CHECKS_MAX];
	bool color = rg_cli_color(settings->color, STDOUT_FILENO);
	size_t columns = rg_cli_columns(STDOUT_FILENO);
	size_t count = rg_capture_checks(checks);
	struct rg_err err = {0};
	int status = 0;

	check_repo(&checks[count++]);
	check_store(&checks[count++], settings);
	/* The configuration's command is run when it is asked for only. */
	if (settings->command_given || rg_target_running(settings))
		check_target(settings, checks, &count, &err);
	for (size_t i = 0; i < count; i++) {
		print_check(&checks[i], color, columns);
		if (checks[i].state == RG_CHECK_FAIL)
			status = RG_EXIT_FAILURE;
	}
	if (err.code)
		status = rg_exit_error(&err);
	return rg_exit_flushed(status);
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	struct rg_settings settings;
	struct rg_cli_rest rest;
	int status;

	if (rg_settings_read(&settings, command, argc, argv, &rest, &status))
		return status;
	status = rest.count ? rg_exit_usage("doctor: unexpected argument '%s'", rest.words[0])
			    : doctor(&settings);
	rg_settings_done(&settings, &rest);
	return status;
}

const struct rg_command rg_command_doctor = {
	.name = "doctor",
	.summary = "tell whether this machine can profile, and what to mend",
	.usage = "[options] [-- COMMAND [ARGUMENT…]]",
	.description =
		"Checks kernel, privileges, repository and store; each line that is not a "
		"pass says what to\n"
		"do. With a target also what part of its code can be unwound and has names, "
		"and what to\n"
		"build, install or switch on for the rest; a command runs for a second. Exit "
		"status: 0\n"
		"when nothing failed, 4 otherwise.",
	.groups = groups,
	.run = run,
};
