/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work that is read from outside: counters served over HTTP, well or badly; numbers that a command prints. */
#include "e2e.h"
#include "samples.h"

#include "rg/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BRIEF "--window", "1s", "--slice", "100ms", "--no-off-cpu"

/* Starts an exporter; "http://127.0.0.1:PORT/metrics#" and the metric. */
static const char *serve(struct e2e *e, const char *mode, const char *metric)
{
	e2e_sh(e, "rm -f port");
	E2E_SPAWN(e, e2e_program(e, "exporter"), mode, e2e_path(e, "port"));
	e2e_sh(e, "until [ -s port ]; do sleep 0.01; done");
	return e2e_path(e, "http://127.0.0.1:%s/metrics#%s", e2e_ask(e, "cat port"), metric) +
	       strlen(e->root) + 1;
}

static void capture_metric(struct e2e *e, const char *file, const char *spec)
{
	E2E_RG(e, "capture", "-o", file, BRIEF, "--work-metric", spec, "--work-unit", "job", "--",
	       e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
}

/* A thousand a second: the total, and evenly over the slices. */
static void assert_rate(struct e2e *e, const char *file, double rate)
{
	const struct rg_profile *p = e2e_profile(e, file);
	double wall = (double)rg_profile_fact_u64(p, RG_KEY_WALL_NS, 0) / (double)RG_NS_PER_S;
	double total = rg_profile_fact_real(p, RG_KEY_WORK_TOTAL, -1), sum = 0;
	size_t slices;
	const struct rg_slice *slice = rg_profile_slices(p, &slices);

	for (size_t i = 0; i < slices; i++)
		sum += (double)slice[i].work_milli / 1000;
	if (fabs(total / (rate * wall) - 1) > 0.05 || fabs(sum - total) > 1)
		fail_msg("%g of %g jobs, %g by slice", total, rate * wall, sum);
	assert_string_equal(rg_profile_fact(p, RG_KEY_WORK_UNIT), "job");
}

static void test_a_counter_is_read(void **state)
{
	struct e2e *e = *state;
	char spec[E2E_PATH_MAX];

	e2e_need_root();
	snprintf(spec, sizeof(spec), "%s", serve(e, "steady", "jobs_total{kind=\"a\"}"));
	capture_metric(e, "half.pb.gz", spec);
	assert_rate(e, "half.pb.gz", 500);
	assert_string_equal(rg_profile_fact(e2e_profile(e, "half.pb.gz"), RG_KEY_WORK_SOURCE),
			    "metric jobs_total{kind=\"a\"}");
	if (!e2e_is_long())
		return;
	*strchr(spec, '{') = '\0';
	capture_metric(e, "all.pb.gz", spec);
	assert_rate(e, "all.pb.gz", 1000);
	E2E_RG(e, "diff", "all.pb.gz", "half.pb.gz");
	e2e_assert_out(e, "jobs");
	e2e_assert_out(e, "work counted by: metric jobs_total");
}

/* What it says, and that nothing is compared that was not counted. */
static void assert_lost(struct e2e *e, const char *mode, const char *metric, const char *words)
{
	char spec[E2E_PATH_MAX];

	snprintf(spec, sizeof(spec), "%s", serve(e, mode, metric));
	capture_metric(e, "lost.pb.gz", spec);
	e2e_assert_err(e, "warning: work was not counted: it ");
	e2e_assert_err(e, words);
	e2e_end_helpers(e);
}

static void test_what_was_not_counted_is_not_compared(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_need_long();
	assert_lost(e, "reset", "jobs_total", "was the counter reset?");
	assert_null(rg_profile_fact(e2e_profile(e, "lost.pb.gz"), RG_KEY_WORK_TOTAL));
	E2E_RG(e, "diff", "lost.pb.gz", "lost.pb.gz");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "work: not counted: it fell from");
	E2E_RG(e, "diff", "--basis", "share", "lost.pb.gz", "lost.pb.gz");
	assert_true(e->status == 0 || e->status == 3);
	e2e_assert_no_err(e, "not counted");
}

static void test_hostile_exporters(void **state)
{
	static const struct {
		const char *mode, *metric, *words;
	} rows[] = {
		{"large", "jobs_total", "the reply is larger than 8388608 bytes"},
		{"nan", "jobs_total", "the value 'NaN', no count, of 'jobs_total'"},
		{"slow", "jobs_total", "no answer within 2 s"},
		{"drip", "jobs_total", "could never be read: net: GET"},
		{"redirect", "jobs_total", "redirect"},
		{"error", "jobs_total", "it answered with HTTP status 503"},
		{"page", "jobs_total", "no metric 'jobs_total' in the reply"},
		{"steady", "job_total",
		 "no metric 'job_total' in the reply; there is 'jobs_total'"},
		{"steady", "jobs_total{kind=\"c\"}", "no series of 'jobs_total' has the labels of"},
		{"steady", "queue_length", "'queue_length' is a gauge: work takes a counter"},
	};
	struct e2e *e = *state;

	e2e_need_root();
	/* The rest takes half a minute. */
	for (size_t i = 0; i < (e2e_is_long() ? sizeof(rows) / sizeof(rows[0]) : 1); i++) {
		print_message("%s %s\n", rows[i].mode, rows[i].metric);
		assert_lost(e, rows[i].mode, rows[i].metric, rows[i].words);
	}
}

