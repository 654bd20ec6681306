#include <string.h>

#include "json_parser.h"
#include "utf8.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hex4(struct json_parser *p, uint32_t *code)
{
	*code = 0;
	if (p->end - p->at < 4)
		return json_fail(p, "truncated \\u escape");
	for (int i = 0; i < 4; i++) {
		int digit = hex_value(*p->at++);

		if (digit < 0)
			return json_fail(p, "bad \\u escape");
		*code = *code << 4 | (uint32_t)digit;
	}
	return true;
}

static bool parse_unicode(struct json_parser *p, char **out)
{
	uint32_t code, low;

	if (!parse_hex4(p, &code))
		return false;
	if (code >= 0xd800 && code < 0xdc00) {
		if (p->end - p->at < 6 || p->at[0] != '\\' || p->at[1] != 'u')
			return json_fail(p, "lone surrogate");
		p->at += 2;
		if (!parse_hex4(p, &low))
			return false;
		if (low < 0xdc00 || low > 0xdfff)
			return json_fail(p, "lone surrogate");
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	} else if (code >= 0xdc00 && code < 0xe000) {
		return json_fail(p, "lone surrogate");
	}
	*out += utf8_encode(*out, code);
	return true;
}

static bool parse_escape(struct json_parser *p, char **out)
{
	static const char from[] = "\"\\/bfnrt";
	static const char to[] = "\"\\/\b\f\n\r\t";
	const char *hit;

	if (p->end - p->at < 2)
		return json_fail(p, "unterminated string");
	p->at++;
	if (*p->at == 'u') {
		p->at++;
		return parse_unicode(p, out);
	}
	hit = memchr(from, *p->at++, sizeof(from) - 1);
	if (!hit)
		return json_fail(p, "bad escape");
	*(*out)++ = to[hit - from];
	return true;
}

static bool copy_multibyte(struct json_parser *p, char **out)
{
	size_t len = utf8_sequence(p->at, (size_t)(p->end - p->at));

	if (!len)
		return json_fail(p, "invalid UTF-8");
	while (len--)
		*(*out)++ = *p->at++;
	return true;
}

/* One character or escape; *out cannot overtake at, since no escape is too short. */
static bool copy_char(struct json_parser *p, char **out)
{
	unsigned char c = (unsigned char)*p->at;

	if (c == '\\')
		return parse_escape(p, out);
	if (c >= 0x80)
		return copy_multibyte(p, out);
	if (c < 0x20)
		return json_fail(p, "control character in a string");
	*(*out)++ = *p->at++;
	return true;
}

bool json_string(struct json_parser *p, const char **str, size_t *len)
{
	char *out = ++p->at;

	*str = out;
	while (p->at < p->end && *p->at != '"') {
		if (!copy_char(p, &out))
			return false;
	}
	if (p->at == p->end)
		return json_fail(p, "unterminated string");
	p->at++;
	*len = (size_t)(out - *str);
	return true;
}
