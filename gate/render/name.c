/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name.h"

#include "show.h"

#include "rg/buf.h"

#include <string.h>

static const char operator_word[] = "operator";

/* Length of "operator<<", "operator()" and the like at the beginning, whose signs are no brackets; 0 when it is none. */
static size_t operator_length(const char *at)
{
	size_t len = strlen(operator_word);

	if (strncmp(at, operator_word, len) != 0)
		return 0;
	if (strncmp(at + len, "()", 2) == 0)
		return len + 2;
	return len + strspn(at + len, "<>=!+-*/%&|^~,");
}

/* Bytes of the bracket at the beginning, and of all within it; 0 when it is not closed. */
static size_t group_length(const char *at)
{
	char open = *at, close = open == '<' ? '>' : ')';
	size_t depth = 0;

	for (const char *c = at; *c; c++) {
		if (*c == open)
			depth++;
		else if (*c == close && !(close == '>' && c[-1] == '-') && --depth == 0)
			return (size_t)(c - at) + 1;
	}
	return 0;
}

/* Go has the receiver's type in brackets before the method: "main.(*Server).Handle". */
static bool is_part_of_name(const char *at, size_t len)
{
	static const char anonymous[] = "(anonymous namespace)";

	return len <= 2 || at[len] == '.' || strncmp(at, anonymous, strlen(anonymous)) == 0;
}

/* What stands within brackets as an ellipsis: of parameters, and of templates where these are asked for. */
static void add_folded(struct rg_buf *out, const char *name, bool templates)
{
	while (*name) {
		size_t len = operator_length(name);
		bool bracket = len == 0 && (*name == '(' || *name == '<');

		if (bracket)
			len = group_length(name);
		if (bracket && len == 0)
			break;
		if (!bracket || (*name == '<' && !templates) || is_part_of_name(name, len))
			rg_buf_add(out, name, len ? len : 1);
		else
			rg_buf_adds(out, *name == '<' ? "<\xe2\x80\xa6>" : "(\xe2\x80\xa6)");
		name += len ? len : 1;
	}
	rg_buf_adds(out, name);
}

size_t rg_name_show(struct rg_buf *out, const char *name, size_t columns, bool unicode)
{
	struct rg_buf folded;
	size_t used;

	if (!name || rg_show_columns(name, unicode) <= columns)
		return rg_show_cut(out, name, columns, unicode);
	rg_buf_init(&folded, RG_SHOW_SCRATCH_MAX);
	add_folded(&folded, name, false);
	if (folded.len && !folded.failed && rg_show_columns(folded.data, unicode) > columns) {
		rg_buf_reset(&folded);
		add_folded(&folded, name, true);
	}
	used = rg_show_cut(out, folded.len && !folded.failed ? folded.data : name, columns,
			   unicode);
	rg_show_inherit(out, &folded);
	rg_buf_done(&folded);
	return used;
}
