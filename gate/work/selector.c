/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exposition.h"
#include "label.h"

#include "rg/err.h"

#include <stdbool.h>
#include <string.h>

size_t rg_metric_name_length(const char *text, size_t len)
{
	static const char inner[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:0123456789";
	size_t n = 0;

	while (n < len && text[n] && strchr(inner, text[n]))
		n++;
	return n > 0 && text[0] >= '0' && text[0] <= '9' ? 0 : n;
}

bool rg_label_read(const char **at, const char *end, struct rg_label_text *out)
{
	const char *text = *at;

	text += strspn(text, " \t");
	out->name = text;
	out->name_len = rg_metric_name_length(text, (size_t)(end - text));
	text += out->name_len;
	if (!out->name_len || end - text < 2 || text[0] != '=' || text[1] != '"')
		return false;
	text += 2;
	out->value = text;
	while (text < end && *text != '"' && *text != '\n')
		text += *text == '\\' && text + 1 < end && text[1] != '\n' ? 2 : 1;
	if (text >= end || *text != '"')
		return false;
	out->value_len = (size_t)(text - out->value);
	*at = text + 1;
	return true;
}

char rg_label_char(const char **at, const char *end)
{
	char c = *(*at)++;

	if (c != '\\' || *at >= end)
		return c;
	c = *(*at)++;
	if (c == 'n')
		c = '\n';
	return c;
}

/* --- What is to be selected ------------------------------------------------------------------- */

/* Copies an unescaped text with its NUL; the store is as long as all that can be put into it. */
static const char *keep(char **store, const char *text, size_t len)
{
	const char *kept = *store, *end = text + len;

	while (text < end)
		*(*store)++ = rg_label_char(&text, end);
	*(*store)++ = '\0';
	return kept;
}

static int refuse(const char *text, const char *why, struct rg_err *err)
{
	return rg_err_set(err, RG_EUSAGE, "'%.100s': %s", text, why);
}

static int parse_labels(struct rg_selector *out, const char *at, const char *end,
			struct rg_err *err)
{
	char *store = out->store;

	while (*at != '}') {
		struct rg_label_text label;

		if (!rg_label_read(&at, end, &label))
			return refuse(out->text, "labels are {name=\"value\",…}", err);
		if (out->label_count == RG_METRIC_LABELS_MAX)
			return refuse(out->text, "more than 16 labels", err);
		/* Two NULs take the room of the quotes. */
		out->label[out->label_count].name = keep(&store, label.name, label.name_len);
		out->label[out->label_count++].value = keep(&store, label.value, label.value_len);
		at += strspn(at, " \t");
		if (*at == ',')
			at++;
		else if (*at != '}')
			return refuse(out->text, "labels are {name=\"value\",…}", err);
		at += strspn(at, " \t");
	}
	return at[1] ? refuse(out->text, "nothing may follow the labels", err) : 0;
}

int rg_selector_parse(struct rg_selector *out, const char *text, struct rg_err *err)
{
	size_t len = strlen(text), name = rg_metric_name_length(text, len);

	*out = (struct rg_selector){0};
	if (len > RG_METRIC_TEXT_MAX || name > RG_METRIC_NAME_MAX)
		return refuse(text, "too long", err);
	if (name == 0 || (text[name] && text[name] != '{'))
		return refuse(text, "a metric is NAME or NAME{label=\"value\"}", err);
	memcpy(out->text, text, len);
	memcpy(out->name, text, name);
	return text[name] ? parse_labels(out, out->text + name + 1, out->text + len, err) : 0;
}
