/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programs.h"

#include "base/sanitized.h"

#include <elf.h>
#include <sys/resource.h>
#include <time.h>

/*
 * Damaged images: whatever the bytes, opening and symbolizing end soon, with a name, within bounded
 * memory. A hang ends the test by SIGALRM; memory is bounded by RLIMIT_AS where the sanitizers
 * allow.
 */

enum { ALARM_S = 120 };

struct bytes {
	unsigned char *data;
	size_t len;
};

static struct bytes read_program(const struct programs *programs, const char *name)
{
	int fd = programs_fd(programs, name);
	struct bytes bytes = {.len = (size_t)lseek(fd, 0, SEEK_END)};

	bytes.data = malloc(bytes.len);
	assert_non_null(bytes.data);
	assert_int_equal(pread(fd, bytes.data, bytes.len, 0), (ssize_t)bytes.len);
	close(fd);
	return bytes;
}

/* -g, C++, and both kinds of symbols: every reader has something to read. */
static struct bytes make_program(const struct programs *programs, const char *options)
{
	programs_write_c(programs);
	programs_run(programs, "gcc %s src/work.c -o victim", options);
	return read_program(programs, "victim");
}

/* Symbolizes all over the image; every answer must be one that can be shown. */
static void probe(const unsigned char *data, size_t len)
{
	static const uint64_t extreme[] = {0, 1, UINT32_MAX, INT64_MAX, UINT64_MAX - 1, UINT64_MAX};
	struct rg_object *object = NULL;
	struct rg_err err = {0};

	assert_int_equal(rg_object_open_memory(data, len, "victim", &object, &err), 0);
	for (uint64_t at = 0; at < len && at < 0x2000; at += 37)
		programs_symbolize(object, at);
	for (size_t i = 0; i < sizeof(extreme) / sizeof(extreme[0]); i++)
		programs_symbolize(object, extreme[i]);
	rg_object_free(object);
}

static void test_flipped_bytes(void **state)
{
	static const char *const options[] = {"-O2 -g -no-pie", "-O2 -gdwarf-4 -gz=zlib"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct bytes program = make_program(*state, options[i]);

		for (size_t at = i; at < program.len; at += 61) {
			program.data[at] ^= 0xff;
			probe(program.data, program.len);
			program.data[at] ^= 0xff;
		}
		free(program.data);
	}
}

static void test_truncated(void **state)
{
	struct bytes program = make_program(*state, "-O2 -g");

	for (size_t len = 0; len < program.len; len += len < 1024 ? 7 : 101) {
		/* A copy of its own length: reading past it is seen by the sanitizer. */
		unsigned char *part = malloc(len ? len : 1);

		assert_non_null(part);
		memcpy(part, program.data, len);
		probe(part, len);
		free(part);
	}
	free(program.data);
}

static void test_random_damage(void **state)
{
	struct bytes program = make_program(*state, "-O2 -g");
	unsigned char *copy = malloc(program.len);
	uint32_t random = 3;

	assert_non_null(copy);
	for (int round = 0; round < 400; round++) {
		memcpy(copy, program.data, program.len);
		for (int i = 0; i < 16; i++) {
			random = random * 1664525 + 1013904223;
			copy[(random >> 4) % program.len] = (unsigned char)(random >> 24);
		}
		/* The identification is kept, or nothing behind it would be read. */
		memcpy(copy, program.data, EI_NIDENT);
		probe(copy, program.len);
	}
	free(copy);
	free(program.data);
}

static const uint64_t absurd[] = {0,          1,          0xffff,     UINT32_MAX,
				  1ULL << 32, INT64_MAX,  UINT64_MAX, UINT64_MAX - 0xfff,
				  1ULL << 62, 0x80000000, 0x10000};

/* Each 8-byte field of the area in turn gets each absurd value. */
static void damage_fields(const struct bytes *program, size_t from, size_t len)
{
	for (size_t at = from; at + 8 <= from + len && at + 8 <= program->len; at += 8) {
		unsigned char saved[8];

		memcpy(saved, program->data + at, 8);
		for (size_t i = 0; i < sizeof(absurd) / sizeof(absurd[0]); i++) {
			memcpy(program->data + at, &absurd[i], 8);
			probe(program->data, program->len);
		}
		memcpy(program->data + at, saved, 8);
	}
}

static void test_absurd_headers(void **state)
{
	struct bytes program = make_program(*state, "-O2 -g");
	Elf64_Ehdr ehdr;

	memcpy(&ehdr, program.data, sizeof(ehdr));
	damage_fields(&program, EI_NIDENT, sizeof(ehdr) - EI_NIDENT);
	damage_fields(&program, ehdr.e_phoff, (size_t)ehdr.e_phnum * ehdr.e_phentsize);
	damage_fields(&program, ehdr.e_shoff, (size_t)ehdr.e_shnum * ehdr.e_shentsize);
	free(program.data);
}

/* More sections than the 16-bit field can say are counted in the first section's sh_size. */
static void test_claims_of_many_sections(void **state)
{
	static const uint64_t counts[] = {0,          1,          0xff00,     1ULL << 20,
					  UINT32_MAX, 1ULL << 32, 1ULL << 40, UINT64_MAX / 64,
					  UINT64_MAX};
	struct bytes program = make_program(*state, "-O2 -g");
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)program.data;
	Elf64_Shdr *first = (Elf64_Shdr *)(program.data + ehdr->e_shoff);

	ehdr->e_shnum = 0;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		first->sh_size = counts[i];
		probe(program.data, program.len);
		/* The same for segments, counted in its sh_info. */
		ehdr->e_phnum = PN_XNUM;
		first->sh_info = (uint32_t)counts[i];
		probe(program.data, program.len);
	}
	free(program.data);
}

