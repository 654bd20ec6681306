#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "http.h"
#include "outline.h"

/* What the header fields say about the framing. */
struct framing {
	bool http10;
	bool host;
	bool has_length;
	size_t length;
	bool close;
	bool keep_alive;
};

static bool is_token_char(unsigned char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

static size_t token_len(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && is_token_char((unsigned char)s[n]))
		n++;
	return n;
}

/* METHOD SP target SP HTTP/1.x */
static int request_line(struct http_request *req, struct framing *f, const char *s, size_t len)
{
	const char *end = s + len;
	const char *p;

	req->method = s;
	req->method_len = token_len(s, len);
	p = s + req->method_len;
	if (!req->method_len || p == end || *p != ' ')
		return 400;
	req->target = ++p;
	while (p < end && (unsigned char)*p > ' ' && *p != 0x7f)
		p++;
	req->target_len = (size_t)(p - req->target);
	if (!req->target_len || end - p != 9 || memcmp(p, " HTTP/1.", 8))
		return 400;
	if (p[8] != '0' && p[8] != '1')
		return 400;
	f->http10 = p[8] == '0';
	return HTTP_OK;
}

/* A second Content-Length could frame the body differently for a proxy. */
static int content_length(struct framing *f, const char *s, size_t len)
{
	size_t value = 0;

	if (!len || f->has_length)
		return 400;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 400;
		if (value <= HTTP_BODY_MAX)
			value = value * 10 + (size_t)(s[i] - '0');
	}
	f->has_length = true;
	f->length = value;
	return value > HTTP_BODY_MAX ? 413 : HTTP_OK;
}

static bool equals(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && !strncasecmp(s, word, len);
}

static void connection(struct framing *f, const char *s, size_t len)
{
	const char *end = s + len;

	while (s < end) {
		size_t n = token_len(s, (size_t)(end - s));

		f->close |= equals(s, n, "close");
		f->keep_alive |= equals(s, n, "keep-alive");
		s += n ? n : 1;
	}
}

static int apply_field(struct framing *f, const char *name, size_t name_len, const char *value,
		       size_t len)
{
	if (equals(name, name_len, "content-length"))
		return content_length(f, value, len);
	if (equals(name, name_len, "transfer-encoding"))
		return 501;
	if (equals(name, name_len, "connection"))
		connection(f, value, len);
	if (equals(name, name_len, "host"))
		f->host = true;
	return HTTP_OK;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int header_field(struct framing *f, const char *s, size_t len)
{
	size_t name_len = token_len(s, len);
	const char *value = s + name_len + 1;
	const char *end = s + len;

	if (!name_len || name_len == len || s[name_len] != ':')
		return 400;
	for (const char *p = value; p < end; p++) {
		if (((unsigned char)*p < ' ' && *p != '\t') || *p == 0x7f)
			return 400;
	}
	while (value < end && is_blank(*value))
		value++;
	while (value < end && is_blank(end[-1]))
		end--;
	return apply_field(f, s, name_len, value, (size_t)(end - value));
}

/* head_len includes the line end of the last field. */
static OUTLINE int parse_head(struct http_request *req, struct framing *f, const char *data,
			      size_t head_len)
{
	const char *end = data + head_len;
	int status = HTTP_OK;

	for (const char *line = data; status == HTTP_OK && line < end;) {
		const char *eol = memmem(line, (size_t)(end - line), "\r\n", 2);
		size_t len = (size_t)(eol - line);

		status =
			line == data ? request_line(req, f, line, len) : header_field(f, line, len);
		line = eol + 2;
	}
	if (status == HTTP_OK && !f->http10 && !f->host)
		return 400;
	return status;
}

int http_parse(struct http_request *req, char *data, size_t len)
{
	size_t limit = len < HTTP_HEAD_MAX ? len : HTTP_HEAD_MAX;
	char *blank = memmem(data, limit, "\r\n\r\n", 4);
	struct framing f = {.length = 0};
	size_t head_len;
	int status;

	if (!blank)
		return limit == HTTP_HEAD_MAX ? 431 : HTTP_INCOMPLETE;
	head_len = (size_t)(blank - data) + 2;
	status = parse_head(req, &f, data, head_len);
	if (status != HTTP_OK)
		return status;
	req->body = blank + 4;
	req->body_len = f.length;
	req->size = head_len + 2 + f.length;
	req->keep_alive = f.http10 ? f.keep_alive && !f.close : !f.close;
	return len < req->size ? HTTP_INCOMPLETE : HTTP_OK;
}

const char *http_reason(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 201:
		return "Created";
	case 400:
		return "Bad Request";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 408:
		return "Request Timeout";
	case 413:
		return "Content Too Large";
	case 422:
		return "Unprocessable Content";
	case 431:
		return "Request Header Fields Too Large";
	case 501:
		return "Not Implemented";
	default:
		return "Internal Server Error";
	}
}
