/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who answers for a wait, and whether it is idle: stacks, leaf first, and the row they become. */
#include "wait_made.h"

struct row {
	const char *sentence;
	const char *stack, *wait, *thread;
	const char *function, *shown_wait, *api;
	bool idle;
};

#define LIBC   " of libc.so.6"
#define KERNEL " of [kernel]"
#define START  ";start_thread" LIBC ";clone3" LIBC
#define MAIN   ";main;__libc_start_call_main" LIBC ";_start"

static const struct row rows[] = {
	{"a mutex",
	 "futex_wait" KERNEL ";__x64_sys_futex" KERNEL ";__lll_lock_wait" LIBC
	 ";pthread_mutex_lock@@GLIBC_2.2.5" LIBC ";Pool::acquire;handle" MAIN,
	 RG_WAIT_LOCK, "a", "Pool::acquire", RG_WAIT_LOCK, "pthread_mutex_lock", false},
	{"std::mutex, inlined: the application's module, a runtime's name",
	 "__lll_lock_wait" LIBC ";pthread_mutex_lock" LIBC ";std::mutex::lock();Pool::acquire" MAIN,
	 RG_WAIT_LOCK, "a", "Pool::acquire", RG_WAIT_LOCK, "std::mutex::lock()", false},
	{"fsync", "__x64_sys_fsync" KERNEL ";fsync" LIBC ";audit_append;handle" MAIN, RG_WAIT_DISK,
	 "a", "audit_append", RG_WAIT_DISK, "fsync", false},
	{"the alias of another libc", "__GI___libc_read" LIBC ";load" MAIN, RG_WAIT_PIPE, "a",
	 "load", RG_WAIT_PIPE, "read", false},
	{"libc without names: the system call's name",
	 "schedule" KERNEL ";__x64_sys_read" KERNEL ";[libc.so.6]+0x1234" LIBC ";load" MAIN,
	 RG_WAIT_PIPE, "a", "load", RG_WAIT_PIPE, "read", false},
	{"a system call of its own, without libc",
	 "__x64_sys_futex" KERNEL ";spin_then_wait;handle" MAIN, RG_WAIT_LOCK, "a",
	 "spin_then_wait", RG_WAIT_LOCK, "futex", false},
	{"a page fault", "handle_mm_fault" KERNEL ";touch_pages;handle" MAIN, RG_WAIT_FAULT, "a",
	 "touch_pages", RG_WAIT_FAULT, "", false},
	{"poll is idle", "__x64_sys_poll" KERNEL ";poll" LIBC ";loop;run" MAIN, RG_WAIT_POLL, "a",
	 "loop", RG_WAIT_POLL, "poll", true},
	{"accept is idle", "accept4" LIBC ";serve;run" MAIN, RG_WAIT_NETWORK, "a", "serve",
	 RG_WAIT_NETWORK, "accept4", true},
	{"receiving is not", "recv" LIBC ";ask;run" MAIN, RG_WAIT_NETWORK, "a", "ask",
	 RG_WAIT_NETWORK, "recv", false},
	{"a worker without work",
	 "__futex_abstimed_wait_common" LIBC ";pthread_cond_wait@@GLIBC_2.3.2" LIBC ";worker" START,
	 RG_WAIT_LOCK, "a", "worker", RG_WAIT_LOCK, "pthread_cond_wait", true},
	{"the same wait for a resource",
	 "__futex_abstimed_wait_common" LIBC ";pthread_cond_wait" LIBC
	 ";Pool::acquire;worker" START,
	 RG_WAIT_LOCK, "a", "Pool::acquire", RG_WAIT_LOCK, "pthread_cond_wait", false},
	{"a mutex in the start loop is no condition", "pthread_mutex_lock" LIBC ";worker" START,
	 RG_WAIT_LOCK, "a", "worker", RG_WAIT_LOCK, "pthread_mutex_lock", false},
	{"C++'s condition, its own thread function around it",
	 "pthread_cond_wait" LIBC
	 ";std::condition_variable::wait(std::unique_lock<std::mutex>&) of libstdc++.so.6.0.30"
	 ";Worker::run;std::thread::_State_impl<std::thread::_Invoker<int> >::_M_run()"
	 ";execute_native_thread_routine of libstdc++.so.6.0.30" START,
	 RG_WAIT_LOCK, "a", "Worker::run", RG_WAIT_LOCK,
	 "std::condition_variable::wait(std::unique_lock<std::mutex>&)", true},
	{"a sleep in the start loop",
	 "clock_nanosleep" LIBC ";nanosleep" LIBC ";usleep" LIBC ";ticker" START, RG_WAIT_SLEEP,
	 "a", "ticker", RG_WAIT_SLEEP, "usleep", true},
	{"a sleep further in", "nanosleep" LIBC ";back_off;ticker" START, RG_WAIT_SLEEP, "a",
	 "back_off", RG_WAIT_SLEEP, "nanosleep", false},
	{"a stack without a root may be anywhere",
	 "pthread_cond_wait" LIBC ";worker;[truncated] of [anon]", RG_WAIT_LOCK, "a", "worker",
	 RG_WAIT_LOCK, "pthread_cond_wait", false},
	{"neither a function nor a root", "pthread_mutex_lock" LIBC ";[truncated] of [anon]",
	 RG_WAIT_LOCK, "worker-12", "[truncated] worker", "", "", false},
	{"polling is idle whoever does it", "epoll_wait" LIBC ";[truncated] of [anon]",
	 RG_WAIT_POLL, "io-3", "[truncated] io", RG_WAIT_POLL, "epoll_wait", true},
	{"a library's own thread", "read" LIBC ";_IO_file_read" LIBC START, RG_WAIT_PIPE,
	 "logger/0:1", "logger/0", RG_WAIT_PIPE, "read", false},
	{"a runtime's own thread without work",
	 "pthread_cond_wait" LIBC ";tokio::runtime::park::Inner::park" START, RG_WAIT_LOCK, "7",
	 "thread", RG_WAIT_LOCK, "pthread_cond_wait", true},
	{"no user stack at all", "__x64_sys_read" KERNEL, RG_WAIT_DISK, "", "thread", RG_WAIT_DISK,
	 "read", false},
	{"Rust's main below C's",
	 "nanosleep" LIBC ";std::thread::sleep;app::main"
	 ";std::rt::lang_start_internal;std::rt::lang_start;main;__libc_start_call_main" LIBC
	 ";_start",
	 RG_WAIT_SLEEP, "a", "app::main", RG_WAIT_SLEEP, "std::thread::sleep", true},
	{"clones are one function", "fsync" LIBC ";audit_append.isra.0;handle" MAIN, RG_WAIT_DISK,
	 "a", "audit_append.isra.0", RG_WAIT_DISK, "fsync", false},
	{"a wait without a class", "read" LIBC ";load" MAIN, "", "a", "load", RG_WAIT_OTHER, "read",
	 false},
	{"an app's own function called as libc's", "read;load" MAIN, RG_WAIT_PIPE, "a", "read",
	 RG_WAIT_PIPE, "", false},
};

