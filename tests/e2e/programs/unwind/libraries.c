/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libraries MODE: code of a library that the program is linked to lazily, or that it loads later. */
#include "chain.h"

#include "plugin.h"

#include <dlfcn.h>
#include <time.h>

enum { LATE_MS = 800 };

/* The stubs of the procedure linkage table are a good part of the time. */
static STEP void run_plt(void)
{
	for (int i = 0; i < 1000; i++)
		sink += plugin_nothing(sink);
}

static STEP uint64_t plugin_calls_back(uint64_t x)
{
	return burn_leaf(x) + 1;
}

static STEP void run_callback(void)
{
	sink += plugin_call(plugin_calls_back, sink) + 1;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static STEP void burn_before_loading(void)
{
	uint64_t end = now_ms() + LATE_MS;

	while (now_ms() < end)
		for (int i = 0; i < 10; i++)
			sink += burn_long(sink);
}

typedef uint64_t (*late_function)(uint64_t);

/* late.so lies beside the program. */
static STEP late_function load_late(void)
{
	void *library = dlopen("late.so", RTLD_NOW);
	late_function function = NULL;

	if (library)
		*(void **)&function = dlsym(library, "late_entry");
	if (!function) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	return function;
}

static STEP void run_late(void)
{
	static late_function function;

	if (!function) {
		burn_before_loading();
		function = load_late();
	}
	sink += function(sink) + 1;
}

static const struct mode modes[] = {
	{"plt", run_plt},
	{"callback", run_callback},
	{"late", run_late},
};

RUN_MODES(modes)