/* Debian's prometheus-node-exporter, which counts what is asked of it. */
static void test_a_real_exporter(void **state)
{
	struct e2e *e = *state;
	char load[E2E_PATH_MAX], pid[16];
	const struct rg_profile *p;
	double total;

	e2e_need_root();
	if (access("/usr/bin/prometheus-node-exporter", X_OK)) {
		if (getenv("CI") && strcmp(getenv("CI"), "true") == 0)
			fail_msg("needs prometheus-node-exporter");
		print_message("skipped: needs prometheus-node-exporter\n");
		skip();
	}
	snprintf(pid, sizeof(pid), "%d",
		 (int)E2E_SPAWN(e, "/usr/bin/prometheus-node-exporter",
				"--collector.disable-defaults", "--log.level=error",
				"--web.listen-address=127.0.0.1:19177"));
	e2e_sh(e, "until curl -sf http://127.0.0.1:19177/metrics > metrics; do sleep 0.05; done");
	snprintf(load, sizeof(load),
		 "while :; do curl -s http://127.0.0.1:19177/metrics > /dev/null; echo x >> "
		 "'%s'; sleep 0.02; done",
		 e2e_path(e, "asked"));
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--window", "1s", "--slice", "200ms", "--work-unit",
	       "scrape", "--load", load, "--pid", pid, "--work-metric",
	       "http://127.0.0.1:19177/"
	       "metrics#promhttp_metric_handler_requests_total{code=\"200\"}");
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	total = rg_profile_fact_real(p, RG_KEY_WORK_TOTAL, -1);
	/* The load's, as many as it says but for the edges, and ours. */
	const double asked = strtod(e2e_ask(e, "wc -l < asked"), NULL);

	if (!(total > 0.8 * asked) || total > 1.2 * asked + 25)
		fail_msg("%g scrapes, asked for %g", total, asked);
}

/* What an unknown certificate vouches for is no count. */
static void test_a_counter_over_https(void **state)
{
	static const char spec[] = "https://127.0.0.1:19443/metrics#jobs_total";
	static const char load[] =
		"i=0; while :; do i=$((i + 50)); echo \"jobs_total $i\" > new && mv new metrics; "
		"sleep 0.05; done";
	struct e2e *e = *state;
	char trust[E2E_PATH_MAX + 32];

	e2e_need_root();
	e2e_need_long();
	e2e_sh(e, "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 "
		  "-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2> /dev/null; "
		  "echo 'jobs_total 0' > metrics");
	E2E_SPAWN(e, "/bin/sh", "-c",
		  "cd \"$0\" && exec openssl s_server -quiet -WWW -accept 127.0.0.1:19443 "
		  "-cert cert.pem -key key.pem",
		  e2e_path(e, "."));
	e2e_sh(e,
	       "until curl -sfk https://127.0.0.1:19443/metrics > /dev/null; do sleep 0.05; done");
	capture_metric(e, "p.pb.gz", spec);
	e2e_assert_err(e, "work was not counted: it could never be read");
	e2e_assert_err(e, "certificate");
	snprintf(trust, sizeof(trust), "SSL_CERT_FILE=%s", e2e_path(e, "cert.pem"));
	e->env[0] = trust;
	E2E_RG(e, "capture", "-o", "q.pb.gz", BRIEF, "--work-metric", spec, "--load", load,
	       "--work-unit", "job", "--", e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
	/* 50 in 50 ms and what the shell takes for it. */
	assert_true(rg_profile_fact_real(e2e_profile(e, "q.pb.gz"), RG_KEY_WORK_TOTAL, 0) > 200);
}

static void test_a_command_prints_the_number(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_need_long();
	E2E_RG(e, "capture", "-o", "p.pb.gz", BRIEF, "--work-unit", "job", "--work-cmd",
	       "date +%s%3N", "--", e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
	assert_rate(e, "p.pb.gz", 1000);
	assert_string_equal(rg_profile_fact(e2e_profile(e, "p.pb.gz"), RG_KEY_WORK_SOURCE),
			    RG_WORK_COMMAND);
	E2E_RG(e, "capture", "-o", "q.pb.gz", BRIEF, "--work-cmd", "echo five; exit 0", "--",
	       e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "work was not counted: it could never be read: the last line of its "
			  "output is 'five', not a number");
}

static void test_what_cannot_be_meant_is_refused(void **state)
{
	struct e2e *e = *state;

	E2E_RG(e, "capture", "-o", "p.pb.gz", "--work-metric", "http://localhost/metrics", "--",
	       "true");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "must be URL#NAME");
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--work-metric", "http://localhost/#x", "--work-cmd",
	       "echo 1", "--", "true");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "one of \"uprobe\", \"metric\" and \"command\"");
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--work-unit", "<b>", "--", "true");
	e2e_assert_status(e, 2);
	e2e_write_text(e, "gate.json", "{\"work\": {\"metric\": \"nowhere\"}}");
	E2E_RG(e, "capture", "--config", e2e_path(e, "gate.json"), "-o", "p.pb.gz", "--", "true");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "config: \"work\": \"metric\": must be URL#NAME");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_counter_is_read),
		E2E_TEST(test_what_was_not_counted_is_not_compared),
		E2E_TEST(test_hostile_exporters),
		E2E_TEST(test_a_real_exporter),
		E2E_TEST(test_a_counter_over_https),
		E2E_TEST(test_a_command_prints_the_number),
		E2E_TEST(test_what_cannot_be_meant_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
