/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "digest.h"

#include <sha2.h>
#include <stdint.h>

enum { HEX_DIGITS = 2 * SHA256_DIGEST_LENGTH };

_Static_assert(HEX_DIGITS + 1 == RG_STORE_ID_MAX, "an id is a SHA-256");

void digest_hex(const void *bytes, size_t len, char out[RG_STORE_ID_MAX])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX context;

	SHA256Init(&context);
	SHA256Update(&context, bytes, len);
	SHA256Final(digest, &context);
	for (size_t i = 0; i < sizeof(digest); i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[HEX_DIGITS] = '\0';
}

static bool is_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool digest_is_hex(const char *text)
{
	for (int i = 0; i < HEX_DIGITS; i++) {
		if (!is_digit(text[i]))
			return false;
	}
	return true;
}

void rg_store_id(const void *bytes, size_t len, char id[RG_STORE_ID_MAX])
{
	digest_hex(bytes, len, id);
}
