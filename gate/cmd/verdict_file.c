/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict_file.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/file.h"
#include "rg/render.h"

int rg_verdict_read_file(const char *path, struct rg_verdict **out, struct rg_err *err)
{
	struct rg_buf bytes;
	int rc;

	rg_buf_init(&bytes, RG_VERDICT_JSON_MAX + 1);
	rc = rg_file_read(path, RG_VERDICT_JSON_MAX, &bytes, err);
	if (rc == 0) {
		rc = rg_verdict_read_json(bytes.data ? bytes.data : "", bytes.len, out, err);
		if (rc)
			rg_err_prefix(err, "'%.300s'", path);
	}
	rg_buf_done(&bytes);
	return rc;
}
