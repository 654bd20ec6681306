/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/scratch.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/config.h"
#include "rg/err.h"
#include "rg/verdict.h"

/* The differences as "what: applied -> proposed; ", in order. */
static void differences(const char *applied, const char *proposed, struct rg_buf *out)
{
	const struct rg_policy_change *changes = NULL;
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_config before, after;
	struct rg_err err = {0};
	size_t count = 0;

	rg_config_init(&before);
	rg_config_init(&after);
	if (rg_config_parse(&before, applied, strlen(applied), "applied", NULL, &err) ||
	    rg_config_parse(&after, proposed, strlen(proposed), "proposed", NULL, &err) ||
	    rg_config_compare_policies(&before.policy, &after.policy, arena, &changes, &count,
				       &err))
		fail_msg("%s", err.text);
	/* What was found stands without the policies. */
	rg_config_done(&before);
	rg_config_done(&after);
	rg_buf_init(out, 1 << 16);
	rg_buf_adds(out, "");
	for (size_t i = 0; i < count; i++)
		rg_buf_addf(out, "%s: %s -> %s; ", changes[i].what, changes[i].applied,
			    changes[i].proposed);
	rg_arena_free(arena);
}

struct row {
	const char *sentence, *applied, *proposed, *expected;
};

static const struct row rows[] = {
	{"the same", "{}", "{}", ""},
	{"defaults spelled out are the same", "{}",
	 "{\"policy\": {\"growth\": \"15%\", \"rule\": \"statistical\", \"top_k\": 5}}", ""},
	{"a percentage", "{}", "{\"policy\": {\"growth\": \"50%\"}}",
	 "policy.growth: 15% -> 50%; "},
	{"by way of the dimension", "{}", "{\"policy\": {\"on_cpu\": {\"growth\": \"50%\"}}}",
	 "policy.growth: 15% -> 50%; "},
	{"a value of off-CPU time", "{}", "{\"policy\": {\"off_cpu\": {\"growth\": \"50%\"}}}",
	 "policy.off_cpu.growth: 15% -> 50%; "},
	{"each its own", "{}",
	 "{\"policy\": {\"growth\": \"20%\", \"off_cpu\": {\"growth\": \"50%\"}}}",
	 "policy.growth: 15% -> 20%; policy.off_cpu.growth: 15% -> 50%; "},
	{"what off-CPU time alone has", "{}",
	 "{\"policy\": {\"off_cpu\": {\"min_time\": \"1s\", \"min_waits\": 5, "
	 "\"max_unattributed\": \"20%\"}}}",
	 "policy.off_cpu.min_time: 10ms -> 1s; policy.off_cpu.min_waits: 20 -> 5; "
	 "policy.off_cpu.max_unattributed: 10% -> 20%; "},
	{"patterns of waits", "{\"idle\": [\"a\"]}",
	 "{\"not_idle\": [\"b\"], \"plumbing\": [\"libuv.so\"]}",
	 "idle: a -> none; not_idle: none -> b; plumbing: none -> libuv.so; "},
	{"a count", "{\"policy\": {\"min_samples\": 500}}", "{}",
	 "policy.min_samples: 500 -> 200; "},
	{"a small number", "{}", "{\"policy\": {\"top_k\": 1}}", "policy.top_k: 5 -> 1; "},
	{"a name", "{}", "{\"policy\": {\"rule\": \"literal\", \"basis\": \"share\"}}",
	 "policy.rule: statistical -> literal; policy.basis: auto -> share; "},
	{"what is no policy", "{\"window\": \"5s\"}", "{\"window\": \"9s\", \"load\": \"x\"}", ""},
	{"a pattern more", "{\"ignore\": [\"a\"]}", "{\"ignore\": [\"a\", \"hash*\"]}",
	 "ignore: none -> hash*; "},
	{"a pattern less", "{\"ignore\": [\"a\", \"b\"]}", "{\"ignore\": [\"a\"]}",
	 "ignore: b -> none; "},
	{"patterns in another order are the same", "{\"ignore\": [\"a\", \"b\"]}",
	 "{\"ignore\": [\"b\", \"a\"]}", ""},
	{"a function more", "{}",
	 "{\"functions\": [{\"match\": \"f\", \"module\": \"m\", \"growth\": \"30%\", \"limit\": "
	 "\"60%\", \"min_share\": \"0.5%\"}]}",
	 "functions: none -> f of m: growth 30%, limit 60%, min_share 0.5%; "},
	{"a function's limit", "{\"functions\": [{\"match\": \"f\", \"growth\": \"30%\"}]}",
	 "{\"functions\": [{\"match\": \"f\", \"growth\": \"300%\"}]}",
	 "functions: f: growth 30% -> none; functions: none -> f: growth 300%; "},
	{"functions in another order are not the same",
	 "{\"functions\": [{\"match\": \"f*\", \"growth\": \"1%\"}, {\"match\": \"f\", \"growth\": "
	 "\"9%\"}]}",
	 "{\"functions\": [{\"match\": \"f\", \"growth\": \"9%\"}, {\"match\": \"f*\", \"growth\": "
	 "\"1%\"}]}",
	 "functions: their order -> another order; "},
	{"what is accepted", "{}",
	 "{\"accept\": [{\"match\": \"f\", \"module\": \"m\", \"growth\": \"40%\", \"expires\": "
	 "\"2026-03-31\", \"owner\": \"ada\", \"reason\": \"checks\"}]}",
	 "accept: none -> f of m: up to 40% until 2026-03-31, ada: checks; "},
	{"accepted for longer",
	 "{\"accept\": [{\"match\": \"f\", \"growth\": \"40%\", \"expires\": "
	 "\"2026-03-31\", \"owner\": \"a\", \"reason\": \"r\"}]}",
	 "{\"accept\": [{\"match\": \"f\", \"growth\": \"40%\", \"expires\": "
	 "\"2027-03-31\", \"owner\": \"a\", \"reason\": \"r\"}]}",
	 "accept: f: up to 40% until 2026-03-31, a: r -> none; "
	 "accept: none -> f: up to 40% until 2027-03-31, a: r; "},
};