static void check(const struct row *row, const struct rg_policy *policy)
{
	struct wait_set set = wait_set_default();
	const struct wait_spec spec = {row->stack, row->wait, row->thread, 10, 5, WAIT_EVEN};
	struct rg_verdict *verdict;
	struct made_spec made;
	bool alone;

	/* Another function's time, with libc: the program is no static one. */
	wait_put(&set, &(struct wait_spec){"fsync" LIBC ";other" MAIN, RG_WAIT_DISK, "o", 10, 50,
					   WAIT_EVEN});
	wait_put(&set, &spec);
	made = wait_default(&set);
	verdict = judge_specs(&made, &made, policy);
	const struct rg_row *judged =
		judged_wait(verdict, row->function, row->shown_wait, row->api);
	const struct rg_row *idle = idle_wait(verdict, row->function, row->shown_wait, row->api);

	alone = verdict->off_cpu.row_count + verdict->off_cpu.idle_count == 2;
	if (!alone || !(row->idle ? idle : judged) || (row->idle ? judged : idle))
		fail_msg("%s: row 0 is '%s' [%s, %s]; %zu judged, %zu idle", row->sentence,
			 verdict->off_cpu.idle_count ? verdict->off_cpu.idle[0].function
						     : verdict->off_cpu.rows[1].function,
			 verdict->off_cpu.idle_count ? verdict->off_cpu.idle[0].wait
						     : verdict->off_cpu.rows[1].wait,
			 verdict->off_cpu.idle_count ? verdict->off_cpu.idle[0].api
						     : verdict->off_cpu.rows[1].api,
			 verdict->off_cpu.row_count, verdict->off_cpu.idle_count);
	assert_close(row->idle ? idle->cost_canary : judged->cost_canary, 0.05, 1e-9);
	rg_verdict_free(verdict);
}

