/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks over recorded stacks: those kept in tests/golden/unwind, of both architectures, and some recorded now, of
 * programs with libc by this machine's compilers.
 */
#include "recorded.h"

#include <glob.h>
#include <unistd.h>

/* Eight variants with eight chains each. */
enum { KEPT_STACKS = 64 };

static void test_kept(void **state)
{
	glob_t found;
	size_t wrong = 0;

	(void)state;
	assert_int_equal(glob("tests/golden/unwind/*/*.stack", 0, NULL, &found), 0);
	assert_int_equal(found.gl_pathc, KEPT_STACKS);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char folder[512];

		snprintf(folder, sizeof(folder), "%s", found.gl_pathv[i]);
		wrong += !recorded_check(found.gl_pathv[i], dirname(folder));
	}
	globfree(&found);
	assert_int_equal(wrong, 0);
}

/* A stack that ends too early is not complete, wherever it is cut. */
static void test_cut(void **state)
{
	static const char *const folders[] = {"tests/golden/unwind/x86-64-O2",
					      "tests/golden/unwind/aarch64-O2"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char path[512];
		struct recorded *r;
		struct rgw_frames frames;
		uint16_t before = 0;

		snprintf(path, sizeof(path), "%s/deep.stack", folders[i]);
		r = recorded_load(path, folders[i]);
		recorded_walk(r, &frames);
		before = frames.depth;
		r->line_count /= 2;
		recorded_walk(r, &frames);
		assert_int_equal(frames.end, RGW_END_UNREADABLE);
		assert_in_range(frames.depth, 2, before - 1);
		recorded_free(r);
	}
}

/* --- Recorded now --- */

struct variant {
	const char *compiler, *flags, *runner;
	/* Of a signal frame, whose way back is the C library's or the kernel's. */
	bool has_signal;
};

static bool has_programs(const struct variant *v)
{
	char command[256];

	snprintf(command, sizeof(command), "command -v %s %s >/dev/null", v->compiler, v->runner);
	if (system(command) == 0)
		return true;
	print_message("skipped: no %s or %s\n", v->compiler, v->runner);
	return false;
}

static void run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void run(const char *format, ...)
{
	char command[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

static void test_fresh(void **state)
{
	static const struct variant variants[] = {
		{"gcc", "-O0", "", true},
		{"gcc", "-O2 -fno-omit-frame-pointer", "", true},
		{"gcc", "-O2 -static", "", true},
		{"clang", "-O2", "", true},
		{"aarch64-linux-gnu-gcc", "-O0", "qemu-aarch64", false},
		{"aarch64-linux-gnu-gcc", "-O2", "qemu-aarch64", false},
		{"aarch64-linux-gnu-gcc", "-O2 -static", "qemu-aarch64", false},
	};
	static const char *const modes[] = {"plain",   "callback", "deep", "grown",
					    "aligned", "taken",    "last", "signal"};
	const char *dir = *state;
	char path[512];
	size_t wrong = 0;

	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		const struct variant *v = &variants[i];

		if (!has_programs(v))
			continue;
		run("%s -std=gnu17 -DHOSTED -D_GNU_SOURCE %s -w -fno-optimize-sibling-calls "
		    "-fno-stack-protector "
		    "tests/unit/unwind/recorder/recorder.c -o %s/recorder",
		    v->compiler, v->flags, dir);
		for (size_t k = 0; k < 7U + v->has_signal; k++) {
			snprintf(path, sizeof(path), "%s/stack", dir);
			run("%s %s %s/recorder %s >%s", v->runner,
			    v->runner[0] ? "-L /usr/aarch64-linux-gnu" : "", dir, modes[k], path);
			if (recorded_check(path, dir))
				continue;
			print_error("by %s %s\n", v->compiler, v->flags);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static int make_dir(void **state)
{
	static const char form[] = "/tmp/rg-walk-XXXXXX";
	char *dir = strdup(form);

	*state = dir;
	return dir && mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	run("rm -rf '%s'", (const char *)*state);
	free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_fresh),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
