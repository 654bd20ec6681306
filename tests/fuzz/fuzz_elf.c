/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An executable image of any bytes: opening it and naming code in it succeeds whatever it holds, with
 * names that end and that are the same when asked again. Named are places spread over what the image
 * says is code, the boundaries above all, and places spread over the file.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"

#include "../../capture/elf/image.h"
#include "../../capture/elf/object.h"

enum { MAX_SECTIONS = 4, PLACES = 8 };

/* So that a build-id never leads to a file of this machine. */
#define NO_FOLDER "/nonexistent"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void name_place(struct rg_object *object, uint64_t offset)
{
	struct rg_symbol first = {0}, second = {0};

	require(rg_object_symbolize(object, offset, &first, NULL) == 0);
	require(*first.function && first.file);
	require(strlen(first.function) + strlen(first.file) > 0);
	require(rg_object_symbolize(object, offset, &second, NULL) == 0);
	require(!strcmp(first.function, second.function) && first.unnamed == second.unnamed);
	require(!strcmp(first.file, second.file) && first.line == second.line);
	require(first.code == second.code && (!first.unnamed || !first.code));
}

static void name_stretch(struct rg_object *object, uint64_t offset, uint64_t size)
{
	for (uint64_t i = 0; i < PLACES; i++)
		name_place(object, offset + size / PLACES * i);
	name_place(object, offset + size - 1);
	name_place(object, offset + size);
}

static void name_sections(struct rg_object *object, const struct rg_image *image)
{
	for (size_t i = 0; i < image->section_count && i < MAX_SECTIONS; i++) {
		const struct rg_code_section *section = &image->sections[i];
		const struct rg_segment *segment = rg_image_segment(image, section->start);

		if (segment)
			name_stretch(object, section->start - segment->address + segment->offset,
				     section->end - section->start);
	}
	for (size_t i = 0; i < image->code_count && i < MAX_SECTIONS; i++)
		name_stretch(object, image->code[i].offset, image->code[i].size);
}

/* The object's own image is its secret; a second one says where the code is. */
static void name_code(struct rg_object *object, const uint8_t *bytes, size_t len)
{
	struct rg_image image = {.fd = -1};
	void *copy = malloc(len ? len : 1);

	require(copy != NULL);
	memcpy(copy, bytes, len);
	if (rg_image_open_memory(&image, copy, len) == 0)
		name_sections(object, &image);
	rg_image_done(&image);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct rg_object *object = NULL;
	struct rg_err err = {0};

	require(rg_object_open_memory(bytes, len, "dir/image", &object, &err) == 0);
	rg_object_set_debug_dir(object, NO_FOLDER);
	require(!strcmp(rg_object_name(object), "image"));
	require(strlen(rg_object_build_id(object)) < RG_BUILD_ID_TEXT_MAX);
	name_code(object, bytes, len);
	name_stretch(object, 0, len);
	rg_object_free(object);
	return 0;
}
