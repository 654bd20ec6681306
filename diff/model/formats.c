/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/formats.h"
#include "rg/pprof.h"

#include "gzip.h"
#include "lines.h"
#include "perf_line.h"
#include "pprof_fields.h"
#include "pprof_read.h"
#include "text_format.h"
#include "wire.h"

enum {
	FIELDS_LOOKED_AT = 8,
	BYTES_LOOKED_AT = 64,
	PEEK_BYTES = 1 << 20, /* of inflated text that is looked at */
};

static bool is_pprof_field(const struct rg_wire_field *field)
{
	switch (field->number) {
	case PPROF_SAMPLE_TYPE:
	case PPROF_SAMPLE:
	case PPROF_MAPPING:
	case PPROF_LOCATION:
	case PPROF_FUNCTION:
	case PPROF_STRING_TABLE:
	case PPROF_PERIOD_TYPE:
		return field->type == RG_WIRE_BYTES;
	case PPROF_COMMENT:
		return field->type == RG_WIRE_BYTES || field->type == RG_WIRE_VARINT;
	default:
		return field->type == RG_WIRE_VARINT;
	}
}

/* Messages are full of small numbers, and begin with some; texts are not. */
static bool begins_binary(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len && i < BYTES_LOOKED_AT; i++)
		if ((unsigned char)bytes[i] < ' ' && !strchr("\t\n\r", bytes[i]))
			return true;
	return len > 0 && memchr(bytes, '\0', len < BYTES_LOOKED_AT ? len : BYTES_LOOKED_AT);
}

/* Behind the first field there may be damage, which the reader finds. */
static bool is_pprof(const void *bytes, size_t len)
{
	struct rg_wire wire = rg_wire_init(bytes, len);
	struct rg_wire_field field;
	size_t fields = 0;

	while (fields < FIELDS_LOOKED_AT && rg_wire_next(&wire, &field, NULL) > 0) {
		if (!is_pprof_field(&field))
			return false;
		fields++;
	}
	return fields > 0 && begins_binary(bytes, len);
}

static bool is_folded(struct rg_span line)
{
	const char *blank = memrchr(line.at, ' ', rg_span_len(line));
	uint64_t number;

	return blank && blank > line.at &&
	       rg_span_number((struct rg_span){blank + 1, line.end}, INT64_MAX, &number);
}

/* By the first line that is not empty, the comments of perf's header aside. */
static enum rg_format detect_text(const void *bytes, size_t len)
{
	struct rg_lines lines;
	struct rg_span line;
	struct rg_perf_head head;
	bool first = true, folded = false;

	if (rg_lines_init(&lines, bytes, len, "", NULL) != 0)
		return RG_FORMAT_UNKNOWN;
	while (rg_lines_next(&lines, &line)) {
		if (line.at == line.end)
			continue;
		if (rg_perf_head_parse(line, &head))
			return RG_FORMAT_PERF_SCRIPT;
		if (first)
			folded = is_folded(line);
		first = false;
		if (*line.at != '#')
			break;
	}
	return folded ? RG_FORMAT_FOLDED : RG_FORMAT_UNKNOWN;
}

static enum rg_format detect_inflated(const void *bytes, size_t len)
{
	static const char perf_magic[] = "PERFILE2"; /* perf.data-file-format, "header" */

	if (len >= strlen(perf_magic) && memcmp(bytes, perf_magic, strlen(perf_magic)) == 0)
		return RG_FORMAT_PERF_DATA;
	if (is_pprof(bytes, len))
		return RG_FORMAT_PPROF;
	return detect_text(bytes, len < PEEK_BYTES ? len : PEEK_BYTES);
}

enum rg_format rg_format_detect(const void *bytes, size_t len)
{
	enum rg_format format;
	struct rg_buf peek;

	if (!rg_gzip_is(bytes, len))
		return detect_inflated(bytes, len);
	rg_buf_init(&peek, PEEK_BYTES);
	rg_gzip_peek(bytes, len, &peek);
	format = detect_inflated(peek.data, peek.len);
	rg_buf_done(&peek);
	return format;
}

typedef int reader_fn(const void *bytes, size_t len, const char *sample_type,
		      struct rg_profile **out, struct rg_err *err);

