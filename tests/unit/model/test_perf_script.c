/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text_profile.h"

static const char chains[] = "# ========\n"
			     "# hostname : build7\n"
			     "# os release : 6.1.0-18-amd64\n"
			     "# arch : x86_64\n"
			     "# nrcpus online : 4\n"
			     "# cpudesc : Test CPU @ 3.00GHz\n"
			     "# cmdline : /usr/bin/perf record\n"
			     "#\n"
			     "orders 5 [001]  100.250000:   10 cpu-clock:pppH: \n"
			     "\t 11aa inner+0x11 (/usr/bin/orders)\n"
			     "\t 1305 parse (inlined)\n"
			     "\t 1305 main+0x32 (/usr/bin/orders)\n"
			     "\n"
			     "io worker 1 5/7 [000]  101.300000:   10 cpu-clock:pppH: \n"
			     "\tff81 do_fault+0x2 ([kernel.kallsyms])\n"
			     "\t7f00 [unknown] (/usr/lib/libc.so.6)\n"
			     "\n"
			     "orders 5 [001]  102.750000:   10 cpu-clock:pppH: \n"
			     "\n";

static void call_chains_are_read(void **state)
{
	struct rg_profile *p = read_text(rg_perf_script_read, chains, NULL);

	(void)state;
	assert_folded_as(p, RG_VALUE_SAMPLES,
			 "[libc.so.6];do_fault_[k] 1\n[no stack] 1\nmain;inner 1\n");
	assert_folded_as(p, RG_VALUE_CPU_NS,
			 "[libc.so.6];do_fault_[k] 10\n[no stack] 10\nmain;inner 10\n");
	assert_string_equal(module_of_function(p, "inner"), "orders");
	assert_string_equal(module_of_function(p, "[libc.so.6]"), "libc.so.6");
	rg_profile_free(p);
}

static void the_header_gives_facts(void **state)
{
	static const struct rg_fact facts[] = {
		{RG_KEY_HOST, "build7"},       {RG_KEY_KERNEL, "6.1.0-18-amd64"},
		{RG_KEY_ARCH, "x86_64"},       {RG_KEY_CPUS, "4"},
		{RG_KEY_EVENT, "cpu-clock"},   {RG_KEY_CPU_MODEL, "Test CPU @ 3.00GHz"},
		{RG_KEY_PERIOD_NS, "10"},      {RG_KEY_TOOL, "perf script"},
		{RG_KEY_WALL_NS, "2500000000"}};
	struct rg_profile *p = read_text(rg_perf_script_read, chains, NULL);
	size_t count;

	(void)state;
	for (size_t i = 0; i < COUNT(facts); i++)
		assert_string_equal(rg_profile_fact(p, facts[i].key), facts[i].value);
	rg_profile_facts(p, &count);
	assert_int_equal(count, COUNT(facts));
	rg_profile_free(p);
}

static void times_are_cut_into_seconds(void **state)
{
	struct rg_profile *p = read_text(rg_perf_script_read, chains, NULL);
	const struct rg_slice *slices;
	const struct rg_sample *samples;
	size_t count, in_slice[3] = {0};

	(void)state;
	slices = rg_profile_slices(p, &count);
	assert_int_equal(count, 3);
	assert_int_equal(slices[0].wall_ns, 1000000000);
	assert_int_equal(slices[2].wall_ns, 500000000);
	samples = rg_profile_samples(p, &count);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < count; i++)
		in_slice[samples[i].slice]++;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(in_slice[i], 1);
	rg_profile_free(p);
}

