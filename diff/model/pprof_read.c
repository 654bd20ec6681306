/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/pprof.h"
#include "rg/profile.h"

#include "comment.h"
#include "gzip.h"
#include "pprof_columns.h"
#include "pprof_read.h"
#include "pprof_samples.h"
#include "pprof_tables.h"

static int take_positive(struct rg_profile_builder *builder, const char *key, int64_t value,
			 struct rg_err *err)
{
	return value > 0 ? rg_profile_builder_fact_u64(builder, key, (uint64_t)value, err) : 0;
}

/* What the message's own fields tell; all that other tools tell. */
static int take_fields(const struct rg_pprof_tables *tables, const struct rg_pprof_columns *columns,
		       struct rg_profile_builder *builder, struct rg_err *err)
{
	int rc = take_positive(builder, RG_KEY_STARTED_NS, tables->time_ns, err);

	if (rc == 0)
		rc = take_positive(builder, RG_KEY_WALL_NS, tables->duration_ns, err);
	if (rc == 0)
		rc = take_positive(builder, RG_KEY_PERIOD_NS, columns->period_ns, err);
	return rc;
}

static int take_comments(const struct rg_pprof_tables *tables, struct rg_profile_builder *builder,
			 bool *has_slices, struct rg_err *err)
{
	for (size_t i = 0; i < tables->comment_count; i++) {
		const char *comment = rg_pprof_text(tables, tables->comments[i]);
		int rc = rg_comment_read(builder, comment, err);

		if (rc != 0)
			return rc;
		*has_slices |= rg_comment_is_slices(comment);
	}
	return 0;
}

static int build(struct rg_pprof_tables *tables, const char *sample_type,
		 struct rg_profile_builder *builder, struct rg_profile **out, struct rg_err *err)
{
	struct rg_pprof_columns columns;
	bool has_slices = false;
	int rc = rg_pprof_columns_choose(tables, sample_type, &columns, err);

	if (rc == 0)
		rc = take_fields(tables, &columns, builder, err);
	if (rc == 0) /* they override the fields: facts keep the form they were given in */
		rc = take_comments(tables, builder, &has_slices, err);
	if (rc == 0)
		rc = rg_pprof_samples_read(tables, &columns, has_slices, builder, err);
	return rc != 0 ? rc : rg_profile_builder_finish(builder, out, err);
}

int rg_pprof_read_message(const void *bytes, size_t len, const char *sample_type,
			  struct rg_profile **out, struct rg_err *err)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_pprof_tables tables = {0};
	int rc;

	if (!builder)
		return rg_err_nomem(err, "profile");
	rc = rg_pprof_tables_read(&tables, rg_wire_init(bytes, len), err);
	if (rc == 0)
		rc = build(&tables, sample_type, builder, out, err);
	rg_pprof_tables_done(&tables);
	rg_profile_builder_free(builder);
	return rc;
}

static int read_gzip(const void *bytes, size_t len, size_t max_bytes, struct rg_profile **out,
		     struct rg_err *err)
{
	struct rg_buf message;
	int rc;

	rg_buf_init(&message, max_bytes);
	rc = rg_gzip_inflate(bytes, len, &message, err);
	if (rc == 0)
		rc = rg_pprof_read_message(message.data, message.len, NULL, out, err);
	rg_buf_done(&message);
	return rc;
}

int rg_pprof_read_max(const void *bytes, size_t len, size_t max_bytes, struct rg_profile **out,
		      struct rg_err *err)
{
	if (max_bytes > RG_PPROF_MAX_BYTES)
		max_bytes = RG_PPROF_MAX_BYTES;
	if (len == 0)
		return rg_err_set(err, RG_EFORMAT, "pprof: read: the file is empty");
	if (len > RG_PPROF_MAX_FILE)
		return rg_err_set(err, RG_ELIMIT, "pprof: read: file of more than %d bytes",
				  RG_PPROF_MAX_FILE);
	if (rg_gzip_is(bytes, len))
		return read_gzip(bytes, len, max_bytes, out, err);
	if (len > max_bytes)
		return rg_err_set(err, RG_ELIMIT, "pprof: read: more than %zu bytes", max_bytes);
	return rg_pprof_read_message(bytes, len, NULL, out, err);
}

int rg_pprof_read(const void *bytes, size_t len, struct rg_profile **out, struct rg_err *err)
{
	return rg_pprof_read_max(bytes, len, RG_PPROF_MAX_BYTES, out, err);
}
