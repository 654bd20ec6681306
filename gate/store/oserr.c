/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oserr.h"

#include "rg/err.h"

#include <errno.h>
#include <string.h>

int os_code(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return RG_EPRIVILEGE;
	case ENOENT:
		return RG_ENOTFOUND;
	case ENOMEM:
		return RG_ENOMEM;
	default:
		return RG_EIO;
	}
}

int os_fail(struct rg_err *err, int error, const char *action, const char *object)
{
	return rg_err_set(err, os_code(error), "%s '%.800s': %s", action, object, strerror(error));
}
