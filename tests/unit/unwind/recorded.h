/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_UNWIND_RECORDED_H
#define TESTS_UNIT_UNWIND_RECORDED_H

/* Reads what recorder/recorder.c writes, walks it with the tables of the files it names, and compares the chains. */

#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>

#include "../elf/object.h"
#include "../elf/image.h"
#include "made.h"
#include "rg/err.h"
#include "spaces.h"

enum {
	RECORDED_MAPS = 32,
	RECORDED_TEXT = 16384,
};

struct recorded_map {
	struct rgw_range range;
	uint64_t offset;
	struct rg_object *object; /* NULL: not a file */
};

struct recorded {
	char chain[RECORDED_TEXT];
	bool arm64;
	struct rg_walk_registers registers;
	struct recorded_map maps[RECORDED_MAPS];
	size_t map_count;
	/* Runs of memory, 32 bytes each. */
	struct recorded_line {
		uint64_t address;
		uint8_t bytes[32];
	} * lines;
	size_t line_count;
	const char *folder; /* that relative paths are in */
};

/* --- Reading --- */

static inline void recorded_register(struct recorded *r, const char *name, uint64_t value)
{
	/* By DWARF number; NULL: kept elsewhere. */
	static const char *const general[16] = {"rax", "rdx", "rcx", NULL, "rsi", "rdi",
						NULL,  NULL,  "r8",  "r9", "r10", "r11",
						"r12", "r13", "r14", "r15"};

	if (strcmp(name, "pc") == 0)
		r->registers.pc = value;
	else if (strcmp(name, "sp") == 0)
		r->registers.sp = value;
	else if (strcmp(name, "rbp") == 0 || strcmp(name, "x29") == 0)
		r->registers.fp = value;
	else if (strcmp(name, "rbx") == 0 || strcmp(name, "x30") == 0)
		r->registers.kept = value;
	for (int i = 0; i < 16; i++)
		if (general[i] && strcmp(name, general[i]) == 0)
			r->registers.general[i] = value;
}

static inline void recorded_map(struct recorded *r, const char *text)
{
	struct recorded_map *m = &r->maps[r->map_count];
	char path[1024] = "", full[2048];
	struct rg_err err;
	int fd;

	assert_true(r->map_count < RECORDED_MAPS);
	memset(m, 0, sizeof(*m));
	assert_true(sscanf(text, "%llx %llx %" SCNx64 " %1023s", &m->range.start, &m->range.end,
			   &m->offset, path) >= 3);
	if (!path[0] || path[0] == '[')
		return;
	snprintf(full, sizeof(full), "%s%s%s", path[0] == '/' ? "" : r->folder,
		 path[0] == '/' ? "" : "/", path);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail_msg("%s cannot be opened", full);
	assert_int_equal(rg_object_open(fd, full, &m->object, &err), 0);
	r->map_count++;
}

static inline void recorded_memory(struct recorded *r, const char *text)
{
	struct recorded_line *line;
	int at = 0;

	r->lines = realloc(r->lines, (r->line_count + 1) * sizeof(*r->lines));
	assert_non_null(r->lines);
	line = &r->lines[r->line_count++];
	assert_int_equal(sscanf(text, "%" SCNx64 " %n", &line->address, &at), 1);
	for (size_t i = 0; i < sizeof(line->bytes); i++)
		assert_int_equal(sscanf(text + at + 2 * i, "%2" SCNx8, &line->bytes[i]), 1);
}

static inline void recorded_line(struct recorded *r, const char *text)
{
	char name[16];
	uint64_t value;

	if (strncmp(text, "machine ", 8) == 0)
		r->arm64 = strcmp(text + 8, "aarch64") == 0;
	else if (strncmp(text, "chain ", 6) == 0)
		snprintf(r->chain, sizeof(r->chain), "%s", text + 6);
	else if (sscanf(text, "register %15s %" SCNx64, name, &value) == 2)
		recorded_register(r, name, value);
	else if (strncmp(text, "map ", 4) == 0)
		recorded_map(r, text + 4);
	else if (strncmp(text, "memory ", 7) == 0)
		recorded_memory(r, text + 7);
	else
		fail_msg("unknown: %s", text);
}

static inline struct recorded *recorded_load(const char *path, const char *folder)
{
	struct recorded *r = calloc(1, sizeof(*r));
	char text[RECORDED_TEXT];
	FILE *file = fopen(path, "re");

	assert_non_null(r);
	if (!file)
		fail_msg("%s cannot be opened", path);
	r->folder = folder;
	while (fgets(text, sizeof(text), file)) {
		text[strcspn(text, "\n")] = '\0';
		recorded_line(r, text);
	}
	fclose(file);
	assert_true(r->chain[0] && r->registers.pc && r->line_count > 0 && r->map_count > 0);
	return r;
}