static Elf64_Shdr *find_section(const struct bytes *program, uint32_t type)
{
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)program->data;
	Elf64_Shdr *sections = (Elf64_Shdr *)(program->data + ehdr->e_shoff);

	for (int i = 0; i < ehdr->e_shnum; i++)
		if (sections[i].sh_type == type)
			return &sections[i];
	fail_msg("no section of type %u", type);
	return NULL;
}

/* Symbols that cover everything, start beyond everything, have names outside of the table. */
static void test_absurd_symbols(void **state)
{
	struct bytes program = make_program(*state, "-O2");
	Elf64_Shdr *section = find_section(&program, SHT_SYMTAB);
	Elf64_Sym *symbols = (Elf64_Sym *)(program.data + section->sh_offset);
	size_t count = section->sh_size / sizeof(*symbols);

	for (size_t i = 0; i < count; i++) {
		symbols[i].st_info =
			(unsigned char)ELF64_ST_INFO(i % 3, i % 2 ? STT_FUNC : STT_NOTYPE);
		symbols[i].st_shndx = 1;
		symbols[i].st_size = absurd[i % 11];
		if (i % 5 == 0)
			symbols[i].st_value = absurd[(i / 5) % 11];
		if (i % 7 == 0)
			symbols[i].st_name = UINT32_MAX - (uint32_t)i;
	}
	probe(program.data, program.len);
	free(program.data);
}

/* Debug information whose every byte is 0x01 … 0xff in turn: loops and lengths of all kinds. */
static void test_uniform_debug_info(void **state)
{
	struct bytes program = make_program(*state, "-O2 -g");
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)program.data;
	Elf64_Shdr *sections = (Elf64_Shdr *)(program.data + ehdr->e_shoff);
	const char *names = (const char *)program.data + sections[ehdr->e_shstrndx].sh_offset;

	for (int i = 0; i < ehdr->e_shnum; i++) {
		unsigned char *at = program.data + sections[i].sh_offset;
		unsigned char *saved;

		if (strncmp(names + sections[i].sh_name, ".debug_", 7) != 0)
			continue;
		saved = malloc(sections[i].sh_size);
		assert_non_null(saved);
		memcpy(saved, at, sections[i].sh_size);
		for (int value = 0; value < 256; value += 5) {
			/* From the 12th byte on: the first unit's header stays in order. */
			memset(at + 12, value, sections[i].sh_size - 12);
			probe(program.data, program.len);
		}
		memcpy(at, saved, sections[i].sh_size);
		free(saved);
	}
	free(program.data);
}

static FILE *create(const struct programs *programs, const char *name)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", programs->dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	return file;
}

/* Units of version 4 without anything behind the abbreviation code of their first entry, 1. */
static void write_units(const struct programs *programs, const char *name, int count)
{
	static const unsigned char unit[] = {8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 1};
	FILE *file = create(programs, name);

	while (count-- > 0)
		assert_int_equal(fwrite(unit, sizeof(unit), 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

/* Abbreviations with the codes from 2 on, each of DW_TAG_compile_unit without attributes. */
static void write_abbreviations(const struct programs *programs, const char *name,
				unsigned int count)
{
	FILE *file = create(programs, name);

	for (unsigned int code = 2; code < count + 2; code++) {
		const unsigned char bytes[] = {0x80 | (code & 0x7f),
					       0x80 | (code >> 7 & 0x7f),
					       (unsigned char)(code >> 14),
					       0x11,
					       0,
					       0,
					       0};

		assert_int_equal(fwrite(bytes, sizeof(bytes), 1, file), 1);
	}
	assert_int_equal(fclose(file), 0);
}

/*
 * A million units, for each of which the whole table of abbreviations is to be searched: hours of
 * work. The lines are given up, the names stay.
 */
static void test_quadratic_debug_info(void **state)
{
	struct timespec from, to;
	struct rg_object *object;
	uint64_t address, size;
	struct rg_symbol symbol;

	programs_write_c(*state);
	write_units(*state, "info", 1000000);
	write_abbreviations(*state, "abbrev", 1000000);
	programs_run(*state,
		     "gcc -O2 -g src/work.c -o slow && objcopy --update-section "
		     ".debug_info=info --update-section .debug_abbrev=abbrev slow 2>objcopy.log");
	object = programs_open(*state, "slow");
	assert_true(programs_symbol(*state, "slow", "spin", &address, &size));
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	symbol = programs_symbolize(object, programs_offset(*state, "slow", address));
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	assert_true(to.tv_sec - from.tv_sec < 10);
	assert_string_equal(symbol.function, "spin");
	assert_string_equal(symbol.file, "");
	rg_object_free(object);
}

/* A file that shrinks while it is read: reads fail, nothing else does. */
static void test_file_truncated_after_opening(void **state)
{
	struct rg_object *object;
	struct rg_symbol symbol;

	programs_write_c(*state);
	programs_run(*state, "gcc -O2 -g src/work.c -o shrinks");
	object = programs_open(*state, "shrinks");
	programs_run(*state, "truncate -s 4096 shrinks");
	symbol = programs_symbolize(object, 0x1150);
	assert_true(symbol.unnamed);
	rg_object_free(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flipped_bytes),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_random_damage),
		cmocka_unit_test(test_absurd_headers),
		cmocka_unit_test(test_claims_of_many_sections),
		cmocka_unit_test(test_absurd_symbols),
		cmocka_unit_test(test_uniform_debug_info),
		cmocka_unit_test(test_quadratic_debug_info),
		cmocka_unit_test(test_file_truncated_after_opening),
	};
	const struct rlimit memory = {.rlim_cur = 2ULL << 30, .rlim_max = 2ULL << 30};

	if (!SANITIZED)
		setrlimit(RLIMIT_AS, &memory);
	alarm(ALARM_S);
	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
