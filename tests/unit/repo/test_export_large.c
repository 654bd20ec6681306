/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are large, and those that are too large. */
#include "exported.h"

/* "$o" is the loose object of "big" in v1 of "p". */
#define BIG(bytes)                                                           \
	"git init -q -b main p; cd p; truncate -s " bytes " big; git add .;" \
	"git commit -qm v1; git tag v1; cd ..;"                              \
	"o=p/.git/objects/$(git -C p rev-parse v1:big | sed 's/^../&\\//'); test -f $o;"

/* git packs such files when it next collects garbage; until then they are as good as any. */
static void a_loose_file_of_more_than_256_mib(void **state)
{
	struct git_fixture *f = *state;
	struct rg_export_result result;

	git_run(&f->scratch, BIG("257M"));
	result = export_ok(f, "p", "v1");
	assert_int_equal(result.files, 1);
	assert_int_equal(result.bytes, 257 << 20);
	git_run(&f->scratch, "cmp p/big out/big");
}

/* By what it says that it holds: nothing of it is inflated. */
static void a_loose_file_of_more_than_1_gib(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch,
		BIG("4k") "rm -f $o; printf 'blob 1073741825\\0x' | gzip -n | tail -c +11 >body;"
			  "{ printf '\\170\\234'; head -c -8 body; } >$o");
	export_fails(f, "p", "v1", RG_ELIMIT,
		     "export: 'big' is larger than 1 GiB, and none such is read: profile that "
		     "version by 'regress-gate capture' in a work tree of its own");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(a_loose_file_of_more_than_256_mib),
		GIT_TEST(a_loose_file_of_more_than_1_gib),
	};

	return cmocka_run_group_tests_name("repo/export_large", tests, NULL, NULL);
}
