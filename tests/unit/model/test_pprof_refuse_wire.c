/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the reader must refuse because of its bytes, whatever they say: the valid message with bad ones behind it, or too many. */
#include "message.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *sentence;
	uint32_t part; /* the bytes are a part of this field; 0: of the message */
	const char *bytes;
	size_t len;
	const char *text;
} rows[] = {
	{"groups are refused", 0, BYTES("\x7b\x7c"), "unknown wire type 3"}, /* field 15 */
	{"wire types end at 5", 0, BYTES("\x7f"), "unknown wire type 7"},
	{"there is no field 0", 0, BYTES("\x00\x01"), "field number out of range"},
	{"fields end at 2^29 - 1", 0, BYTES("\x80\x80\x80\x80\x10\x01"),
	 "field number out of range"},
	{"a varint ends", 0, BYTES("\x48\xff"), "cut short"},
	{"a varint has 64 bits", 0, BYTES("\x48\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
	 "more than 64 bits"},
	{"a length is within the message", 0,
	 BYTES("\x32\x05"
	       "abc"),
	 "cut short"},
	{"a length does not wrap round", 0, BYTES("\x32\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
	 "cut short"},
	{"8 bytes are 8 bytes", 0,
	 BYTES("\x89\x02"
	       "1234567"),
	 "cut short"},
	{"a string is bytes", 0, BYTES("\x30\x01"), "field 6 has wire type 0 where 2"},
	{"a sample is bytes", 0, BYTES("\x10\x01"), "field 2 has wire type 0 where 2"},
	{"a time is a number", 0, BYTES("\x4a\x01\x01"), "field 9 has wire type 2 where 0"},
	{"a comment is a varint", 0,
	 BYTES("\x6d"
	       "1234"),
	 "field 13 has wire type 5"},
	{"a line is bytes", PPROF_LOCATION, BYTES("\x20\x01"), "field 4 has wire type 0 where 2"},
	{"an id is a number", PPROF_MAPPING, BYTES("\x0a\x01\x01"),
	 "field 1 has wire type 2 where 0"},
	{"a line ends", PPROF_LOCATION, BYTES("\x08\x09\x22\x05\x08"), "cut short"},
	{"a label is bytes", PPROF_SAMPLE, BYTES("\x18\x01"), "field 3 has wire type 0 where 2"},
	{"locations are varints", PPROF_SAMPLE,
	 BYTES("\x0d"
	       "1234"),
	 "field 1 has wire type 5"},
	{"packed varints end", PPROF_SAMPLE, BYTES("\x12\x02\x01\x80"), "cut short"},
};

static void bad_bytes_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_buf m;

		message_base(&m);
		if (rows[i].part)
			rg_wire_put_bytes(&m, rows[i].part, rows[i].bytes, rows[i].len);
		else
			rg_buf_add(&m, rows[i].bytes, rows[i].len);
		assert_int_equal(m.failed, 0);
		assert_refused(rows[i].sentence, &m, RG_EFORMAT, rows[i].text);
		rg_buf_done(&m);
	}
}

static void errors_tell_the_byte(void **state)
{
	struct rg_buf m;
	char text[64];

	(void)state;
	message_base(&m);
	snprintf(text, sizeof(text), "pprof: read at byte %zu: ", m.len + 1);
	rg_buf_add(&m, "\x7f", 1);
	assert_refused("the byte is told", &m, RG_EFORMAT, text);
	rg_buf_done(&m);
}

static void an_empty_file_is_refused(void **state)
{
	struct rg_buf m = {0};

	(void)state;
	assert_refused("no bytes", &m, RG_EFORMAT, "the file is empty");
}

static void a_file_has_a_limit(void **state)
{
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};
	struct rg_buf m;

	(void)state;
	message_base(&m);
	assert_int_equal(rg_pprof_read_max(m.data, m.len, m.len - 1, &profile, &err), RG_ELIMIT);
	assert_text_contains(err.text, "more than");
	/* Not one byte of it is looked at. */
	err = (struct rg_err){0};
	assert_int_equal(rg_pprof_read(m.data, (size_t)RG_PPROF_MAX_FILE + 1, &profile, &err),
			 RG_ELIMIT);
	assert_text_contains(err.text, "file of more than 268435456 bytes");
	assert_null(profile);
	rg_buf_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_bytes_are_refused),
		cmocka_unit_test(errors_tell_the_byte),
		cmocka_unit_test(an_empty_file_is_refused),
		cmocka_unit_test(a_file_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