static int read_detected(const void *bytes, size_t len, const char *sample_type,
			 struct rg_profile **out, struct rg_err *err)
{
	switch (detect_inflated(bytes, len)) {
	case RG_FORMAT_PPROF:
		return rg_pprof_read_message(bytes, len, sample_type, out, err);
	case RG_FORMAT_FOLDED:
		return rg_folded_read_text(bytes, len, sample_type, out, err);
	case RG_FORMAT_PERF_SCRIPT:
		return rg_perf_script_read_text(bytes, len, sample_type, out, err);
	case RG_FORMAT_PERF_DATA:
		return rg_err_set(err, RG_EFORMAT,
				  "profile: read: a file of perf's own: give the output of 'perf "
				  "script' on it");
	case RG_FORMAT_UNKNOWN:
		break;
	}
	return rg_err_set(err, RG_EFORMAT,
			  "profile: read: neither a pprof file, nor folded stacks, nor the text of "
			  "'perf script'");
}

/* A file on its way in. */
struct source {
	const void *bytes;
	size_t len;
	struct rg_buf *taken; /* holds the bytes, and may be emptied; or NULL */
};

static int inflate_and_read(const struct source *source, size_t max_bytes, const char *sample_type,
			    reader_fn *reader, struct rg_profile **out, struct rg_err *err)
{
	struct rg_buf inflated;
	int rc;

	rg_buf_init(&inflated, max_bytes);
	rc = rg_gzip_inflate(source->bytes, source->len, &inflated, err);
	if (rc == 0 && source->taken)
		rg_buf_done(source->taken);
	if (rc == 0)
		rc = reader(inflated.data ? inflated.data : "", inflated.len, sample_type, out,
			    err);
	rg_buf_done(&inflated);
	return rc;
}

static int read_source(reader_fn *reader, const struct source *source,
		       const struct rg_read_options *options, struct rg_profile **out,
		       struct rg_err *err)
{
	const char *sample_type = options ? options->sample_type : NULL;
	size_t max_bytes = options ? options->max_bytes : 0;

	if (max_bytes == 0 || max_bytes > RG_PPROF_MAX_BYTES)
		max_bytes = RG_PPROF_MAX_BYTES;
	if (source->len == 0)
		return rg_err_set(err, RG_EFORMAT, "profile: read: the file is empty");
	if (source->len > RG_PPROF_MAX_FILE && rg_gzip_is(source->bytes, source->len))
		return rg_err_set(err, RG_ELIMIT, "profile: read: file of more than %d bytes",
				  RG_PPROF_MAX_FILE);
	if (rg_gzip_is(source->bytes, source->len))
		return inflate_and_read(source, max_bytes, sample_type, reader, out, err);
	if (source->len > max_bytes)
		return rg_err_set(err, RG_ELIMIT, "profile: read: more than %zu bytes", max_bytes);
	return reader(source->bytes, source->len, sample_type, out, err);
}

static int read_by(reader_fn *reader, const void *bytes, size_t len,
		   const struct rg_read_options *options, struct rg_profile **out,
		   struct rg_err *err)
{
	return read_source(reader, &(struct source){.bytes = bytes, .len = len}, options, out, err);
}

int rg_profile_read(const void *bytes, size_t len, const struct rg_read_options *options,
		    struct rg_profile **out, struct rg_err *err)
{
	return read_by(read_detected, bytes, len, options, out, err);
}

int rg_profile_read_take(struct rg_buf *file, const struct rg_read_options *options,
			 struct rg_profile **out, struct rg_err *err)
{
	const struct source source = {.bytes = file->data, .len = file->len, .taken = file};
	int rc = read_source(read_detected, &source, options, out, err);

	rg_buf_done(file);
	return rc;
}

int rg_folded_read(const void *bytes, size_t len, const struct rg_read_options *options,
		   struct rg_profile **out, struct rg_err *err)
{
	return read_by(rg_folded_read_text, bytes, len, options, out, err);
}

int rg_perf_script_read(const void *bytes, size_t len, const struct rg_read_options *options,
			struct rg_profile **out, struct rg_err *err)
{
	return read_by(rg_perf_script_read_text, bytes, len, options, out, err);
}
