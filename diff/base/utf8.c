/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/text.h"
#include "utf8.h"

/* The length a lead byte announces (RFC 3629 section 4), or 0 when it cannot start a sequence. */
static size_t sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

static int is_continuation(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Lead bytes already exclude two-byte overlong forms and most of what is above U+10FFFF. */
static int is_scalar(uint32_t codepoint, size_t length)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

	if (codepoint < smallest[length] || codepoint > 0x10ffff)
		return 0;
	return codepoint < 0xd800 || codepoint > 0xdfff;
}

size_t rg_utf8_decode(const char *bytes, size_t len, uint32_t *codepoint)
{
	static const unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	const unsigned char *in = (const unsigned char *)bytes;
	size_t length = len ? sequence_length(in[0]) : 0;
	uint32_t value;

	if (length == 0 || length > len)
		return 0;
	value = in[0] & lead_bits[length];
	for (size_t i = 1; i < length; i++) {
		if (!is_continuation(in[i]))
			return 0;
		value = value << 6 | (in[i] & 0x3f);
	}
	if (!is_scalar(value, length))
		return 0;
	*codepoint = value;
	return length;
}

size_t rg_utf8_whole(const char *text, size_t len)
{
	const unsigned char *in = (const unsigned char *)text;
	size_t lead = len;

	while (lead > 0 && len - lead < 3 && is_continuation(in[lead - 1]))
		lead--;
	if (lead == 0)
		return len;
	lead--;
	return sequence_length(in[lead]) > len - lead ? lead : len;
}
