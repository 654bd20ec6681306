/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_UNWIND_WALK_MADE_H
#define TESTS_UNIT_UNWIND_WALK_MADE_H

/* Walks by rules and over stacks made here. */
#include "made.h"
#include "spaces.h"

enum {
	CODE = 0x400000, /* code with a table */
	DARK = 0x500000, /* code without */
	CODE_SPAN = 0x1000,
	STACK = 0x7fff0000,
	STACK_WORDS = 1024,
	WORD = 8,
};

/* Places in DARK behind which a return address may point, or may not. */
enum {
	AFTER_CALL = DARK + 0x100,
	AFTER_OTHER = DARK + 0x200,
};

struct place {
	uint64_t words[STACK_WORDS];
	bool arm64;
};

static inline int read_place(void *ctx, void *to, size_t size, uint64_t address)
{
	static const uint8_t x86_call[8] = {0x90, 0x90, 0x90, 0xe8, 0, 0, 0, 0};
	static const uint8_t arm_call[4] = {0, 0, 0, 0x94};
	const struct place *p = ctx;
	const uint64_t end = address + size;

	if (address >= STACK && end <= STACK + sizeof(p->words)) {
		memcpy(to, (const uint8_t *)p->words + (address - STACK), size);
		return 0;
	}
	if (address < DARK || end > DARK + CODE_SPAN)
		return -1;
	memset(to, 0, size);
	if (end == AFTER_CALL && p->arm64)
		memcpy(to, arm_call, sizeof(arm_call));
	else if (end == AFTER_CALL)
		memcpy(to, x86_call, sizeof(x86_call));
	return 0;
}

/* One rule for all of CODE; the stack is `words` from STACK on. */
struct walk_case {
	const char *what;
	struct rgw_unwind_rule rule;
	struct rg_walk_registers registers;
	uint64_t words[8];
	uint64_t at[4]; /* expected, the rest 0 */
	uint8_t end;
};

static inline void walk_place(struct place *p, const struct rgw_unwind_rule *rule,
			      const struct rg_walk_registers *registers, struct rgw_frames *frames)
{
	struct made *made = made_new();
	struct rg_tables *tables = rg_tables_new(&made->arrays);
	struct rg_spaces *spaces = rg_spaces_new(&made->arrays);
	const struct rg_walker walker = {&made->arrays, tables, read_place, p};
	struct rgw_unwind_rule rules[] = {{0}, {.cfa = RGW_CFA_UNSUPPORTED}, *rule};
	struct rg_unwind_row row[] = {{CODE, 2}, {CODE + CODE_SPAN - 16, RG_RULE_NONE}};
	const struct rg_unwind_rows rows = {
		.rows = row, .count = 2, .rules = rules, .rule_count = 3};
	struct rgw_range ranges[] = {{.start = CODE, .end = CODE + CODE_SPAN},
				     {.start = DARK, .end = DARK + CODE_SPAN}};
	struct rg_space_list *list;

	assert_int_equal(rg_tables_add(tables, &rows, &ranges[0].table), 0);
	assert_int_not_equal(ranges[0].table, RGW_TABLE_NONE);
	assert_int_equal(rg_spaces_list(spaces, ranges, 2, &list), 0);
	(p->arm64 ? rg_walk_arm64 : rg_walk)(&walker, rg_space_list_space(list), registers, frames);
	rg_space_list_drop(spaces, list);
	rg_spaces_free(spaces);
	rg_tables_free(tables);
	made_free(made);
}

static inline size_t run_cases(const struct walk_case *cases, size_t count, bool arm64)
{
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++) {
		const struct walk_case *c = &cases[i];
		struct place place = {.arm64 = arm64};
		struct rgw_frames frames;
		uint16_t depth = 0;
		bool same;

		memcpy(place.words, c->words, sizeof(c->words));
		walk_place(&place, &c->rule, &c->registers, &frames);
		while (depth < 4 && c->at[depth])
			depth++;
		same = frames.end == c->end && frames.depth == depth &&
		       memcmp(frames.at, c->at, depth * sizeof(frames.at[0])) == 0;
		if (same)
			continue;
		wrong++;
		print_error("%s: end %d depth %d at %llx %llx\n", c->what, frames.end, frames.depth,
			    frames.at[0], frames.at[1]);
	}
	return wrong;
}

#endif
