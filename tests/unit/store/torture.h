/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_STORE_TORTURE_H
#define TEST_STORE_TORTURE_H

/*
 * Every allocation of an operation on a store fails in turn (base/fail_each.h). Whatever it says then, it does not say that it
 * succeeded when it did not; what was stored before is whole, and the store goes on working.
 */
#include "fixture.h"

#include "base/fail_each.h"

enum { TORTURE_MAX = 20000 }; /* allocations of one operation */

/* One operation; returns what the store said. */
typedef int (*torture_fn)(struct fixture *fixture, struct rg_err *err);

static const char torture_text[] = "profile number two";

static inline int torture_put(struct fixture *f, struct rg_err *err)
{
	struct rg_store_run run = {0};
	bool created = false;
	int rc = rg_store_put(f->store, &sample_key, sample_key.version, torture_text,
			      strlen(torture_text), &run, &created, err);

	rg_store_run_done(&run);
	return rc;
}

static inline int torture_find(struct fixture *f, struct rg_err *err)
{
	const struct rg_store_key any = {0};
	struct rg_store_list list = {0};
	int rc = rg_store_find(f->store, &any, &list, err);

	rg_store_list_done(&list);
	return rc;
}

/* What is stored, with all the memory there is. */
static inline size_t torture_count(struct fixture *f, const char *id)
{
	struct rg_store_list list = find_all(f);
	size_t count = list.count;
	bool there = false;

	for (size_t i = 0; i < count; i++)
		there |= strcmp(list.runs[i].id, id) == 0;
	assert_true(there);
	rg_store_list_done(&list);
	return count;
}

/* Fails each allocation until there is none left to fail. */
static inline void torture(struct fixture *f, torture_fn operate, size_t after)
{
	char id[RG_STORE_ID_MAX];
	long n = 1;

	put_text(f, &sample_key, "profile number one", id);
	for (; n < TORTURE_MAX; n++) {
		struct rg_err err = {0};
		bool reached;
		int rc;

		failing = n;
		rc = operate(f, &err);
		reached = failing == 0;
		failing = 0;
		if (rc && (rc != err.code || !err.text[0]))
			fail_msg("allocation %ld: %d, '%s'", n, rc, err.text);
		/* Success is said of what is there. */
		if (!rc && torture_count(f, id) != after)
			fail_msg("allocation %ld: success, and nothing is stored", n);
		torture_count(f, id);
		if (!reached)
			break;
	}
	print_message("%ld allocations failed\n", n - 1);
	assert_true(n > 1 && n < TORTURE_MAX);
}

static inline void every_allocation_of_a_put(void **state)
{
	if (!OWN_ALLOCATOR)
		skip();
	torture(*state, torture_put, 2);
}

static inline void every_allocation_of_a_look(void **state)
{
	if (!OWN_ALLOCATOR)
		skip();
	torture(*state, torture_find, 1);
}

#define TORTURE                                                                            \
	cmocka_unit_test_setup_teardown(every_allocation_of_a_put, fixture_setup,          \
					fixture_teardown),                                 \
		cmocka_unit_test_setup_teardown(every_allocation_of_a_look, fixture_setup, \
						fixture_teardown)

#endif
