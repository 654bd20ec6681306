/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is exported of a commit is what git checks out, byte for byte: git itself says what that is. */
#include "exported.h"

/* A line each; the files of the directory dN have those of line N. */
#define ATTRIBUTES                                                                         \
	"cat >attributes <<'END'\n"                                                        \
	"text\n-text\ntext=auto\ntext=input\ntext=other\n!text\n-crlf\ncrlf=input\n"       \
	"eol=lf\neol=crlf\neol=other\ntext eol=lf\n-text eol=crlf\ntext=auto eol=crlf\n"   \
	"text=auto eol=lf\ntext=input eol=crlf\ntext=other crlf\nbinary\n"                 \
	"ident\nident eol=crlf\nident text=auto\nident=other\nexport-subst\nfilter=none\n" \
	"working-tree-encoding=UTF-16LE\nworking-tree-encoding=UTF-16 eol=crlf\n"          \
	"working-tree-encoding=utf-16be\nworking-tree-encoding=UTF-16LE-BOM ident\n"       \
	"working-tree-encoding=UTF-32\nworking-tree-encoding=utf8 eol=crlf\n"              \
	"working-tree-encoding=latin1 text eol=crlf\nworking-tree-encoding=SHIFT-JIS\n"    \
	"working-tree-encoding=windows-1252 -text\nEND\n"

/* The kinds of contents, a file each. */
#define KINDS                                                                                      \
	"mkdir c; cd c; : >empty; printf 'a\\nb\\n' >lf; printf 'a\\r\\nb\\r\\n' >crlf;"           \
	" printf 'a\\r\\nb\\nc\\n' >mixed; printf 'a\\rb\\nc\\n' >lone; printf 'a\\n\\r' >last;"   \
	" printf 'a\\0b\\n' >nul; printf 'no end' >no-end; printf 'a\\nb' >no-last; printf "       \
	"'\\n\\n\\n' >lines;"                                                                      \
	" printf 'text\\n\\032' >dos; { printf '\\001\\n'; yes | head -c 200; } >few;"             \
	" { printf '\\001\\n'; yes | head -c 250; } >fewer; { printf '\\177'; yes | head -c 512; " \
	"} "                                                                                       \
	">del;"                                                                                    \
	" printf '\\033[1m\\b\\f\\t\\n' >terminal; printf 'gr\\303\\274\\303\\237e\\n' >utf8;"     \
	" printf 'gr\\374\\337e\\n' >latin; printf '\\343\\201\\202\\n' >kana; printf "            \
	"'\\357\\273\\277a\\n' >marked;"                                                           \
	" printf '$Id$ $Id$\\n$Id: 12 $\\n$Id:$ $Id: $ $Id:x$ $Id: x y $\\n$Id: x\\n$ $Identity$"  \
	"\\n$Id = 1; $x\\n$Id$' >ids; printf '$I$Id$ $$$Id$ $x$Id$\\n$Id:x y$ $Id: a\\tb $ $Id: "  \
	"a b $Id$\\n$Id$$Id$\\n$Id:\\n$Id$' >odd-ids; printf '$Id' >cut; printf '$Id: cut' "       \
	">cut-late;"                                                                               \
	" printf '$$Id$$Id$$\\n' >dollars; printf '$Id: v,v 1.2 2001 me $\\r\\n$Id$\\r\\n' "       \
	">foreign;"                                                                                \
	" yes 'line of text' | head -n 1000 >long; head -c 3000 /dev/zero | tr '\\0' '\\n' "       \
	">breaks; cd ..;"

/* Every kind with every line of attributes: as they are, for "git add" would convert them. */
#define EVERY_KIND                                                                                 \
	ATTRIBUTES KINDS "git init -q -b main p; cd p; i=0; while read -r a; do i=$((i+1)); echo " \
			 "\"d$i/* $a\";"                                                           \
			 " done <../attributes >.gitattributes;"                                   \
			 " for f in ../c/*; do echo \"$(git hash-object -w --no-filters $f) "      \
			 "${f##*/}\"; done "                                                       \
			 ">../blobs;"                                                              \
			 " for d in $(seq $i); do while read -r id n; do printf '100644 "          \
			 "%s\\td%s/%s\\n' $id $d "                                                 \
			 "$n; done <../blobs; done | git update-index --index-info;"               \
			 " git add .gitattributes; git commit -qm 1; git tag v1; cd ..;"

static void assert_as_checked_out(struct git_fixture *f)
{
	export_ok(f, "p", "v1");
	git_run(&f->scratch,
		"rm -rf w; git -C p worktree prune; git -C p worktree add -q --detach ../w v1 "
		"2>errors || { cat errors; exit 1; }; rm w/.git;" CONTENTS("w") " >want; " CONTENTS(
			"out") " >have; diff want have; test -s have");
}

