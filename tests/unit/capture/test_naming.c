/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/fail_libc.h"
#include "../../../diff/base/grow.c"
#include "naming.c"

#include "processes.h"

#include "procmaps.h"

/*
 * This process is the one whose stacks are named, its functions the names to find. Kernel symbols are from a file of
 * our own.
 */
struct named {
	struct scratch scratch;
	struct rg_files *files;
	struct rg_timeline *timeline;
	struct rg_kallsyms *kernel;
	struct rg_profile_builder *builder;
	struct rg_naming *naming;
	struct rg_profile *profile;
	void *jit; /* executable memory without a file */
};

enum { IMAGE = 1 };

/* Two functions, one behind the other in the file as a rule; the sink keeps them apart for the compiler. */
static volatile unsigned int sink;

__attribute__((noinline, used)) static void first_function(void)
{
	for (unsigned int i = 0; i < 10; i++)
		sink += i;
}

__attribute__((noinline, used)) static void second_function(void)
{
	for (unsigned int i = 0; i < 20; i++)
		sink *= i;
}

static int take(void *ctx, const struct rg_mapping_record *record)
{
	return rg_timeline_mapping(ctx, record);
}

static int begin_test(void **state)
{
	static struct named n;

	alarm(PROCESSES_TEST_S);
	n = (struct named){.files = rg_files_new(), .builder = rg_profile_builder_new()};
	scratch_make(&n.scratch);
	scratch_write(&n.scratch, "kallsyms",
		      "ffffffff81000000 T _text\n"
		      "ffffffff81001000 T do_work\n"
		      "ffffffff81002000 t do_more\n"
		      "ffffffffc0000000 t send\t[net]\n"
		      "ffffffffc0001000 t send_end\t[net]\n");
	n.jit = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	n.timeline = rg_timeline_new(n.files);
	if (rg_kallsyms_load(scratch_path(&n.scratch, "kallsyms"), &n.kernel, NULL) ||
	    rg_timeline_begin(n.timeline, getpid(), IMAGE, 1) ||
	    rg_procmaps_read(getpid(), 1, take, n.timeline) ||
	    rg_timeline_settle(n.timeline, NULL) || rg_timeline_replay(n.timeline, NULL))
		return -1;
	n.naming = rg_naming_new(n.timeline, n.files, n.kernel, n.builder);
	*state = &n;
	return !n.naming;
}

static int end_test(void **state)
{
	struct named *n = *state;

	rg_naming_free(n->naming);
	rg_profile_free(n->profile);
	rg_profile_builder_free(n->builder);
	rg_kallsyms_free(n->kernel);
	rg_timeline_free(n->timeline);
	rg_files_free(n->files);
	munmap(n->jit, 4096);
	scratch_remove(&n->scratch);
	alarm(0);
	return 0;
}

#define naming_test(test) cmocka_unit_test_setup_teardown(test, begin_test, end_test)

static uint64_t code(void (*function)(void))
{
	return (uint64_t)(uintptr_t)function;
}

/* Enters a stack; returns whether its leaf has a name. */
static bool enter_stack(struct named *n, uint16_t kernel, const uint64_t *address, size_t depth)
{
	const struct rg_raw_stack raw = {.address = address,
					 .kernel_depth = kernel,
					 .user_depth = (uint16_t)(depth - kernel),
					 .end = RGW_END_ROOT,
					 .image = IMAGE};
	struct rg_err err = {0};
	uint32_t stack;
	bool named = false;

	assert_int_equal(rg_naming_stack(n->naming, &raw, &stack, &named, &err), 0);
	assert_int_equal(rg_profile_builder_sample(n->builder,
						   &(struct rg_sample){.value = {1},
								       .stack = stack,
								       .slice = RG_NO_SLICE,
								       .thread = ""},
						   &err),
			 0);
	return named;
}

/* The i-th frame of the only stack, leaf first. */
static const struct rg_frame *frame(struct named *n, uint32_t i)
{
	const struct rg_stack *stacks;
	struct rg_err err = {0};
	size_t count;

	if (!n->profile)
		assert_int_equal(rg_profile_builder_finish(n->builder, &n->profile, &err), 0);
	stacks = rg_profile_stacks(n->profile, &count);
	assert_int_equal(count, 1);
	assert_true(i < stacks[0].depth);
	return &rg_profile_frames(n->profile, &count)[stacks[0].frames[i]];
}

