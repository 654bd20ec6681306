#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 16
#define JSON_NODES_MAX 1024

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,
	JSON_REAL, /* a fraction, an exponent or out of the range of 64 bits */
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json {
	enum json_type type;
	const struct json *next;
	const struct json *child;
	const char *key;
	size_t key_len;
	const char *str;
	size_t len;
	int64_t num;
};

/* Storage for one document, so that a hostile one cannot ask for more. */
struct json_doc {
	struct json nodes[JSON_NODES_MAX];
	size_t used;
	const char *why;
};

/*
 * Strings are unescaped in place: text is changed and must outlive the result.
 * NULL when text is not one JSON value; doc->why then says what is wrong.
 */
const struct json *json_parse(struct json_doc *doc, char *text, size_t len);

/* The first member of that name, NULL if there is none. */
const struct json *json_member(const struct json *object, const char *key);

#endif
