/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chain_rows.h"

#include "chains.h"
#include "e2e.h"
#include "samples.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
	VARIANTS_MAX = 16,
	VARIANT_SIZE = 16,
	NAME_SIZE = 256,
	TOGETHER = E2E_SETTINGS, /* programs in one capture: they share the machine's CPUs */
	WINDOW_MS = 1000,        /* the shortest there is */
	LONGEST_MS = 30000,
	STARTED_MS = 200, /* by then they are at it */
	NICENESS = 10,
};

#define FREQUENCY "3989"

/* One row in one variant. */
struct chain_case {
	const struct e2e_chain_row *row;
	char variant[VARIANT_SIZE];
	char name[NAME_SIZE];
};

/* Those of one capture. Of cases that are captured together, case number i runs under the thread name "case" i. */
struct batch {
	const struct chain_case *cases;
	size_t count;
	char name[NAME_SIZE];
	struct e2e *e;
};

/* --- Captures ------------------------------------------------------------------------------- */

static const char *program_of(struct e2e *e, const struct chain_case *c)
{
	char path[E2E_PATH_MAX];

	snprintf(path, sizeof(path), "unwind/%s/%s", c->variant, c->row->program);
	return e2e_program(e, path);
}

/*
 * Started by another name, which its threads and children have as well. They give way to the capture, which would otherwise
 * wait for a CPU behind all of them before and after the window.
 */
static pid_t start(struct e2e *e, const struct chain_case *c, size_t number)
{
	pid_t pid;

	e2e_sh(e, "ln -s '%s' case%zu", program_of(e, c), number);
	pid = E2E_SPAWN(e, e2e_path(e, "case%zu", number), c->row->mode, c->row->number);
	assert_int_equal(setpriority(PRIO_PROCESS, (id_t)pid, NICENESS), 0);
	return pid;
}

/* Starts the programs, and writes their numbers as the capture's argument. */
static void start_all(struct e2e *e, const struct batch *batch, char *pids, size_t size)
{
	*pids = '\0';
	for (size_t i = 0; i < batch->count; i++) {
		size_t len = strlen(pids);

		snprintf(pids + len, size - len, "%s%d", len ? "," : "",
			 (int)start(e, &batch->cases[i], i));
	}
	e2e_sleep_ms(STARTED_MS);
}

static void capture_once(struct e2e *e, const struct batch *batch, unsigned int window_ms,
			 const char *pids)
{
	const struct chain_case *c = batch->cases;
	char window[16], warmup[16];

	snprintf(window, sizeof(window), "%ums", window_ms);
	snprintf(warmup, sizeof(warmup), "%dms", STARTED_MS);
	if (pids)
		E2E_RG(e, "capture", "-o", "p.pb.gz", "--frequency", FREQUENCY, "--window", window,
		       "--pid", pids);
	else
		E2E_RG(e, "capture", "-o", "p.pb.gz", "--frequency", FREQUENCY, "--window", window,
		       "--warmup", warmup, "--", program_of(e, c), c->row->mode, c->row->number);
	e2e_assert_status(e, 0);
}

static void thread_name(char name[32], size_t number)
{
	snprintf(name, 32, "case%zu", number);
}

static bool are_enough(const struct batch *batch, const struct rg_profile *profile)
{
	char thread[32];

	if (batch->count == 1)
		return e2e_total(profile, RG_VALUE_SAMPLES) >= E2E_CHAIN_SAMPLES;
	for (size_t i = 0; i < batch->count; i++) {
		thread_name(thread, i);
		if (e2e_of_thread(profile, thread, RG_VALUE_SAMPLES) < E2E_CHAIN_SAMPLES)
			return false;
	}
	return true;
}

/* On a busy machine, again with a longer window. `pids` NULL: the first case is launched. */
static const struct rg_profile *capture(struct e2e *e, const struct batch *batch, const char *pids)
{
	unsigned int row_ms = batch->cases->row->window_ms;
	unsigned int window_ms = row_ms ? row_ms : (unsigned int)WINDOW_MS;
	const struct rg_profile *profile;

	for (;;) {
		capture_once(e, batch, window_ms, pids);
		profile = e2e_profile(e, "p.pb.gz");
		window_ms *= 3;
		if (are_enough(batch, profile) || window_ms > LONGEST_MS)
			return profile;
	}
}

/* --- Verdicts ------------------------------------------------------------------------------- */

/* Samples lost, and samples and frames whose stack is not complete, of every cause. */
static int64_t lost(const struct rg_profile *profile)
{
	size_t count;
	const struct rg_fact *facts = rg_profile_facts(profile, &count);
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		if (strncmp(facts[i].key, "lost.", 5) == 0 &&
		    strcmp(facts[i].key, RG_KEY_LOST_WAITS) != 0)
			sum += (int64_t)rg_profile_fact_u64(profile, facts[i].key, 0);
	return sum;
}

static void assert_nothing_lost(const struct rg_profile *profile)
{
	int64_t total = e2e_total(profile, RG_VALUE_SAMPLES);

	if (lost(profile) * 100 > total)
		fail_msg("%lld of %lld samples are counted as lost or cut",
			 (long long)lost(profile), (long long)total);
}

static void assert_cut(const struct rg_profile *profile, const struct e2e_chain_row *row)
{
	const char *cut = rg_profile_fact(profile, row->cut);
	int64_t total = e2e_total(profile, RG_VALUE_SAMPLES);
	int64_t samples = (int64_t)rg_profile_fact_u64(profile, row->cut, 0);

	if (samples * 100 < total * row->whole_percent)
		fail_msg("%s is %s, and there are %lld samples", row->cut, cut ? cut : "missing",
			 (long long)total);
}

