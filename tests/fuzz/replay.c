/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The main() of a fuzzer without libFuzzer: runs the target on each file given and on each file in
 * each folder given, and says how many. A target that finds a fault aborts.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { INPUT_LIMIT = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int complain(const char *action, const char *path)
{
	fprintf(stderr, "replay: %s '%s': %s\n", action, path, strerror(errno));
	return -1;
}

static int run_bytes(FILE *file, size_t len, const char *path)
{
	uint8_t *bytes = malloc(len ? len : 1);
	int rc = 0;

	if (!bytes)
		return complain("read", path);
	if (fread(bytes, 1, len, file) == len)
		LLVMFuzzerTestOneInput(bytes, len);
	else
		rc = complain("read", path);
	free(bytes);
	return rc;
}

static int run_file(const char *path, off_t size)
{
	FILE *file;
	int rc;

	if (size > INPUT_LIMIT) {
		errno = EFBIG;
		return complain("read", path);
	}
	file = fopen(path, "rb");
	if (!file)
		return complain("open", path);
	rc = run_bytes(file, (size_t)size, path);
	fclose(file);
	return rc;
}

static int run_path(const char *path, size_t *count);

static int run_entry(const char *folder, const char *name, size_t *count)
{
	char path[4096];

	if (name[0] == '.')
		return 0;
	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return complain("read", folder);
	}
	return run_path(path, count);
}

static int run_folder(const char *path, size_t *count)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int rc = 0;

	if (!folder)
		return complain("open", path);
	while (rc == 0 && (entry = readdir(folder)))
		rc = run_entry(path, entry->d_name, count);
	closedir(folder);
	return rc;
}

static int run_path(const char *path, size_t *count)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return complain("find", path);
	if (S_ISDIR(st.st_mode))
		return run_folder(path, count);
	++*count;
	return run_file(path, st.st_size);
}

int main(int argc, char **argv)
{
	size_t count = 0;

	for (int i = 1; i < argc; i++)
		if (run_path(argv[i], &count) != 0)
			return 1;
	if (count == 0) {
		fprintf(stderr, "replay: no input: give files or folders that hold some\n");
		return 1;
	}
	printf("corpus: %zu inputs replayed\n", count);
	return 0;
}
