#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes written, at most 4; code is a Unicode scalar value. */
size_t utf8_encode(char *out, uint32_t code);

/* Length of the well-formed sequence of several bytes at s, 0 if it is not one. */
size_t utf8_sequence(const char *s, size_t len);

#endif
