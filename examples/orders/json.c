#include <string.h>

#include "json_parser.h"
#include "outline.h"

static bool parse_value(struct json_parser *p, struct json *node, int depth);

/* The next character that is not blank, 0 at the end. */
static char peek(struct json_parser *p)
{
	while (p->at < p->end &&
	       (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r'))
		p->at++;
	return p->at < p->end ? *p->at : '\0';
}

static struct json *new_node(struct json_parser *p)
{
	struct json *node;

	if (p->doc->used == JSON_NODES_MAX) {
		json_fail(p, "too many values");
		return NULL;
	}
	node = &p->doc->nodes[p->doc->used++];
	*node = (struct json){.type = JSON_NULL};
	return node;
}

static size_t skip_digits(struct json_parser *p)
{
	const char *start = p->at;

	while (p->at < p->end && *p->at >= '0' && *p->at <= '9')
		p->at++;
	return (size_t)(p->at - start);
}

static bool skip_one_of(struct json_parser *p, char a, char b)
{
	if (p->at == p->end || (*p->at != a && *p->at != b))
		return false;
	p->at++;
	return true;
}

static bool integer_value(const char *s, size_t len, bool negative, int64_t *value)
{
	int64_t sum = 0;

	for (size_t i = 0; i < len; i++) {
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_sub_overflow(sum, s[i] - '0', &sum))
			return false;
	}
	*value = sum;
	return negative || !__builtin_sub_overflow(0, sum, value);
}

static OUTLINE bool parse_number(struct json_parser *p, struct json *node)
{
	bool negative = skip_one_of(p, '-', '-');
	const char *start = p->at;
	size_t len = skip_digits(p);
	bool whole = true;

	if (!len || (len > 1 && *start == '0'))
		return json_fail(p, "bad number");
	if (skip_one_of(p, '.', '.')) {
		whole = false;
		if (!skip_digits(p))
			return json_fail(p, "bad number");
	}
	if (skip_one_of(p, 'e', 'E')) {
		whole = false;
		skip_one_of(p, '+', '-');
		if (!skip_digits(p))
			return json_fail(p, "bad number");
	}
	whole = whole && integer_value(start, len, negative, &node->num);
	node->type = whole ? JSON_INT : JSON_REAL;
	return true;
}

static bool parse_word(struct json_parser *p, struct json *node)
{
	static const struct {
		const char *word;
		enum json_type type;
		int num;
	} words[] = {{"true", JSON_BOOL, 1}, {"false", JSON_BOOL, 0}, {"null", JSON_NULL, 0}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i].word);

		if ((size_t)(p->end - p->at) >= len && !memcmp(p->at, words[i].word, len)) {
			p->at += len;
			node->type = words[i].type;
			node->num = words[i].num;
			return true;
		}
	}
	return json_fail(p, "expected a value");
}

static bool parse_key(struct json_parser *p, struct json *member)
{
	if (peek(p) != '"')
		return json_fail(p, "expected a member name");
	if (!json_string(p, &member->key, &member->key_len))
		return false;
	if (peek(p) != ':')
		return json_fail(p, "expected a colon");
	p->at++;
	return true;
}

/* The members of an object or the elements of an array, past the opening bracket. */
static OUTLINE bool parse_children(struct json_parser *p, struct json *parent, char close,
				   int depth)
{
	const struct json **link = &parent->child;
	struct json *node;
	char c = ',';

	p->at++;
	if (peek(p) == close) {
		p->at++;
		return true;
	}
	while (c == ',') {
		node = new_node(p);
		if (!node || (close == '}' && !parse_key(p, node)) ||
		    !parse_value(p, node, depth + 1))
			return false;
		*link = node;
		link = &node->next;
		c = peek(p);
		if (c != ',' && c != close)
			return json_fail(p, "expected a comma or the end");
		p->at++;
	}
	return true;
}

static bool parse_value(struct json_parser *p, struct json *node, int depth)
{
	char c = peek(p);

	if (depth > JSON_DEPTH_MAX)
		return json_fail(p, "nested too deeply");
	if (c == '{' || c == '[') {
		node->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
		return parse_children(p, node, c == '{' ? '}' : ']', depth);
	}
	if (c == '"') {
		node->type = JSON_STRING;
		return json_string(p, &node->str, &node->len);
	}
	if (c == '-' || (c >= '0' && c <= '9'))
		return parse_number(p, node);
	return parse_word(p, node);
}

const struct json *json_parse(struct json_doc *doc, char *text, size_t len)
{
	struct json_parser p = {.at = text, .end = text + len, .doc = doc};
	struct json *root;

	doc->used = 0;
	root = new_node(&p);
	if (!parse_value(&p, root, 1))
		return NULL;
	peek(&p);
	if (p.at != p.end) {
		json_fail(&p, "text after the value");
		return NULL;
	}
	return root;
}

OUTLINE const struct json *json_member(const struct json *object, const char *key)
{
	size_t len = strlen(key);

	if (object->type != JSON_OBJECT)
		return NULL;
	for (const struct json *m = object->child; m; m = m->next) {
		if (m->key_len == len && !memcmp(m->key, key, len))
			return m;
	}
	return NULL;
}
