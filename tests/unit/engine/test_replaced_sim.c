/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is new where something dearer was, of which no one function shows it; and changes that only look like it. */
#include "moved_drawn.h"

#define KERNEL "@[kernel]"
#define LIBC   "@libc.so.6"
#define WRITE  "ksys_write" KERNEL "<do_syscall" KERNEL "<write" LIBC
#define FAULT  "asm_exc_page_fault" KERNEL "<memcpy" LIBC

/* --- A program that writes a log -------------------------------------------------------------- */

static void add_all(struct program *program, const struct path *path, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(program, path[i]);
}

/* What both versions do; faults of theirs are few. */
static void add_logger(struct program *program)
{
	static const struct path path[] = {
		{"emit", .handler = 1, .cost = 0.015},
		{"checksum", .caller = "emit", .handler = 1, .cost = 0.025},
		{"memcpy" LIBC, .caller = "collect", .handler = 2, .cost = 0.01},
		{"do_syscall" KERNEL, .caller = "fsync" LIBC "<sync_log", .handler = 3,
		 .cost = 0.004},
		{"ext4_sync" KERNEL, .caller = "do_syscall" KERNEL "<fsync" LIBC "<sync_log",
		 .handler = 3, .cost = 0.03},
		{"exc_page_fault" KERNEL, .caller = "asm_exc_page_fault" KERNEL "<malloc" LIBC,
		 .handler = 2, .cost = 0.001},
		{"clear_page" KERNEL, .caller = "asm_exc_page_fault" KERNEL "<malloc" LIBC,
		 .handler = 2, .cost = 0.004},
	};

	add_all(program, path, COUNT(path));
}

/* So many times what it costs; `below` is what calls write(). */
static void add_writes(struct program *program, const char *below, double times)
{
	static const struct path path[] = {
		{"write" LIBC, .cost = 0.006},
		{"do_syscall" KERNEL "<write" LIBC, .cost = 0.012},
		{"entry_SYSCALL" KERNEL "<write" LIBC, .cost = 0.02},
		{"copy_from_user" KERNEL "<" WRITE, .cost = 0.02},
		{"ext4_write_begin" KERNEL "<" WRITE, .cost = 0.03},
		{"ext4_write_end" KERNEL "<" WRITE, .cost = 0.02},
		{"ext4_lookup_block" KERNEL "<" WRITE, .cost = 0.018},
		{"fget" KERNEL "<" WRITE, .cost = 0.008},
		{"spin_lock" KERNEL "<" WRITE, .cost = 0.008},
	};

	for (size_t i = 0; i < COUNT(path); i++) {
		size_t name = strcspn(path[i].leaf, "<");
		struct path made = path[i];
		static char leaf[COUNT(path)][32];

		snprintf(leaf[i], sizeof(leaf[i]), "%.*s", (int)name, path[i].leaf);
		made.leaf = leaf[i];
		made.caller = path[i].leaf[name] ? path[i].leaf + name + 1 : NULL;
		made.above = below;
		made.handler = 1;
		made.cost *= times;
		add(program, made);
	}
}

static void add_faults(struct program *program, const char *below, double times)
{
	const struct path path[] = {
		{"memcpy" LIBC, .caller = below, .handler = 1, .cost = 0.01},
		{"exc_page_fault" KERNEL, FAULT, below, .handler = 1, .cost = 0.023 * times},
		{"handle_fault" KERNEL, "exc_page_fault" KERNEL "<" FAULT, below, .handler = 1,
		 .cost = 0.006 * times},
		{"clear_page" KERNEL, "exc_page_fault" KERNEL "<" FAULT, below, .handler = 1,
		 .cost = 0.006 * times},
		{"ext4_mkwrite" KERNEL, "exc_page_fault" KERNEL "<" FAULT, below, .handler = 1,
		 .cost = 0.005 * times},
		{"spin_lock" KERNEL, "exc_page_fault" KERNEL "<" FAULT, below, .handler = 1,
		 .cost = 0.002 * times},
	};

	add_all(program, path, COUNT(path));
}

static void add_old(struct program *program)
{
	add_logger(program);
	add(program, (struct path){"file_append", .caller = "emit", .handler = 1, .cost = 0.01});
	add(program, (struct path){"memcpy" LIBC, .caller = "fwrite" LIBC "<file_append<emit",
				   .handler = 1, .cost = 0.006});
	add_writes(program, "fflush" LIBC "<file_flush<emit", 1);
}

/* --- What was replaced ------------------------------------------------------------------------ */

/* As LevelDB's log once was: another class, which copies into a mapping of the file. */
static void mapped(struct program *base, struct program *canary, struct rg_sim_random *random)
{
	(void)random;
	add_old(base);
	add_logger(canary);
	add(canary, (struct path){"map_append", .caller = "emit", .handler = 1, .cost = 0.006});
	add_faults(canary, "map_append<emit", 1);
}

