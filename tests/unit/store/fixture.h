/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include "scratch.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/store.h"

#ifndef FIXTURE_SCHEME
#define FIXTURE_SCHEME "dir"
#endif

/* A store in a scratch directory, at "s". */
struct fixture {
	struct scratch scratch;
	struct rg_store *store;
	struct rg_err err;
};

static const struct rg_store_key sample_key = {"checkout", "v1.4", "x86_64"};

static inline struct rg_store *fixture_open(struct fixture *fixture, const char *name)
{
	struct rg_store *store = NULL;
	char spec[512];

	snprintf(spec, sizeof(spec), FIXTURE_SCHEME ":%s/%s", fixture->scratch.root, name);
	if (rg_store_open(spec, &store, &fixture->err))
		fail_msg("%s", fixture->err.text);
	return store;
}

static inline int fixture_setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	scratch_make(&fixture->scratch);
	fixture->store = fixture_open(fixture, "s");
	*state = fixture;
	return 0;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *fixture = *state;

	rg_store_close(fixture->store);
	scratch_remove(&fixture->scratch);
	free(fixture);
	return 0;
}

/* Puts a text under a key and returns the run's id in `id`. */
static inline void put_text(struct fixture *fixture, const struct rg_store_key *key,
			    const char *text, char id[RG_STORE_ID_MAX])
{
	struct rg_store_run run = {0};
	bool created = false;

	if (rg_store_put(fixture->store, key, key->version, text, strlen(text), &run, &created,
			 &fixture->err))
		fail_msg("put: %s", fixture->err.text);
	memcpy(id, run.id, RG_STORE_ID_MAX);
	rg_store_run_done(&run);
}

static inline struct rg_store_list find_all(struct fixture *fixture)
{
	const struct rg_store_key any = {0};
	struct rg_store_list list = {0};

	if (rg_store_find(fixture->store, &any, &list, &fixture->err))
		fail_msg("find: %s", fixture->err.text);
	return list;
}

/* Whether the store holds `count` whole runs and nothing that is damaged. */
static inline void assert_whole(struct fixture *fixture, size_t count)
{
	struct rg_store_list list = find_all(fixture);

	if (list.damaged)
		fail_msg("damaged: %s", list.first_damaged);
	assert_int_equal(list.count, count);
	for (size_t i = 0; i < list.count; i++) {
		struct rg_buf bytes;

		rg_buf_init(&bytes, 1 << 20);
		if (rg_store_get(fixture->store, &list.runs[i], &bytes, &fixture->err))
			fail_msg("get: %s", fixture->err.text);
		assert_int_equal(bytes.len, list.runs[i].bytes);
		rg_buf_done(&bytes);
	}
	rg_store_list_done(&list);
}

/* "s/checkout/v1.4/x86_64/<id><suffix>" */
static inline const char *file_of(const char *id, const char *suffix, char out[256])
{
	snprintf(out, 256, "s/checkout/v1.4/x86_64/%s%s", id, suffix);
	return out;
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

#endif
