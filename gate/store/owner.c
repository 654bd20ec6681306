/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/owner.h"

#include "rg/err.h"
#include "rg/units.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* UINT32_MAX is chown()'s "leave it", never an id. */
static bool environment_id(const char *name, uint32_t *id)
{
	const char *text = getenv(name);
	uint64_t value = 0;

	if (!text || rg_parse_u64(text, &value) || value >= UINT32_MAX)
		return false;
	*id = (uint32_t)value;
	return true;
}

bool rg_owner_user(uid_t *uid, gid_t *gid)
{
	uint32_t user = 0, group = 0;

	if (geteuid() != 0)
		return false;
	if (!environment_id("SUDO_UID", &user) || !environment_id("SUDO_GID", &group))
		return false;
	if (user == 0)
		return false;
	*uid = user;
	*gid = group;
	return true;
}

int rg_owner_give_back(int fd)
{
	uid_t uid;
	gid_t gid;

	if (!rg_owner_user(&uid, &gid))
		return 0;
	return fchown(fd, uid, gid) ? RG_EIO : 0;
}
