#ifndef JSON_PARSER_H
#define JSON_PARSER_H

#include "json.h"

/* Shared by the files that make up the parser. */
struct json_parser {
	char *at;
	char *end;
	struct json_doc *doc;
};

/* Always false, so that a parser can return it. */
static inline bool json_fail(struct json_parser *p, const char *why)
{
	p->doc->why = why;
	return false;
}

/* Reads the string whose opening quote is next; unescapes it in place. */
bool json_string(struct json_parser *p, const char **str, size_t *len);

#endif
