/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/formats.h"

#include "folded.h"
#include "lines.h"
#include "sample_type.h"
#include "text_format.h"
#include "text_frame.h"

struct folded_reader {
	struct rg_profile_builder *builder;
	struct rg_lines lines;
	enum rg_value value; /* what the numbers are */
	int64_t scale;       /* ns in their unit of time, or 1 */
	struct rg_text_stack stack;
};

/* Records "folded stacks: line N: reason"; place() does that to one that is recorded. */
#define FAIL(reader, err, code, reason) \
	rg_err_set(err, code, RG_FOLDED_NAME ": line %zu: " reason, (reader)->lines.number)

static int place(const struct folded_reader *reader, int rc, struct rg_err *err)
{
	rg_err_prefix(err, RG_FOLDED_NAME ": line %zu", reader->lines.number);
	return rc;
}

/* --- What the numbers are --- */

static int choose_count(struct folded_reader *reader, const struct rg_sample_type *type)
{
	reader->value =
		strcmp(type->type, "off_cpu_count") == 0 ? RG_VALUE_WAITS : RG_VALUE_SAMPLES;
	reader->scale = 1;
	return 0;
}

static int choose(struct folded_reader *reader, const char *choice, struct rg_err *err)
{
	struct rg_sample_type type = {.type = "samples", .unit = RG_UNIT_COUNT};
	int rc = choice ? rg_sample_type_parse(choice, &type, err) : 0;

	if (rc != 0)
		return rc;
	if (strcmp(type.unit, RG_UNIT_COUNT) == 0 ||
	    (type.unit[0] == '\0' && strcmp(type.type, "samples") == 0))
		return choose_count(reader, &type);
	reader->scale = rg_time_unit_ns(type.unit);
	reader->value = strcmp(type.type, "off_cpu") == 0 ? RG_VALUE_OFF_CPU_NS : RG_VALUE_CPU_NS;
	if (reader->scale == 0)
		return rg_err_set(err, RG_EUSAGE,
				  RG_FOLDED_NAME ": sample type '%s': their numbers are 'samples' "
						 "or, as in 'cpu/microseconds', a time",
				  choice);
	return 0;
}

/* --- One line --- */

static bool ends_with_mark(struct rg_span name, const char *mark)
{
	return rg_span_len(name) > strlen(mark) && rg_span_ends(name, mark);
}

/* An inlined frame without a caller stays: its cost is nobody else's. */
static int push_frame(struct folded_reader *reader, struct rg_span name, bool has_caller,
		      struct rg_err *err)
{
	static const char kernel[] = RG_KERNEL_MODULE, unknown[] = "";
	struct rg_span module = {unknown, unknown};
	bool inlined = ends_with_mark(name, "_[i]");

	if (inlined && has_caller)
		return 0;
	if (ends_with_mark(name, RG_FOLDED_KERNEL))
		module = (struct rg_span){kernel, kernel + strlen(kernel)};
	else if (!inlined && !ends_with_mark(name, "_[j]"))
		return rg_text_stack_push(&reader->stack, name, module, err);
	name.end -= strlen(RG_FOLDED_KERNEL); /* all marks are as long */
	return rg_text_stack_push(&reader->stack, name, module, err);
}

/* From the end: the leaf is last. */
static int read_stack(struct folded_reader *reader, struct rg_span names, struct rg_err *err)
{
	for (;;) {
		const char *sign = memrchr(names.at, ';', rg_span_len(names));
		struct rg_span name = {sign ? sign + 1 : names.at, names.end};
		int rc = push_frame(reader, name, sign != NULL, err);

		if (rc != 0)
			return place(reader, rc, err);
		if (!sign)
			return 0;
		names.end = sign;
	}
}

static int read_line(struct folded_reader *reader, struct rg_span line, struct rg_err *err)
{
	struct rg_sample sample = {.slice = RG_NO_SLICE};
	struct rg_span number;
	const char *blank;
	uint64_t value;
	int rc;

	if (line.at == line.end)
		return 0;
	blank = memrchr(line.at, ' ', rg_span_len(line));
	if (!blank || blank == line.at)
		return FAIL(reader, err, RG_EFORMAT, "not of the form 'root;…;leaf number'");
	number = (struct rg_span){blank + 1, line.end};
	if (!rg_span_number(number, INT64_MAX, &value))
		return FAIL(reader, err, RG_EFORMAT,
			    "what is behind the last space is no whole number below 2^63");
	if (__builtin_mul_overflow((int64_t)value, reader->scale, &sample.value[reader->value]))
		return FAIL(reader, err, RG_ELIMIT, "a time of more than 2^63 - 1 ns");
	rc = read_stack(reader, (struct rg_span){line.at, blank}, err);
	if (rc != 0)
		return rc;
	rc = rg_text_stack_take(&reader->stack, &sample.stack, err);
	if (rc == 0)
		rc = rg_profile_builder_sample(reader->builder, &sample, err);
	return rc != 0 ? place(reader, rc, err) : 0;
}

static int read_lines(struct folded_reader *reader, struct rg_err *err)
{
	struct rg_span line;
	int rc = 0;

	while (rc == 0 && rg_lines_next(&reader->lines, &line))
		rc = read_line(reader, line, err);
	return rc;
}

static int read_with(struct folded_reader *reader, const void *text, size_t len,
		     const char *sample_type, struct rg_profile **out, struct rg_err *err)
{
	int rc = rg_lines_init(&reader->lines, text, len, RG_FOLDED_NAME, err);

	if (rc == 0)
		rc = choose(reader, sample_type, err);
	if (rc == 0)
		rc = rg_profile_builder_fact(reader->builder, RG_KEY_TOOL, RG_FOLDED_NAME, err);
	if (rc != 0)
		return rc;
	rg_profile_builder_measures(reader->builder, reader->value);
	rg_text_stack_init(&reader->stack, reader->builder);
	rc = read_lines(reader, err);
	rg_text_stack_done(&reader->stack);
	return rc != 0 ? rc : rg_profile_builder_finish(reader->builder, out, err);
}

int rg_folded_read_text(const void *text, size_t len, const char *sample_type,
			struct rg_profile **out, struct rg_err *err)
{
	struct folded_reader *reader = calloc(1, sizeof(*reader));
	int rc = RG_ENOMEM;

	if (reader)
		reader->builder = rg_profile_builder_new();
	if (reader && reader->builder)
		rc = read_with(reader, text, len, sample_type, out, err);
	else
		rc = rg_err_nomem(err, "profile");
	if (reader)
		rg_profile_builder_free(reader->builder);
	free(reader);
	return rc;
}
