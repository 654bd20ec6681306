/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "make.h"

#include "perf_line.h"

static struct rg_span span(const char *text)
{
	return (struct rg_span){text, text + strlen(text)};
}

static void assert_span(const char *sentence, struct rg_span actual, const char *expected)
{
	if (!rg_span_is(actual, expected))
		fail_msg("%s: '%.*s' is not '%s'", sentence, (int)rg_span_len(actual), actual.at,
			 expected);
}

static void the_first_line_of_a_sample_is_read(void **state)
{
	static const struct {
		const char *sentence, *line, *comm;
		uint64_t time_ns;
		bool has_period;
		uint64_t period;
		const char *event, *rest;
	} rows[] = {
		{"with a call chain", "orders 19405  4293.443501:   10101010 cpu-clock: ", "orders",
		 4293443501000, true, 10101010, "cpu-clock", ""},
		{"with a CPU", "orders 19405 [001]  4293.443501:   10101010 cpu-clock:pppH: ",
		 "orders", 4293443501000, true, 10101010, "cpu-clock:pppH", ""},
		{"process and thread", "io worker 1 7/9 [001] 1.5: 1 cycles: ", "io worker 1",
		 1500000000, true, 1, "cycles", ""},
		{"without a period", "a 1 0.000000001: sched:sched_switch: prev_comm=b 5", "a", 1,
		 false, 0, "sched:sched_switch", "prev_comm=b 5"},
		{"a frame behind", "  a 1 2.0:  5 task-clock:   55d inner+0x11 (/bin/a)", "a",
		 2000000000, true, 5, "task-clock", "55d inner+0x11 (/bin/a)"},
		{"no comm", "1 2.0: 5 cycles:", "", 2000000000, true, 5, "cycles", ""},
		{"unknown process", ":-1    -1 2.0: 5 cycles:", ":-1", 2000000000, true, 5,
		 "cycles", ""},
		{"digits for a name", "12 34 56 2.0: 5 cycles:", "12 34", 2000000000, true, 5,
		 "cycles", ""},
		{"a name made up to look like a sample", "a 1 1.0: 1 e: 7 4.5: 3 cycles: ",
		 "a 1 1.0: 1 e:", 4500000000, true, 3, "cycles", ""},
		{"a symbol made up to look like one",
		 "a 1 1.0: 1 e: 55d "
		 "padding_padding_padding_padding_padding_padding_padding_padding_pa"
		 "dding_padding 7 4.5: 3 cycles: (/bin/a)",
		 "a", 1000000000, true, 1, "e",
		 "55d "
		 "padding_padding_padding_padding_padding_padding_padding_padding_padding_padding "
		 "7 4.5: 3 cycles: (/bin/a)"},
		{"a record that is no sample", "a 1 2.0: PERF_RECORD_MMAP2 1/1: x", "a", 2000000000,
		 false, 0, "", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_perf_head head;

		if (!rg_perf_head_parse(span(rows[i].line), &head))
			fail_msg("%s: refused", rows[i].sentence);
		assert_span(rows[i].sentence, head.comm, rows[i].comm);
		assert_int_equal(head.time_ns, rows[i].time_ns);
		assert_int_equal(head.has_period, rows[i].has_period);
		if (head.has_period)
			assert_int_equal(head.period, rows[i].period);
		assert_span(rows[i].sentence, head.event, rows[i].event);
		if (rows[i].rest[0])
			assert_span(rows[i].sentence, head.rest, rows[i].rest);
	}
}

static void other_lines_are_not(void **state)
{
	static const char *const lines[] = {
		"",
		"orders",
		"orders 1",
		"orders 1 2.0",
		"orders 1 2.0:",
		"orders 1 2.0: 5",
		"orders 1 2.0: 5 cycles",
		"orders 1 2.0: 5 :",
		"orders 2.0: 5 cycles:",
		"orders 1 [x] 2.0: 5 cycles:",
		"orders 1 [] 2.0: 5 cycles:",
		"orders 1/ 2.0: 5 cycles:",
		"orders 1 2: 5 cycles:",
		"orders 1 .5: 5 cycles:",
		"orders 1 2.: 5 cycles:",
		"orders 1 2.0000000001: 5 cycles:",
		"orders 1 18446744073.0: 5 cycles:",
		"orders 1 2.0: 9223372036854775808 cycles:",
		"orders 4294967296 2.0: 5 cycles:",
		"\t   7f12 inner+0x11 (/bin/a)",
		"# time of first sample : 4293.443501",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct rg_perf_head head;

		if (rg_perf_head_parse(span(lines[i]), &head))
			fail_msg("accepted: '%s'", lines[i]);
	}
}

static void frames_are_read(void **state)
{
	static const struct {
		const char *sentence, *line, *function, *module;
	} rows[] = {
		{"plain", "\t  11aa inner+0x11 (/usr/bin/orders)", "inner", "/usr/bin/orders"},
		{"without an offset", "\t11aa inner (/usr/bin/orders)", "inner", "/usr/bin/orders"},
		{"the kernel", "\tffffffff81 do_fault+0x2 ([kernel.kallsyms])", "do_fault",
		 "[kernel]"},
		{"the kernel's beginning", " ff f ([kernel.kallsyms].init.text)", "f", "[kernel]"},
		{"a kernel module", " ff nft_do+0x2 ([nf_tables])", "nft_do", "[nf_tables]"},
		{"unknown", " 0 [unknown] ([unknown])", "", ""},
		{"an unknown function", " 7f [unknown] (/lib/libc.so.6)", "", "/lib/libc.so.6"},
		{"a file that is gone", " 7f f+0x1 (/bin/a (deleted))", "f", "/bin/a"},
		{"code made at run time", " 7f Foo.bar+0x1 (/tmp/perf-123.map)", "Foo.bar",
		 "[anon]"},
		{"not such code", " 7f f (/tmp/perf-x.map)", "f", "/tmp/perf-x.map"},
		{"not such code either", " 7f f (/tmp/perf-.map)", "f", "/tmp/perf-.map"},
		{"anonymous memory", " 7f [unknown] (//anon)", "", "[anon]"},
		{"a place in the file", " 7f f+0x1 (/bin/a+0x11aa)", "f", "/bin/a"},
		{"no module", " 7f main", "main", ""},
		{"no module, but parentheses", " 7f f(int)", "f(int)", ""},
		{"parentheses and spaces", " 7f operator()(int, a<b, (c)1>) const+0xff (/bin/a)",
		 "operator()(int, a<b, (c)1>) const", "/bin/a"},
		{"what is no offset", " 7f f+0xg (/bin/a)", "f+0xg", "/bin/a"},
		{"an offset alone", " 7f +0x12 (/bin/a)", "", "/bin/a"},
		{"an address alone", " 7f", "", ""},
		{"an empty module", " 7f f ()", "f", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_perf_frame frame;

		if (!rg_perf_frame_parse(span(rows[i].line), &frame))
			fail_msg("%s: refused", rows[i].sentence);
		assert_span(rows[i].sentence, frame.function, rows[i].function);
		assert_span(rows[i].sentence, frame.module, rows[i].module);
		assert_false(frame.inlined);
	}
}

static void inlined_frames_say_so(void **state)
{
	struct rg_perf_frame frame;

	(void)state;
	assert_true(rg_perf_frame_parse(span("\t 1305 parse_order (inlined)"), &frame));
	assert_true(frame.inlined);
	assert_span("its name", frame.function, "parse_order");
}

static void frames_begin_with_an_address(void **state)
{
	static const char *const lines[] = {"", "   ", "main (/bin/a)", "0x12 f (a)", "12G f (a)"};
	struct rg_perf_frame frame;

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++)
		assert_false(rg_perf_frame_parse(span(lines[i]), &frame));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_of_a_sample_is_read),
		cmocka_unit_test(other_lines_are_not),
		cmocka_unit_test(frames_are_read),
		cmocka_unit_test(inlined_frames_say_so),
		cmocka_unit_test(frames_begin_with_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
