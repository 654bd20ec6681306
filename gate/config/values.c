/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keys.h"
#include "texts.h"

#include "rg/config.h"
#include "rg/err.h"
#include "rg/policy.h"
#include "rg/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the store takes (rg/store.h). */
enum { NAME_MAX_BYTES = 200 };

static int refuse(const struct reader *reader, const struct where_path *path,
		  const struct key_type *type)
{
	return reader_fail(reader, path, WHERE_VALUE, "\"%s\" must be %s", path->key,
			   type->expects);
}

static bool is_filled_text(const json_t *value)
{
	return json_is_string(value) && json_string_length(value) > 0;
}

static int decode_text(const struct reader *reader, const struct where_path *path,
		       const json_t *value, void *to)
{
	if (!is_filled_text(value))
		return refuse(reader, path, &key_text);
	return text_set(to, json_string_value(value), reader->err);
}

const struct key_type key_text = {
	.expects = "a text that is not empty",
	.decode = decode_text,
};

static int decode_text_or_none(const struct reader *reader, const struct where_path *path,
			       const json_t *value, void *to)
{
	if (!json_is_string(value))
		return refuse(reader, path, &key_text_or_none);
	return text_set(to, json_string_value(value), reader->err);
}

const struct key_type key_text_or_none = {
	.expects = "a text",
	.decode = decode_text_or_none,
};

static int decode_bool(const struct reader *reader, const struct where_path *path,
		       const json_t *value, void *to)
{
	if (!json_is_boolean(value))
		return refuse(reader, path, &key_bool);
	*(bool *)to = json_is_true(value);
	return 0;
}

const struct key_type key_bool = {
	.expects = "true or false",
	.decode = decode_bool,
};

static int decode_port(const struct reader *reader, const struct where_path *path,
		       const json_t *value, void *to)
{
	const char *text = json_string_value(value);

	if (!text || !rg_config_port_ok(text))
		return refuse(reader, path, &key_port);
	return text_set(to, text, reader->err);
}

const struct key_type key_port = {
	.expects = RG_CONFIG_PORT_RULE,
	.decode = decode_port,
};

/* isalnum() depends on the locale. */
static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool key_name_ok(const char *name)
{
	const size_t len = strnlen(name, NAME_MAX_BYTES + 1);

	if (len == 0 || len > NAME_MAX_BYTES || *name == '.' || *name == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_alnum(name[i]) && !strchr("._-", name[i]))
			return false;
	}
	return true;
}

static int decode_name(const struct reader *reader, const struct where_path *path,
		       const json_t *value, void *to)
{
	if (!json_is_string(value) || !key_name_ok(json_string_value(value)))
		return refuse(reader, path, &key_name);
	return decode_text(reader, path, value, to);
}

const struct key_type key_name = {
	.expects = "a name: " KEY_NAME_RULE,
	.decode = decode_name,
};

static int decode_label(const struct reader *reader, const struct where_path *path,
			const json_t *value, void *to)
{
	if (!json_is_string(value) || !rg_text_is_label(json_string_value(value)))
		return refuse(reader, path, &key_label);
	return decode_text(reader, path, value, to);
}

const struct key_type key_label = {
	.expects = "a name of 1 to 24 letters, digits, inner spaces and hyphens, a letter first",
	.decode = decode_label,
};

static int decode_note(const struct reader *reader, const struct where_path *path,
		       const json_t *value, void *to)
{
	(void)to;
	return json_is_string(value) ? 0 : refuse(reader, path, &key_note);
}

const struct key_type key_note = {
	.expects = "a text",
	.decode = decode_note,
};

static int fill_argv(const struct reader *reader, const struct where_path *path,
		     const json_t *array, char **argv)
{
	const size_t count = json_array_size(array);

	for (size_t i = 0; i < count; i++) {
		const struct where_path element = {.parent = path, .index = i};
		const json_t *arg = json_array_get(array, i);

		if (!json_is_string(arg))
			return reader_fail(reader, &element, WHERE_VALUE,
					   "an argument of \"%s\" must be a text", path->key);
		if (!text_copy(&argv[i], json_string_value(arg)))
			return rg_err_nomem(reader->err, "config");
	}
	return 0;
}

static int decode_argv(const struct reader *reader, const struct where_path *path,
		       const json_t *value, void *to)
{
	char **argv;
	int rc;

	if (json_array_size(value) == 0)
		return refuse(reader, path, &key_argv);
	if (!is_filled_text(json_array_get(value, 0)))
		return refuse(reader, path, &key_argv);
	argv = calloc(json_array_size(value) + 1, sizeof(*argv));
	if (!argv)
		return rg_err_nomem(reader->err, "config");
	rc = fill_argv(reader, path, value, argv);
	if (rc) {
		text_free_argv(argv);
		return rc;
	}
	text_take_argv(to, argv);
	return 0;
}

