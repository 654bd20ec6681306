/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programs.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include "debugfile.h"

/* Of the program "full", as shell variables. */
#define BUILD_ID                                                 \
	"id=$(readelf -n full | sed -n 's/.*Build ID: //p') && " \
	"first=$(echo $id | cut -c1-2) && rest=$(echo $id | cut -c3-)"

/* "victim", stripped, with its debug information in debug/.build-id; "full" has both. Compiled once, for all tests. */
static void make_split(const struct programs *programs)
{
	if (!programs_try(programs, "test -d made")) {
		programs_write_c(programs);
		programs_run(
			programs,
			"mkdir made && gcc -O2 -g src/work.c -o made/full && cd made && " BUILD_ID
			" && mkdir -p debug/.build-id/$first && "
			"objcopy --only-keep-debug full debug/.build-id/$first/$rest.debug && "
			"strip -o victim full");
	}
	programs_run(programs, "rm -rf debug && cp -r made/. .");
}

static struct rg_symbol spin_in(const struct programs *programs, struct rg_object *object)
{
	uint64_t address, size;

	assert_true(programs_symbol(programs, "full", "spin", &address, &size));
	return programs_symbolize(object, programs_offset(programs, "full", address));
}

static struct rg_object *open_with_debug(const struct programs *programs, const char *name,
					 char dir[128])
{
	struct rg_object *object = programs_open(programs, name);

	snprintf(dir, 128, "%s/debug", programs->dir);
	rg_object_set_debug_dir(object, dir);
	return object;
}

static void test_separate_file(void **state)
{
	struct rg_object *object;
	struct rg_symbol symbol;
	char dir[128];

	make_split(*state);
	object = open_with_debug(*state, "victim", dir);
	symbol = spin_in(*state, object);
	assert_string_equal(symbol.function, "spin");
	assert_string_equal(symbol.file, "src/work.c");
	assert_int_equal(symbol.start_line, 3);
	assert_true(symbol.line >= 3 && symbol.line <= 7);
	assert_false(symbol.unnamed);
	rg_object_free(object);
}

/* What must not be used, or waited for, in the place of the debug file. */
static void test_wrong_files(void **state)
{
	static const struct {
		const char *why, *make;
	} rows[] = {
		{"another program's", "cp /bin/true $f"},
		{"not ELF", "echo no >$f"},
		{"a FIFO: opening must not wait", "rm $f && mkfifo $f"},
		{"a folder", "rm $f && mkdir $f"},
		{"a dangling link", "ln -sf /nonexistent $f"},
		{"nothing", "rm $f"},
		{"an empty file", ": >$f"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rg_object *object;
		struct rg_symbol symbol;
		char dir[128];

		print_message("%s\n", rows[i].why);
		make_split(*state);
		programs_run(*state, "f=$(echo debug/.build-id/*/*.debug) && %s", rows[i].make);
		object = open_with_debug(*state, "victim", dir);
		symbol = spin_in(*state, object);
		assert_true(symbol.unnamed);
		assert_string_equal(symbol.file, "");
		rg_object_free(object);
	}
}

static void test_no_build_id(void **state)
{
	static const char *const ids[] = {"", "a", "ab", "../../../etc/passwd"};
	struct rg_image image = {.fd = -1};

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		assert_int_equal(rg_debugfile_open(&image, "/usr/lib/debug", ids[i]), RG_ENOTFOUND);
		assert_null(image.elf);
	}
}

static void test_too_long_a_folder(void **state)
{
	struct rg_image image = {.fd = -1};
	char dir[5000];

	(void)state;
	memset(dir, 'd', sizeof(dir) - 1);
	dir[sizeof(dir) - 1] = '\0';
	assert_int_equal(rg_debugfile_open(&image, dir, "abcdef"), RG_ENOTFOUND);
}

/* A server for debug information that is configured but must not be asked. */
static void test_nothing_is_fetched(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(address);
	struct rg_object *object;
	char url[64], dir[128];

	assert_true(server >= 0);
	assert_int_equal(bind(server, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(server, 4), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&address, &len), 0);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d", ntohs(address.sin_port));
	assert_int_equal(setenv("DEBUGINFOD_URLS", url, 1), 0);
	make_split(*state);
	programs_run(*state, "rm -rf debug");
	object = open_with_debug(*state, "victim", dir);
	assert_true(spin_in(*state, object).unnamed);
	rg_object_free(object);
	unsetenv("DEBUGINFOD_URLS");
	assert_int_equal(accept(server, NULL, NULL), -1);
	close(server);
}

/* "mini": no symbols but those of functions, compressed, as Fedora ships its programs. */
static void test_embedded_symbols(void **state)
{
	struct rg_object *object;
	struct rg_symbol symbol;
	uint64_t address, size;

	make_split(*state);
	programs_run(*state, "rm -rf debug && objcopy --only-keep-debug full part && "
			     "strip -g part && xz -k -f part && "
			     "objcopy --add-section .gnu_debugdata=part.xz victim mini");
	object = programs_open(*state, "mini");
	symbol = spin_in(*state, object);
	assert_string_equal(symbol.function, "spin");
	assert_false(symbol.unnamed);
	assert_true(programs_symbol(*state, "full", "drive(\\..*)?", &address, &size));
	assert_true(strncmp(programs_symbolize(object, programs_offset(*state, "full", address))
				    .function,
			    "drive", 5) == 0);
	rg_object_free(object);
}

