/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "random_profile.h"

#include "gzip.h"
#include "pprof_fields.h"
#include "wire.h"

static void assert_same_places(const struct rg_profile *a, const struct rg_profile *b)
{
	size_t an, bn;
	const struct rg_frame *af = rg_profile_frames(a, &an), *bf = rg_profile_frames(b, &bn);
	const struct rg_module *am, *bm;

	assert_int_equal(an, bn);
	for (size_t i = 0; i < an; i++) {
		assert_string_equal(af[i].function, bf[i].function);
		assert_string_equal(af[i].file, bf[i].file);
		assert_int_equal(af[i].line, bf[i].line);
		assert_int_equal(af[i].start_line, bf[i].start_line);
		assert_int_equal(af[i].module, bf[i].module);
		assert_int_equal(af[i].unnamed, bf[i].unnamed);
	}
	am = rg_profile_modules(a, &an);
	bm = rg_profile_modules(b, &bn);
	assert_int_equal(an, bn);
	for (size_t i = 0; i < an; i++) {
		assert_string_equal(am[i].name, bm[i].name);
		assert_string_equal(am[i].build_id, bm[i].build_id);
	}
}

static void assert_same_stack(const struct rg_stack *a, const struct rg_stack *b)
{
	assert_int_equal(a->depth, b->depth);
	assert_memory_equal(a->frames, b->frames, a->depth * sizeof(*a->frames));
}

static void assert_same_samples(const struct rg_profile *a, const struct rg_profile *b)
{
	size_t an, bn, n;
	const struct rg_sample *as = rg_profile_samples(a, &an), *bs = rg_profile_samples(b, &bn);

	assert_int_equal(an, bn);
	for (size_t i = 0; i < an; i++) {
		assert_memory_equal(as[i].value, bs[i].value, sizeof(as[i].value));
		assert_int_equal(as[i].slice, bs[i].slice);
		assert_string_equal(as[i].thread, bs[i].thread);
		assert_same_stack(&rg_profile_stacks(a, &n)[as[i].stack],
				  &rg_profile_stacks(b, &n)[bs[i].stack]);
	}
	for (int v = 0; v < RG_VALUE_COUNT; v++) {
		assert_int_equal(rg_profile_has(a, (enum rg_value)v),
				 rg_profile_has(b, (enum rg_value)v));
		assert_int_equal(rg_profile_total(a, (enum rg_value)v),
				 rg_profile_total(b, (enum rg_value)v));
	}
}

static void assert_same_rest(const struct rg_profile *a, const struct rg_profile *b)
{
	size_t an, bn;
	const struct rg_slice *as = rg_profile_slices(a, &an), *bs = rg_profile_slices(b, &bn);
	const struct rg_fact *af, *bf;

	assert_int_equal(an, bn);
	for (size_t i = 0; i < an; i++)
		assert_true(as[i].wall_ns == bs[i].wall_ns);
	af = rg_profile_facts(a, &an);
	bf = rg_profile_facts(b, &bn);
	assert_int_equal(an, bn);
	for (size_t i = 0; i < an; i++) {
		assert_string_equal(af[i].key, bf[i].key);
		assert_string_equal(af[i].value, bf[i].value);
	}
}

static void round_trip(struct rg_profile *p)
{
	struct rg_buf first = make_file(p), second;
	struct rg_profile *back = make_read(first.data, first.len);

	assert_same_places(p, back);
	assert_same_samples(p, back);
	assert_same_rest(p, back);
	second = make_file(back);
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
	rg_buf_done(&first);
	rg_buf_done(&second);
	rg_profile_free(p);
	rg_profile_free(back);
}

static void what_is_written_is_read_back(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 400; seed++)
		round_trip(random_profile(seed));
}

static void samples_without_cpu_time_stay_so(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	struct rg_sample sample = {.value = {3}, .slice = RG_NO_SLICE};
	struct rg_err err = {0};

	(void)state;
	sample.stack = make_leaf(b, "f");
	make_fact(b, RG_KEY_PERIOD_NS, "1000");
	assert_int_equal(rg_profile_builder_sample(b, &sample, &err), 0);
	round_trip(make_profile(b));
}

static void extremes_are_read_back(void **state)
{
	static char name[RG_PROFILE_MAX_TEXT + 1];
	static uint32_t deep[RG_PROFILE_MAX_DEPTH];
	struct rg_profile_builder *b = rg_profile_builder_new();
	uint32_t app = make_module(b, "app", "");

	(void)state;
	memset(name, 0xff, sizeof(name) - 1);
	deep[1] = make_frame(b, "g", app, UINT32_MAX);
	deep[0] = make_frame(b, name, app, 0);
	for (size_t i = 2; i < COUNT(deep); i++)
		deep[i] = deep[i % 2];
	for (uint64_t i = 0; i < RG_PROFILE_MAX_SLICES; i++)
		make_slices(b, 1, i % 3 ? UINT64_MAX - i : 5);
	make_sample(b, make_stack(b, deep, COUNT(deep)), RG_PROFILE_MAX_SLICES - 1, name,
		    INT64_MAX / 1000);
	round_trip(make_profile(b));
}

