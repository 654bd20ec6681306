/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/buf.h"
#include "rg/err.h"
#include "rg/pprof.h"
#include "rg/profile.h"

#include "gzip.h"
#include "pprof_message.h"

static int deflate_message(const struct rg_buf *message, struct rg_buf *out, struct rg_err *err)
{
	size_t before = out->len;
	int rc = rg_gzip_deflate(message->data, message->len, out, err);

	if (rc == 0 && out->len - before > RG_PPROF_MAX_FILE)
		rc = rg_err_set(err, RG_ELIMIT, "pprof: write: file of more than %d bytes",
				RG_PPROF_MAX_FILE);
	if (rc != 0)
		rg_buf_cut(out, before);
	return rc;
}

static bool measures_anything(const struct rg_profile *profile)
{
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		if (rg_profile_has(profile, (enum rg_value)v))
			return true;
	return false;
}

int rg_pprof_write(const struct rg_profile *profile, struct rg_buf *out, struct rg_err *err)
{
	struct rg_buf message;
	int rc;

	if (!measures_anything(profile))
		return rg_err_set(err, RG_EFORMAT, "pprof: write: the profile measured nothing");
	rg_buf_init(&message, RG_PPROF_MAX_BYTES);
	rc = rg_pprof_message(profile, &message, err);
	if (rc == 0)
		rc = deflate_message(&message, out, err);
	rg_buf_done(&message);
	return rc;
}
