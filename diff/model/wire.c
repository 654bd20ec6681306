/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rg/buf.h"
#include "rg/err.h"

#include "wire.h"

enum { TYPE_BITS = 3, MAX_FIELD = (1 << 29) - 1 };

struct rg_wire rg_wire_init(const void *bytes, size_t len)
{
	const uint8_t *start = bytes;

	return (struct rg_wire){start, start, start + len};
}

size_t rg_wire_offset(const struct rg_wire *wire)
{
	return (size_t)(wire->at - wire->base);
}

int rg_wire_varint_long(struct rg_wire *wire, uint64_t *value, struct rg_err *err)
{
	uint64_t sum = 0;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		uint8_t byte;

		if (wire->at == wire->end)
			return RG_WIRE_FAIL(wire, err, RG_EFORMAT, "cut short");
		byte = *wire->at++;
		if (shift == 63 && byte > 1)
			break;
		sum |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*value = sum;
			return 0;
		}
	}
	return RG_WIRE_FAIL(wire, err, RG_EFORMAT, "a number of more than 64 bits");
}

/* Moves `len` bytes from the wire to the payload. */
static int take(struct rg_wire *wire, uint64_t len, struct rg_wire *payload, struct rg_err *err)
{
	if (len > (uint64_t)(wire->end - wire->at))
		return RG_WIRE_FAIL(wire, err, RG_EFORMAT, "cut short");
	*payload = (struct rg_wire){wire->base, wire->at, wire->at + len};
	wire->at += len;
	return 0;
}

static int take_payload(struct rg_wire *wire, struct rg_wire_field *field, struct rg_err *err)
{
	const uint8_t *start = wire->at;
	uint64_t value = 0;

	switch (field->type) {
	case RG_WIRE_VARINT:
		if (rg_wire_varint(wire, &value, err) != 0)
			return RG_EFORMAT;
		field->payload = (struct rg_wire){wire->base, start, wire->at};
		return 0;
	case RG_WIRE_FIXED64:
		return take(wire, 8, &field->payload, err);
	case RG_WIRE_FIXED32:
		return take(wire, 4, &field->payload, err);
	case RG_WIRE_BYTES:
		if (rg_wire_varint(wire, &value, err) != 0)
			return RG_EFORMAT;
		return take(wire, value, &field->payload, err);
	}
	return RG_WIRE_FAIL(wire, err, RG_EFORMAT, "field %u has unknown wire type %u",
			    (unsigned int)field->number, (unsigned int)field->type);
}

int rg_wire_next(struct rg_wire *wire, struct rg_wire_field *field, struct rg_err *err)
{
	uint64_t key = 0;

	if (wire->at == wire->end)
		return 0;
	if (rg_wire_varint(wire, &key, err) != 0)
		return RG_EFORMAT;
	if (key >> TYPE_BITS == 0 || key >> TYPE_BITS > MAX_FIELD)
		return RG_WIRE_FAIL(wire, err, RG_EFORMAT, "field number out of range");
	field->number = (uint32_t)(key >> TYPE_BITS);
	field->type = (enum rg_wire_type)(key & ((1 << TYPE_BITS) - 1));
	return take_payload(wire, field, err) != 0 ? RG_EFORMAT : 1;
}

int rg_wire_expect(const struct rg_wire_field *field, enum rg_wire_type type, struct rg_err *err)
{
	if (field->type == type)
		return 0;
	return RG_WIRE_FAIL(&field->payload, err, RG_EFORMAT,
			    "field %u has wire type %u where %u belongs",
			    (unsigned int)field->number, (unsigned int)field->type,
			    (unsigned int)type);
}

int rg_wire_expect_varints(const struct rg_wire_field *field, struct rg_err *err)
{
	if (field->type == RG_WIRE_BYTES)
		return 0;
	return rg_wire_expect(field, RG_WIRE_VARINT, err);
}

int rg_wire_number(const struct rg_wire_field *field, uint64_t *value, struct rg_err *err)
{
	struct rg_wire payload = field->payload;
	int rc = rg_wire_expect(field, RG_WIRE_VARINT, err);

	return rc != 0 ? rc : rg_wire_varint(&payload, value, err);
}

int rg_wire_numbers(struct rg_wire message, uint64_t *values, size_t count, struct rg_err *err)
{
	struct rg_wire_field field;
	int rc;

	memset(values, 0, count * sizeof(*values));
	while ((rc = rg_wire_next(&message, &field, err)) > 0) {
		if (field.number >= count)
			continue;
		rc = rg_wire_number(&field, &values[field.number], err);
		if (rc != 0)
			return rc;
	}
	return rc;
}

void rg_wire_put_varint(struct rg_buf *buf, uint64_t value)
{
	uint8_t bytes[10];
	size_t len = 0;

	for (; value >= 0x80; value >>= 7)
		bytes[len++] = (uint8_t)(value | 0x80);
	bytes[len++] = (uint8_t)value;
	rg_buf_add(buf, bytes, len);
}

static void put_key(struct rg_buf *buf, uint32_t field, enum rg_wire_type type)
{
	rg_wire_put_varint(buf, (uint64_t)field << TYPE_BITS | (uint64_t)type);
}

void rg_wire_put_number(struct rg_buf *buf, uint32_t field, uint64_t value)
{
	if (value == 0)
		return;
	put_key(buf, field, RG_WIRE_VARINT);
	rg_wire_put_varint(buf, value);
}

void rg_wire_put_bytes(struct rg_buf *buf, uint32_t field, const void *bytes, size_t len)
{
	put_key(buf, field, RG_WIRE_BYTES);
	rg_wire_put_varint(buf, len);
	rg_buf_add(buf, bytes, len);
}
