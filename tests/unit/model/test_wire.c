/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "make.h"

#include "wire.h"

static void numbers_come_back(void **state)
{
	uint64_t seed = 11;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		uint64_t value = i == 0 ? 0 : next_random(&seed) >> (i % 64), back = 1;
		struct rg_err err = {0};
		struct rg_wire wire;
		struct rg_buf buf;

		rg_buf_init(&buf, 10);
		rg_wire_put_varint(&buf, value);
		wire = rg_wire_init(buf.data, buf.len);
		assert_int_equal(rg_wire_varint(&wire, &back, &err), 0);
		assert_true(back == value);
		assert_ptr_equal(wire.at, wire.end);
		rg_buf_done(&buf);
	}
}

static const struct {
	const char *sentence, *bytes;
	size_t len;
	uint64_t value;
	int code;
} varints[] = {
	{"one byte", "\x01", 1, 1, 0},
	{"longer than needed is allowed", "\x81\x80\x00", 3, 1, 0},
	{"all 64 bits", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, UINT64_MAX, 0},
	{"a 65th bit", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10, 0, RG_EFORMAT},
	{"an 11th byte", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11, 0, RG_EFORMAT},
	{"no byte", "", 0, 0, RG_EFORMAT},
	{"no end", "\x80\x80", 2, 0, RG_EFORMAT},
};

static void varints_have_64_bits_and_an_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(varints); i++) {
		struct rg_wire wire = rg_wire_init(varints[i].bytes, varints[i].len);
		uint64_t value = 77;
		struct rg_err err = {0};

		if (rg_wire_varint(&wire, &value, &err) != varints[i].code)
			fail_msg("%s: %s", varints[i].sentence, err.text);
		assert_true(value == (varints[i].code ? 77 : varints[i].value));
	}
}

static void fields_are_told_apart(void **state)
{
	/* 1: varint 150; 2: "ab"; 3: 8 bytes; 4: 4 bytes */
	static const char bytes[] = "\x08\x96\x01\x12\x02"
				    "ab\x19"
				    "12345678\x25"
				    "1234";
	static const enum rg_wire_type types[] = {RG_WIRE_VARINT, RG_WIRE_BYTES, RG_WIRE_FIXED64,
						  RG_WIRE_FIXED32};
	static const size_t sizes[] = {2, 2, 8, 4}, ends[] = {3, 7, 16, 21};
	struct rg_wire wire = rg_wire_init(bytes, sizeof(bytes) - 1);
	struct rg_wire_field field;
	struct rg_err err = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		assert_int_equal(rg_wire_next(&wire, &field, &err), 1);
		assert_int_equal(field.number, i + 1);
		assert_int_equal(field.type, types[i]);
		assert_int_equal(field.payload.end - field.payload.at, sizes[i]);
		assert_int_equal(rg_wire_offset(&wire), ends[i]);
	}
	assert_int_equal(rg_wire_next(&wire, &field, &err), 0);
}

static void the_last_number_wins_and_others_are_skipped(void **state)
{
	uint64_t values[3] = {7, 7, 7};
	struct rg_err err = {0};
	struct rg_buf buf;

	(void)state;
	rg_buf_init(&buf, 100);
	rg_wire_put_number(&buf, 1, 5);
	rg_wire_put_bytes(&buf, 3, "xx", 2);
	rg_wire_put_number(&buf, 1, 6);
	assert_int_equal(rg_wire_numbers(rg_wire_init(buf.data, buf.len), values, 3, &err), 0);
	assert_int_equal(values[1], 6);
	assert_int_equal(values[2], 0);
	rg_buf_done(&buf);
}

static void errors_name_byte_and_reason(void **state)
{
	struct rg_wire wire = rg_wire_init("\x08\x01\x0b", 3);
	struct rg_wire_field field;
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_wire_next(&wire, &field, &err), 1);
	assert_int_equal(rg_wire_next(&wire, &field, &err), RG_EFORMAT);
	assert_string_equal(err.text, "pprof: read at byte 3: field 1 has unknown wire type 3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_come_back),
		cmocka_unit_test(varints_have_64_bits_and_an_end),
		cmocka_unit_test(fields_are_told_apart),
		cmocka_unit_test(the_last_number_wins_and_others_are_skipped),
		cmocka_unit_test(errors_name_byte_and_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
