/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/fail_libc.h"
#include "jitmap.c"

#include "processes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* --- Lines ----------------------------------------------------------------------------------- */

struct parsed {
	struct rg_jitmap map;
	char *text;
};

static struct parsed parse(const char *lines)
{
	struct parsed parsed = {.text = strdup(lines)};

	assert_non_null(parsed.text);
	assert_int_equal(rg_jitmap_parse(&parsed.map, parsed.text, strlen(lines)), 0);
	return parsed;
}

static void parsed_done(struct parsed *parsed)
{
	rg_jitmap_done(&parsed->map);
	free(parsed->text);
}

static const char *name_at(const struct parsed *parsed, uint64_t address)
{
	const struct rg_jit_code *code = rg_jitmap_find(&parsed->map, address);

	return code ? code->name : "";
}

static void lines_are_ranges_with_names(void **state)
{
	struct parsed parsed = parse("7f0000001000 20 first\n"
				     "0x7f0000000000 0x10 second one\n"
				     "7F0000001020 1 Third\n");

	(void)state;
	assert_string_equal(name_at(&parsed, 0x7f0000000fff), "");
	assert_string_equal(name_at(&parsed, 0x7f0000001000), "first");
	assert_string_equal(name_at(&parsed, 0x7f000000101f), "first");
	assert_string_equal(name_at(&parsed, 0x7f0000001020), "Third");
	assert_string_equal(name_at(&parsed, 0x7f0000001021), "");
	assert_string_equal(name_at(&parsed, 0x7f000000000f), "second one");
	assert_string_equal(name_at(&parsed, 0x7f0000000010), "");
	parsed_done(&parsed);
}

static void what_was_written_later_lies_above(void **state)
{
	struct parsed parsed = parse("1000 100 old\n"
				     "1080 100 across\n"
				     "1010 10 within\n"
				     "3000 10 small\n"
				     "2ff0 100 around\n"
				     "4000 10 first\n"
				     "4000 10 second\n");

	(void)state;
	assert_string_equal(name_at(&parsed, 0x1000), "old");
	assert_string_equal(name_at(&parsed, 0x1010), "within");
	assert_string_equal(name_at(&parsed, 0x101f), "within");
	assert_string_equal(name_at(&parsed, 0x1020), "old");
	assert_string_equal(name_at(&parsed, 0x107f), "old");
	assert_string_equal(name_at(&parsed, 0x1080), "across");
	assert_string_equal(name_at(&parsed, 0x117f), "across");
	assert_string_equal(name_at(&parsed, 0x3005), "around");
	assert_string_equal(name_at(&parsed, 0x4000), "second");
	parsed_done(&parsed);
}

static void lines_of_another_form_are_left_out(void **state)
{
	struct parsed parsed = parse("\n"
				     "1000\n"
				     "1000 10\n"
				     "1000 10 \n"
				     "-1000 10 signed\n"
				     " 1000 10 indented\n"
				     "zz 10 letters\n"
				     "1000 0 empty\n"
				     "fffffffffffffff0 20 beyond\n"
				     "2000 10 kept\n"
				     "3000 10 half wri");

	(void)state;
	assert_int_equal(parsed.map.count, 1);
	assert_string_equal(name_at(&parsed, 0x2000), "kept");
	parsed_done(&parsed);
}

static void paths_end_in_what_the_file_is_called(void **state)
{
	struct parsed parsed = parse("1000 10 JS:*work /srv/app/work.js:1:17\n"
				     "2000 10 py::work:/srv/app/work.py\n"
				     "3000 10 Lcom/shop/Cart;::total\n"
				     "4000 10 trailing /srv/\n");

	(void)state;
	assert_string_equal(name_at(&parsed, 0x1000), "JS:*work work.js:1:17");
	assert_string_equal(name_at(&parsed, 0x2000), "py::work:work.py");
	assert_string_equal(name_at(&parsed, 0x3000), "Lcom/shop/Cart;::total");
	assert_string_equal(name_at(&parsed, 0x4000), "trailing ");
	parsed_done(&parsed);
}

static void names_have_a_longest(void **state)
{
	char lines[6000] = "1000 10 ";
	struct parsed parsed;

	(void)state;
	memset(lines + 8, 'x', sizeof(lines) - 10);
	lines[sizeof(lines) - 2] = '\n';
	parsed = parse(lines);
	assert_int_equal(strlen(name_at(&parsed, 0x1000)), 4096);
	parsed_done(&parsed);
}

/* --- Files ----------------------------------------------------------------------------------- */