/* The embedded table is larger than what room is made for at first. */
static void test_many_embedded_symbols(void **state)
{
	struct rg_object *object;
	struct rg_symbol symbol;
	uint64_t address, size;

	programs_run(*state, "{ seq -f 'int f%%g(void) { return 1; }' 10001 14000; "
			     "echo 'int main(void) { return f10001(); }'; } >many.c && "
			     "gcc -O0 -fno-ipa-icf many.c -o many && strip -o victim many && "
			     "xz -k -f -c many >part.xz && "
			     "objcopy --add-section .gnu_debugdata=part.xz victim mini && "
			     "test $(stat -c %%s many) -gt 262144");
	object = programs_open(*state, "mini");
	assert_true(programs_symbol(*state, "many", "f13999", &address, &size));
	symbol = programs_symbolize(object, programs_offset(*state, "many", address));
	assert_string_equal(symbol.function, "f13999");
	assert_false(symbol.unnamed);
	rg_object_free(object);
}

static void test_damaged_embedded_symbols(void **state)
{
	static const struct {
		const char *why, *make;
	} rows[] = {
		{"not compressed", "echo plain >part.xz"},
		{"cut off", "xz -k -f -c full | head -c 1000 >part.xz"},
		{"empty when decompressed", "xz -c </dev/null >part.xz"},
		{"not ELF when decompressed", "echo hello | xz -c >part.xz"},
		{"300 MiB of zeros when decompressed",
		 "head -c 300M /dev/zero | xz -0 -c >part.xz"},
		{"needs more memory to decompress than is given",
		 "head -c 1M /dev/zero | xz --lzma2=dict=256MiB -c >part.xz"},
	};

	make_split(*state);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rg_object *object;

		print_message("%s\n", rows[i].why);
		programs_run(*state,
			     "%s && objcopy --add-section .gnu_debugdata=part.xz victim mini",
			     rows[i].make);
		object = programs_open(*state, "mini");
		assert_true(spin_in(*state, object).unnamed);
		rg_object_free(object);
	}
}

/*
 * A common debug file that is not there, or not the right one, leaves the names and takes the
 * lines: what they refer to is missing. The path in the program is not opened: here it is a FIFO.
 */
static void test_common_file_is_not_believed(void **state)
{
	struct rg_object *object;
	struct rg_symbol symbol;

	make_split(*state);
	programs_run(*state, "rm -f fifo && mkfifo fifo && printf "
			     "'%%s/fifo\\0abcdefghijklmnopqrst' $PWD >link && "
			     "objcopy --add-section .gnu_debugaltlink=link full linked");
	object = programs_open(*state, "linked");
	symbol = spin_in(*state, object);
	assert_string_equal(symbol.function, "spin");
	assert_string_equal(symbol.file, "");
	rg_object_free(object);
}

/* The common file is found by its name below dir/.dwz and by its build-id, and by nothing else. */
static void test_common_file(void **state)
{
	static const struct {
		const char *why, *place, *link;
		bool found;
	} rows[] = {
		{"by name", "debug/.dwz/common.debug", "/usr/lib/debug/.dwz/common.debug", true},
		{"by build-id", "debug/.build-id/$first/$rest.debug", "/elsewhere/common.debug",
		 true},
		{"a name that leaves the folder", "debug/common.debug",
		 "/usr/lib/debug/.dwz/../common.debug", false},
		{"a name in another folder", "debug/common.debug", "/usr/lib/debug/common.debug",
		 false},
		{"another file of that name", "debug/.dwz/other.debug",
		 "/usr/lib/debug/.dwz/common.debug", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rg_image image, common = {.fd = -1};
		char dir[128];

		print_message("%s\n", rows[i].why);
		make_split(*state);
		programs_run(*state,
			     "rm -rf debug && " BUILD_ID " && "
			     "mkdir -p debug/.dwz debug/.build-id/$first && "
			     "cp /bin/true debug/.dwz/common.debug && cp full %s && "
			     "{ printf '%s\\0'; for byte in $(echo $id | sed 's/../& /g'); do "
			     "printf \"\\\\$(printf %%03o 0x$byte)\"; done; } >link && "
			     "objcopy --add-section .gnu_debugaltlink=link full linked",
			     rows[i].place, rows[i].link);
		snprintf(dir, sizeof(dir), "%s/debug", ((struct programs *)*state)->dir);
		assert_int_equal(rg_image_open_fd(&image, programs_fd(*state, "linked")), 0);
		assert_int_equal(rg_debugfile_open_alt(&common, dir, &image),
				 rows[i].found ? 0 : RG_ENOTFOUND);
		assert_int_equal(common.elf != NULL, rows[i].found);
		rg_image_done(&common);
		rg_image_done(&image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_separate_file),
		cmocka_unit_test(test_wrong_files),
		cmocka_unit_test(test_no_build_id),
		cmocka_unit_test(test_too_long_a_folder),
		cmocka_unit_test(test_nothing_is_fetched),
		cmocka_unit_test(test_embedded_symbols),
		cmocka_unit_test(test_many_embedded_symbols),
		cmocka_unit_test(test_damaged_embedded_symbols),
		cmocka_unit_test(test_common_file_is_not_believed),
		cmocka_unit_test(test_common_file),
	};

	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
