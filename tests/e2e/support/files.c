/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of the scratch directory. */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *e2e_path(struct e2e *e, const char *format, ...)
{
	char *path = e->paths[e->next_path++ % E2E_PATHS];
	char name[E2E_PATH_MAX], whole[E2E_PATH_MAX];
	va_list args;
	int n;

	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	n = snprintf(whole, sizeof(whole), "%.64s/%.400s", e->root, name);
	assert_true(n > 0 && n < E2E_PATH_MAX);
	return strcpy(path, whole);
}

void e2e_write(struct e2e *e, const char *name, const void *bytes, size_t len)
{
	FILE *file = fopen(e2e_path(e, "%s", name), "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

void e2e_write_text(struct e2e *e, const char *name, const char *text)
{
	e2e_write(e, name, text, strlen(text));
}

void e2e_disregard_steal(struct e2e *e)
{
	char name[E2E_PATH_MAX];

	snprintf(name, sizeof(name), "%s/regress-gate.json", e->directory ? e->directory : ".");
	e2e_write_text(e, name, "{\"policy\": {\"comparable\": {\"max_steal\": \"100%\"}}}\n");
}

char *e2e_read(struct e2e *e, const char *name, size_t *len)
{
	FILE *file = fopen(e2e_path(e, "%s", name), "re");
	char *text;
	size_t n;
	long size;

	if (!file)
		return NULL;
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	assert_true(size >= 0);
	rewind(file);
	text = malloc((size_t)size + 1);
	assert_non_null(text);
	n = fread(text, 1, (size_t)size, file);
	text[n] = '\0';
	fclose(file);
	if (len)
		*len = n;
	return text;
}

bool e2e_exists(struct e2e *e, const char *name)
{
	return access(e2e_path(e, "%s", name), F_OK) == 0;
}

void e2e_wait_for_file(struct e2e *e, const char *name)
{
	for (int i = 0; i < E2E_LIMIT_S * 50; i++) {
		size_t len = 0;
		char *text = e2e_read(e, name, &len);

		free(text);
		if (len)
			return;
		e2e_sleep_ms(20);
	}
	fail_msg("'%s' does not appear", name);
}

uint64_t e2e_number(struct e2e *e, const char *file, const char *name, int column)
{
	char *text = e2e_read(e, file, NULL), *at = text;
	size_t len = strlen(name);
	uint64_t number = 0;

	if (!text)
		fail_msg("'%s' was not written", file);
	while (at && !(strncmp(at, name, len) == 0 && at[len] == ' ')) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	if (!at)
		fail_msg("'%s' does not tell '%s'", file, name);
	at += len;
	while (column-- > 0)
		number = strtoull(at, &at, 10);
	free(text);
	return number;
}
