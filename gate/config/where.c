/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "where.h"

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

/*
 * jansson says where a syntax error is, but not where a value was. This scanner finds that in text
 * that jansson has accepted; it still stays inside the text whatever that holds.
 */
struct scan {
	const char *text;
	size_t len, at;
};

static char peek(const struct scan *scan)
{
	if (scan->at >= scan->len)
		return '\0';
	return scan->text[scan->at];
}

static void skip_space(struct scan *scan)
{
	while (scan->at < scan->len && strchr(" \t\r\n", scan->text[scan->at]))
		scan->at++;
}

static void skip_string(struct scan *scan)
{
	for (scan->at++; scan->at < scan->len && peek(scan) != '"'; scan->at++) {
		if (peek(scan) == '\\')
			scan->at++;
	}
	scan->at++;
}

/* Without recursion: brackets are only counted, since the text is known to pair them. */
static void skip_value(struct scan *scan)
{
	size_t depth = 0;

	while (scan->at < scan->len) {
		const char c = peek(scan);

		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			return;
		if (c == '"') {
			skip_string(scan);
			continue;
		}
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		scan->at++;
	}
}

/* Keys may be spelled with escapes, so they are compared as jansson reads them. */
static bool key_is(const char *token, size_t len, const char *key)
{
	json_t *read = json_loadb(token, len, JSON_DECODE_ANY, NULL);
	const bool same = json_is_string(read) && !strcmp(json_string_value(read), key);

	json_decref(read);
	return same;
}

/* From an object's '{' to the member: its key's start is returned, scan is at its value. */
static bool enter_member(struct scan *scan, const char *key, size_t *key_at)
{
	while (scan->at < scan->len && peek(scan) != '}') {
		size_t start;
		bool found;

		scan->at++; /* '{' or ',' */
		skip_space(scan);
		start = scan->at;
		if (peek(scan) != '"')
			return false;
		skip_string(scan);
		if (scan->at > scan->len)
			return false;
		found = key_is(scan->text + start, scan->at - start, key);
		skip_space(scan);
		scan->at++; /* ':' */
		skip_space(scan);
		if (found) {
			*key_at = start;
			return true;
		}
		skip_value(scan);
	}
	return false;
}

/* From an array's '[' to the element. */
static bool enter_element(struct scan *scan, size_t index)
{
	for (size_t i = 0; scan->at < scan->len && peek(scan) != ']'; i++) {
		scan->at++; /* '[' or ',' */
		skip_space(scan);
		if (i == index)
			return true;
		skip_value(scan);
	}
	return false;
}

/* The step of `path` that is `level` below the root's children. */
static const struct where_path *step_at(const struct where_path *path, size_t depth, size_t level)
{
	for (size_t up = depth - 1 - level; up > 0; up--)
		path = path->parent;
	return path;
}

static size_t depth_of(const struct where_path *path)
{
	size_t depth = 0;

	for (; path; path = path->parent)
		depth++;
	return depth;
}

/* The byte offset. */
static size_t find(const char *text, size_t len, const struct where_path *path,
		   enum where_part part)
{
	const size_t depth = depth_of(path);
	struct scan scan = {text, len, 0};
	size_t key_at = 0;

	skip_space(&scan);
	for (size_t level = 0; level < depth; level++) {
		const struct where_path *step = step_at(path, depth, level);
		const bool found = step->key ? enter_member(&scan, step->key, &key_at)
					     : enter_element(&scan, step->index);

		if (!found)
			return 0;
	}
	return path && path->key && part == WHERE_KEY ? key_at : scan.at;
}

struct where where_of(const char *text, size_t len, const struct where_path *path,
		      enum where_part part)
{
	const size_t offset = find(text, len, path, part);
	struct where where = {1, 1};

	for (size_t i = 0; i < offset && i < len; i++) {
		if (text[i] == '\n') {
			where.line++;
			where.column = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			where.column++; /* not a continuation byte of UTF-8 */
		}
	}
	return where;
}
