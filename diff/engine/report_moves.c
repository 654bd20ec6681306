/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where what moved came from, for the reader. */
#include "moved.h"
#include "report.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <string.h>

struct telling {
	const struct rg_row_source *source;
	struct rg_move *move;
	size_t count;
	const struct rg_label *label; /* rows of the alignment, where code came from */
	struct rg_arena *arena;
};

/* By the name it had when the code was there. */
static struct rg_function name_of(const struct telling *telling, uint32_t row)
{
	const struct rg_alignment *alignment = telling->source->alignment;
	const struct rg_label *label = &telling->label[row];
	const struct rg_function *former =
		alignment->renamed_from ? alignment->renamed_from[row] : NULL;

	if (former)
		return *former;
	if (label->function[0] == '\0')
		return alignment->function[row];
	return (struct rg_function){label->function, label->module};
}

static int tell(struct telling *telling, size_t row, const struct rg_moved *moved,
		const struct rg_moved_from *from, struct rg_err *err)
{
	const struct rg_function name =
		from->row == RG_FUNCTION_NONE ? *from->function : name_of(telling, from->row);
	struct rg_move move = {
		.dimension = telling->source->dimension,
		.row = row,
		.how = from->how,
		.function = rg_arena_strdup(telling->arena, name.key),
		.module = rg_arena_strdup(telling->arena, name.module),
		.change = from->change,
		.explains = from->explains,
		.together = rg_growth_of_log(moved->together.estimate.log_growth),
		.commit =
			rg_arena_strdup(telling->arena, from->kinship ? from->kinship->commit : ""),
	};

	if (!move.function || !move.module || !move.commit)
		return rg_err_nomem(err, "diff");
	telling->move[telling->count++] = move;
	return 0;
}

static int tell_all(struct telling *telling, const struct rg_row_set *rows, struct rg_err *err)
{
	int code = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const struct rg_moved *moved = rows->finding[i]->moved;

		for (size_t k = 0; moved && code == 0 && k < moved->count; k++) {
			if (k < RG_VERDICT_MAX_MOVES_OF && telling->count < RG_VERDICT_MAX_MOVES)
				code = tell(telling, i, moved, &moved->from[k], err);
		}
	}
	return code;
}

int rg_report_moves(struct rg_verdict *verdict, const struct rg_row_source *source,
		    const struct rg_row_set *rows, struct rg_arena *scratch, struct rg_err *err)
{
	size_t all = source->alignment->table.rows;
	struct telling telling = {
		.source = source,
		.move = rg_arena_array(verdict->arena, RG_VERDICT_MAX_MOVES,
				       sizeof(struct rg_move)),
		.count = verdict->move_count,
		.arena = verdict->arena,
	};
	bool *wanted = rg_arena_array(scratch, all + 1, sizeof(*wanted));
	struct rg_label *label = rg_arena_array(scratch, all + 1, sizeof(*label));

	if (!telling.move || !wanted || !label)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < rows->count; i++) {
		const struct rg_moved *moved = rows->finding[i]->moved;

		for (size_t k = 0; moved && k < moved->count; k++) {
			if (moved->from[k].row != RG_FUNCTION_NONE)
				wanted[moved->from[k].row] = true;
		}
	}
	telling.label = label;
	if (telling.count > 0)
		memcpy(telling.move, verdict->moves, telling.count * sizeof(*telling.move));
	int code = rg_label_rows(source->alignment, wanted, label, scratch, err);

	if (!code)
		code = tell_all(&telling, rows, err);
	verdict->moves = telling.move;
	verdict->move_count = telling.count;
	return code;
}
