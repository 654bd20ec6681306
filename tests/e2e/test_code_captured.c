/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine code of what is captured: the same in two builds that place it elsewhere, another where a constant is. */
#include "e2e.h"
#include "samples.h"

#include "rg/profile.h"

#include <stdio.h>
#include <string.h>

/* Functions in front push the others elsewhere; one of them has another multiplier. */
static const char source[] =
	"#ifdef CANARY\n"
	"#define FACTOR 1664527u\n"
	"unsigned padding[1000];\n"
	"__attribute__((noinline)) unsigned before(unsigned x)\n"
	"{\n"
	"	for (int i = 0; i < 1000; i++) padding[i] += x * i;\n"
	"	return padding[x % 1000];\n"
	"}\n"
	"#else\n"
	"#define FACTOR 1664525u\n"
	"#endif\n"
	"volatile unsigned sink;\n"
	"static unsigned table[256];\n"
	"__attribute__((noinline)) unsigned same(unsigned x)\n"
	"{\n"
	"	for (int i = 0; i < 5000; i++) x = x * 22695477u + table[x & 255];\n"
	"	return x;\n"
	"}\n"
	"__attribute__((noinline)) unsigned other(unsigned x)\n"
	"{\n"
	"	for (int i = 0; i < 5000; i++) x = x * FACTOR + table[x & 255];\n"
	"	return x;\n"
	"}\n"
	"__attribute__((noinline)) unsigned both(unsigned x) { return same(x) + other(x) * 3; }\n"
	"int main(void)\n"
	"{\n"
	"	for (unsigned i = 0;; i++) {\n"
	"		sink += both(i);\n"
	"#ifdef CANARY\n"
	"		if (i == 4000000000u) sink += before(i);\n"
	"#endif\n"
	"	}\n"
	"}\n";

static void capture(struct e2e *e, const char *version, const char *options)
{
	e2e_sh(e, "mkdir -p %s; gcc -O2 -Wl,--build-id %s code.c -o %s/program", version, options,
	       version);
	E2E_RG(e, "capture", "-q", "-o", e2e_path(e, "%s.pb.gz", version), "--no-off-cpu",
	       "--frequency", "1999", "--window", "1s", "--slice", "100ms", "--warmup", "0s", "--",
	       e2e_path(e, "%s/program", version));
	e2e_assert_status(e, 0);
}

/* Of all its frames. */
static uint64_t code_of(struct e2e *e, const char *version, const char *function)
{
	char name[64];
	size_t count;
	uint64_t code = 0;
	bool found = false;

	snprintf(name, sizeof(name), "%s.pb.gz", version);
	const struct rg_frame *frame = rg_profile_frames(e2e_profile(e, name), &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(frame[i].function, function) != 0)
			continue;
		assert_true(!found || frame[i].code == code);
		code = frame[i].code;
		found = true;
	}
	assert_true(found);
	return code;
}

/* Kernels are the same or are not: their code is nobody's that is judged. */
static void assert_kernel_has_none(struct e2e *e, const char *profile)
{
	size_t count, modules;
	const struct rg_profile *read = e2e_profile(e, profile);
	const struct rg_module *module = rg_profile_modules(read, &modules);
	const struct rg_frame *frame = rg_profile_frames(read, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(module[frame[i].module].name, "[kernel]") == 0)
			assert_int_equal(frame[i].code, 0);
	}
}

static void test_same_code_is_told(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_write_text(e, "code.c", source);
	capture(e, "base", "");
	capture(e, "canary", "-DCANARY");
	assert_int_not_equal(code_of(e, "base", "same"), 0);
	assert_int_equal(code_of(e, "base", "same"), code_of(e, "canary", "same"));
	/* What it calls goes by its name, not by where that is. */
	assert_int_equal(code_of(e, "base", "both"), code_of(e, "canary", "both"));
	assert_int_not_equal(code_of(e, "canary", "other"), 0);
	assert_int_not_equal(code_of(e, "base", "other"), code_of(e, "canary", "other"));
	assert_kernel_has_none(e, "canary.pb.gz");
	/* The same again: the identity is the code's, not the capture's. */
	capture(e, "again", "-DCANARY");
	assert_int_equal(code_of(e, "again", "other"), code_of(e, "canary", "other"));
}

static void test_stripped_has_none(void **state)
{
	struct e2e *e = *state;
	size_t count, unnamed = 0;

	e2e_need_root();
	e2e_write_text(e, "code.c", source);
	capture(e, "stripped", "-s");
	const struct rg_frame *frame = rg_profile_frames(e2e_profile(e, "stripped.pb.gz"), &count);

	for (size_t i = 0; i < count; i++) {
		if (!frame[i].unnamed)
			continue;
		unnamed++;
		assert_int_equal(frame[i].code, 0);
	}
	assert_true(unnamed > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_same_code_is_told),
		E2E_TEST(test_stripped_has_none),
	};

	return cmocka_run_group_tests_name("code_captured", tests, NULL, NULL);
}
