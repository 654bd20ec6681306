/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "rg/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* libgit2 ends its messages with the system's; it does not keep errno. */
static bool ends_with(const char *text, int error)
{
	const char *end = strerror(error);
	const size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

static int code_of(const git_error *error)
{
	if (error->klass == GIT_ERROR_NOMEMORY)
		return RG_ENOMEM;
	if (ends_with(error->message, EACCES) || ends_with(error->message, EPERM))
		return RG_EPRIVILEGE;
	return error->klass == GIT_ERROR_OS ? RG_EIO : RG_EFORMAT;
}

const char *gs_reason(int *code)
{
	const git_error *error = git_error_last();

	if (!error || !error->message) {
		*code = RG_EFORMAT;
		return "unknown reason";
	}
	*code = code_of(error);
	return error->message;
}

int gs_refuse(const struct gs_store *store, const char *action, const char *object, int code,
	      const char *reason, struct rg_err *err)
{
	return rg_err_set(err, code, "store: %s '%.400s' in '%.300s': %s", action, object,
			  store->path, reason);
}

int gs_fail(const struct gs_store *store, const char *action, const char *object,
	    struct rg_err *err)
{
	int code;
	const char *reason = gs_reason(&code);

	return gs_refuse(store, action, object, code, reason, err);
}
