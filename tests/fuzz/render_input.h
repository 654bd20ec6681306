/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_RENDER_INPUT_H
#define FUZZ_RENDER_INPUT_H

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/text.h"
#include "rg/verdict.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * A verdict whose every text is a piece of the fuzzer's input: pieces end at a NUL. What a renderer makes of it must
 * hold for any names.
 */
enum { FUZZ_PIECES = 12, FUZZ_ROWS = 6, FUZZ_OUTPUT_MAX = 8 << 20 };

struct fuzz_render {
	char *pieces[FUZZ_PIECES];
	struct rg_row rows[FUZZ_ROWS], waits[FUZZ_ROWS];
	struct rg_commit commits[FUZZ_ROWS];
	struct rg_entry entries[FUZZ_ROWS];
	struct rg_move moves[FUZZ_ROWS];
	struct rg_issue issue;
	struct rg_loss loss;
	struct rg_verdict verdict, pinned;
};

static inline void fuzz_require(int condition)
{
	if (!condition)
		abort();
}

static inline void fuzz_split(struct fuzz_render *f, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < FUZZ_PIECES; i++) {
		const uint8_t *end = size ? memchr(data, 0, size) : NULL;
		size_t len = end ? (size_t)(end - data) : size;

		f->pieces[i] = strndup((const char *)data, len);
		fuzz_require(f->pieces[i] != NULL);
		data += end ? len + 1 : len;
		size -= end ? len + 1 : len;
	}
}

static inline const char *fuzz_piece(const struct fuzz_render *f, size_t i)
{
	return f->pieces[i % FUZZ_PIECES];
}

static inline void fuzz_fill_rows(struct fuzz_render *f)
{
	for (size_t i = 0; i < FUZZ_ROWS; i++) {
		f->rows[i] = (struct rg_row){
			.status = (enum rg_status)(i + 2 > 7 ? RG_STATUS_REGRESSED : i + 2),
			.function = fuzz_piece(f, i),
			.key = fuzz_piece(f, i),
			.module = fuzz_piece(f, i + 1),
			.file = fuzz_piece(f, i + 2),
			.pattern = fuzz_piece(f, i + 3),
			.line = (uint32_t)i,
			.in_repo = i % 2,
			.tested = true,
			.samples_base = (int64_t)(100 * (i % 3)),
			.samples_canary = 300,
			.cost_base = 0.1,
			.cost_canary = 0.3,
			.growth = 2,
			.growth_high = 3,
			.mdg = 0.2,
			.p = 0.001,
		};
		f->waits[i] = f->rows[i];
		f->waits[i].dimension = RG_DIMENSION_OFF_CPU;
		f->waits[i].status = i % 2 ? RG_STATUS_MOVED : f->rows[i].status;
		f->waits[i].wait = fuzz_piece(f, i + 9);
		f->waits[i].api = fuzz_piece(f, i + 10);
		f->commits[i] = (struct rg_commit){
			.dimension = i % 3 ? RG_DIMENSION_ON_CPU : RG_DIMENSION_OFF_CPU,
			.of = (enum rg_commit_of)(i % 3),
			.row = i,
			.id = i % 2 ? "4f1c2ab9d0e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4"
				    : fuzz_piece(f, i + 4),
			.subject = fuzz_piece(f, i + 5),
			.author = fuzz_piece(f, i + 6),
			.file = fuzz_piece(f, i + 7),
			.first_line = 1,
			.last_line = 2,
			.lines = fuzz_piece(f, i + 8),
		};
		f->entries[i] = (struct rg_entry){
			.dimension = i % 2 ? RG_DIMENSION_ON_CPU : RG_DIMENSION_OFF_CPU,
			.of = (enum rg_growth_of)(i % 3),
			.function = fuzz_piece(f, i + 9),
			.module = fuzz_piece(f, i + 10),
			.file = fuzz_piece(f, i + 11),
			.line = (uint32_t)i,
			.explains = 0.9,
		};
		f->moves[i] = (struct rg_move){
			.dimension = i % 2 ? RG_DIMENSION_ON_CPU : RG_DIMENSION_OFF_CPU,
			.row = i,
			.how = (enum rg_move_how)(i % 4),
			.function = fuzz_piece(f, i + 3),
			.module = fuzz_piece(f, i + 4),
			.change = -1,
			.explains = 0.9,
			.commit = fuzz_piece(f, i + 5),
		};
	}
}

