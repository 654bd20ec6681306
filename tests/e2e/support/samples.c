/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "samples.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/pprof.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

const struct rg_profile *e2e_profile(struct e2e *e, const char *name)
{
	struct rg_err err = {0};
	size_t len = 0;
	char *bytes = e2e_read(e, name, &len);
	int rc;

	if (!bytes)
		fail_msg("no profile '%s' was written; stderr: %s", name, e->err ? e->err : "");
	assert_true(e->profile_count < E2E_SETTINGS);
	rc = rg_pprof_read(bytes, len, &e->profiles[e->profile_count], &err);
	free(bytes);
	if (rc)
		fail_msg("profile '%s': %s", name, err.text);
	return e->profiles[e->profile_count++];
}

int64_t e2e_total(const struct rg_profile *profile, enum rg_value value)
{
	return rg_profile_total(profile, value);
}

/* --- Sums ----------------------------------------------------------------------------------- */

struct query {
	const char *text;
	bool (*matches)(const struct rg_profile *profile, const struct rg_sample *sample,
			const char *text);
};

static int64_t sum(const struct rg_profile *profile, struct query query, enum rg_value value)
{
	size_t count;
	const struct rg_sample *samples = rg_profile_samples(profile, &count);
	int64_t total = 0;

	for (size_t i = 0; i < count; i++)
		if (query.matches(profile, &samples[i], query.text))
			total += samples[i].value[value];
	return total;
}

static const struct rg_frame *frame_at(const struct rg_profile *profile,
				       const struct rg_sample *sample, uint32_t depth)
{
	size_t count;
	const struct rg_stack *stack = &rg_profile_stacks(profile, &count)[sample->stack];
	const struct rg_frame *frames = rg_profile_frames(profile, &count);

	return depth < stack->depth ? &frames[stack->frames[depth]] : NULL;
}

const struct rg_module *e2e_module_of(const struct rg_profile *profile,
				      const struct rg_frame *frame)
{
	size_t count;

	return &rg_profile_modules(profile, &count)[frame->module];
}

static bool leaf_is(const struct rg_profile *profile, const struct rg_sample *sample,
		    const char *function)
{
	return strcmp(frame_at(profile, sample, 0)->function, function) == 0;
}

static bool stack_has(const struct rg_profile *profile, const struct rg_sample *sample,
		      const char *function)
{
	const struct rg_frame *frame;

	for (uint32_t depth = 0; (frame = frame_at(profile, sample, depth)); depth++)
		if (strcmp(frame->function, function) == 0)
			return true;
	return false;
}

static bool leaf_in(const struct rg_profile *profile, const struct rg_sample *sample,
		    const char *module)
{
	const struct rg_frame *leaf = frame_at(profile, sample, 0);

	return strcmp(e2e_module_of(profile, leaf)->name, module) == 0;
}

static bool thread_is(const struct rg_profile *profile, const struct rg_sample *sample,
		      const char *thread)
{
	(void)profile;
	return strcmp(sample->thread, thread) == 0;
}

int64_t e2e_self(const struct rg_profile *profile, const char *function, enum rg_value value)
{
	return sum(profile, (struct query){function, leaf_is}, value);
}

int64_t e2e_under(const struct rg_profile *profile, const char *function, enum rg_value value)
{
	return sum(profile, (struct query){function, stack_has}, value);
}

int64_t e2e_in_module(const struct rg_profile *profile, const char *module, enum rg_value value)
{
	return sum(profile, (struct query){module, leaf_in}, value);
}

int64_t e2e_of_thread(const struct rg_profile *profile, const char *thread, enum rg_value value)
{
	return sum(profile, (struct query){thread, thread_is}, value);
}

const struct rg_frame *e2e_frame(const struct rg_profile *profile, const char *function)
{
	size_t count;
	const struct rg_sample *samples = rg_profile_samples(profile, &count), *most = NULL;

	for (size_t i = 0; i < count; i++)
		if (leaf_is(profile, &samples[i], function) &&
		    (!most || samples[i].value[RG_VALUE_SAMPLES] > most->value[RG_VALUE_SAMPLES]))
			most = &samples[i];
	return most ? frame_at(profile, most, 0) : NULL;
}

void e2e_assert_share(const struct rg_profile *profile, const char *what, int64_t samples,
		      double share)
{
	e2e_assert_part(what, samples, e2e_total(profile, RG_VALUE_SAMPLES), share);
}

void e2e_assert_part(const char *what, int64_t samples, int64_t of, double share)
{
	double total = (double)of;
	double error = total > 0 ? sqrt(share * (1 - share) / total) : 0;
	double found = total > 0 ? (double)samples / total : -1;

	if (fabs(found - share) > 4 * error + 0.01)
		fail_msg("%s: %.4f of %.0f samples, and the truth is %.4f (standard error %.4f)",
			 what, found, total, share, error);
}

/* --- Making one ----------------------------------------------------------------------------- */

static void add_facts(struct rg_profile_builder *builder)
{
	struct utsname name;

	uname(&name);
	assert_int_equal(rg_profile_builder_fact(builder, RG_KEY_ARCH, name.machine, NULL), 0);
	assert_int_equal(rg_profile_builder_fact(builder, RG_KEY_EVENT, "cpu-clock", NULL), 0);
	assert_int_equal(rg_profile_builder_fact_u64(builder, RG_KEY_PERIOD_NS, 10000000, NULL), 0);
	assert_int_equal(rg_profile_builder_fact_u64(builder, RG_KEY_WALL_NS, 30000000000, NULL),
			 0);
}

static void add_self(struct rg_profile_builder *builder, const struct e2e_self *self)
{
	struct rg_frame frame = {.function = self->function, .file = ""};
	struct rg_sample sample = {.slice = RG_NO_SLICE, .thread = ""};
	uint32_t id = 0;

	assert_int_equal(rg_profile_builder_module(builder, "made", "", &frame.module, NULL), 0);
	assert_int_equal(rg_profile_builder_frame(builder, &frame, &id, NULL), 0);
	assert_int_equal(rg_profile_builder_stack(builder, &id, 1, &sample.stack, NULL), 0);
	sample.value[RG_VALUE_SAMPLES] = self->samples;
	sample.value[RG_VALUE_CPU_NS] = self->samples * 10000000;
	assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
}

void e2e_make_profile(struct e2e *e, const char *name, const struct e2e_self *selves)
{
	e2e_make_profile_of(e, name, selves, NULL, NULL);
}

void e2e_write_profile(struct e2e *e, const char *name, struct rg_profile_builder *builder)
{
	struct rg_profile *profile;
	struct rg_buf bytes;

	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	rg_buf_init(&bytes, RG_PPROF_MAX_FILE);
	assert_int_equal(rg_pprof_write(profile, &bytes, NULL), 0);
	rg_profile_free(profile);
	e2e_write(e, name, bytes.data, bytes.len);
	rg_buf_done(&bytes);
}

void e2e_make_profile_of(struct e2e *e, const char *name, const struct e2e_self *selves,
			 const char *version, const char *commit)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();

	assert_non_null(builder);
	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	add_facts(builder);
	if (version)
		assert_int_equal(rg_profile_builder_fact(builder, RG_KEY_VERSION, version, NULL),
				 0);
	if (commit)
		assert_int_equal(rg_profile_builder_fact(builder, RG_KEY_COMMIT, commit, NULL), 0);
	for (; *selves->function; selves++)
		add_self(builder, selves);
	e2e_write_profile(e, name, builder);
}