static const char *module_of(struct named *n, const struct rg_frame *f)
{
	size_t count;
	const struct rg_module *modules = rg_profile_modules(n->profile, &count);

	assert_true(f->module < count);
	return modules[f->module].name;
}

static void assert_frame(struct named *n, uint32_t i, const char *function, const char *module,
			 bool unnamed)
{
	const struct rg_frame *f = frame(n, i);

	assert_string_equal(f->function, function);
	assert_string_equal(module_of(n, f), module);
	assert_int_equal(f->unnamed, unnamed);
}

static void test_user(void **state)
{
	struct named *n = *state;
	const uint64_t address[] = {code(first_function), code(second_function) + 1};

	assert_true(enter_stack(n, 0, address, COUNT(address)));
	assert_frame(n, 0, "first_function", "test_naming", false);
	assert_frame(n, 1, "second_function", "test_naming", false);
	assert_non_null(strstr(frame(n, 0)->file, "test_naming.c"));
	assert_true(frame(n, 0)->line > 0);
}

/* Addresses of the user part lie in the instruction: they are looked up as they are. */
static void test_first_instruction(void **state)
{
	struct named *n = *state;
	const uint64_t address[] = {code(first_function), code(second_function)};

	enter_stack(n, 0, address, COUNT(address));
	assert_frame(n, 1, "second_function", "test_naming", false);
}

/* A stack whose root was not reached says so where the root would be. */
static void test_truncated(void **state)
{
	struct named *n = *state;
	const uint64_t address[] = {code(first_function), code(second_function)};
	const struct rg_raw_stack raw = {.address = address,
					 .user_depth = COUNT(address),
					 .end = RGW_END_NO_ROW,
					 .image = IMAGE};
	uint32_t stack;
	bool named;

	assert_int_equal(rg_naming_stack(n->naming, &raw, &stack, &named, NULL), 0);
	assert_true(named);
	assert_int_equal(rg_profile_builder_sample(n->builder,
						   &(struct rg_sample){.value = {1},
								       .stack = stack,
								       .slice = RG_NO_SLICE,
								       .thread = ""},
						   NULL),
			 0);
	assert_frame(n, 0, "first_function", "test_naming", false);
	assert_frame(n, 2, "[truncated]", "[truncated]", true);
}

static void test_kernel(void **state)
{
	struct named *n = *state;
	const uint64_t address[] = {0xffffffff81001000, 0xffffffff81002000, 0xffffffffc0000010,
				    code(first_function)};

	assert_true(enter_stack(n, 3, address, COUNT(address)));
	assert_frame(n, 0, "do_work", "[kernel]", false);
	assert_frame(n, 1, "do_work", "[kernel]", false); /* the call before do_more */
	assert_frame(n, 2, "send", "[net]", false);
	/* The first of the user's part is where it stood, no return address. */
	assert_frame(n, 3, "first_function", "test_naming", false);
	assert_int_equal(rg_naming_unmapped(n->naming), 0);
}

/* Its address would say where the kernel lies. */
static void test_unknown_kernel(void **state)
{
	struct named *n = *state;
	const uint64_t address[] = {0xffffffff00000000, 0xfffffffe00000000, code(first_function)};

	assert_false(enter_stack(n, 2, address, COUNT(address)));
	assert_frame(n, 0, "[kernel]", "[kernel]", true);
	assert_frame(n, 1, "[kernel]", "[kernel]", true);
	assert_int_equal(rg_naming_unmapped(n->naming), 0);
}

static void test_memory(void **state)
{
	struct named *n = *state;
	const uint64_t address[] = {(uint64_t)(uintptr_t)n->jit, (uint64_t)(uintptr_t)n->jit + 99,
				    code(first_function)};

	assert_false(enter_stack(n, 0, address, COUNT(address)));
	assert_frame(n, 0, "[anon]", "[anon]", true);
	assert_ptr_equal(frame(n, 0), frame(n, 1));
	assert_int_equal(rg_naming_unmapped(n->naming), 0);
}