static bool holds(const struct rg_profile *profile, const struct chain_case *c, const char *thread)
{
	bool is_static = strncmp(c->variant, "static", 6) == 0 || strncmp(c->variant, "go", 2) == 0;
	const struct e2e_chain chain = {
		.text = c->row->chain,
		.is_static = is_static,
		.whole_percent = c->row->whole_percent,
		.wrong_percent = c->row->wrong_percent ? c->row->wrong_percent : 1,
	};

	return e2e_chain_holds(profile, c->name, thread, &chain);
}

static bool may_be_cut(const struct e2e_chain_row *row)
{
	return strstr(row->chain, "[truncated]") != NULL;
}

static void test_alone(void **state)
{
	struct batch *batch = *state;
	const struct e2e_chain_row *row = batch->cases->row;
	const struct rg_profile *profile;

	e2e_need_root();
	profile = capture(batch->e, batch, NULL);
	if (!holds(profile, batch->cases, NULL))
		fail();
	if (row->cut)
		assert_cut(profile, row);
	else if (!may_be_cut(row))
		assert_nothing_lost(profile);
}

static void test_together(void **state)
{
	struct batch *batch = *state;
	const struct rg_profile *profile;
	char pids[TOGETHER * 16], thread[32];
	size_t failed = 0;

	e2e_need_root();
	start_all(batch->e, batch, pids, sizeof(pids));
	profile = capture(batch->e, batch, pids);
	for (size_t i = 0; i < batch->count; i++) {
		thread_name(thread, i);
		failed += !holds(profile, &batch->cases[i], thread);
	}
	if (failed)
		fail_msg("%zu of %zu cases failed", failed, batch->count);
	assert_nothing_lost(profile);
}

/* --- Cases ---------------------------------------------------------------------------------- */

static void name_case(struct chain_case *c)
{
	snprintf(c->name, sizeof(c->name), "%s/%s %s%s%s: %s", c->variant, c->row->program,
		 c->row->mode, c->row->number ? " " : "", c->row->number ? c->row->number : "",
		 c->row->sentence);
}

static size_t add_cases(struct chain_case *cases, const struct e2e_chain_row *row,
			const char *pattern)
{
	bool all = row->all && e2e_is_long();
	const char *variants = all ? row->all : row->variants;
	size_t count = 0;

	for (; *variants; variants += strspn(variants, " ")) {
		size_t len = strcspn(variants, " ");
		struct chain_case *c = &cases[count];

		assert_true(count < VARIANTS_MAX && len < VARIANT_SIZE);
		c->row = row;
		snprintf(c->variant, sizeof(c->variant), "%.*s", (int)len, variants);
		name_case(c);
		if (fnmatch(pattern, c->name, 0) == 0)
			count++;
		variants += len;
	}
	return count;
}

/* The facts about losses are the whole capture's. */
static bool is_alone(const struct e2e_chain_row *row)
{
	return row->cut || row->window_ms || may_be_cut(row);
}

static size_t make_batches(struct batch *batches, const struct chain_case *cases, size_t count)
{
	size_t made = 0;

	for (size_t at = 0; at < count; at += batches[made++].count) {
		struct batch *batch = &batches[made];

		batch->cases = &cases[at];
		batch->count = 1;
		while (!is_alone(cases[at].row) && at + batch->count < count &&
		       batch->count < TOGETHER && !is_alone(cases[at + batch->count].row))
			batch->count++;
		snprintf(batch->name, sizeof(batch->name), "%s", cases[at].name);
		if (batch->count > 1)
			snprintf(batch->name, sizeof(batch->name), "%s/%s %s to %s/%s %s",
				 cases[at].variant, cases[at].row->program, cases[at].row->mode,
				 cases[at + batch->count - 1].variant,
				 cases[at + batch->count - 1].row->program,
				 cases[at + batch->count - 1].row->mode);
	}
	return made;
}

/* --- Running -------------------------------------------------------------------------------- */

static int setup(void **state)
{
	struct batch *batch = *state;

	return e2e_setup((void **)&batch->e);
}

static int teardown(void **state)
{
	struct batch *batch = *state;

	return e2e_teardown((void **)&batch->e);
}

int e2e_run_chain_rows(const char *group, const struct e2e_chain_row *rows, size_t count, int argc,
		       char **argv)
{
	struct chain_case *cases = calloc(VARIANTS_MAX * count, sizeof(*cases));
	struct batch *batches = calloc(VARIANTS_MAX * count, sizeof(*batches));
	struct CMUnitTest *tests = calloc(VARIANTS_MAX * count, sizeof(*tests));
	size_t case_count = 0, batch_count;
	int status;

	if (!cases || !batches || !tests)
		return 1;
	for (size_t i = 0; i < count; i++)
		case_count += add_cases(cases + case_count, &rows[i], argc > 1 ? argv[1] : "*");
	batch_count = make_batches(batches, cases, case_count);
	for (size_t i = 0; i < batch_count; i++)
		tests[i] = (struct CMUnitTest){batches[i].name,
					       is_alone(batches[i].cases->row) ? test_alone
									       : test_together,
					       setup, teardown, &batches[i]};
	status = _cmocka_run_group_tests(group, tests, batch_count, NULL, NULL);
	free(tests);
	free(batches);
	free(cases);
	return status;
}
