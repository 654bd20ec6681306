/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scratch.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/file.h"

struct fixture {
	struct scratch scratch;
	struct rg_buf out;
	struct rg_err err;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	scratch_make(&fixture->scratch);
	rg_buf_init(&fixture->out, 1000);
	rg_buf_adds(&fixture->out, "in front:");
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	rg_buf_done(&fixture->out);
	scratch_remove(&fixture->scratch);
	free(fixture);
	return 0;
}

static int read_file(struct fixture *fixture, const char *name, size_t max_bytes)
{
	return rg_file_read(scratch_path(&fixture->scratch, name), max_bytes, &fixture->out,
			    &fixture->err);
}

static void assert_fails(struct fixture *fixture, const char *name, size_t max_bytes, int code,
			 const char *part)
{
	fixture->err = (struct rg_err){0};
	assert_int_equal(read_file(fixture, name, max_bytes), code);
	assert_text_has(fixture->err.text, "file: read '");
	assert_text_has(fixture->err.text, part);
	assert_string_equal(fixture->out.data, "in front:");
	assert_int_equal(fixture->out.len, 9);
}

static void a_file_is_appended(void **state)
{
	struct fixture *fixture = *state;

	scratch_write(&fixture->scratch, "f", "hello");
	assert_int_equal(read_file(fixture, "f", 5), 0);
	assert_string_equal(fixture->out.data, "in front:hello");
}

static void an_empty_file_is_read(void **state)
{
	struct fixture *fixture = *state;

	scratch_write(&fixture->scratch, "f", "");
	assert_int_equal(read_file(fixture, "f", 0), 0);
	assert_int_equal(fixture->out.len, 9);
}

static void more_than_one_read_is_joined(void **state)
{
	struct fixture *fixture = *state;
	const size_t len = 300000;
	char *bytes = malloc(len);
	struct rg_buf out;

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(i * 7);
	scratch_write_bytes(&fixture->scratch, "f", bytes, len);
	rg_buf_init(&out, len);
	assert_int_equal(rg_file_read(scratch_path(&fixture->scratch, "f"), len, &out, NULL), 0);
	assert_int_equal(out.len, len);
	assert_memory_equal(out.data, bytes, len);
	rg_buf_done(&out);
	free(bytes);
}

static void a_link_is_followed(void **state)
{
	struct fixture *fixture = *state;

	scratch_write(&fixture->scratch, "f", "hello");
	assert_int_equal(symlink("f", scratch_path(&fixture->scratch, "l")), 0);
	assert_int_equal(read_file(fixture, "l", 5), 0);
}

static void a_missing_file(void **state)
{
	assert_fails(*state, "none", 10, RG_ENOTFOUND, "/none': No such file or directory");
}

static void a_byte_too_many(void **state)
{
	struct fixture *fixture = *state;

	scratch_write(&fixture->scratch, "f", "hello");
	assert_fails(fixture, "f", 4, RG_ELIMIT, "/f': larger than 4 bytes");
}

/* Its size is known before: nothing of it is read. */
static void a_file_far_too_large_is_not_read(void **state)
{
	struct fixture *fixture = *state;
	struct rg_buf out;

	scratch_write(&fixture->scratch, "f", "hello");
	assert_int_equal(truncate(scratch_path(&fixture->scratch, "f"), (off_t)1 << 32), 0);
	rg_buf_init(&out, (size_t)1 << 33);
	assert_int_equal(rg_file_read(scratch_path(&fixture->scratch, "f"), 1 << 20, &out,
				      &fixture->err),
			 RG_ELIMIT);
	assert_text_has(fixture->err.text, "/f': larger than 1048576 bytes");
	assert_null(out.data);
	rg_buf_done(&out);
}

static void a_buffer_too_small(void **state)
{
	struct fixture *fixture = *state;

	scratch_write(&fixture->scratch, "f", "hello");
	assert_int_equal(truncate(scratch_path(&fixture->scratch, "f"), 2000), 0);
	assert_fails(fixture, "f", 4000, RG_ELIMIT, "/f': larger than ");
}

static void what_is_no_regular_file(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkfifo(scratch_path(&fixture->scratch, "p"), 0600), 0);
	assert_fails(fixture, "p", 10, RG_EFORMAT, "is not a regular file");
	assert_fails(fixture, ".", 10, RG_EFORMAT, "is a directory");
	assert_int_equal(rg_file_read("/dev/zero", 10, &fixture->out, NULL), RG_EFORMAT);
}

static int read_is_denied(void *ctx)
{
	return read_file(ctx, "f", 10) == RG_EPRIVILEGE ? 0 : 1;
}

static void a_file_of_somebody_else(void **state)
{
	struct fixture *fixture = *state;

	if (!scratch_is_root(__func__))
		return;
	scratch_write(&fixture->scratch, "f", "hello");
	assert_int_equal(chmod(scratch_path(&fixture->scratch, "f"), 0600), 0);
	assert_int_equal(chmod(fixture->scratch.root, 0755), 0);
	assert_int_equal(scratch_in_child(read_is_denied, fixture, true), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_appended),
		TEST(an_empty_file_is_read),
		TEST(more_than_one_read_is_joined),
		TEST(a_link_is_followed),
		TEST(a_missing_file),
		TEST(a_byte_too_many),
		TEST(a_file_far_too_large_is_not_read),
		TEST(a_buffer_too_small),
		TEST(what_is_no_regular_file),
		TEST(a_file_of_somebody_else),
	};

	return cmocka_run_group_tests_name("store/files", tests, NULL, NULL);
}
