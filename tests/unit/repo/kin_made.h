/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_KIN_MADE_H
#define TEST_KIN_MADE_H

#include "git.h"

#include "rg/arena.h"
#include "rg/kin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Repositories in two versions, whose functions are asked about. */

/* For the suppressions to find libgit2's functions by name: it keeps no frame pointers. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "fast_unwind_on_malloc=0";
}

#define HOT                                                 \
	"\tfor (const char *at = row->text; *at; at++) {\n" \
	"\t\tuint32_t digit = (uint32_t)(*at - '0');\n\n"   \
	"\t\tif (digit < 10)\n"                             \
	"\t\t\tsum = sum * 31 + digit;\n"                   \
	"\t\telse\n"                                        \
	"\t\t\tsum ^= mix[(sum >> 7) & 255];\n"             \
	"\t}\n"
#define FN(name, body)                               \
	"uint32_t " name "(const struct row *row)\n" \
	"{\n\tuint32_t sum = row->seed;\n\n" body "\treturn sum;\n}\n\n"

/* Definitions of price(), each within the one before, and blank lines, none of which ends any of them. Free it. */
static inline char *kin_nest(size_t depth, size_t blanks)
{
	static const char head[] = "price() {\n";
	size_t len = depth * (depth + strlen(head)) + blanks;
	char *text = malloc(len + 1), *at = text;

	assert_non_null(text);
	for (size_t i = 0; i < depth; i++) {
		memset(at, ' ', i);
		memcpy(at + i, head, strlen(head));
		at += i + strlen(head);
	}
	memset(at, '\n', blanks);
	at[blanks] = '\0';
	return text;
}

enum { FILES = 3, ASKED = 4 };

struct file {
	const char *path, *text;
};

struct asked {
	const char *name, *file;
	bool in_canary, only_lost;
};

struct fixture {
	struct git_fixture *git;
	struct rg_arena *arena;
	char base[RG_REPO_ID_MAX], canary[RG_REPO_ID_MAX];
	struct rg_kin_function function[ASKED];
	size_t count;
	const struct rg_kin *kin;
	size_t found;
};

static inline void write_files(struct fixture *f, const struct file files[FILES], const char *tag)
{
	char script[200];

	git_run(&f->git->scratch, "cd r; git rm -q -r --ignore-unmatch .; mkdir -p src lib");
	for (size_t i = 0; i < FILES && files[i].path; i++) {
		char path[100];

		snprintf(path, sizeof(path), "r/%s", files[i].path);
		scratch_write(&f->git->scratch, path, files[i].text);
	}
	snprintf(script, sizeof(script),
		 "cd r; git add -A .; git commit -q --allow-empty -m %s; git tag -f %s", tag, tag);
	git_run(&f->git->scratch, script);
}

static inline void open_repo(struct fixture *f, const char *name)
{
	git_open_ok(f->git, name);
	assert_int_equal(rg_repo_resolve(f->git->repo, "v1", f->base, &f->git->err), 0);
	assert_int_equal(rg_repo_resolve(f->git->repo, "v2", f->canary, &f->git->err), 0);
}

static inline void begin(struct fixture *f, struct git_fixture *git)
{
	*f = (struct fixture){.git = git, .arena = rg_arena_new(0)};
	assert_non_null(f->arena);
	git_run(&git->scratch, "rm -rf r; git init -q -b main r");
}

/* The first files are tagged v1, what they become then v2. */
static inline void begin_with(struct fixture *f, struct git_fixture *git,
			      const struct file first[FILES], const struct file then[FILES])
{
	begin(f, git);
	write_files(f, first, "v1");
	write_files(f, then, "v2");
	open_repo(f, "r");
}

static inline void ask_for(struct fixture *f, const struct asked asked[ASKED])
{
	f->count = 0;
	for (size_t i = 0; i < ASKED && asked[i].name; i++)
		f->function[f->count++] = (struct rg_kin_function){
			.name = asked[i].name,
			.file = asked[i].file ? asked[i].file : "",
			.in_canary = asked[i].in_canary,
			.lost = true,
			.gained = !asked[i].only_lost,
		};
}

static inline int ask(struct fixture *f)
{
	f->git->err = (struct rg_err){0};
	f->found = 99;
	return rg_repo_find_kin(f->git->repo, f->base, f->canary, f->function, f->count, f->arena,
				&f->kin, &f->found, &f->git->err);
}

/* clang-format off */
#define ANY(name) {name, NULL, false, false}
#define PRICE_AND_TAX {ANY("price"), ANY("tax")}
/* clang-format on */

/* A loop of price()'s that is tax()'s now: tagged, opened, and asked for. */
static inline void begin_moved(struct fixture *f, struct git_fixture *git)
{
	static const struct file first[FILES] = {{"a.c", FN("price", HOT) FN("tax", "")}};
	static const struct file then[FILES] = {{"a.c", FN("price", "") FN("tax", HOT)}};
	static const struct asked asked[ASKED] = PRICE_AND_TAX;

	begin_with(f, git, first, then);
	ask_for(f, asked);
}

#endif