/* By a function that both versions have. */
static void mapped_within(struct program *base, struct program *canary,
			  struct rg_sim_random *random)
{
	(void)random;
	for (int i = 0; i < 2; i++) {
		add_logger(i ? canary : base);
		add(i ? canary : base,
		    (struct path){"append", .caller = "emit", .handler = 1, .cost = 0.008});
	}
	add_writes(base, "append<emit", 1);
	add_faults(canary, "append<emit", 1);
}

/* By the program itself, which writes to a ring. */
static void buffered(struct program *base, struct program *canary, struct rg_sim_random *random)
{
	(void)random;
	add_old(base);
	add_logger(canary);
	add(canary, (struct path){"ring_put", .caller = "emit", .handler = 1, .cost = 0.03});
	add(canary,
	    (struct path){"memcpy" LIBC, .caller = "ring_put<emit", .handler = 1, .cost = 0.01});
}

/* --- What was not ----------------------------------------------------------------------------- */

/* Faults came on top, and nothing went. */
static void faults_on_top(struct program *base, struct program *canary,
			  struct rg_sim_random *random)
{
	(void)random;
	add_old(base);
	add_old(canary);
	add_faults(canary, "map_append<emit", 1);
}

static void replaced_by_as_dear(struct program *base, struct program *canary,
				struct rg_sim_random *random)
{
	(void)random;
	add_old(base);
	add_logger(canary);
	add_faults(canary, "map_append<emit", 3.4);
}

/* A helper of 5 % under a caller whose other callees stayed. */
static void new_among_others(struct program *base, struct program *canary,
			     struct rg_sim_random *random)
{
	(void)random;
	add_old(base);
	add_old(canary);
	add(canary, (struct path){"escape", .caller = "emit", .handler = 1, .cost = 0.05});
}

/* One of them became five times as fast, which saves more. */
static void new_beside_a_gain(struct program *base, struct program *canary,
			      struct rg_sim_random *random)
{
	(void)random;
	for (int i = 0; i < 2; i++) {
		add_logger(i ? canary : base);
		add(i ? canary : base, (struct path){"compress", .caller = "emit", .handler = 1,
						     .cost = i ? 0.03 : 0.15});
	}
	add_faults(canary, "map_append<emit", 1);
}

/* The same through something that is inlined now. */
static void new_beside_an_inlined_gain(struct program *base, struct program *canary,
				       struct rg_sim_random *random)
{
	(void)random;
	add_logger(base);
	add_logger(canary);
	add(base,
	    (struct path){"compress", .caller = "compress_block<emit", .handler = 1, .cost = 0.15});
	add(base, (struct path){"compress_block", .caller = "emit", .handler = 1, .cost = 0.002});
	add(canary, (struct path){"compress", .caller = "emit", .handler = 1, .cost = 0.03});
	add_faults(canary, "map_append<emit", 1);
}

/* write() became five times as fast, as it is asked for less often. */
static void new_beside_fewer_writes(struct program *base, struct program *canary,
				    struct rg_sim_random *random)
{
	(void)random;
	add_old(base);
	add_logger(canary);
	add_writes(canary, "fflush" LIBC "<file_flush<emit", 0.2);
	add(canary, (struct path){"escape", .caller = "emit", .handler = 1, .cost = 0.05});
}

/* Another handler's writes are gone, far more than what is new here. */
static void new_and_others_writes_gone(struct program *base, struct program *canary,
				       struct rg_sim_random *random)
{
	(void)random;
	add_logger(base);
	add_logger(canary);
	add_writes(base, "export_rows", 1.5);
	add_faults(canary, "map_append<emit", 1);
}

/* The same, with the handler itself that calls what is new. */
static void new_under_another_handler(struct program *base, struct program *canary,
				      struct rg_sim_random *random)
{
	(void)random;
	add_logger(base);
	add_logger(canary);
	add(base, (struct path){"archive", .handler = 4, .cost = 0.25});
	add(canary, (struct path){"escape", .handler = 2, .cost = 0.05});
}

/* A sibling's calls went: its caller is not the one that has what is new. */
static void new_under_a_sibling(struct program *base, struct program *canary,
				struct rg_sim_random *random)
{
	(void)random;
	for (int i = 0; i < 2; i++) {
		add_logger(i ? canary : base);
		add(i ? canary : base,
		    (struct path){"render", .caller = "emit", .handler = 1, .cost = 0.04});
	}
	add_writes(base, "emit", 1);
	add(canary, (struct path){"escape", .caller = "render<emit", .handler = 1, .cost = 0.05});
}

/* What went from here is called elsewhere now. */
static void new_and_writes_called_elsewhere(struct program *base, struct program *canary,
					    struct rg_sim_random *random)
{
	(void)random;
	add_logger(base);
	add_logger(canary);
	add_writes(base, "append<emit", 1);
	add_writes(canary, "append_later", 1);
	add(canary, (struct path){"escape", .caller = "emit", .handler = 1, .cost = 0.05});
}

/* In the place of as much, and beside a gain of what both versions have. */
static void as_dear_beside_a_gain(struct program *base, struct program *canary,
				  struct rg_sim_random *random)
{
	replaced_by_as_dear(base, canary, random);
	for (int i = 0; i < 2; i++)
		add(i ? canary : base, (struct path){"compress", .caller = "emit", .handler = 1,
						     .cost = i ? 0.03 : 0.2});
}

