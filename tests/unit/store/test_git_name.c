/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_program.h"

#include "git.h"

#include "rg/err.h"

struct row {
	const char *sentence;
	const char *version;
	const char *name;
};

static const struct row rows[] = {
	{"a tag", "v1.4", "v1.4"},
	{"a slash", "release/1.0", "release%2F1.0"},
	{"a tilde, which git refuses", "v1~1", "v1%7E1"},
	{"two dots, which git refuses", "a..b", "a%2E.b"},
	{"three dots", "a...b", "a%2E%2E.b"},
	{"a dot at the end, which git refuses", "v1.", "v1%2E"},
	{"what git names its locks", "v1.lock", "v1%2Elock"},
	{"the same elsewhere", "v1.locked", "v1.locked"},
	{"a plus and an at", "a+b@c", "a+b@c"},
	{"an at alone", "@", "@"},
};

static void keys_become_references(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct rg_store_key key = {"a", rows[i].version, "x"};
		char ref[GS_REF_MAX], expected[GS_REF_MAX];
		struct gs_parts parts;

		snprintf(expected, sizeof(expected), "refs/regress-gate/a/%s/x", rows[i].name);
		assert_int_equal(gs_ref_name(&key, ref, NULL), 0);
		if (strcmp(ref, expected) != 0)
			fail_msg("%s: %s", rows[i].sentence, ref);
		assert_int_equal(gs_ref_parse(ref, &parts), 0);
		assert_string_equal(parts.part[0], "a");
		assert_string_equal(parts.part[1], rows[i].version);
		assert_string_equal(parts.part[2], "x");
	}
}

/* One key has one reference: another way to write it is no key's. */
static const char *const others[] = {
	"refs/heads/main",
	"refs/regress-gate/a",
	"refs/regress-gate/a/b",
	"refs/regress-gate/a/b/c/d",
	"refs/regress-gate/a//c",
	"refs/regress-gate/a/%61/c",
	"refs/regress-gate/a/b%2f/c",
	"refs/regress-gate/a/b%/c",
	"refs/regress-gate/a/b%00/c",
	"refs/regress-gate/a/b%20/c",
	"refs/regress-gate/.a/b/c",
	"refs/regress-gate/%2Ea/b/c",
	"refs/regress-gate/a%2Fb/b/c",
};

static void other_references_are_no_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct gs_parts parts;

		if (gs_ref_parse(others[i], &parts) != RG_EFORMAT)
			fail_msg("%s is taken for a key", others[i]);
	}
}

/* The program that wrote the rules agrees, for all that keys may hold in two bytes and at both ends. */
static void git_accepts_all_of_them(void **state)
{
	static const char alphabet[] = "aZ0._-+@/~";
	struct scratch scratch;
	FILE *file;

	(void)state;
	git_environment();
	scratch_make(&scratch);
	file = fopen(scratch_path(&scratch, "names"), "w");
	assert_non_null(file);
	for (const char *a = alphabet; *a; a++) {
		for (const char *b = alphabet; *b; b++) {
			const char version[] = {*a == '.' || *a == '-' ? 'x' : *a, *b, *a, *b,
						'\0'};
			const struct rg_store_key key = {"a..b.lock", version, "x."};
			char ref[GS_REF_MAX];

			assert_int_equal(gs_ref_name(&key, ref, NULL), 0);
			fprintf(file, "%s\n", ref);
		}
	}
	assert_int_equal(fclose(file), 0);
	git_run(&scratch,
		"while read -r n; do git check-ref-format \"$n\" || { echo \"$n\"; exit 1; };"
		" done <names; test $(sort -u names | wc -l) -gt 60");
	scratch_remove(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_become_references),
		cmocka_unit_test(other_references_are_no_keys),
		cmocka_unit_test(git_accepts_all_of_them),
	};

	return cmocka_run_group_tests_name("store/git_name", tests, NULL, NULL);
}
