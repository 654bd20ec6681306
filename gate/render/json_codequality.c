/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/render.h"

#include "json_write.h"
#include "words.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/hash.h"
#include "rg/text.h"
#include "rg/verdict.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_MAX = 1000, FINGERPRINT_SIZE = 33 };

/* The same finding has the same one in every pipeline: it is of what was found, not of how much. */
static void fingerprint(char out[FINGERPRINT_SIZE], const struct rg_verdict *verdict,
			const struct rg_row *row)
{
	const char *const parts[] = {verdict->scenario,
				     row->module,
				     row->key,
				     row->file,
				     row->wait,
				     row->api,
				     rg_row_is_caller(verdict, row) ? "caller" : NULL};
	uint64_t high = 1, low = 2;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		/* Of what is no caller's it is what it was before there were any. */
		if (!parts[i] && i + 1 == sizeof(parts) / sizeof(parts[0]))
			break;
		const char *part = rg_text_or_empty(parts[i]);

		high = rg_hash_bytes(part, strlen(part) + 1, high);
		low = rg_hash_bytes(part, strlen(part) + 1, low);
	}
	snprintf(out, FINGERPRINT_SIZE, "%016" PRIx64 "%016" PRIx64, high, low);
}

static json_t *new_entry(const struct rg_verdict *verdict, const struct rg_row *row)
{
	char print[FINGERPRINT_SIZE];
	struct rg_buf message;
	json_t *json;

	rg_buf_init(&message, MESSAGE_MAX + 1);
	rg_render_row_line(verdict, row, MESSAGE_MAX, &message);
	fingerprint(print, verdict, row);
	json = json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:{s:I}}}", "description",
			 message.len ? message.data : "", "check_name", "regress-gate",
			 "fingerprint", print, "severity", rg_row_fails(row) ? "major" : "minor",
			 "location", "path", row->file, "lines", "begin", (json_int_t)row->line);
	rg_buf_done(&message);
	return json;
}

/* Names with control characters, or that are no UTF-8, are none that GitLab would find. */
static bool is_plain(const char *path)
{
	return *path && rg_text_is_safe(path, strlen(path));
}

/* GitLab shows an entry at its line, and takes none without. */
static bool is_entry(const struct rg_row *row)
{
	return row->in_repo && row->line > 0 && is_plain(row->file) &&
	       (rg_row_fails(row) || row->status == RG_STATUS_SUSPECT ||
		row->status == RG_STATUS_MOVED);
}

static bool add_entries(json_t *array, const struct rg_verdict *verdict, const struct rg_row *rows,
			size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_entry(&rows[i]) &&
		    json_array_append_new(array, new_entry(verdict, &rows[i])) != 0)
			return false;
	}
	return true;
}

static json_t *new_report(const struct rg_verdict *verdict)
{
	json_t *array = json_array();

	verdict = rg_verdict_deciding(verdict);
	if (array && add_entries(array, verdict, verdict->rows, verdict->row_count) &&
	    add_entries(array, verdict, verdict->callers, verdict->caller_count) &&
	    add_entries(array, verdict, verdict->off_cpu.rows, verdict->off_cpu.row_count))
		return array;
	json_decref(array);
	return NULL;
}

int rg_render_codequality(const struct rg_verdict *verdict, struct rg_buf *out, struct rg_err *err)
{
	json_t *report = new_report(verdict);
	int rc = report ? rg_json_write(report, "code quality report", out, err)
			: rg_err_nomem(err, "code quality report");

	json_decref(report);
	return rc;
}