/* A call that both versions make has more done for it, and another is gone. */
static void new_in_a_call_that_stayed(struct program *base, struct program *canary,
				      struct rg_sim_random *random)
{
	(void)random;
	add_old(base);
	add_old(canary);
	add(base, (struct path){"ext4_rename" KERNEL, "rename" LIBC, "file_flush<emit",
				.handler = 1, .cost = 0.25});
	add(canary, (struct path){"audit_write" KERNEL, WRITE, "fflush" LIBC "<file_flush<emit",
				  .handler = 1, .cost = 0.05});
}

/* What does its work costs more than it saves: others under that caller are asked for more. */
static void new_and_others_asked_for_more(struct program *base, struct program *canary,
					  struct rg_sim_random *random)
{
	(void)random;
	buffered(base, canary, random);
	add(canary, (struct path){"checksum", .caller = "emit", .handler = 1, .cost = 0.12});
}

/* A small part of what its caller does. */
static void new_under_a_large_caller(struct program *base, struct program *canary,
				     struct rg_sim_random *random)
{
	for (int i = 0; i < 2; i++)
		add(i ? canary : base,
		    (struct path){"compress", .caller = "emit", .handler = 1, .cost = 0.5});
	mapped(base, canary, random);
}

/* All is under main, and more than a quarter of that is gone. */
static void new_under_main(struct program *base, struct program *canary,
			   struct rg_sim_random *random)
{
	(void)random;
	add_logger(base);
	add_logger(canary);
	add_writes(base, "export_rows", 4);
	for (int i = 0; i < base->count; i++) {
		if (base->path[i].above && strcmp(base->path[i].above, "export_rows") == 0)
			base->path[i].handler = NO_HANDLER;
	}
	add(canary, (struct path){"escape", .handler = NO_HANDLER, .cost = 0.05});
}

/* --- Rates ------------------------------------------------------------------------------------ */

static void unchanged(struct program *base, struct program *canary, struct rg_sim_random *random)
{
	(void)random;
	add_old(base);
	add_old(canary);
}

static const struct scenario replaced[] = {
	{"write() replaced by a mapping, other names", mapped, "exc_page_fault", false, "write"},
	{"the same within one function", mapped_within, "exc_page_fault", false, "write"},
	{"write() replaced by a ring", buffered, "ring_put", false, "write"},
};

static const struct scenario not_replaced[] = {
	{"faults on top", faults_on_top, "exc_page_fault", false, ""},
	{"write() replaced by what is as dear", replaced_by_as_dear, "exc_page_fault", false, ""},
	{"new among others", new_among_others, "escape", false, ""},
	{"new beside a larger gain", new_beside_a_gain, "exc_page_fault", false, ""},
	{"the same, its wrapper inlined", new_beside_an_inlined_gain, "exc_page_fault", false, ""},
	{"new beside fewer writes", new_beside_fewer_writes, "escape", false, ""},
	{"new, and another's writes gone", new_and_others_writes_gone, "exc_page_fault", false, ""},
	{"new, and another handler's work gone", new_under_another_handler, "escape", false, ""},
	{"new under a sibling of what went", new_under_a_sibling, "escape", false, ""},
	{"new, and what went called elsewhere", new_and_writes_called_elsewhere, "escape", false,
	 ""},
	{"as dear, beside a larger gain", as_dear_beside_a_gain, "exc_page_fault", false, ""},
	{"new in a call that stayed", new_in_a_call_that_stayed, "audit_write", false, ""},
	{"new, and others asked for more", new_and_others_asked_for_more, "ring_put", false, ""},
	{"new under a large caller", new_under_a_large_caller, "exc_page_fault", false, ""},
	{"new under main", new_under_main, "escape", false, ""},
};

static void what_is_new_for_something_dearer_does_not_fail(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(replaced); i++) {
		for (size_t k = 0; k < COUNT(drawn_bases); k++) {
			struct rates rates = say(&replaced[i], drawn_bases[k], 100);

			bad += rates.fails > 0.03 || rates.named != rates.moved;
		}
	}
	assert_int_equal(bad, 0);
}

static void what_is_only_new_fails(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(not_replaced); i++) {
		for (size_t k = 0; k < COUNT(drawn_bases); k++) {
			struct rates rates = say(&not_replaced[i], drawn_bases[k], 50);

			bad += rates.moved > 0 || rates.fails < 0.95;
		}
	}
	assert_int_equal(bad, 0);
}

static void what_did_not_change_fails_no_more(void **state)
{
	static const struct scenario same = {"nothing changed", unchanged, "", false, ""};

	(void)state;
	for (size_t k = 0; k < COUNT(drawn_bases); k++)
		assert_true(say(&same, drawn_bases[k], 100).fails <= 0.02);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_new_for_something_dearer_does_not_fail),
		cmocka_unit_test(what_is_only_new_fails),
		cmocka_unit_test(what_did_not_change_fails_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