static void test_nowhere(void **state)
{
	static const uint64_t address[] = {0x10, 0, 1, UINT64_MAX, 0xffffffff81001000};
	struct named *n = *state;

	assert_false(enter_stack(n, 0, address, COUNT(address)));
	for (uint32_t i = 0; i < COUNT(address); i++)
		assert_frame(n, i, "[unknown]", "[unknown]", true);
	assert_int_equal(rg_naming_unmapped(n->naming), COUNT(address));
}

static void test_other_image(void **state)
{
	struct named *n = *state;
	const uint64_t address[] = {code(first_function)};
	const struct rg_raw_stack raw = {
		.address = address, .user_depth = 1, .end = RGW_END_ROOT, .image = IMAGE + 1};
	uint32_t stack;
	bool named = true;

	assert_int_equal(rg_naming_stack(n->naming, &raw, &stack, &named, NULL), 0);
	assert_false(named);
	assert_int_equal(rg_naming_unmapped(n->naming), 1);
}

/* Neither stack could be read: the sample counts all the same. */
static void test_no_frames(void **state)
{
	struct named *n = *state;

	assert_false(enter_stack(n, 0, NULL, 0));
	assert_frame(n, 0, "[unknown]", "[unknown]", true);
}

static void test_deepest(void **state)
{
	struct named *n = *state;
	uint64_t address[RGW_KERNEL_DEPTH + RGW_USER_DEPTH];

	for (size_t i = 0; i < COUNT(address); i++)
		address[i] = i < RGW_KERNEL_DEPTH ? 0xffffffff81001001 : code(first_function) + 1;
	assert_true(enter_stack(n, RGW_KERNEL_DEPTH, address, COUNT(address)));
	assert_frame(n, RGW_KERNEL_DEPTH - 1, "do_work", "[kernel]", false);
	assert_frame(n, COUNT(address) - 1, "first_function", "test_naming", false);
}

/* Whether the leaf has a name is the answer for the leaf alone, and the same when it is known already. */
static void test_named_leaf(void **state)
{
	struct named *n = *state;
	const uint64_t named_leaf[] = {code(first_function), 0x10};
	const uint64_t unnamed_leaf[] = {0x10, code(first_function) + 1};

	for (int i = 0; i < 3; i++) {
		assert_true(enter_stack(n, 0, named_leaf, 2));
		assert_false(enter_stack(n, 0, unnamed_leaf, 2));
	}
}

static void test_out_of_memory(void **state)
{
	static const uint64_t address[] = {0x10};
	const struct rg_raw_stack raw = {
		.address = address, .user_depth = 1, .end = RGW_END_ROOT, .image = IMAGE};
	struct named *n = *state;
	uint32_t stack = 77;
	bool named;
	struct rg_err err = {0};
	struct rg_frame frame = {.function = "any", .file = ""};

	/* The profile has room for what is named; the list of places has none. */
	assert_int_equal(rg_profile_builder_module(n->builder, "any", "", &frame.module, NULL), 0);
	assert_int_equal(rg_profile_builder_frame(n->builder, &frame, &stack, NULL), 0);
	stack = 77;
	allocations_left = 0;
	assert_null(rg_naming_new(n->timeline, n->files, n->kernel, n->builder));
	assert_int_equal(rg_naming_stack(n->naming, &raw, &stack, &named, &err), RG_ENOMEM);
	allocations_left = -1;
	assert_int_equal(err.code, RG_ENOMEM);
	assert_string_equal(err.text, "frames: out of memory");
	assert_int_equal(stack, 77);
	assert_int_equal(rg_naming_stack(n->naming, &raw, &stack, &named, NULL), 0);
	assert_int_not_equal(stack, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		naming_test(test_user),           naming_test(test_first_instruction),
		naming_test(test_truncated),      naming_test(test_kernel),
		naming_test(test_unknown_kernel), naming_test(test_memory),
		naming_test(test_nowhere),        naming_test(test_other_image),
		naming_test(test_no_frames),      naming_test(test_deepest),
		naming_test(test_named_leaf),     naming_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
