/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where what fails came in, for the reader. */
#include "callers.h"
#include "report.h"

#include "rg/arena.h"
#include "rg/err.h"

/* That many failing rows of each kind are explained: beyond it nobody reads on. */
enum { EXPLAINED_MAX = 10 };

struct explaining {
	const struct rg_callers *callers;
	const struct rg_growth *growth;
	enum rg_dimension dimension;
	struct rg_entry *entry;
	size_t count, room;
	const struct rg_label *label; /* rows of the callers */
	struct rg_arena *arena;
};

static int add_entry(struct explaining *explaining, enum rg_growth_of of, size_t row,
		     const struct rg_growth_place *place, struct rg_err *err)
{
	const struct rg_label *label = &explaining->label[place->row];
	const struct rg_function *function = &explaining->callers->alignment.function[place->row];
	/* Functions that only wait have no samples to be labelled by. */
	bool labelled = label->function[0] != '\0';
	const struct rg_frame *frame = NULL;
	int code = explaining->growth->off_cpu
			   ? rg_growth_frame(explaining->growth, place->row, &frame, err)
			   : 0;

	if (code)
		return code;
	struct rg_entry entry = {
		.dimension = explaining->dimension,
		.of = of,
		.row = row,
		.function = rg_arena_strdup(explaining->arena,
					    labelled ? label->function : function->key),
		.module = rg_arena_strdup(explaining->arena,
					  labelled ? label->module : function->module),
		.file = rg_arena_strdup(explaining->arena, frame ? frame->file : label->file),
		.line = frame ? frame->line : label->line,
		.explains = place->explains,
	};

	if (!entry.function || !entry.module || !entry.file)
		return rg_err_nomem(err, "diff");
	explaining->entry[explaining->count++] = entry;
	return 0;
}

/* A caller is not explained by itself. */
static int explain(struct explaining *explaining, enum rg_growth_of of, size_t row,
		   const struct rg_growth_part *part, uint32_t leaf_row, struct rg_err *err)
{
	struct rg_growth_place place[RG_GROWTH_PLACES];
	size_t places;
	int code = rg_growth_find(explaining->growth, part, leaf_row, place, &places, err);

	for (size_t i = 0; code == 0 && i < places && explaining->count < explaining->room; i++) {
		if (place[i].row != part->caller)
			code = add_entry(explaining, of, row, &place[i], err);
	}
	return code;
}

static const struct rg_growth_part everything = {.leaf = RG_FUNCTION_NONE,
						 .caller = RG_FUNCTION_NONE};

static int explain_rows(struct explaining *explaining, const struct rg_row_set *set,
			struct rg_err *err)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < set->count && i < EXPLAINED_MAX; i++) {
		struct rg_growth_part part = everything;
		uint32_t row = set->finding[i]->row;

		if (!rg_finding_fails(set->finding[i]))
			continue;
		part.leaf = row;
		code = explain(explaining, RG_GROWTH_OF_ROW, i, &part,
			       rg_function_row(explaining->growth->callers,
					       &explaining->growth->self->function[row]),
			       err);
	}
	return code;
}

static int explain_callers(struct explaining *explaining, const struct rg_row_set *set,
			   struct rg_err *err)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < set->count; i++) {
		struct rg_growth_part part = everything;

		if (!rg_finding_fails(set->finding[i]))
			continue;
		part.caller = set->finding[i]->row;
		code = explain(explaining, RG_GROWTH_OF_CALLER, i, &part, RG_FUNCTION_NONE, err);
	}
	return code;
}

static int label_all(const struct rg_alignment *alignment, struct rg_label **out,
		     struct rg_arena *scratch, struct rg_err *err)
{
	size_t rows = alignment->table.rows;
	bool *wanted = rg_arena_array(scratch, rows + 1, sizeof(*wanted));

	*out = rg_arena_array(scratch, rows + 1, sizeof(**out));
	if (!wanted || !*out)
		return rg_err_nomem(err, "diff");
	for (size_t row = 0; row < rows; row++)
		wanted[row] = true;
	return rg_label_rows(alignment, wanted, *out, scratch, err);
}

int rg_report_entries(struct rg_verdict *verdict, const struct rg_callers *callers,
		      const struct rg_entry_source *source, struct rg_arena *scratch,
		      struct rg_err *err)
{
	struct explaining explaining = {
		.callers = callers,
		.growth = source->growth,
		.dimension = source->dimension,
		.room = verdict->entry_count + RG_GROWTH_PLACES * (2 * (size_t)EXPLAINED_MAX + 1),
		.count = verdict->entry_count,
		.arena = verdict->arena,
	};
	struct rg_label *label;
	int code = label_all(&callers->alignment, &label, scratch, err);

	if (code)
		return code;
	explaining.label = label;
	explaining.entry =
		rg_arena_array(verdict->arena, explaining.room, sizeof(*explaining.entry));
	if (!explaining.entry)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < verdict->entry_count; i++)
		explaining.entry[i] = verdict->entries[i];
	code = explain_rows(&explaining, source->rows, err);
	if (!code && source->callers)
		code = explain_callers(&explaining, source->callers, err);
	if (!code && rg_finding_fails(source->total))
		code = explain(&explaining, RG_GROWTH_OF_TOTAL, 0, &everything, RG_FUNCTION_NONE,
			       err);
	verdict->entries = explaining.entry;
	verdict->entry_count = explaining.count;
	return code;
}
