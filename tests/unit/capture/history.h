/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_CAPTURE_HISTORY_H
#define TESTS_UNIT_CAPTURE_HISTORY_H

#include "base/unit.h"

#include "elf/object.h"
#include "files.h"
#include "sideband.h"
#include "timeline.h"

#include "rg/err.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/*
 * Histories of made-up processes. The files in them do not exist, which makes objects without symbols, of whose
 * names the tests read which mapping was found.
 */
struct history {
	struct rg_files *files;
	struct rg_timeline *timeline;
};

static inline int begin_test(void **state)
{
	static struct history h;

	alarm(20);
	h.files = rg_files_new();
	h.timeline = rg_timeline_new(h.files);
	*state = &h;
	return h.files && h.timeline ? 0 : -1;
}

static inline int end_test(void **state)
{
	struct history *h = *state;

	rg_timeline_free(h->timeline);
	rg_files_free(h->files);
	alarm(0);
	return 0;
}

#define history_test(test) cmocka_unit_test_setup_teardown(test, begin_test, end_test)

static inline void begin(struct history *h, uint64_t time, pid_t pid, rgw_image_id image)
{
	assert_int_equal(rg_timeline_begin(h->timeline, pid, image, time), 0);
}

static inline void tell(struct history *h, enum rgw_event_kind kind, uint64_t time, uint32_t pid,
			rgw_image_id image, rgw_image_id parent)
{
	const struct rgw_event event = {
		.time_ns = time, .kind = kind, .pid = pid, .image = image, .parent = parent};

	assert_int_equal(rg_timeline_event(h->timeline, &event), 0);
}

static inline void tell_fork(struct history *h, uint64_t time, uint32_t pid, rgw_image_id image,
			     rgw_image_id parent)
{
	tell(h, RGW_EVENT_FORK, time, pid, image, parent);
}

static inline void tell_exec(struct history *h, uint64_t time, uint32_t pid, rgw_image_id image,
			     rgw_image_id replaced)
{
	tell(h, RGW_EVENT_EXEC, time, pid, image, replaced);
}

static inline void tell_exit(struct history *h, uint64_t time, uint32_t pid, rgw_image_id image)
{
	tell(h, RGW_EVENT_EXIT, time, pid, image, 0);
}

/* Maps 0x1000 bytes; "//anon" is memory without a file. */
static inline void map(struct history *h, uint64_t time, uint32_t pid, uint64_t start,
		       const char *path)
{
	const struct rg_mapping_record record = {.time_ns = time,
						 .pid = pid,
						 .start = start,
						 .length = 0x1000,
						 .offset = 0x200,
						 .inode = 1,
						 .path = path};

	assert_int_equal(rg_timeline_mapping(h->timeline, &record), 0);
}

/* Process 10 is image 1 from time 1 on, and maps this at 0x1000 at time 2. */
static inline void begin_with(struct history *h, const char *path)
{
	begin(h, 1, 10, 1);
	map(h, 2, 10, 0x1000, path);
}

static inline void tell_exec_start(struct history *h, uint64_t time, uint32_t pid)
{
	const struct rg_mapping_record record = {.time_ns = time, .pid = pid, .exec = true};

	assert_int_equal(rg_timeline_mapping(h->timeline, &record), 0);
}

/* A whole exec: it begins, the program is mapped at 0x1000, it has its image. */
static inline void exec_program(struct history *h, uint64_t time, uint32_t pid, rgw_image_id image,
				rgw_image_id replaced, const char *path)
{
	tell_exec_start(h, time, pid);
	map(h, time + 1, pid, 0x1000, path);
	tell_exec(h, time + 2, pid, image, replaced);
}

static inline void settle(struct history *h)
{
	struct rg_err err = {0};

	assert_int_equal(rg_timeline_settle(h->timeline, &err), 0);
}

static inline void replay(struct history *h)
{
	struct rg_err err = {0};

	settle(h);
	assert_int_equal(rg_timeline_replay(h->timeline, &err), 0);
}

/* The base name of what an image has at an address, "[anon]" without a file, "" for nothing. */
static inline const char *at(const struct history *h, rgw_image_id image, uint64_t address)
{
	struct rg_place place;

	if (!rg_timeline_find(h->timeline, image, address, &place))
		return "";
	return place.file == RG_FILE_NONE ? "[anon]"
					  : rg_object_name(rg_files_object(h->files, place.file));
}

/* What an image has at an address, as at() says it. */
struct found {
	rgw_image_id image;
	uint64_t address;
	const char *name;
};

#define assert_replayed(h, ...)                                    \
	assert_replayed_at(h, (const struct found[]){__VA_ARGS__}, \
			   COUNT(((const struct found[]){__VA_ARGS__})), __FILE__, __LINE__)

/* All is told: replays it, and looks for these. */
static inline void assert_replayed_at(struct history *h, const struct found *found, size_t count,
				      const char *file, int line)
{
	replay(h);
	for (size_t i = 0; i < count; i++) {
		const char *name = at(h, found[i].image, found[i].address);

		if (strcmp(name, found[i].name) == 0)
			continue;
		print_error("image %u has '%s' at 0x%" PRIx64 ", not '%s'\n", found[i].image, name,
			    found[i].address, found[i].name);
		_fail(file, line);
	}
}

#endif
