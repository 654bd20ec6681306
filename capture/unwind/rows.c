/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/grow.h"
#include "rg/hash.h"
#include "../elf/gopclntab.h"
#include "../elf/image.h"
#include "cfa.h"
#include "pieces.h"
#include "rule.h"
#include "sigreturn.h"

/* A browser of 250 MB has 4 million rows; a file has hundreds of rules. */
enum { ROWS_MAX = 16 << 20, RULES_MAX = 65535 };

struct builder {
	struct rg_unwind_rows out;
	size_t row_cap, rule_cap;
	struct rg_index index; /* of rules */
	const struct rg_image *image;
	const struct rg_cfa_machine *machine;
	bool is_go;                   /* the image is a Go program for x86-64 */
	bool is_sigreturn;            /* the piece being read is: sigreturn.h */
	uint64_t changes_stack[2];    /* where those begin that do; 0: there is none */
	const struct rg_cfi_cie *cie; /* of the entry being read */
	uint64_t end;                 /* of the last row */
	struct rgw_unwind_rule last;  /* what was looked up last, */
	uint32_t last_id;             /* and what it is */
};

/* --- Rules --- */

static int rule_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_unwind_rows *rows = ctx;

	return memcmp(&rows->rules[id], key, sizeof(rows->rules[id])) == 0;
}

static int add_rule(struct builder *b, const struct rgw_unwind_rule *rule, uint64_t hash)
{
	struct rg_unwind_rows *out = &b->out;

	if (RG_GROW(out->rules, b->rule_cap, out->rule_count))
		return RG_ENOMEM;
	if (rg_index_add(&b->index, hash, (uint32_t)out->rule_count) < 0)
		return RG_ENOMEM;
	out->rules[out->rule_count++] = *rule;
	return 0;
}

static int find_rule(struct builder *b, const struct rgw_unwind_rule *rule, uint32_t *id)
{
	uint64_t hash;
	int rc = 0;

	if (memcmp(rule, &b->last, sizeof(*rule)) != 0) {
		hash = rg_hash_bytes(rule, sizeof(*rule), 0);
		b->last_id = rg_index_find(&b->index, hash, rule_equal, &b->out, rule);
		b->last = *rule;
		if (b->last_id == RG_INDEX_NONE && b->out.rule_count < RULES_MAX) {
			b->last_id = (uint32_t)b->out.rule_count;
			rc = add_rule(b, rule, hash);
		} else if (b->last_id == RG_INDEX_NONE) {
			b->last_id = RG_RULE_UNSUPPORTED;
		}
	}
	*id = b->last_id;
	return rc;
}

static int add_fixed_rules(struct builder *b)
{
	const struct rgw_unwind_rule fixed[] = {
		[RG_RULE_NONE] = {.cfa = RGW_CFA_NONE},
		[RG_RULE_UNSUPPORTED] = {.cfa = RGW_CFA_UNSUPPORTED},
	};

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (add_rule(b, &fixed[i], rg_hash_bytes(&fixed[i], sizeof(fixed[i]), 0)) < 0)
			return RG_ENOMEM;
	return 0;
}

/* --- Rows --- */

static int add_row(struct builder *b, uint64_t address, uint32_t rule)
{
	struct rg_unwind_rows *out = &b->out;

	if (RG_GROW(out->rows, b->row_cap, out->count))
		return RG_ENOMEM;
	out->rows[out->count++] = (struct rg_unwind_row){.address = address, .rule = rule};
	if (rule == RG_RULE_UNSUPPORTED)
		out->unsupported_rows++;
	return 0;
}

/* The row that ends what is covered, unless the next begins there. */
static int end_cover(struct builder *b, uint64_t next)
{
	if (b->out.count == 0 || b->end == next)
		return 0;
	return add_row(b, b->end, RG_RULE_NONE);
}

static int cover_by(struct builder *b, uint64_t start, uint64_t end,
		    const struct rgw_unwind_rule *rule)
{
	uint32_t id;

	if (find_rule(b, rule, &id) < 0 || end_cover(b, start) < 0)
		return RG_ENOMEM;
	b->end = end;
	if (b->out.count > 0 && b->out.rows[b->out.count - 1].rule == id)
		return 0;
	return add_row(b, start, id);
}

static int cover(void *ctx, uint64_t start, uint64_t end, const struct rg_cfa_state *state)
{
	struct builder *b = ctx;
	const struct rgw_unwind_rule rule = rg_rule_make(state, b->machine, b->cie);

	return cover_by(b, start, end, &rule);
}

static int cover_sigreturn(struct builder *b, uint64_t start, uint64_t end)
{
	const struct rgw_unwind_rule rule = rg_sigreturn_rule();

	/* A handler's return address less one, by which callers are looked up, is in the padding before. */
	return cover_by(b, start - (b->end < start), end, &rule);
}

static const struct rgw_unwind_rule outermost = {.cfa = RGW_CFA_END};

/*
 * The return address is pushed by the call. What Go's functions do with rbp does not matter to
 * others of Go's, and to C they are on a stack of its own.
 */