struct setting {
	const char *sentence, *script;
};

static const struct setting settings[] = {
	{"nothing configured", ":"},
	{"core.autocrlf", "git -C p config core.autocrlf true"},
	{"core.autocrlf=input", "git -C p config core.autocrlf input"},
	{"core.eol=crlf", "git -C p config --unset core.autocrlf; git -C p config core.eol crlf"},
	{"core.eol=lf and core.autocrlf",
	 "git -C p config core.eol lf; git -C p config core.autocrlf true"},
	{"core.eol=native",
	 "git -C p config --unset core.autocrlf; git -C p config core.eol native"},
	{"attributes of the repository alone",
	 "git -C p config --unset core.eol; mkdir -p p/.git/info;"
	 " printf 'd1/* eol=crlf\\nd5/* -text\\nd6/* ident\\n' >p/.git/info/attributes"},
};

static void every_kind_by_every_attribute(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, EVERY_KIND);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		print_message("%s\n", settings[i].sentence);
		git_run(&f->scratch, settings[i].script);
		assert_as_checked_out(f);
	}
}

static void links_and_modes(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch,
		"git init -q -b main p; cd p; mkdir d; echo x >d/x; printf '#!/bin/sh\\n' >run;"
		" chmod +x run; ln -s d/x link; ln -s d folder; ln -s /nowhere broken; ln -s . "
		"self;"
		" printf 'a b\\n' >\"$(printf 'odd\\n\\033name ')\"; git add .; git commit -qm 1;"
		" git tag v1");
	assert_as_checked_out(f);
	git_run(&f->scratch, "git -C p config core.fileMode false");
	assert_as_checked_out(f);
	git_run(&f->scratch, "git -C p config core.symlinks false");
	assert_as_checked_out(f);
	git_run(&f->scratch,
		"test -f out/link; test ! -L out/link; test \"$(cat out/link)\" = d/x");
}

/* An empty folder stands for one that is not checked out. */
static void submodules_that_nobody_has(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch,
		"export GIT_ALLOW_PROTOCOL=file; git init -q -b main lib; git -C lib commit -q "
		"--allow-empty -m 1; git init -q -b main p; cd p; mkdir v;"
		" git submodule --quiet add ../lib v/lib 2>&1; git commit -qm 1; git tag v1;"
		" git submodule --quiet deinit -f v/lib");
	assert_as_checked_out(f);
	assert_true(scratch_exists(&f->scratch, "out/v/lib"));
}

struct refusal {
	const char *sentence, *attribute, *part;
};

static const struct refusal refusals[] = {
	{"an encoding that is not converted to", "working-tree-encoding=UTF-7",
	 "export: 'f' has the working-tree-encoding 'UTF-7', which is not made here: profile that "
	 "version by 'regress-gate capture' in a work tree of its own"},
	{"one that the C library must not be asked for", "working-tree-encoding=ISO-2022-CN-EXT",
	 "'f' has the working-tree-encoding 'ISO-2022-CN-EXT', which is not made here"},
	{"a path in the place of one", "working-tree-encoding=../../tmp/evil",
	 "'f' has the working-tree-encoding '../../tmp/evil', which is not made here"},
	{"none that is named", "working-tree-encoding",
	 "'f' has the working-tree-encoding 'without a name', which is not made here"},
	{"one that is unset", "-working-tree-encoding",
	 "'f' has the working-tree-encoding 'without a name', which is not made here"},
};

static void encodings_that_are_refused(void **state)
{
	struct git_fixture *f = *state;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		char script[512];

		print_message("%s\n", refusals[i].sentence);
		snprintf(script, sizeof(script),
			 "rm -rf p; git init -q -b main p; cd p; { printf '100644 %%s\\tf\\n' "
			 "$(echo f | git hash-object -w --stdin);"
			 " printf '100644 %%s\\t.gitattributes\\n' $(echo 'f %s' | git hash-object "
			 "-w --stdin); } | git update-index --index-info; git commit -qm 1; git "
			 "tag v1",
			 refusals[i].attribute);
		git_run(&f->scratch, script);
		export_fails(f, "p", "v1", RG_EUSAGE, refusals[i].part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(every_kind_by_every_attribute),
		GIT_TEST(links_and_modes),
		GIT_TEST(submodules_that_nobody_has),
		GIT_TEST(encodings_that_are_refused),
	};

	return cmocka_run_group_tests_name("repo/export_checkout", tests, NULL, NULL);
}