static inline void recorded_free(struct recorded *r)
{
	for (size_t i = 0; i < r->map_count; i++)
		rg_object_free(r->maps[i].object);
	free(r->lines);
	free(r);
}

/* --- Walking --- */

static inline int recorded_byte(const struct recorded *r, uint64_t address, uint8_t *to)
{
	for (size_t i = 0; i < r->line_count; i++)
		if (address - r->lines[i].address < sizeof(r->lines[i].bytes)) {
			*to = r->lines[i].bytes[address - r->lines[i].address];
			return 0;
		}
	return -1;
}

static inline int recorded_read(void *ctx, void *to, size_t size, uint64_t address)
{
	for (size_t i = 0; i < size; i++)
		if (recorded_byte(ctx, address + i, (uint8_t *)to + i))
			return -1;
	return 0;
}

static inline void recorded_table(struct recorded_map *m, struct rg_tables *tables)
{
	const struct rg_image *image = rg_object_image(m->object);
	struct rg_unwind_rows rows;
	uint64_t address;

	assert_non_null(image);
	assert_int_equal(rg_unwind_rows_load(&rows, image), 0);
	assert_int_equal(rg_tables_add(tables, &rows, &m->range.table), 0);
	assert_int_not_equal(m->range.table, RGW_TABLE_NONE);
	rg_unwind_rows_done(&rows);
	assert_true(rg_image_address(image, m->offset, &address));
	m->range.delta = (uint32_t)(address - rg_tables_base(tables, m->range.table));
}

static inline void recorded_walk(struct recorded *r, struct rgw_frames *frames)
{
	struct made *made = made_new();
	struct rg_tables *tables = rg_tables_new(&made->arrays);
	struct rg_spaces *spaces = rg_spaces_new(&made->arrays);
	const struct rg_walker walker = {&made->arrays, tables, recorded_read, r};
	struct rgw_range ranges[RECORDED_MAPS];
	struct rg_space_list *list;

	for (size_t i = 0; i < r->map_count; i++) {
		recorded_table(&r->maps[i], tables);
		ranges[i] = r->maps[i].range;
	}
	assert_int_equal(rg_spaces_list(spaces, ranges, r->map_count, &list), 0);
	(r->arm64 ? rg_walk_arm64 : rg_walk)(&walker, rg_space_list_space(list), &r->registers,
					     frames);
	rg_space_list_drop(spaces, list);
	rg_spaces_free(spaces);
	rg_tables_free(tables);
	made_free(made);
}

/* --- Comparing --- */

static inline const char *recorded_name(struct recorded *r, uint64_t address)
{
	struct rg_symbol symbol;
	struct rg_err err;

	for (size_t i = 0; i < r->map_count; i++) {
		const struct recorded_map *m = &r->maps[i];

		if (address < m->range.start || address >= m->range.end)
			continue;
		assert_int_equal(rg_object_symbolize(m->object,
						     address - m->range.start + m->offset, &symbol,
						     &err),
				 0);
		return symbol.function;
	}
	return "nowhere";
}

/* Whether names from `at` on are those of the chain; "*" stands for one or more. */
static inline bool recorded_matches(const char *chain, char *const *names, size_t count)
{
	size_t len = strcspn(chain, " ");
	const char *rest = chain + len + (chain[len] == ' ');

	if (len == 0 || count == 0)
		return len == 0 && count == 0;
	if (len != 1 || chain[0] != '*')
		return strlen(names[0]) == len && strncmp(names[0], chain, len) == 0 &&
		       recorded_matches(rest, names + 1, count - 1);
	for (size_t skipped = 1; skipped < count; skipped++)
		if (recorded_matches(rest, names + skipped, count - skipped))
			return true;
	return false;
}

/* Walks the stack in the file; says what differs, and returns whether nothing does. */
static inline bool recorded_check(const char *path, const char *folder)
{
	struct recorded *r = recorded_load(path, folder);
	struct rgw_frames frames;
	char *names[RGW_USER_DEPTH];
	bool same;

	recorded_walk(r, &frames);
	for (size_t i = 0; i < frames.depth; i++) {
		names[i] = strdup(recorded_name(r, frames.at[i]));
		assert_non_null(names[i]);
	}
	same = frames.end == RGW_END_ROOT && recorded_matches(r->chain, names, frames.depth);
	if (!same) {
		print_error("%s: expected %s\n  found (end %d)", path, r->chain, frames.end);
		for (size_t i = 0; i < frames.depth; i++)
			print_error(" %s", names[i]);
		print_error("\n");
	}
	for (size_t i = 0; i < frames.depth; i++)
		free(names[i]);
	recorded_free(r);
	return same;
}

#endif