static void threads_are_comms(void **state)
{
	struct rg_profile *p = read_text(rg_perf_script_read, chains, NULL);
	size_t count, named = 0;
	const struct rg_sample *samples = rg_profile_samples(p, &count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		named += strcmp(samples[i].thread, "io worker 1") == 0;
	assert_int_equal(named, 1);
	rg_profile_free(p);
}

static void the_last_moment_belongs_to_the_last_slice(void **state)
{
	struct rg_profile *p = read_text(
		rg_perf_script_read, "a 1 5.0: 1 x:\n\na 1 3.0: 1 x:\n\na 1 4.0: 1 x:\n\n", NULL);
	size_t count;
	const struct rg_sample *samples = rg_profile_samples(p, &count);

	(void)state;
	assert_int_equal(count, 2); /* times need not be in order */
	assert_int_equal(samples[0].slice, 0);
	assert_int_equal(samples[1].slice, 1);
	assert_int_equal(samples[1].value[RG_VALUE_SAMPLES], 2);
	rg_profile_slices(p, &count);
	assert_int_equal(count, 2);
	rg_profile_free(p);
}

static void one_moment_has_no_slices(void **state)
{
	struct rg_profile *p = read_text(rg_perf_script_read, "a 1 5.0: 1 x:\n\n", NULL);
	size_t count;

	(void)state;
	rg_profile_slices(p, &count);
	assert_int_equal(count, 0);
	assert_null(rg_profile_fact(p, RG_KEY_WALL_NS));
	assert_int_equal(rg_profile_samples(p, &count)[0].slice, RG_NO_SLICE);
	rg_profile_free(p);
}

static void samples_may_be_one_line_each(void **state)
{
	struct rg_profile *p =
		read_text(rg_perf_script_read,
			  "  dd 19 1.0:   7 task-clock:   55d1aa inner+0x11 (/bin/dd)\n"
			  "  dd 19 1.0: PERF_RECORD_EXIT(19:19):(1:1)\n"
			  "  dd 19 1.5:   9 task-clock:   55d1ab inner+0x12 (/bin/dd)",
			  NULL);

	(void)state;
	assert_folded_as(p, RG_VALUE_SAMPLES, "inner 2\n");
	assert_int_equal(rg_profile_total(p, RG_VALUE_CPU_NS), 16);
	assert_null(rg_profile_fact(p, RG_KEY_PERIOD_NS)); /* not one period */
	rg_profile_free(p);
}

static void only_clocks_give_cpu_time(void **state)
{
	static const struct {
		const char *sentence, *text, *event;
		bool cpu_time;
	} rows[] = {
		{"a clock", "a 1 1.0: 5 cpu-clock: \n", "cpu-clock", true},
		{"of the user's time", "a 1 1.0: 5 task-clock:u: \n", "task-clock:u", true},
		{"how precise is no matter", "a 1 1.0: 5 cycles:P: \n", "cycles", false},
		{"no clock", "a 1 1.0: 250000 cycles: \n", "cycles", false},
		{"a clock without a period", "a 1 1.0: cpu-clock: \n", "cpu-clock", false},
		{"another's clock", "a 1 1.0: 5 my:cpu-clock: \n", "my:cpu-clock", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_profile *p = read_text(rg_perf_script_read, rows[i].text, NULL);

		if (rg_profile_has(p, RG_VALUE_CPU_NS) != rows[i].cpu_time)
			fail_msg("%s", rows[i].sentence);
		assert_string_equal(rg_profile_fact(p, RG_KEY_EVENT), rows[i].event);
		assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 1);
		rg_profile_free(p);
	}
}

#define TWO_EVENTS                                     \
	"a 1 1.0: 5 cycles:u: \n\t1 f (m)\n\n"         \
	"a 1 2.0: sched:switch: prev=x\n\t1 g (m)\n\n" \
	"a 1 3.0: 7 cycles:u: \n\t1 h (m)\n\n"

static void one_of_several_events_is_chosen(void **state)
{
	struct rg_profile *p = read_text(rg_perf_script_read, TWO_EVENTS, "cycles:u");

	(void)state;
	assert_folded_as(p, RG_VALUE_SAMPLES, "f 1\nh 1\n");
	assert_string_equal(rg_profile_fact(p, RG_KEY_EVENT), "cycles:u");
	rg_profile_free(p);
	p = read_text(rg_perf_script_read, TWO_EVENTS, "sched:switch");
	assert_folded_as(p, RG_VALUE_SAMPLES, "g 1\n");
	rg_profile_free(p);
}

/* The samples of a thread of that name would be lost otherwise, unseen. */
static void a_thread_may_be_called_like_a_comment(void **state)
{
	struct rg_profile *p =
		read_text(rg_perf_script_read,
			  "# header\n#x 1 1.0: 1 c: \n\t1 f (m)\n\n#x 1 2.0: 1 c: \n\n", NULL);

	(void)state;
	assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 2);
	rg_profile_free(p);
	assert_text_refused(rg_perf_script_read, "a 1 1.0: 1 c: \n\n# late\n", NULL, RG_EFORMAT,
			    "line 3: not the beginning of a sample");
}

