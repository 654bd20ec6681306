/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plumbing.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/diff.h"

#include <string.h>

/* Modules as rg_canon_module() has them. */
static const char *const modules[] = {
	"libc.so",      "libpthread.so", "librt.so",       "ld.so",        "ld-linux*.so",
	"ld-musl*.so",  "ld-musl*.so.1", "libc.musl-*.so", "libstdc++.so", "libc++.so",
	"libc++abi.so", "libgcc_s.so",   "[vdso]",
};

/* Without one of these the program has its C library within itself. */
static const char *const c_libraries[] = {"libc.so", "ld-musl*.so", "ld-musl*.so.1",
					  "libc.musl-*.so"};

/* Names that nothing but a runtime has, wherever they are linked to. */
static const char *const names[] = {
	"std::*",
	"<std::*",
	"core::*",
	"<core::*",
	"__gnu_cxx::*",
	"__gthread_*",

	"tokio::runtime::*",
	"<tokio::runtime::*",
	"runtime.*",
	"internal/runtime/*",
	"internal/poll.*",
	"syscall.*",
	"_start",
	"__libc_start_*",
	"start_thread",
	"__rust_*",
};

/* The C library's calls that wait, and what starts threads: by bare name, in static programs only. */
static const char *const calls[] = {
	"accept",
	"accept4",
	"clock_nanosleep",
	"clone",
	"clone3",
	"connect",
	"epoll_pwait",
	"epoll_pwait2",
	"epoll_wait",
	"fdatasync",
	"flock",
	"fsync",
	"futex",
	"futex_wait*",
	"io_getevents",
	"lll_lock_*",
	"lockf",
	"mq_receive",
	"mq_timedreceive",
	"msgrcv",
	"msync",
	"nanosleep",
	"open",
	"open64",
	"openat",
	"pause",
	"poll",
	"ppoll",
	"pread",
	"pread64",
	"preadv",
	"pselect",
	"pwrite",
	"pwrite64",
	"pwritev",
	"read",
	"readv",
	"recv",
	"recvfrom",
	"recvmmsg",
	"recvmsg",
	"select",
	"sem_clockwait",
	"sem_timedwait",
	"sem_wait",
	"semop",
	"send",
	"sendfile",
	"sendfile64",
	"sendmmsg",
	"sendmsg",
	"sendto",
	"sigsuspend",
	"sigtimedwait",
	"sigwait",
	"sigwaitinfo",
	"sleep",
	"sync",
	"sync_file_range",
	"syncfs",
	"syscall",
	"syscall_cancel",
	"thrd_sleep",
	"thrd_start",
	"timedwait",
	"usleep",
	"wait",
	"wait3",
	"wait4",
	"waitid",
	"waitpid",
	"write",
	"writev",
	"mtx_lock",
	"mtx_timedlock",
	"cnd_wait",
	"cnd_timedwait",
	"cond_wait_*",
	"syscall_cancel*",
	"internal_syscall_cancel",
	"new_sem_wait*",
	"run_on_exit*",
	"io_uring_enter",
	"copy_file_range",
	"nanosleep_nocancel",
	"read_nocancel",
	"write_nocancel",
};

/* Bracketed modules that are part of the process; all others are of the kernel. */
static const char *const user_areas[] = {"[vdso]", "[anon]",     "[heap]",    "[stack]",
					 "[jit]",  "[vsyscall]", "[uprobes]", "[unknown]"};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool any(const char *const *patterns, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++) {
		if (rg_pattern_match(patterns[i], text))
			return true;
	}
	return false;
}

/* --- Names ------------------------------------------------------------------------------------ */

static void skip_prefix(const char **at, size_t *len, const char *prefix)
{
	size_t prefix_len = strlen(prefix);

	if (*len > prefix_len && strncmp(*at, prefix, prefix_len) == 0) {
		*at += prefix_len;
		*len -= prefix_len;
	}
}

size_t rg_plumbing_bare_name(const char *function, const char **at)
{
	/* "@GLIBC_2.2.5", "@plt". */
	size_t len = strcspn(function, "@");

	*at = function;
	skip_prefix(at, &len, "__GI_");
	while (len > 1 && **at == '_')
		skip_prefix(at, &len, "_");
	skip_prefix(at, &len, "libc_");
	return len;
}

/* No longer name is one of the C library's. */
enum { CALL_MAX = 64 };

/* Whatever alias it has: "___pthread_mutex_lock". */
static bool is_pthread(const char *function)
{
	const char *at;
	size_t len = rg_plumbing_bare_name(function, &at);

	return len > strlen("pthread_") && strncmp(at, "pthread_", strlen("pthread_")) == 0;
}