static void stacks_become_rows(void **state)
{
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i], &policy);
}

/* --- Static programs -------------------------------------------------------------------------- */

/* Without a C library among the modules its names are plumbing wherever they are. */
static void a_static_programs_libc_is_told_by_name(void **state)
{
	struct wait_set set = wait_set_default();
	struct rg_verdict *verdict;
	struct rg_policy policy;
	struct made_spec made;

	(void)state;
	rg_policy_init(&policy);
	wait_put(&set, &(struct wait_spec){"__x64_sys_futex" KERNEL ";__lll_lock_wait"
					   ";___pthread_mutex_lock;Pool::acquire;main"
					   ";__libc_start_call_main;_start",
					   RG_WAIT_LOCK, "a", 10, 5, WAIT_EVEN});
	wait_put(&set, &(struct wait_spec){"__libc_read;load;main;__libc_start_main;_start",
					   RG_WAIT_PIPE, "a", 10, 5, WAIT_EVEN});
	made = wait_default(&set);
	verdict = judge_specs(&made, &made, &policy);
	assert_non_null(judged_wait(verdict, "Pool::acquire", RG_WAIT_LOCK, "pthread_mutex_lock"));
	assert_non_null(judged_wait(verdict, "load", RG_WAIT_PIPE, "read"));
	rg_verdict_free(verdict);
}

/* --- Patterns --------------------------------------------------------------------------------- */

struct patterned {
	const char *sentence;
	const char *idle, *not_idle, *plumbing;
	const char *function, *api;
	bool is_idle;
};

static const struct patterned patterned[] = {
	{"no pattern", NULL, NULL, NULL, "Queue::pop", "pthread_cond_wait", false},
	{"idle by function", "Queue::*", NULL, NULL, "Queue::pop", "pthread_cond_wait", true},
	{"idle by all that is shown", "Queue::pop [lock, pthread_cond_*]", NULL, NULL, "Queue::pop",
	 "pthread_cond_wait", true},
	{"idle by class", "* [lock, *]", NULL, NULL, "Queue::pop", "pthread_cond_wait", true},
	{"another class", "* [disk, *]", NULL, NULL, "Queue::pop", "pthread_cond_wait", false},
	{"plumbing by function: the caller answers, in its start loop", NULL, NULL, "Queue::*",
	 "worker", "Queue::pop", true},
	{"plumbing by module", NULL, NULL, "libqueue.so", "worker", "Queue::pop", true},
	{"not idle goes before", NULL, "worker", "Queue::*", "worker", "Queue::pop", false},
	{"and before idle", "Queue::pop", "* [lock, *]", NULL, "Queue::pop", "pthread_cond_wait",
	 false},
};

static void patterns_say_otherwise(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(patterned); i++) {
		const struct patterned *p = &patterned[i];
		struct rg_policy policy;

		rg_policy_init(&policy);
		policy.idle = (struct rg_policy_list){&p->idle, p->idle != NULL};
		policy.not_idle = (struct rg_policy_list){&p->not_idle, p->not_idle != NULL};
		policy.plumbing = (struct rg_policy_list){&p->plumbing, p->plumbing != NULL};
		check(&(struct row){p->sentence,
				    "pthread_cond_wait" LIBC
				    ";Queue::pop of libqueue.so.1;worker" START,
				    RG_WAIT_LOCK, "a", p->function, RG_WAIT_LOCK, p->api,
				    p->is_idle},
		      &policy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacks_become_rows),
		cmocka_unit_test(a_static_programs_libc_is_told_by_name),
		cmocka_unit_test(patterns_say_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
