/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programs.h"

#include "lookup.h"

static int find(const struct programs *programs, const char *file, const char *place,
		uint64_t *offset, struct rg_err *err)
{
	char debug[512];
	int fd = programs_fd(programs, file), rc;

	snprintf(debug, sizeof(debug), "%s/debug", programs->dir);
	rc = rg_elf_find_place(fd, file, debug, place, offset, err);
	close(fd);
	return rc;
}

static void assert_found(const struct programs *programs, const char *file, const char *place,
			 uint64_t expected)
{
	struct rg_err err = {0};
	uint64_t offset = 0;

	if (find(programs, file, place, &offset, &err) || offset != expected)
		fail_msg("%s in %s: 0x%" PRIx64 ", not 0x%" PRIx64 ": %s", place, file, offset,
			 expected, err.text);
}

static void assert_refused(const struct programs *programs, const char *file, const char *place,
			   int code, const char *words)
{
	struct rg_err err = {0};
	uint64_t offset = 77;
	int rc = find(programs, file, place, &offset, &err);

	if (rc != code || !strstr(err.text, words))
		fail_msg("%s in %s: %d '%s'", place, file, rc, err.text);
	assert_int_equal(offset, 77);
}

static uint64_t offset_of(const struct programs *programs, const char *full, const char *symbol)
{
	uint64_t address, size;

	assert_true(programs_symbol(programs, full, symbol, &address, &size));
	return programs_offset(programs, full, address);
}

static void symbols_are_where_nm_has_them(void **state)
{
	static const char *const options[] = {"-O2", "-O2 -no-pie", "-O2 -static", "-O0 -g",
					      "-O2 -Wl,-z,separate-code"};
	char address[32];

	programs_write_c(*state);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		uint64_t spin, value, size;

		programs_run(*state, "gcc %s src/work.c -o full", options[i]);
		spin = offset_of(*state, "full", "spin");
		assert_found(*state, "full", "spin", spin);
		assert_found(*state, "full", "spin+0x1", spin + 1);
		assert_found(*state, "full", "drive", offset_of(*state, "full", "drive"));
		assert_true(programs_symbol(*state, "full", "spin", &value, &size));
		snprintf(address, sizeof(address), "0x%" PRIx64, value);
		assert_found(*state, "full", address, spin);
	}
}

static void stripped_ones_are_found_by_what_is_left(void **state)
{
	uint64_t spin;

	programs_write_c(*state);
	programs_run(*state,
		     "gcc -O2 -rdynamic -Wl,--build-id src/work.c -o full && strip -o dyn full");
	spin = offset_of(*state, "full", "spin");
	assert_found(*state, "dyn", "spin", spin);
	assert_refused(*state, "dyn", "drive", RG_EUSAGE, "no function 'drive' in 'dyn'");
	programs_run(*state,
		     "id=$(readelf -n full | sed -n 's/.*Build ID: //p') && "
		     "mkdir -p debug/.build-id/$(echo $id | cut -c1-2) && objcopy "
		     "--only-keep-debug full debug/.build-id/$(echo $id | cut -c1-2)/$(echo $id | "
		     "cut -c3-).debug");
	assert_found(*state, "dyn", "drive", offset_of(*state, "full", "drive"));
	programs_run(*state, "gcc -O2 -s -nostdlib -static -Wl,-e,main src/work.c -o bald");
	assert_refused(*state, "bald", "spin", RG_EUSAGE, "'bald' has no symbols: say an address");
}

static void demangled_names_are_names(void **state)
{
	programs_run(*state, "mkdir -p src");
	programs_write(*state, "src/pool.cc",
		       "struct Pool { void acquire(int); void acquire(long); void release(); };\n"
		       "void Pool::acquire(int) { __asm__ volatile(\"nop\"); }\n"
		       "void Pool::acquire(long) { __asm__ volatile(\"nop; nop\"); }\n"
		       "void Pool::release() { __asm__ volatile(\"\"); }\n"
		       "int main() { Pool p; p.acquire(1); p.acquire(1L); p.release(); }\n");
	programs_run(*state, "g++ -O1 src/pool.cc -o pool");
	uint64_t with_int = offset_of(*state, "pool", "_ZN4Pool7acquireEi");

	assert_found(*state, "pool", "_ZN4Pool7acquireEi", with_int);
	assert_found(*state, "pool", "Pool::acquire(int)", with_int);
	assert_found(*state, "pool", "Pool::release",
		     offset_of(*state, "pool", "_ZN4Pool7releaseEv"));
	assert_refused(*state, "pool", "Pool::acquire", RG_EUSAGE,
		       "several functions are called 'Pool::acquire' in 'pool', at 0x");
}

static void what_is_not_there_is_told(void **state)
{
	programs_write_c(*state);
	programs_run(*state, "gcc -O2 src/work.c -o full && printf 'not a program' > text");
	assert_refused(*state, "full", "spinn", RG_EUSAGE,
		       "no function 'spinn' in 'full'; there is 'spin'");
	assert_refused(*state, "full", "riv", RG_EUSAGE, "there is 'drive'");
	assert_refused(*state, "full", "quite_another_thing", RG_EUSAGE,
		       "no function 'quite_another_thing' in 'full'");
	assert_refused(*state, "full", "0x10", RG_EUSAGE, "no code at 0x10 in 'full'");
	assert_refused(*state, "full", "spin+0xffffffffffffffff", RG_EUSAGE, "no code at 0x");
	assert_refused(*state, "full", "spin+0x100000", RG_EUSAGE, "no code at 0x");
	assert_refused(*state, "full", "", RG_EUSAGE, "neither a function nor an address");
	assert_refused(*state, "full", "+0x10", RG_EUSAGE, "neither a function nor an address");
	assert_refused(*state, "text", "spin", RG_EUSAGE, "not an ELF file of this machine");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(symbols_are_where_nm_has_them, programs_setup,
						programs_teardown),
		cmocka_unit_test_setup_teardown(stripped_ones_are_found_by_what_is_left,
						programs_setup, programs_teardown),
		cmocka_unit_test_setup_teardown(demangled_names_are_names, programs_setup,
						programs_teardown),
		cmocka_unit_test_setup_teardown(what_is_not_there_is_told, programs_setup,
						programs_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
