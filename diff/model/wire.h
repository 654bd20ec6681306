/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_WIRE_H
#define RG_MODEL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_buf;
struct rg_err;

/*
 * Protocol buffers, the wire format (https://protobuf.dev/programming-guides/encoding/): varints,
 * length-delimited and fixed fields. Groups, deprecated and never used by pprof, are refused.
 */
enum rg_wire_type {
	RG_WIRE_VARINT = 0,
	RG_WIRE_FIXED64 = 1,
	RG_WIRE_BYTES = 2,
	RG_WIRE_FIXED32 = 5,
};

/*
 * A range of untrusted bytes being read. All reading of a message goes through these functions;
 * none reads outside [at, end). `base` is the start of the whole message, for error offsets.
 */
struct rg_wire {
	const uint8_t *base, *at, *end;
};

struct rg_wire_field {
	uint32_t number;
	enum rg_wire_type type;
	/* The content of a bytes field; of a varint field the varint's own bytes. */
	struct rg_wire payload;
};

struct rg_wire rg_wire_init(const void *bytes, size_t len);

/* Offset of the next byte in the whole message. */
size_t rg_wire_offset(const struct rg_wire *wire);

/*
 * Records "pprof: read at byte N: reason", formatted, and is `code`: not what rg_err_set() returns,
 * so that analysers, too, see that it is not 0.
 */
#define RG_WIRE_FAIL(wire, err, code, fmt, ...)                                       \
	(rg_err_set(err, code, "pprof: read at byte %zu: " fmt, rg_wire_offset(wire), \
		    ##__VA_ARGS__),                                                   \
	 (int)(code))

/* rg_wire_varint() for a number of any length. */
int rg_wire_varint_long(struct rg_wire *wire, uint64_t *value, struct rg_err *err);

/*
 * Errors: RG_EFORMAT when cut short or more than 64 bits. Inline for numbers of one byte and two,
 * which nearly all are.
 */
static inline int rg_wire_varint(struct rg_wire *wire, uint64_t *value, struct rg_err *err)
{
	const uint8_t *at = wire->at;

	if (wire->end - at >= 2) {
		if (at[0] < 0x80) {
			*value = at[0];
			wire->at = at + 1;
			return 0;
		}
		if (at[1] < 0x80) {
			*value = (uint64_t)(at[0] & 0x7f) | (uint64_t)at[1] << 7;
			wire->at = at + 2;
			return 0;
		}
	}
	return rg_wire_varint_long(wire, value, err);
}

/* Takes the next field: returns 1, 0 at the end, or RG_EFORMAT. */
int rg_wire_next(struct rg_wire *wire, struct rg_wire_field *field, struct rg_err *err);

/* Refuses a field that has not the type its number should have. */
int rg_wire_expect(const struct rg_wire_field *field, enum rg_wire_type type, struct rg_err *err);

/*
 * A repeated number, packed or not: in both cases the payload is a sequence of varints, to be read
 * until at == end. Refuses other types.
 */
int rg_wire_expect_varints(const struct rg_wire_field *field, struct rg_err *err);

/* The number of a varint field. Refuses other types. */
int rg_wire_number(const struct rg_wire_field *field, uint64_t *value, struct rg_err *err);

/*
 * Reads a whole message that has only numbers: field n goes to values[n] (1 <= n < count), the last
 * one winning; absent ones are 0, fields from `count` on are passed over.
 */
int rg_wire_numbers(struct rg_wire message, uint64_t *values, size_t count, struct rg_err *err);

/* --- Writing: errors are sticky in the buffer --- */

void rg_wire_put_varint(struct rg_buf *buf, uint64_t value);
/* Nothing for 0, the default. */
void rg_wire_put_number(struct rg_buf *buf, uint32_t field, uint64_t value);
void rg_wire_put_bytes(struct rg_buf *buf, uint32_t field, const void *bytes, size_t len);

#endif