static void damage_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *sentence, *text, *type;
		int code;
		const char *part;
	} rows[] = {
		{"no sample", "# arch : x\n\n", NULL, RG_EFORMAT, "perf script: no samples"},
		{"another text", "\nhello\n", NULL, RG_EFORMAT, "line 2: not the beginning"},
		{"a frame on its own", "\t1 f (m)\n", NULL, RG_EFORMAT,
		 "line 1: not the beginning"},
		{"not a frame", "a 1 1.0: 1 c: \n\tg (m)\n", NULL, RG_EFORMAT,
		 "line 2: neither a frame nor"},
		{"a frame that is not indented", "a 1 1.0: 1 c: \n1 f (m)\n", NULL, RG_EFORMAT,
		 "line 2: neither a frame nor"},
		{"two events", TWO_EVENTS, NULL, RG_EUSAGE,
		 "line 6: a second event, 'sched:switch' besides 'cycles:u'"},
		{"an event that is not there", TWO_EVENTS, "cpu-clock", RG_ENOTFOUND,
		 "no samples of the event 'cpu-clock'; there are some of 'cycles:u'"},
		{"too long a time", "a 1 0.0: 1 c: \n\na 1 1048577.0: 1 c: \n", NULL, RG_ELIMIT,
		 "more than 1048576 seconds"},
		{"too much of it",
		 "a 1 0.0: 9223372036854775807 cpu-clock: \n\n"
		 "a 1 0.0: 1 cpu-clock: \n",
		 NULL, RG_ELIMIT, "the total exceeds"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_text_refused(rg_perf_script_read, rows[i].text, rows[i].type, rows[i].code,
				    rows[i].part);
}

static void put_long(struct rg_buf *text, const char *before, size_t times, const char *part,
		     const char *behind)
{
	rg_buf_init(text, 1 << 20);
	rg_buf_adds(text, before);
	for (size_t i = 0; i < times; i++)
		rg_buf_adds(text, part);
	rg_buf_adds(text, behind);
}

static void stacks_and_names_have_limits(void **state)
{
	static const struct {
		const char *sentence, *before;
		size_t times;
		const char *part, *behind, *text;
	} rows[] = {
		{"depth", "a 1 1.0: 1 c: \n", RG_PROFILE_MAX_DEPTH + 1, "\t1 f (m)\n", "",
		 "line 4098: a stack of more than 4096 frames"},
		{"a function", "a 1 1.0: 1 c: \n\t1 ", RG_PROFILE_MAX_TEXT + 1, "f", " (m)\n",
		 "line 2: profile: add function name: longer than"},
		{"a module", "a 1 1.0: 1 c: \n\t1 f (", RG_PROFILE_MAX_TEXT + 1, "m", ")\n",
		 "line 2: profile: add module name: longer than"},
		{"a fact", "# arch : ", RG_PROFILE_MAX_TEXT + 9, "m", "\n",
		 "line 1: profile: add fact 'arch': longer than"},
		{"an event", "a 1 1.0: 1 ", RG_PROFILE_MAX_TEXT + 9, "e", ":\n",
		 "profile: add fact 'event': longer than"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_buf text;

		put_long(&text, rows[i].before, rows[i].times, rows[i].part, rows[i].behind);
		assert_text_refused(rg_perf_script_read, text.data, NULL, RG_ELIMIT, rows[i].text);
		rg_buf_done(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call_chains_are_read),
		cmocka_unit_test(the_header_gives_facts),
		cmocka_unit_test(times_are_cut_into_seconds),
		cmocka_unit_test(threads_are_comms),
		cmocka_unit_test(the_last_moment_belongs_to_the_last_slice),
		cmocka_unit_test(one_moment_has_no_slices),
		cmocka_unit_test(samples_may_be_one_line_each),
		cmocka_unit_test(only_clocks_give_cpu_time),
		cmocka_unit_test(one_of_several_events_is_chosen),
		cmocka_unit_test(a_thread_may_be_called_like_a_comment),
		cmocka_unit_test(damage_is_refused_with_its_line),
		cmocka_unit_test(stacks_and_names_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