const struct key_type key_argv = {
	.expects = "an array of texts: the program, then its arguments",
	.decode = decode_argv,
};

static int decode_duration(const struct reader *reader, const struct where_path *path,
			   const json_t *value, void *to)
{
	if (!json_is_string(value) || rg_parse_duration(json_string_value(value), to))
		return refuse(reader, path, &key_duration);
	return 0;
}

static double number_u64(const void *from)
{
	return (double)*(const uint64_t *)from;
}

static void format_duration(char out[RG_UNITS_TEXT_MAX], double number)
{
	rg_format_duration(out, (uint64_t)number);
}

const struct key_type key_duration = {
	.expects = "a duration with its unit, as \"250ms\", \"30s\" or \"1h30m\"",
	.decode = decode_duration,
	.number = number_u64,
	.format = format_duration,
};

static int decode_u64(const struct reader *reader, const struct where_path *path,
		      const json_t *value, void *to)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return refuse(reader, path, &key_u64);
	*(uint64_t *)to = (uint64_t)json_integer_value(value);
	return 0;
}

static void format_count(char out[RG_UNITS_TEXT_MAX], double number)
{
	snprintf(out, RG_UNITS_TEXT_MAX, "%.0f", number);
}

const struct key_type key_u64 = {
	.expects = "a whole number",
	.decode = decode_u64,
	.number = number_u64,
	.format = format_count,
};

/* What does not fit is clamped, which every range of this type refuses. */
static int decode_u32(const struct reader *reader, const struct where_path *path,
		      const json_t *value, void *to)
{
	uint64_t number = 0;
	int rc = decode_u64(reader, path, value, &number);

	if (rc)
		return rc;
	*(uint32_t *)to = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
	return 0;
}

static double number_u32(const void *from)
{
	return *(const uint32_t *)from;
}

const struct key_type key_u32 = {
	.expects = "a whole number",
	.decode = decode_u32,
	.number = number_u32,
	.format = format_count,
};

static int decode_percent(const struct reader *reader, const struct where_path *path,
			  const json_t *value, void *to)
{
	if (!json_is_string(value) || rg_parse_percent(json_string_value(value), to))
		return refuse(reader, path, &key_percent);
	return 0;
}

static double number_percent(const void *from)
{
	return *(const double *)from;
}

static void format_percent(char out[RG_UNITS_TEXT_MAX], double number)
{
	snprintf(out, RG_UNITS_TEXT_MAX, "%.10g%%", number * 100);
}

const struct key_type key_percent = {
	.expects = "a percentage in quotes, as \"15%\" or \"0.5%\"",
	.decode = decode_percent,
	.number = number_percent,
	.format = format_percent,
};

static int decode_rule(const struct reader *reader, const struct where_path *path,
		       const json_t *value, void *to)
{
	static const enum rg_rule rules[] = {RG_RULE_STATISTICAL, RG_RULE_LITERAL};
	const char *text = json_string_value(value);

	for (size_t i = 0; text && i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (strcmp(text, rg_rule_name(rules[i])) != 0)
			continue;
		*(enum rg_rule *)to = rules[i];
		return 0;
	}
	return refuse(reader, path, &key_rule);
}

static const char *name_of_rule(const void *from)
{
	return rg_rule_name(*(const enum rg_rule *)from);
}

const struct key_type key_rule = {
	.expects = "\"statistical\" or \"literal\"",
	.decode = decode_rule,
	.name = name_of_rule,
};

static int decode_basis(const struct reader *reader, const struct where_path *path,
			const json_t *value, void *to)
{
	static const enum rg_basis bases[] = {RG_BASIS_AUTO, RG_BASIS_SECOND, RG_BASIS_SHARE,
					      RG_BASIS_WORK};
	const char *text = json_string_value(value);

	for (size_t i = 0; text && i < sizeof(bases) / sizeof(bases[0]); i++) {
		if (strcmp(text, rg_basis_name(bases[i])) != 0)
			continue;
		*(enum rg_basis *)to = bases[i];
		return 0;
	}
	return refuse(reader, path, &key_basis);
}

static const char *name_of_basis(const void *from)
{
	return rg_basis_name(*(const enum rg_basis *)from);
}

const struct key_type key_basis = {
	.expects = "\"auto\", \"second\", \"share\" or \"work\"",
	.decode = decode_basis,
	.name = name_of_basis,
};
