/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "procmaps.h"
#include "path.h"
#include "target.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool rg_procmaps_line(char *line, struct rg_mapping_record *record)
{
	uint64_t start, end, offset, inode;
	unsigned int major, minor;
	char perms[5];
	int path = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n", &start,
		   &end, perms, &offset, &major, &minor, &inode, &path) < 7)
		return false;
	if (strlen(perms) < 3 || perms[2] != 'x' || end <= start || !path)
		return false;
	line[path + (int)strcspn(line + path, "\n")] = '\0';
	rg_path_cut_deleted(line + path);
	rg_path_unescape(line + path);
	*record = (struct rg_mapping_record){
		.start = start,
		.length = end - start,
		.offset = offset,
		.inode = inode,
		.path = line + path,
	};
	return true;
}

int rg_procmaps_read(pid_t pid, uint64_t time_ns, rg_mapping_fn fn, void *ctx)
{
	char path[64], *line = NULL;
	size_t size = 0;
	FILE *file;
	int rc = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/maps", (int)pid, (int)rg_pid_thread(pid));
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (!rc && getline(&line, &size, file) > 0) {
		struct rg_mapping_record record;

		if (!rg_procmaps_line(line, &record))
			continue;
		record.pid = (uint32_t)pid;
		record.time_ns = time_ns;
		rc = fn(ctx, &record);
	}
	free(line);
	fclose(file);
	return rc;
}