static char *own_map(char path[64])
{
	snprintf(path, 64, "/tmp/perf-%d.map", (int)getpid());
	return path;
}

static int begin(void **state)
{
	(void)state;
	alarm(PROCESSES_TEST_S);
	return 0;
}

static int end(void **state)
{
	char path[64];

	(void)state;
	unlink(own_map(path));
	alarm(0);
	return 0;
}

static void write_map(void)
{
	char path[64];
	FILE *file = fopen(own_map(path), "w");

	assert_non_null(file);
	assert_true(fputs("1000 10 work\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* What this process's file says of 0x1000. */
static bool is_named(void)
{
	struct rg_jitmaps *maps = rg_jitmaps_new();
	const char *name = "";
	bool named;

	assert_non_null(maps);
	assert_int_equal(rg_jitmaps_note(maps, getpid()), 0);
	assert_int_equal(rg_jitmaps_note(maps, getpid()), 0);
	assert_int_equal(rg_jitmaps_find(maps, getpid(), 0x1000, &name, NULL), 0);
	named = name && strcmp(name, "work") == 0;
	assert_true(named || !name);
	rg_jitmaps_free(maps);
	return named;
}

static void a_processs_own_file_is_read(void **state)
{
	(void)state;
	assert_false(is_named());
	write_map();
	assert_true(is_named());
}

static void a_process_that_was_not_noted_has_no_names(void **state)
{
	struct rg_jitmaps *maps = rg_jitmaps_new();
	const char *name = "";

	(void)state;
	write_map();
	assert_int_equal(rg_jitmaps_find(maps, getpid(), 0x1000, &name, NULL), 0);
	assert_null(name);
	rg_jitmaps_free(maps);
}

static void another_users_file_is_not_read(void **state)
{
	char path[64];

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: needs root\n");
		skip();
	}
	write_map();
	assert_int_equal(chown(own_map(path), 65534, 65534), 0);
	assert_false(is_named());
}

static void links_and_pipes_are_not_read(void **state)
{
	char path[64], other[80];

	(void)state;
	write_map();
	own_map(path);
	snprintf(other, sizeof(other), "%s.other", path);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_false(is_named());
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(is_named());
	unlink(path);
	unlink(other);
}

static void write_large_map(pid_t pid)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)pid);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs("1000 10 work\n", file) >= 0);
	assert_int_equal(fflush(file), 0);
	assert_int_equal(ftruncate(fileno(file), 150 << 20), 0);
	assert_int_equal(fclose(file), 0);
}

static const char *name_of(struct rg_jitmaps *maps, pid_t pid)
{
	const char *name;

	assert_int_equal(rg_jitmaps_note(maps, pid), 0);
	assert_int_equal(rg_jitmaps_find(maps, pid, 0x1000, &name, NULL), 0);
	return name ? name : "";
}

/* A target of many processes, each with as large a file as is read, would else take all memory. */
static void all_files_together_have_a_largest_size(void **state)
{
	struct rg_jitmaps *maps = rg_jitmaps_new(), *other = rg_jitmaps_new();
	pid_t child = fork();
	char path[64];

	(void)state;
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	assert_true(child > 0);
	write_large_map(getpid());
	write_large_map(child);
	assert_string_equal(name_of(maps, getpid()), "work");
	assert_string_equal(name_of(maps, child), "");
	assert_string_equal(name_of(other, child), "work");
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)child);
	unlink(path);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	rg_jitmaps_free(maps);
	rg_jitmaps_free(other);
}

static void no_memory_is_an_error(void **state)
{
	struct rg_jitmap map;
	int rc = RG_ENOMEM;

	(void)state;
	for (int left = 0; rc; left++) {
		char lines[] = "1000 10 one\n2000 10 two\n";

		allocations_left = left;
		rc = rg_jitmap_parse(&map, lines, strlen(lines));
		allocations_left = -1;
		assert_true(rc == 0 || (rc == RG_ENOMEM && !map.code && left < 4));
	}
	assert_int_equal(map.count, 2);
	rg_jitmap_done(&map);
}

#define file_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_ranges_with_names),
		cmocka_unit_test(what_was_written_later_lies_above),
		cmocka_unit_test(lines_of_another_form_are_left_out),
		cmocka_unit_test(paths_end_in_what_the_file_is_called),
		cmocka_unit_test(names_have_a_longest),
		file_test(a_processs_own_file_is_read),
		file_test(a_process_that_was_not_noted_has_no_names),
		file_test(another_users_file_is_not_read),
		file_test(links_and_pipes_are_not_read),
		file_test(all_files_together_have_a_largest_size),
		cmocka_unit_test(no_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
