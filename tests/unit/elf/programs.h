/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_ELF_PROGRAMS_H
#define TESTS_UNIT_ELF_PROGRAMS_H

/*
 * Real programs for the tests of symbols, made by the machine's compilers in a folder of their own.
 */

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rg/err.h"
#include "../../../capture/elf/image.h"
#include "../../../capture/elf/object.h"

struct programs {
	char dir[64];
};

/* Group set-up and tear-down; *state is the struct. */
__attribute__((unused)) static int programs_setup(void **state)
{
	struct programs *programs = calloc(1, sizeof(*programs));

	if (!programs)
		return -1;
	strcpy(programs->dir, "/tmp/rg-programs-XXXXXX");
	*state = programs;
	return mkdtemp(programs->dir) ? 0 : -1;
}

__attribute__((unused)) static int programs_teardown(void **state)
{
	struct programs *programs = *state;
	char command[128];
	int status;

	snprintf(command, sizeof(command), "rm -rf '%s'", programs->dir);
	status = system(command);
	free(programs);
	return status;
}

/* Runs a shell command in the folder; true when it succeeds. */
__attribute__((unused, format(printf, 2, 3))) static bool
programs_try(const struct programs *programs, const char *fmt, ...)
{
	char command[2048], full[2400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	snprintf(full, sizeof(full), "unset MAKEFLAGS MFLAGS; cd '%s' && { %s; }", programs->dir,
		 command);
	return system(full) == 0;
}

/* Whether the options ask for a linker that this machine lacks; says so. */
__attribute__((unused)) static bool programs_lacks_linker(const struct programs *programs,
							  const char *options)
{
	if (!strstr(options, "=gold") || programs_try(programs, "ld.gold --version >version"))
		return false;
	print_message("skipped: no ld.gold\n");
	return true;
}

#define programs_run(...) assert_true(programs_try(__VA_ARGS__))

__attribute__((unused)) static void programs_write(const struct programs *programs,
						   const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", programs->dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

__attribute__((unused)) static int programs_fd(const struct programs *programs, const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", programs->dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

__attribute__((unused)) static struct rg_object *programs_open(const struct programs *programs,
							       const char *name)
{
	struct rg_object *object = NULL;
	struct rg_err err = {0};

	assert_int_equal(rg_object_open(programs_fd(programs, name), name, &object, &err), 0);
	return object;
}

/* A symbol's address and size as nm(1) has them; the name is as in the file, mangled. */
__attribute__((unused)) static bool programs_symbol(const struct programs *programs,
						    const char *name, const char *pattern,
						    uint64_t *address, uint64_t *size)
{
	char command[512];
	FILE *nm;
	int found;

	snprintf(command, sizeof(command),
		 "nm -S '%s/%s' | grep -E ' [tTwWi] %s$' | head -1 | cut -d' ' -f1,2",
		 programs->dir, name, pattern);
	nm = popen(command, "r");
	assert_non_null(nm);
	found = fscanf(nm, "%" SCNx64 " %" SCNx64, address, size);
	pclose(nm);
	return found == 2;
}

/* The offset in the file of an address. */
__attribute__((unused)) static uint64_t programs_offset(const struct programs *programs,
							const char *name, uint64_t address)
{
	const struct rg_segment *segment;
	struct rg_image image;
	uint64_t offset;

	assert_int_equal(rg_image_open_fd(&image, programs_fd(programs, name)), 0);
	segment = rg_image_segment(&image, address);
	assert_non_null(segment);
	offset = address - segment->address + segment->offset;
	rg_image_done(&image);
	return offset;
}

__attribute__((unused)) static struct rg_symbol programs_symbolize(struct rg_object *object,
								   uint64_t offset)
{
	struct rg_symbol symbol = {0};
	struct rg_err err = {0};

	assert_int_equal(rg_object_symbolize(object, offset, &symbol, &err), 0);
	assert_non_null(symbol.function);
	assert_non_null(symbol.file);
	assert_true(symbol.function[0] != '\0');
	return symbol;
}

/*
 * Two files: mix() from the header is inlined into spin(), step() from the same file into drive().
 */
__attribute__((unused)) static void programs_write_c(const struct programs *programs)
{
	programs_run(programs, "mkdir -p src/deep");
	programs_write(programs, "src/deep/mix.h",
		       "static inline __attribute__((always_inline)) unsigned mix(unsigned value)\n"
		       "{\n"
		       "	for (int i = 0; i < 8; i++)\n"
		       "		value = value * 1664525u + 1013904223u;\n"
		       "	return value;\n"
		       "}\n");
	programs_write(
		programs, "src/work.c",
		"#include \"deep/mix.h\"\n"
		"static volatile unsigned sink;\n"
		"__attribute__((noinline)) void spin(unsigned rounds)\n"
		"{\n"
		"	for (unsigned i = 0; i < rounds; i++)\n"
		"		sink += mix(i);\n"
		"}\n"
		"\n"
		"static inline __attribute__((always_inline)) unsigned step(unsigned value)\n"
		"{\n"
		"	return value % 7 * sink;\n"
		"}\n"
		"\n"
		"__attribute__((noinline)) static unsigned drive(unsigned rounds)\n"
		"{\n"
		"	unsigned sum = 0;\n"
		"\n"
		"	while (rounds--)\n"
		"		sum += step(rounds);\n"
		"	return sum;\n"
		"}\n"
		"\n"
		"int main(int argc, char **argv)\n"
		"{\n"
		"	(void)argv;\n"
		"	spin((unsigned)argc * 10);\n"
		"	return (int)drive((unsigned)argc) > 100;\n"
		"}\n");
}

#endif
