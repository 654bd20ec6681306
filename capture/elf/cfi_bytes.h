/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_CFI_BYTES_H
#define CAPTURE_ELF_CFI_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bytes still to be read, in this machine's byte order. Whoever reads past their end, or a LEB128
 * number (DWARF 5, 7.6) of more than 64 bits, gets 0 and sets `bad`, which then stays; nothing is
 * left to read. So a run of reads is checked once, at its end.
 */
struct rg_cfi_bytes {
	const uint8_t *at, *end;
	bool bad;
};

static inline size_t rg_cfi_left(const struct rg_cfi_bytes *bytes)
{
	return (size_t)(bytes->end - bytes->at);
}

static inline uint64_t rg_cfi_fail(struct rg_cfi_bytes *bytes)
{
	bytes->at = bytes->end;
	bytes->bad = true;
	return 0;
}

/* The next `size` bytes, apart; `bytes` goes on behind them. */
static inline struct rg_cfi_bytes rg_cfi_take(struct rg_cfi_bytes *bytes, uint64_t size)
{
	const uint8_t *at = bytes->at;

	if (size > rg_cfi_left(bytes)) {
		rg_cfi_fail(bytes);
		return (struct rg_cfi_bytes){.bad = true};
	}
	bytes->at += size;
	return (struct rg_cfi_bytes){.at = at, .end = bytes->at};
}

/* A number of 1 to 8 bytes. */
static inline uint64_t rg_cfi_unsigned(struct rg_cfi_bytes *bytes, size_t size)
{
	uint64_t value = 0;

	if (size > rg_cfi_left(bytes))
		return rg_cfi_fail(bytes);
	for (size_t i = 0; i < size; i++) {
		size_t place = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? i : size - 1 - i;

		value |= (uint64_t)bytes->at[place] << (8 * i);
	}
	bytes->at += size;
	return value;
}

static inline int64_t rg_cfi_signed(struct rg_cfi_bytes *bytes, size_t size)
{
	uint64_t value = rg_cfi_unsigned(bytes, size);

	if (size < 8 && value >> (8 * size - 1))
		value |= UINT64_MAX << (8 * size);
	return (int64_t)value;
}

static inline uint64_t rg_cfi_uleb(struct rg_cfi_bytes *bytes)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 64 && bytes->at < bytes->end; shift += 7) {
		uint8_t byte = *bytes->at++;

		if (shift == 63 && byte > 1)
			break;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	return rg_cfi_fail(bytes);
}

static inline int64_t rg_cfi_sleb(struct rg_cfi_bytes *bytes)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 64 && bytes->at < bytes->end; shift += 7) {
		uint8_t byte = *bytes->at++;

		if (shift == 63 && byte != 0 && byte != 0x7f)
			break;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		if ((byte & 0x40) && shift < 57)
			value |= UINT64_MAX << (shift + 7);
		return (int64_t)value;
	}
	return (int64_t)rg_cfi_fail(bytes);
}

#endif
