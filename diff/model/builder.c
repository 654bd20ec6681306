/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/grow.h"
#include "rg/intern.h"

#include "builder.h"
#include "comment.h"

struct rg_profile_builder *rg_profile_builder_new(void)
{
	return calloc(1, sizeof(struct rg_profile_builder));
}

static void builder_clear(struct rg_profile_builder *builder)
{
	rg_intern_free(builder->texts);
	rg_arena_free(builder->arena);
	free(builder->modules);
	free(builder->frames);
	free(builder->stacks);
	free(builder->samples);
	free(builder->slices);
	free(builder->facts);
	free(builder->pool);
	rg_index_done(&builder->module_index);
	rg_index_done(&builder->frame_index);
	rg_index_done(&builder->stack_index);
	*builder = (struct rg_profile_builder){0};
}

void rg_profile_builder_free(struct rg_profile_builder *builder)
{
	if (!builder)
		return;
	builder_clear(builder);
	free(builder);
}

static int builder_ready(struct rg_profile_builder *builder, struct rg_err *err)
{
	if (!builder->arena)
		builder->arena = rg_arena_new(0);
	if (builder->arena && !builder->texts)
		builder->texts = rg_intern_new(builder->arena);
	if (!builder->texts)
		return rg_err_nomem(err, "profile");
	return 0;
}

int rg_builder_text(struct rg_profile_builder *builder, const char *text, const char *what,
		    uint32_t *id, struct rg_err *err)
{
	size_t len = strnlen(text, RG_PROFILE_MAX_TEXT + 1);
	uint32_t before;
	int rc;

	if (len > RG_PROFILE_MAX_TEXT)
		return rg_err_set(err, RG_ELIMIT, "profile: add %s: longer than %d bytes", what,
				  RG_PROFILE_MAX_TEXT);
	if (len > RG_BUILDER_MAX_TEXTS - builder->text_bytes)
		return rg_err_set(err, RG_ELIMIT,
				  "profile: add %s: more than %d bytes of distinct text", what,
				  RG_BUILDER_MAX_TEXTS);
	rc = builder_ready(builder, err);
	if (rc != 0)
		return rc;
	before = rg_intern_count(builder->texts);
	rc = rg_intern_add(builder->texts, text, len, id);
	if (rc == RG_ENOMEM)
		return rg_err_nomem(err, "profile");
	if (rc != 0)
		return rg_err_set(err, rc, "profile: add %s: too many distinct texts", what);
	if (rg_intern_count(builder->texts) > before)
		builder->text_bytes += len;
	return 0;
}

/* Adds to the totals; all values or none. */
static int add_totals(struct rg_profile_builder *builder, const struct rg_sample *sample,
		      struct rg_err *err)
{
	int64_t total[RG_VALUE_COUNT];

	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (__builtin_add_overflow(builder->total[v], sample->value[v], &total[v]))
			return rg_err_set(err, RG_ELIMIT,
					  "profile: add sample: the total exceeds 2^63 - 1");
	memcpy(builder->total, total, sizeof(total));
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		builder->measured[v] |= sample->value[v] != 0;
	return 0;
}

static int check_sample(const struct rg_profile_builder *builder, const struct rg_sample *sample,
			struct rg_err *err)
{
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (sample->value[v] < 0)
			return rg_err_set(err, RG_EFORMAT,
					  "profile: add sample: negative value %" PRId64,
					  sample->value[v]);
	if (sample->stack >= builder->stack_count)
		return rg_err_set(err, RG_EFORMAT, "profile: add sample: no stack %" PRIu32,
				  sample->stack);
	if (sample->slice >= RG_PROFILE_MAX_SLICES && sample->slice != RG_NO_SLICE)
		return rg_err_set(err, RG_EFORMAT, "profile: add sample: no slice %" PRIu32,
				  sample->slice);
	return 0;
}

static bool is_zero(const struct rg_sample *sample)
{
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (sample->value[v] != 0)
			return false;
	return true;
}

/* Most samples are of the thread of the one before, and on-CPU or off-CPU as that one. */
static int repeated_text(struct rg_profile_builder *builder, const char *text, const char *what,
			 uint32_t *last, uint32_t *id, struct rg_err *err)
{
	int rc;

	text = text ? text : "";
	if (builder->sample_count > 0 && strcmp(rg_intern_text(builder->texts, *last), text) == 0) {
		*id = *last;
		return 0;
	}
	rc = rg_builder_text(builder, text, what, id, err);
	if (rc == 0)
		*last = *id;
	return rc;
}

/* The stack's latest sample, if it is of the same slice, thread and wait, or NULL. */
static struct rg_builder_sample *find_equal(const struct rg_profile_builder *builder,
					    const struct rg_builder_sample *added)
{
	uint32_t last = builder->stacks[added->stack].last_sample;
	struct rg_builder_sample *sample;

	if (last == RG_BUILDER_NO_SAMPLE)
		return NULL;
	sample = &builder->samples[last];
	return sample->slice == added->slice && sample->thread == added->thread &&
			       sample->wait == added->wait
		       ? sample
		       : NULL;
}

static int reserve_sample(struct rg_profile_builder *builder, struct rg_err *err)
{
	if (builder->sample_count >= RG_PROFILE_MAX_SAMPLES)
		return rg_err_set(err, RG_ELIMIT, "profile: add sample: more than %d samples",
				  RG_PROFILE_MAX_SAMPLES);
	if (RG_GROW(builder->samples, builder->sample_cap, builder->sample_count))
		return rg_err_nomem(err, "profile");
	return 0;
}

