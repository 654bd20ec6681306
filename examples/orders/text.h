#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An output buffer of fixed size; once something did not fit, "full" stays set. */
struct text {
	char *data;
	size_t len;
	size_t size;
	bool full;
};

void text_init(struct text *t, char *mem, size_t size);
void text_put(struct text *t, const char *s, size_t len);
void text_str(struct text *t, const char *s);
void text_int(struct text *t, int64_t value);
void text_money(struct text *t, int64_t cents);
void text_hex(struct text *t, const uint8_t *bytes, size_t len);

/* A JSON string with its quotes; the input is valid UTF-8. */
void text_quoted(struct text *t, const char *s, size_t len);

#endif
