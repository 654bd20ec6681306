#include <string.h>

#include "text.h"

#define INT_DIGITS_MAX 20

static const char hex_digits[] = "0123456789abcdef";

void text_init(struct text *t, char *mem, size_t size)
{
	t->data = mem;
	t->len = 0;
	t->size = size;
	t->full = false;
}

static bool has_room(struct text *t, size_t len)
{
	if (len > t->size - t->len)
		t->full = true;
	return !t->full;
}

void text_put(struct text *t, const char *s, size_t len)
{
	if (!has_room(t, len))
		return;
	memcpy(t->data + t->len, s, len);
	t->len += len;
}

void text_str(struct text *t, const char *s)
{
	text_put(t, s, strlen(s));
}

/* Writes at least min_digits digits that end at end; returns where they start. */
static char *digits_before(char *end, uint64_t value, int min_digits)
{
	while (value || min_digits > 0) {
		*--end = (char)('0' + value % 10);
		value /= 10;
		min_digits--;
	}
	return end;
}

void text_int(struct text *t, int64_t value)
{
	char buf[INT_DIGITS_MAX];
	char *end = buf + sizeof(buf);
	char *p = digits_before(end, value < 0 ? -(uint64_t)value : (uint64_t)value, 1);

	if (value < 0)
		*--p = '-';
	text_put(t, p, (size_t)(end - p));
}

void text_money(struct text *t, int64_t cents)
{
	char buf[INT_DIGITS_MAX + 2];
	char *end = buf + sizeof(buf);
	uint64_t value = cents < 0 ? -(uint64_t)cents : (uint64_t)cents;
	char *p = digits_before(end, value % 100, 2);

	*--p = '.';
	p = digits_before(p, value / 100, 1);
	if (cents < 0)
		*--p = '-';
	text_put(t, p, (size_t)(end - p));
}

void text_hex(struct text *t, const uint8_t *bytes, size_t len)
{
	if (!has_room(t, 2 * len))
		return;
	for (size_t i = 0; i < len; i++) {
		t->data[t->len++] = hex_digits[bytes[i] >> 4];
		t->data[t->len++] = hex_digits[bytes[i] & 15];
	}
}

static void put_escape(struct text *t, unsigned char c)
{
	char unicode[] = {'\\', 'u', '0', '0', hex_digits[c >> 4], hex_digits[c & 15]};
	char simple[] = {'\\', (char)c};

	if (c == '"' || c == '\\')
		text_put(t, simple, sizeof(simple));
	else
		text_put(t, unicode, sizeof(unicode));
}

void text_quoted(struct text *t, const char *s, size_t len)
{
	text_put(t, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == '"' || c == '\\')
			put_escape(t, c);
		else if (has_room(t, 1))
			t->data[t->len++] = s[i];
	}
	text_put(t, "\"", 1);
}