static bool is_call(const char *function)
{
	char name[CALL_MAX];
	const char *at;
	size_t len = rg_plumbing_bare_name(function, &at);

	if (len >= sizeof(name))
		return false;
	memcpy(name, at, len);
	name[len] = '\0';
	return any(calls, COUNT_OF(calls), name);
}

/* --- Modules ---------------------------------------------------------------------------------- */

/* What is known of a module. */
struct module_kind {
	const char *name; /* canonical */
	bool kernel, plumbing;
};

bool rg_module_is_kernel(const char *name)
{
	return name[0] == '[' && !any(user_areas, COUNT_OF(user_areas), name);
}

static int canonical(void (*canon)(struct rg_buf *, const char *), const char *name,
		     struct rg_buf *scratch)
{
	rg_buf_reset(scratch);
	canon(scratch, name);
	if (!scratch->failed && scratch->len == 0)
		rg_buf_add(scratch, "", 0);
	return scratch->failed;
}

struct kinds {
	const struct rg_policy_list *patterns;
	struct module_kind *module;
	bool is_static;
	struct rg_buf scratch;
};

static int know_modules(struct kinds *kinds, const struct rg_profile *profile,
			struct rg_arena *arena)
{
	size_t count;
	const struct rg_module *module = rg_profile_modules(profile, &count);

	kinds->module = rg_arena_array(arena, count + 1, sizeof(*kinds->module));
	if (!kinds->module)
		return RG_ENOMEM;
	kinds->is_static = true;
	for (size_t i = 0; i < count; i++) {
		struct module_kind *kind = &kinds->module[i];

		if (canonical(rg_canon_module, module[i].name, &kinds->scratch))
			return RG_ENOMEM;
		kind->name = rg_arena_strdup(arena, kinds->scratch.len ? kinds->scratch.data : "");
		if (!kind->name)
			return RG_ENOMEM;
		kind->kernel = rg_module_is_kernel(kind->name);
		kind->plumbing = any(modules, COUNT_OF(modules), kind->name) ||
				 any(kinds->patterns->pattern, kinds->patterns->count, kind->name);
		kinds->is_static &= !any(c_libraries, COUNT_OF(c_libraries), kind->name);
	}
	return 0;
}

/* --- Frames ----------------------------------------------------------------------------------- */

static int matches_policy(struct kinds *kinds, const char *function, bool *matches)
{
	*matches = false;
	if (kinds->patterns->count == 0)
		return 0;
	if (canonical(rg_canon_name, function, &kinds->scratch))
		return RG_ENOMEM;
	*matches = kinds->scratch.len > 0 &&
		   any(kinds->patterns->pattern, kinds->patterns->count, kinds->scratch.data);
	return 0;
}

static int kind_of(struct kinds *kinds, const struct rg_frame *frame, enum rg_frame_kind *out)
{
	const struct module_kind *module = &kinds->module[frame->module];
	bool plumbing;

	if (strcmp(frame->function, RG_FRAME_TRUNCATED) == 0) {
		*out = RG_FRAME_KIND_CUT;
		return 0;
	}
	if (module->kernel) {
		*out = RG_FRAME_KIND_KERNEL;
		return 0;
	}
	if (matches_policy(kinds, frame->function, &plumbing))
		return RG_ENOMEM;
	plumbing |= module->plumbing || any(names, COUNT_OF(names), frame->function) ||
		    is_pthread(frame->function) || (kinds->is_static && is_call(frame->function));
	*out = plumbing ? RG_FRAME_KIND_PLUMBING : RG_FRAME_KIND_APPLICATION;
	return 0;
}

int rg_plumbing_kinds(const struct rg_profile *profile, const struct rg_policy_list *patterns,
		      struct rg_arena *arena, enum rg_frame_kind **out, struct rg_err *err)
{
	struct kinds kinds = {.patterns = patterns};
	size_t count;
	const struct rg_frame *frame = rg_profile_frames(profile, &count);
	enum rg_frame_kind *kind = rg_arena_array(arena, count + 1, sizeof(*kind));
	int code = kind ? 0 : RG_ENOMEM;

	rg_buf_init(&kinds.scratch, RG_PROFILE_MAX_TEXT + 1);
	if (!code)
		code = know_modules(&kinds, profile, arena);
	for (size_t i = 0; !code && i < count; i++)
		code = kind_of(&kinds, &frame[i], &kind[i]);
	rg_buf_done(&kinds.scratch);
	if (code)
		return rg_err_nomem(err, "diff");
	*out = kind;
	return 0;
}