static int cover_go(void *ctx, uint64_t start, uint64_t end, int32_t depth, bool is_root)
{
	const struct rgw_unwind_rule rule = {
		.cfa = RGW_CFA_REGISTER,
		.cfa_reg = RGW_X86_RSP,
		.cfa_offset = depth + 8,
		.ra = RGW_SAVED_CFA,
		.ra_offset = -8,
	};
	struct builder *b = ctx;

	/* A row for what is covered, and one for its end. */
	if (b->out.count + 2 > ROWS_MAX || depth > INT32_MAX - 8)
		return 0;
	if (b->is_sigreturn)
		return cover_sigreturn(b, start, end);
	return cover_by(b, start, end, is_root ? &outermost : &rule);
}

static int add_go(struct builder *b, const struct rg_gopclntab *go, const struct rg_piece *piece)
{
	struct rg_go_function function;

	if (b->machine->e_machine != EM_X86_64 ||
	    !rg_gopclntab_function(go, piece->offset, &function))
		return 0;
	function.end = piece->end;
	return rg_gopclntab_depths(go, &function, cover_go, b);
}

/* An entry has at most one row for each byte of its own, one more, and one for its end. */
static bool has_room(const struct builder *b, const struct rg_cfi_entry *entry)
{
	return rg_cfi_left(&entry->own) + 3 <= ROWS_MAX - b->out.count;
}

static bool changes_stack(const struct builder *b, uint64_t start)
{
	return start != 0 && (start == b->changes_stack[0] || start == b->changes_stack[1]);
}

static int add_piece(struct builder *b, struct rg_pieces_sources *sources,
		     const struct rg_piece *piece)
{
	struct rg_cfi_entry entry;

	if (changes_stack(b, piece->start))
		return cover_by(b, piece->start, piece->end, &outermost);
	b->is_sigreturn = b->is_go && rg_sigreturn_is(b->image, piece->start, piece->end);
	if (piece->which == RG_PIECE_GO)
		return add_go(b, &sources->go, piece);
	if (!rg_cfi_at(&sources->cfi[piece->which], piece->offset, &entry) ||
	    !has_room(b, &entry)) {
		b->out.left_out++;
		return 0;
	}
	if (b->is_sigreturn)
		return cover_sigreturn(b, piece->start, piece->end);
	entry.end = piece->end;
	b->cie = entry.cie;
	return rg_cfa_run(&entry, b->machine, cover, b);
}

static int add_pieces(struct builder *b, struct rg_pieces_sources *sources,
		      const struct rg_pieces *pieces)
{
	int rc = 0;

	b->out.left_out = pieces->left_out;
	for (size_t i = 0; rc == 0 && i < pieces->count; i++)
		rc = add_piece(b, sources, &pieces->items[i]);
	return rc == 0 && b->out.count > 0 ? add_row(b, b->end, RG_RULE_NONE) : rc;
}

static const struct rg_cfa_machine *machine_of(const struct rg_image *image)
{
	GElf_Ehdr header;

	if (!gelf_getehdr(image->elf, &header) || header.e_ident[EI_CLASS] != ELFCLASS64)
		return NULL;
	return rg_cfa_machine(header.e_machine);
}

/*
 * A function calls runtime.morestack where it has too little stack or is to be preempted, and runtime.mcall where it waits.
 * Both call Go's scheduler on the thread's stack, wherever that was left the last time: above it are return addresses of
 * calls that are over. Go's own traceback does not go by them either (runtime/traceback.go).
 */
static void find_stack_changes(struct builder *b, const struct rg_image *image)
{
	static const char *const names[] = {"runtime.morestack", "runtime.mcall"};
	struct rg_gopclntab table;
	struct rg_go_function function;

	if (!rg_gopclntab_open(&table, image))
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (rg_gopclntab_find(&table, names[i], &function))
			b->changes_stack[i] = function.start;
}

static int build(struct builder *b, const struct rg_image *image)
{
	struct rg_pieces_sources sources;
	struct rg_pieces pieces = {0};
	int rc = add_fixed_rules(b);

	b->machine = machine_of(image);
	if (rc < 0 || !b->machine)
		return rc;
	b->image = image;
	b->is_go = b->machine->e_machine == EM_X86_64 && rg_gopclntab_has(image);
	if (b->is_go)
		find_stack_changes(b, image);
	rc = rg_pieces_load(&pieces, &sources, image);
	if (rc == 0)
		rc = add_pieces(b, &sources, &pieces);
	rg_pieces_done(&pieces);
	return rc;
}

int rg_unwind_rows_load(struct rg_unwind_rows *out, const struct rg_image *image)
{
	struct builder builder = {0};
	int rc = build(&builder, image);

	rg_index_done(&builder.index);
	if (rc < 0)
		rg_unwind_rows_done(&builder.out);
	else
		*out = builder.out;
	return rc;
}

void rg_unwind_rows_done(struct rg_unwind_rows *rows)
{
	free(rows->rows);
	free(rows->rules);
	*rows = (struct rg_unwind_rows){0};
}