static inline const struct rg_verdict *fuzz_begin(struct fuzz_render *f, const uint8_t *data,
						  size_t size)
{
	struct rg_verdict *v = &f->verdict;

	*f = (struct fuzz_render){0};
	fuzz_split(f, data, size);
	fuzz_fill_rows(f);
	f->issue = (struct rg_issue){.what = fuzz_piece(f, 0),
				     .base = fuzz_piece(f, 1),
				     .canary = fuzz_piece(f, 2),
				     .limit = ""};
	f->loss = (struct rg_loss){fuzz_piece(f, 3), 7};
	rg_policy_init(&v->policy);
	v->outcome = RG_OUTCOME_FAIL;
	v->basis = RG_BASIS_SECOND;
	v->reason = fuzz_piece(f, 4);
	v->advice = fuzz_piece(f, 5);
	v->scenario = fuzz_piece(f, 6);
	v->policy_from = fuzz_piece(f, 7);
	v->baseline_note = fuzz_piece(f, 11);
	v->commits_note = fuzz_piece(f, 8);
	v->base = v->canary = (struct rg_side){.version = fuzz_piece(f, 9),
					       .commit = fuzz_piece(f, 10),
					       .host = fuzz_piece(f, 11),
					       .tool = fuzz_piece(f, 0),
					       .runs = 1,
					       .samples = 1000,
					       .losses = &f->loss,
					       .loss_count = 1};
	v->rows = f->rows;
	v->row_count = FUZZ_ROWS;
	v->off_cpu.measured = v->off_cpu.judged = true;
	v->off_cpu.rows = v->off_cpu.idle = f->waits;
	v->off_cpu.row_count = FUZZ_ROWS;
	v->off_cpu.idle_count = 2;
	v->off_cpu.idle_base = 0.1;
	v->off_cpu.total.dimension = RG_DIMENSION_OFF_CPU;
	v->off_cpu.total.samples_base = v->off_cpu.total.samples_canary = 100;
	v->callers = f->rows;
	v->caller_count = 2;
	v->entries = f->entries;
	v->entry_count = FUZZ_ROWS;
	v->moves = f->moves;
	v->move_count = FUZZ_ROWS;
	v->commits = f->commits;
	v->commit_count = FUZZ_ROWS;
	v->issues = &f->issue;
	v->issue_count = 1;
	f->pinned = *v;
	v->pinned = &f->pinned;
	v->pinned_decides = size % 2;
	v->compared = size % 3;
	return v;
}

static inline void fuzz_end(struct fuzz_render *f)
{
	for (size_t i = 0; i < FUZZ_PIECES; i++)
		free(f->pieces[i]);
}

/* UTF-8 without any character that rg_text_add_safe() takes out, newlines aside. */
static inline void fuzz_require_inert(const struct rg_buf *out)
{
	struct rg_buf safe;

	fuzz_require(!out->failed && out->len > 0);
	for (size_t i = 0; i < out->len;) {
		const char *end = memchr(out->data + i, '\n', out->len - i);
		size_t len = end ? (size_t)(end - out->data) - i : out->len - i;

		rg_buf_init(&safe, FUZZ_OUTPUT_MAX);
		rg_text_add_safe(&safe, out->data + i, len);
		fuzz_require(!safe.failed && safe.len == len &&
			     (len == 0 || memcmp(safe.data, out->data + i, len) == 0));
		rg_buf_done(&safe);
		i += len + 1;
	}
	fuzz_require(!memmem(out->data, out->len, "##[", 3));
	fuzz_require(!memmem(out->data, out->len, "\n::", 3));
	fuzz_require(strncmp(out->data, "::", 2) != 0);
}

static inline size_t fuzz_count(const struct rg_buf *out, const char *text)
{
	size_t count = 0;

	for (const char *at = out->data; (at = strstr(at, text)); at++)
		count++;
	return count;
}

#endif