static void the_file_tells_neither_time_nor_name(void **state)
{
	struct rg_profile *p = random_profile(3);
	struct rg_buf file = make_file(p);

	(void)state;
	/* RFC 1952: magic, deflate, no flags, no time, no extra flags, unknown system. */
	assert_memory_equal(file.data, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
	rg_buf_done(&file);
	rg_profile_free(p);
}

static void a_profile_that_measured_nothing_is_not_written(void **state)
{
	struct rg_profile *p = make_profile(rg_profile_builder_new());
	struct rg_err err = {0};
	struct rg_buf file;

	(void)state;
	rg_buf_init(&file, 1000);
	assert_int_equal(rg_pprof_write(p, &file, &err), RG_EFORMAT);
	assert_text_contains(err.text, "measured nothing");
	assert_int_equal(file.len, 0);
	rg_buf_done(&file);
	rg_profile_free(p);
}

static void a_full_buffer_keeps_what_it_had(void **state)
{
	struct rg_profile *p = random_profile(4);
	struct rg_err err = {0};
	struct rg_buf file;

	(void)state;
	rg_buf_init(&file, 40);
	rg_buf_adds(&file, "before");
	assert_int_equal(rg_pprof_write(p, &file, &err), RG_ELIMIT);
	assert_text_contains(err.text, "more than 40 bytes");
	assert_int_equal(file.len, 6);
	assert_int_equal(file.failed, RG_ELIMIT);
	rg_buf_done(&file);
	rg_profile_free(p);
}

static void the_file_is_appended(void **state)
{
	struct rg_profile *p = random_profile(4);
	struct rg_buf alone = make_file(p), file;
	struct rg_err err = {0};

	(void)state;
	rg_buf_init(&file, 1 << 20);
	rg_buf_adds(&file, "before");
	assert_int_equal(rg_pprof_write(p, &file, &err), 0);
	assert_int_equal(file.len, 6 + alone.len);
	assert_memory_equal(file.data + 6, alone.data, alone.len);
	rg_buf_done(&file);
	rg_buf_done(&alone);
	rg_profile_free(p);
}

/* The fields of the message, so far as other readers depend on them. */
struct outline {
	uint64_t number[16];       /* last value of number fields */
	uint64_t first_mapping_id; /* readers take the first mapping for the program's */
};

static struct outline outline_of(const struct rg_profile *p)
{
	struct rg_buf file = make_file(p), message;
	struct outline outline = {0};
	struct rg_wire_field field;
	struct rg_err err = {0};
	struct rg_wire wire;

	rg_buf_init(&message, 1 << 20);
	assert_int_equal(rg_gzip_inflate(file.data, file.len, &message, &err), 0);
	wire = rg_wire_init(message.data, message.len);
	while (rg_wire_next(&wire, &field, &err) > 0) {
		uint64_t ids[PPROF_MAPPING_COUNT];

		assert_in_range(field.number, 1, 14);
		if (field.type == RG_WIRE_VARINT)
			rg_wire_varint(&field.payload, &outline.number[field.number], &err);
		if (field.number == PPROF_MAPPING && outline.first_mapping_id == 0) {
			rg_wire_numbers(field.payload, ids, PPROF_MAPPING_COUNT, &err);
			outline.first_mapping_id = ids[PPROF_MAPPING_ID];
		}
	}
	assert_int_equal(err.code, 0);
	rg_buf_done(&file);
	rg_buf_done(&message);
	return outline;
}

static void facts_fill_the_fields(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	struct outline outline;
	struct rg_profile *p;
	uint32_t frame;

	(void)state;
	make_fact(b, RG_KEY_STARTED_NS, "1700000000000000000");
	make_fact(b, RG_KEY_WALL_NS, "30000000000");
	make_fact(b, RG_KEY_PERIOD_NS, "10101010");
	make_fact(b, RG_KEY_BUILD_ID, "77");
	frame = make_frame(b, "main", make_module(b, "z_main", "77"), 0);
	make_sample(b, make_stack(b, &frame, 1), RG_NO_SLICE, "", 1);
	make_sample(b, make_leaf(b, "f"), RG_NO_SLICE, "", 1);
	p = make_profile(b);
	outline = outline_of(p);
	assert_true(outline.number[PPROF_TIME_NANOS] == UINT64_C(1700000000000000000));
	assert_true(outline.number[PPROF_DURATION_NANOS] == UINT64_C(30000000000));
	assert_int_equal(outline.number[PPROF_PERIOD], 10101010);
	assert_int_equal(outline.first_mapping_id, 2);
	rg_profile_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(samples_without_cpu_time_stay_so),
		cmocka_unit_test(extremes_are_read_back),
		cmocka_unit_test(the_file_tells_neither_time_nor_name),
		cmocka_unit_test(a_profile_that_measured_nothing_is_not_written),
		cmocka_unit_test(a_full_buffer_keeps_what_it_had),
		cmocka_unit_test(the_file_is_appended),
		cmocka_unit_test(facts_fill_the_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
