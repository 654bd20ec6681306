/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes and reads a catalogue with jansson again and again, and ends: a unit of work. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { ITEMS = 200, TIMES = 600, NAME_MAX_BYTES = 32 };

static json_t *make_catalogue(void)
{
	json_t *list = json_array();

	for (int i = 0; i < ITEMS; i++) {
		char name[NAME_MAX_BYTES];

		snprintf(name, sizeof(name), "caf\xc3\xa9 %d", i);
		json_array_append_new(list, json_pack("{s:s, s:i, s:f, s:[s, s, s]}", "name", name,
						      "stock", i, "price", i * 1.25, "tags", "new",
						      "sale", "r\xc3\xa9sum\xc3\xa9"));
	}
	return list;
}

int main(void)
{
	json_t *list = make_catalogue();
	size_t read = 0;

	for (int i = 0; i < TIMES; i++) {
		char *text = json_dumps(list, JSON_COMPACT);
		json_t *again = json_loads(text, 0, NULL);

		read += json_array_size(again);
		json_decref(again);
		free(text);
	}
	json_decref(list);
	return read != (size_t)ITEMS * TIMES;
}