static void differences_are_told_in_the_words_of_the_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rg_buf found;

		differences(rows[i].applied, rows[i].proposed, &found);
		if (strcmp(found.len ? found.data : "", rows[i].expected) != 0)
			fail_msg("%s: '%s'", rows[i].sentence, found.data);
		rg_buf_done(&found);
	}
}

/* Arenas of every size up to one that does. */
static void want_of_memory_is_told(void **state)
{
	const struct rg_policy_function function = {"f", "m", 0.5, -1, -1};
	const char *const ignore[] = {"a", "b"};
	struct rg_policy before, after;
	size_t size = 1;
	int rc;

	(void)state;
	rg_policy_init(&before);
	rg_policy_init(&after);
	after.growth = 0.5;
	after.functions = &function;
	after.function_count = 1;
	after.ignore = ignore;
	after.ignore_count = 2;
	do {
		const struct rg_policy_change *changes = NULL;
		struct rg_arena *arena = rg_arena_new(size);
		size_t count = 0;

		rc = rg_config_compare_policies(&before, &after, arena, &changes, &count, NULL);
		if (rc) {
			assert_int_equal(rc, RG_ENOMEM);
			assert_null(changes);
			assert_int_equal(count, 0);
		} else {
			assert_int_equal(count, 4);
		}
		rg_arena_free(arena);
		size += 8;
	} while (rc && size < 1 << 16);
	assert_int_equal(rc, 0);
	assert_true(size > 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differences_are_told_in_the_words_of_the_file),
		cmocka_unit_test(want_of_memory_is_told),
	};

	return cmocka_run_group_tests_name("config/compare", tests, NULL, NULL);
}
