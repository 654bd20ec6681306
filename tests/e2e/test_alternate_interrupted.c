/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A check that builds and runs both versions is ended by a signal: nothing of it is left. */
#include "remains.h"
#include "shop.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INTERRUPTS = 3, INTERRUPTS_LONG = 100, INTERRUPT_WITHIN_MS = 1600 };

static void send_after(struct e2e *e, int sig, unsigned int ms)
{
	struct e2e_remains remains = {0};

	E2E_RG_START(e, "check", "--baseline", "v1.4", SHOP_MAKE, "--window", "8s", "--json-out",
		     "../v.json", "--load", "./shop load {port}", "--", "./shop", "serve",
		     "{port}");
	e2e_rg_wait_for(e, "building");
	for (unsigned int waited = 0; waited < ms; waited += 20) {
		e2e_sleep_ms(20);
		e2e_remains_note(&remains, e2e_rg_pid(e));
	}
	e2e_rg_end_by(e, sig);
	assert_string_equal(e->out, "");
	assert_false(e2e_exists(e, "v.json"));
	e2e_assert_gone(&remains);
}

static void test_interrupted_at_any_moment_it_leaves_no_trace(void **state)
{
	int count = e2e_is_long() ? INTERRUPTS_LONG : INTERRUPTS;
	unsigned int within = count == INTERRUPTS ? INTERRUPT_WITHIN_MS : 6 * INTERRUPT_WITHIN_MS;
	unsigned int seed = (unsigned int)getpid();
	struct e2e *e = *state;

	e2e_need_root();
	e2e_shop(e);
	for (int i = 0; i < count; i++) {
		unsigned int ms = (unsigned int)rand_r(&seed) % within;
		char *before = e2e_shop_state(e);

		print_message("interrupted after %u ms\n", ms);
		send_after(e, ms % 2 ? SIGINT : SIGTERM, ms);
		e2e_assert_untouched(e, before);
	}
}

/* Then its programs are gone, and the next check takes away the folder. */
static void test_killed_it_leaves_a_folder_for_the_next_to_remove(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_shop(e);
	send_after(e, SIGKILL, 900);
	assert_string_not_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
	E2E_RG(e, "check", "--baseline", "v1.4", "--build", "", "--", "./absent");
	e2e_assert_status(e, 2);
	assert_string_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_interrupted_at_any_moment_it_leaves_no_trace),
		E2E_TEST(test_killed_it_leaves_a_folder_for_the_next_to_remove),
	};

	return cmocka_run_group_tests_name("alternate_interrupted", tests, NULL, NULL);
}
