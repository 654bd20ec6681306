/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/err.h"
#include "rg/formats.h"

#include "folded.h"
#include "sort.h"
#include "text_format.h"

enum { TEXT_MAX = 1 << 30 };

/* A line per stack, some of which may turn out to have the same text. */
struct folded_writer {
	const struct rg_profile *profile;
	enum rg_value value;
	struct rg_arena *arena;
	struct rg_buf text; /* the stacks' texts, NUL-terminated */
	size_t count;
	const char **line; /* into text, once that is complete */
	int64_t *sum;      /* by stack */
	uint32_t *order, *scratch;
};

static bool is_control(char byte)
{
	return (unsigned char)byte < ' ' || byte == 0x7f;
}

static bool has_mark(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strncmp(name + len - 4, "_[", 2) == 0 && strchr("ijk", name[len - 2]) &&
	       name[len - 1] == ']';
}

/* What looks like a mark of ours but is the end of a name loses that look. */
static void add_name(struct rg_buf *text, const char *name, bool kernel)
{
	bool forged = !kernel && has_mark(name);

	for (; *name; name++) {
		if (*name == ';')
			rg_buf_addc(text, ':');
		else if (is_control(*name))
			rg_buf_addc(text, '?');
		else
			rg_buf_addc(text, *name);
	}
	if (forged && !text->failed)
		text->data[text->len - 1] = '?';
	if (kernel)
		rg_buf_adds(text, RG_FOLDED_KERNEL);
}

static void add_stack(struct folded_writer *w, const struct rg_stack *stack)
{
	size_t count;
	const struct rg_frame *frames = rg_profile_frames(w->profile, &count);
	const struct rg_module *modules = rg_profile_modules(w->profile, &count);

	for (uint32_t i = stack->depth; i > 0; i--) {
		const struct rg_frame *frame = &frames[stack->frames[i - 1]];

		if (i < stack->depth)
			rg_buf_addc(&w->text, ';');
		add_name(&w->text, frame->function,
			 strcmp(modules[frame->module].name, RG_KERNEL_MODULE) == 0);
	}
	rg_buf_add(&w->text, "", 1);
}

static bool allocate(struct folded_writer *w)
{
	w->line = rg_arena_array(w->arena, w->count + 1, sizeof(*w->line));
	w->sum = rg_arena_array(w->arena, w->count + 1, sizeof(*w->sum));
	w->order = rg_arena_array(w->arena, w->count + 1, sizeof(*w->order));
	w->scratch = rg_arena_array(w->arena, w->count + 1, sizeof(*w->scratch));
	return w->line && w->sum && w->order && w->scratch;
}

static int compare_lines(const void *ctx, uint32_t a, uint32_t b)
{
	const struct folded_writer *w = ctx;

	return strcmp(w->line[a], w->line[b]);
}

/* Sums the samples by stack and sorts the stacks by their text. */
static void gather(struct folded_writer *w, const struct rg_stack *stacks)
{
	size_t samples;
	const struct rg_sample *sample = rg_profile_samples(w->profile, &samples);
	const char *at;

	for (size_t i = 0; i < samples; i++)
		w->sum[sample[i].stack] += sample[i].value[w->value]; /* the total fits */
	for (size_t i = 0; i < w->count; i++)
		add_stack(w, &stacks[i]);
	at = w->text.data;
	for (size_t i = 0; i < w->count && !w->text.failed; i++) {
		w->line[i] = at;
		w->order[i] = (uint32_t)i;
		at += strlen(at) + 1;
	}
	if (!w->text.failed)
		rg_sort_ids(w->order, w->scratch, w->count, compare_lines, w);
}

static void put_lines(const struct folded_writer *w, struct rg_buf *out)
{
	int64_t sum = 0;

	for (size_t i = 0; i < w->count; i++) {
		uint32_t id = w->order[i];
		bool last = i + 1 == w->count || compare_lines(w, id, w->order[i + 1]) != 0;

		sum += w->sum[id];
		if (!last)
			continue;
		if (sum > 0) {
			rg_buf_adds(out, w->line[id]);
			rg_buf_addf(out, " %" PRId64 "\n", sum);
		}
		sum = 0;
	}
}

static int failure(int failed, size_t max, struct rg_err *err)
{
	if (failed == RG_ELIMIT)
		return rg_err_set(err, RG_ELIMIT, RG_FOLDED_NAME ": write: more than %zu bytes",
				  max);
	return failed ? rg_err_nomem(err, RG_FOLDED_NAME) : 0;
}

static int write_with(struct folded_writer *w, struct rg_buf *out, struct rg_err *err)
{
	const struct rg_stack *stacks = rg_profile_stacks(w->profile, &w->count);
	size_t before = out->len;
	int rc;

	if (!allocate(w))
		return rg_err_nomem(err, RG_FOLDED_NAME);
	gather(w, stacks);
	rc = failure(w->text.failed, w->text.max, err);
	if (rc != 0)
		return rc;
	put_lines(w, out);
	rc = failure(out->failed, out->max, err);
	if (rc != 0)
		rg_buf_cut(out, before);
	return rc;
}

int rg_folded_write(const struct rg_profile *profile, enum rg_value value, struct rg_buf *out,
		    struct rg_err *err)
{
	struct folded_writer w = {.profile = profile, .value = value};
	int rc;

	if (!rg_profile_has(profile, value))
		return rg_err_set(err, RG_EFORMAT,
				  RG_FOLDED_NAME ": write: the profile did not measure this");
	w.arena = rg_arena_new(0);
	if (!w.arena)
		return rg_err_nomem(err, RG_FOLDED_NAME);
	rg_buf_init(&w.text, TEXT_MAX);
	rc = write_with(&w, out, err);
	rg_buf_done(&w.text);
	rg_arena_free(w.arena);
	return rc;
}
