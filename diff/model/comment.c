/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/profile.h"
#include "rg/units.h"

#include "comment.h"

#define FAMILY     "regress-gate/"
#define SLICES     "slices"
#define NOT_SLICES "pprof: read slices: not of the form N*WALL_NS[:ACCOUNT…[:WORK]],…"

enum {
	MAX_KEY = 64,
	/* Bytes of slices after which another comment begins: well under RG_PROFILE_MAX_TEXT. */
	SLICES_BREAK = 4000,
	U64_DIGITS = 20,
};

bool rg_comment_key_ok(const char *key)
{
	size_t len = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_.");

	return len > 0 && len <= MAX_KEY && key[len] == '\0' && strcmp(key, SLICES) != 0;
}

static const char *after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

bool rg_comment_is_slices(const char *comment)
{
	return after(comment, RG_COMMENT_PREFIX SLICES "=") != NULL;
}

/* Reads the number at *at, and moves behind it. */
static bool read_digits(const char **at, uint64_t *value)
{
	char digits[U64_DIGITS + 1];
	size_t len = strspn(*at, "0123456789");

	if (len > U64_DIGITS)
		return false;
	memcpy(digits, *at, len);
	digits[len] = '\0';
	if (rg_parse_u64(digits, value) != 0)
		return false;
	*at += len;
	return true;
}

/* Moves behind the byte, if it is there. */
static bool read_byte(const char **at, char byte)
{
	if (**at != byte || byte == '\0')
		return false;
	(*at)++;
	return true;
}

/*
 * "N*WALL_NS", and behind it ":THREAD_NS:CPU_NS:RUNQ_NS:BLOCKED_NS" where they are known, and ":WORK_MILLI" where that is.
 */
static bool read_slice(const char **at, uint64_t *times, struct rg_slice *slice)
{
	uint64_t *const account[] = {&slice->thread_ns, &slice->cpu_ns, &slice->runq_ns,
				     &slice->blocked_ns};

	*slice = (struct rg_slice){0};
	if (!read_digits(at, times) || *times == 0 || !read_byte(at, '*') ||
	    !read_digits(at, &slice->wall_ns))
		return false;
	if (**at != ':')
		return true;
	for (size_t i = 0; i < sizeof(account) / sizeof(account[0]); i++)
		if (!read_byte(at, ':') || !read_digits(at, account[i]))
			return false;
	return **at != ':' || (read_byte(at, ':') && read_digits(at, &slice->work_milli));
}

static int add_slices(struct rg_profile_builder *builder, uint64_t times, struct rg_slice slice,
		      struct rg_err *err)
{
	int rc = 0;

	for (; rc == 0 && times > 0; times--)
		rc = rg_profile_builder_slice(builder, &slice, err);
	return rc;
}

static int read_slices(struct rg_profile_builder *builder, const char *text, struct rg_err *err)
{
	bool more = true;

	while (more) {
		uint64_t times;
		struct rg_slice slice;
		int rc;

		if (!read_slice(&text, &times, &slice))
			return rg_err_set(err, RG_EFORMAT, NOT_SLICES);
		more = read_byte(&text, ',');
		if (!more && *text != '\0')
			return rg_err_set(err, RG_EFORMAT, NOT_SLICES);
		rc = add_slices(builder, times, slice, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int read_fact(struct rg_profile_builder *builder, const char *text, struct rg_err *err)
{
	const char *equals = strchr(text, '=');
	char key[MAX_KEY + 1];

	if (!equals || equals - text > MAX_KEY)
		return rg_err_set(err, RG_EFORMAT, "pprof: read comment '%s': not key=value", text);
	memcpy(key, text, (size_t)(equals - text));
	key[equals - text] = '\0';
	return rg_profile_builder_fact(builder, key, equals + 1, err);
}

int rg_comment_read(struct rg_profile_builder *builder, const char *comment, struct rg_err *err)
{
	const char *fact = after(comment, RG_COMMENT_PREFIX);
	const char *slices = after(comment, RG_COMMENT_PREFIX SLICES "=");

	if (slices)
		return read_slices(builder, slices, err);
	if (fact)
		return read_fact(builder, fact, err);
	if (after(comment, FAMILY))
		return rg_err_set(
			err, RG_EFORMAT,
			"pprof: read comment '%.40s': of another version of regress-gate; "
			"this one knows only version 1",
			comment);
	return 0;
}

static bool has_account(const struct rg_slice *slice)
{
	return slice->thread_ns || slice->cpu_ns || slice->runq_ns || slice->blocked_ns ||
	       slice->work_milli;
}

static bool same_slice(const struct rg_slice *a, const struct rg_slice *b)
{
	return a->wall_ns == b->wall_ns && a->thread_ns == b->thread_ns && a->cpu_ns == b->cpu_ns &&
	       a->runq_ns == b->runq_ns && a->blocked_ns == b->blocked_ns &&
	       a->work_milli == b->work_milli;
}

static size_t run_length(const struct rg_slice *slices, size_t count)
{
	size_t run = 1;

	while (run < count && same_slice(&slices[run], &slices[0]))
		run++;
	return run;
}

size_t rg_comment_add_slices(struct rg_buf *buf, const struct rg_slice *slices, size_t count)
{
	size_t done = 0, start = buf->len;

	rg_buf_adds(buf, RG_COMMENT_PREFIX SLICES "=");
	while (done < count && buf->len - start < SLICES_BREAK) {
		const struct rg_slice *slice = &slices[done];
		size_t run = run_length(slice, count - done);

		rg_buf_addf(buf, "%s%zu*%" PRIu64, done ? "," : "", run, slice->wall_ns);
		if (has_account(slice))
			rg_buf_addf(buf, ":%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64,
				    slice->thread_ns, slice->cpu_ns, slice->runq_ns,
				    slice->blocked_ns);
		if (slice->work_milli)
			rg_buf_addf(buf, ":%" PRIu64, slice->work_milli);
		done += run;
	}
	return done;
}
