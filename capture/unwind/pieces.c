/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pieces.h"

#include <stdlib.h>

#include "rg/err.h"
#include "rg/grow.h"
#include "../elf/image.h"

/* Four times as many as the largest browser has. */
enum { PIECES_MAX = 4 << 20 };

static int add_piece(struct rg_pieces *pieces, const struct rg_piece *piece)
{
	if (pieces->count == PIECES_MAX) {
		pieces->left_out++;
		return 0;
	}
	if (RG_GROW(pieces->items, pieces->cap, pieces->count))
		return RG_ENOMEM;
	pieces->items[pieces->count++] = *piece;
	return 0;
}

/* By start; of those that begin together, by place in the file. */
static int compare_pieces(const void *left, const void *right)
{
	const struct rg_piece *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->offset > b->offset) - (a->offset < b->offset);
}

/* Linkers write entries in order of address, mostly. */
static void sort_pieces(struct rg_pieces *pieces)
{
	for (size_t i = 1; i < pieces->count; i++) {
		if (compare_pieces(&pieces->items[i - 1], &pieces->items[i]) < 0)
			continue;
		qsort(pieces->items, pieces->count, sizeof(*pieces->items), compare_pieces);
		return;
	}
}

/* Makes sorted pieces disjoint. */
static void cut_overlaps(struct rg_pieces *pieces)
{
	size_t kept = 0;

	for (size_t i = 0; i < pieces->count; i++) {
		struct rg_piece *last = kept > 0 ? &pieces->items[kept - 1] : NULL;

		if (last && last->start == pieces->items[i].start) {
			pieces->left_out++;
			continue;
		}
		if (last && last->end > pieces->items[i].start)
			last->end = pieces->items[i].start;
		pieces->items[kept++] = pieces->items[i];
	}
	pieces->count = kept;
}

/* Where the code ends that an entry begins in: behind it there is nothing to unwind. */
static uint64_t clip(const struct rg_cfi *cfi, const struct rg_cfi_entry *entry)
{
	const struct rg_segment *code = rg_image_segment(cfi->image, entry->start);
	uint64_t end = code->address + code->size;

	return entry->end < end ? entry->end : end;
}

static int read_section(struct rg_pieces *pieces, struct rg_cfi *cfi)
{
	struct rg_cfi_entry entry;

	while (rg_cfi_next(cfi, &entry)) {
		const struct rg_piece piece = {.start = entry.start,
					       .end = clip(cfi, &entry),
					       .offset = entry.offset,
					       .which = (enum rg_piece_source)cfi->which};

		if (add_piece(pieces, &piece) < 0)
			return RG_ENOMEM;
	}
	sort_pieces(pieces);
	cut_overlaps(pieces);
	return 0;
}

/* Adds those of `more` that lie where `pieces` has nothing. Both are sorted and disjoint. */
static int fill_gaps(struct rg_pieces *pieces, const struct rg_pieces *more)
{
	size_t known = pieces->count, next = 0;

	for (size_t i = 0; i < more->count; i++) {
		const struct rg_piece *piece = &more->items[i];

		while (next < known && pieces->items[next].end <= piece->start)
			next++;
		if (next < known && pieces->items[next].start < piece->end)
			pieces->left_out++;
		else if (add_piece(pieces, piece) < 0)
			return RG_ENOMEM;
	}
	pieces->left_out += more->left_out;
	sort_pieces(pieces);
	return 0;
}

static int open_section(struct rg_pieces *pieces, struct rg_pieces_sources *sources,
			enum rg_cfi_section which, const struct rg_image *image)
{
	if (!rg_cfi_open(&sources->cfi[which], image, which))
		return 0;
	return read_section(pieces, &sources->cfi[which]);
}

static int read_go(struct rg_pieces *pieces, struct rg_gopclntab *go, const struct rg_image *image)
{
	struct rg_go_function function;

	if (!rg_gopclntab_open(go, image))
		return 0;
	for (uint64_t i = 0; i < go->count; i++) {
		if (!rg_gopclntab_function(go, i, &function))
			continue;
		const struct rg_piece piece = {function.start, function.end, i, RG_PIECE_GO};

		if (add_piece(pieces, &piece) < 0)
			return RG_ENOMEM;
	}
	sort_pieces(pieces);
	cut_overlaps(pieces);
	return 0;
}

int rg_pieces_load(struct rg_pieces *pieces, struct rg_pieces_sources *sources,
		   const struct rg_image *image)
{
	struct rg_pieces more = {0};
	int rc;

	*sources = (struct rg_pieces_sources){0};
	rc = open_section(pieces, sources, RG_CFI_EH_FRAME, image);
	if (rc == 0)
		rc = open_section(&more, sources, RG_CFI_DEBUG_FRAME, image);
	if (rc == 0 && more.count == 0)
		rc = read_go(&more, &sources->go, image);
	if (rc == 0)
		rc = fill_gaps(pieces, &more);
	rg_pieces_done(&more);
	return rc;
}

void rg_pieces_done(struct rg_pieces *pieces)
{
	free(pieces->items);
	*pieces = (struct rg_pieces){0};
}
