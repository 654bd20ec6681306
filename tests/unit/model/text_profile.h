/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_MODEL_TEXT_PROFILE_H
#define TEST_MODEL_TEXT_PROFILE_H

/* Short ways to read texts as profiles and to see what became of them. */
#include "make.h"

#include "rg/formats.h"

typedef int text_reader(const void *bytes, size_t len, const struct rg_read_options *options,
			struct rg_profile **out, struct rg_err *err);

static inline struct rg_profile *read_text(text_reader *reader, const char *text,
					   const char *sample_type)
{
	const struct rg_read_options options = {.sample_type = sample_type};
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};
	int rc = reader(text, strlen(text), &options, &profile, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(rc, 0);
	return profile;
}

static inline void assert_text_refused(text_reader *reader, const char *text,
				       const char *sample_type, int code, const char *part)
{
	const struct rg_read_options options = {.sample_type = sample_type};
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};
	int rc = reader(text, strlen(text), &options, &profile, &err);

	if (rc != code || err.code != code || !strstr(err.text, part))
		fail_msg("'%.60s': expected %d '%s', is %d '%s'", text, code, part, rc, err.text);
	assert_null(profile);
	/* The code is the same when nobody wants the text. */
	assert_int_equal(reader(text, strlen(text), &options, &profile, NULL), code);
}

static inline void assert_folded_as(const struct rg_profile *profile, enum rg_value value,
				    const char *expected)
{
	struct rg_err err = {0};
	struct rg_buf text;

	rg_buf_init(&text, 1 << 20);
	assert_int_equal(rg_folded_write(profile, value, &text, &err), 0);
	assert_string_equal(text.data ? text.data : "", expected);
	rg_buf_done(&text);
}

static inline const char *module_of_function(const struct rg_profile *profile, const char *name)
{
	size_t count, modules;
	const struct rg_frame *frames = rg_profile_frames(profile, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(frames[i].function, name) == 0)
			return rg_profile_modules(profile, &modules)[frames[i].module].name;
	fail_msg("no function '%s'", name);
	return NULL;
}

#endif