static void append_sample(struct rg_profile_builder *builder, const struct rg_builder_sample *added)
{
	builder->stacks[added->stack].last_sample = (uint32_t)builder->sample_count;
	builder->samples[builder->sample_count++] = *added;
	if (added->slice != RG_NO_SLICE && added->slice >= builder->slices_named)
		builder->slices_named = added->slice + 1;
}

/* Time on a CPU is no wait, whatever the sample says: such a class would not be read back. */
static const char *wait_of(const struct rg_sample *sample)
{
	return sample->value[RG_VALUE_WAITS] || sample->value[RG_VALUE_OFF_CPU_NS] ? sample->wait
										   : "";
}

int rg_profile_builder_sample(struct rg_profile_builder *builder, const struct rg_sample *sample,
			      struct rg_err *err)
{
	struct rg_builder_sample added = {.stack = sample->stack, .slice = sample->slice};
	struct rg_builder_sample *equal;
	int rc = check_sample(builder, sample, err);

	if (rc != 0 || is_zero(sample))
		return rc;
	rc = repeated_text(builder, sample->thread, "thread name", &builder->last_thread,
			   &added.thread, err);
	if (rc == 0)
		rc = repeated_text(builder, wait_of(sample), "wait class", &builder->last_wait,
				   &added.wait, err);
	if (rc != 0)
		return rc;
	equal = find_equal(builder, &added);
	if (!equal)
		rc = reserve_sample(builder, err);
	if (rc == 0)
		rc = add_totals(builder, sample, err);
	if (rc != 0)
		return rc;
	memcpy(added.value, sample->value, sizeof(added.value));
	if (!equal) {
		append_sample(builder, &added);
		return 0;
	}
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		equal->value[v] += added.value[v]; /* no more than the totals, which fit */
	return 0;
}

int rg_profile_builder_slice(struct rg_profile_builder *builder, const struct rg_slice *slice,
			     struct rg_err *err)
{
	if (builder->slice_count >= RG_PROFILE_MAX_SLICES)
		return rg_err_set(err, RG_ELIMIT, "profile: add slice: more than %d slices",
				  RG_PROFILE_MAX_SLICES);
	if (RG_GROW(builder->slices, builder->slice_cap, builder->slice_count))
		return rg_err_nomem(err, "profile");
	builder->slices[builder->slice_count++] = *slice;
	return 0;
}

static struct rg_fact *find_fact(const struct rg_profile_builder *builder, const char *key)
{
	for (size_t i = 0; i < builder->fact_count; i++)
		if (strcmp(builder->facts[i].key, key) == 0)
			return &builder->facts[i];
	return NULL;
}

static int check_fact(const char *key, const char *value, struct rg_err *err)
{
	if (!rg_comment_key_ok(key))
		return rg_err_set(err, RG_EFORMAT, "profile: add fact: '%s' cannot be a key", key);
	if (strchr(value, '\n'))
		return rg_err_set(err, RG_EFORMAT, "profile: add fact '%s': newline in the value",
				  key);
	if (strnlen(value, RG_PROFILE_MAX_TEXT) >
	    RG_PROFILE_MAX_TEXT - strlen(RG_COMMENT_PREFIX) - strlen(key) - strlen("="))
		return rg_err_set(err, RG_ELIMIT, "profile: add fact '%s': longer than %d bytes",
				  key, RG_PROFILE_MAX_TEXT);
	return 0;
}

static int append_fact(struct rg_profile_builder *builder, struct rg_fact fact, struct rg_err *err)
{
	fact.key = rg_arena_strdup(builder->arena, fact.key);
	if (!fact.key || RG_GROW(builder->facts, builder->fact_cap, builder->fact_count))
		return rg_err_nomem(err, "profile");
	builder->facts[builder->fact_count++] = fact;
	return 0;
}

int rg_profile_builder_fact(struct rg_profile_builder *builder, const char *key, const char *value,
			    struct rg_err *err)
{
	struct rg_fact *known;
	uint32_t id = 0;
	int rc = check_fact(key, value, err);

	if (rc != 0)
		return rc;
	known = find_fact(builder, key);
	if (!known && builder->fact_count >= RG_BUILDER_MAX_FACTS)
		return rg_err_set(err, RG_ELIMIT, "profile: add fact '%s': more than %d facts", key,
				  RG_BUILDER_MAX_FACTS);
	rc = rg_builder_text(builder, value, "fact", &id, err);
	if (rc != 0)
		return rc;
	value = rg_intern_text(builder->texts, id);
	if (!known)
		return append_fact(builder, (struct rg_fact){key, value}, err);
	known->value = value;
	return 0;
}

int rg_profile_builder_fact_u64(struct rg_profile_builder *builder, const char *key, uint64_t value,
				struct rg_err *err)
{
	char text[sizeof("18446744073709551615")];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return rg_profile_builder_fact(builder, key, text, err);
}

void rg_profile_builder_measures(struct rg_profile_builder *builder, enum rg_value value)
{
	builder->measured[value] = true;
}

int rg_profile_builder_finish(struct rg_profile_builder *builder, struct rg_profile **out,
			      struct rg_err *err)
{
	struct rg_profile *profile;
	int rc;

	if (builder->slices_named > builder->slice_count)
		return rg_err_set(err, RG_EFORMAT,
				  "profile: finish: a sample names slice %" PRIu32 " of %zu",
				  builder->slices_named - 1, builder->slice_count);
	rc = builder_ready(builder, err);
	if (rc != 0)
		return rc;
	rc = rg_builder_canonical(builder, &profile, err);
	if (rc != 0)
		return rc;
	builder->arena = NULL; /* the profile's now */
	builder_clear(builder);
	*out = profile;
	return 0;
}
