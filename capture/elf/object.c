/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "object.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "rg/err.h"
#include "code.h"
#include "debugfile.h"
#include "image.h"
#include "lines.h"
#include "names.h"

struct rg_object {
	char build_id[RG_BUILD_ID_TEXT_MAX];
	const char *debug_dir;
	bool has_image, loaded;
	struct rg_image image;
	struct rg_image debug; /* separate debug file; .elf is NULL when there is none */
	struct rg_names names;
	struct rg_codes codes;
	struct rg_lines *lines;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static struct rg_object *object_new(const char *name)
{
	struct rg_object *object = calloc(1, sizeof(*object));

	if (!object)
		return NULL;
	object->image.fd = object->debug.fd = -1;
	object->debug_dir = RG_DEBUG_DIR;
	if (rg_names_init(&object->names, base_name(name)) == 0)
		return object;
	free(object);
	return NULL;
}

/* Ends both ways of opening; rc is what opening the image returned. */
static int object_ready(struct rg_object *object, int rc, struct rg_object **out,
			struct rg_err *err)
{
	if (rc == RG_ENOMEM) {
		rg_object_free(object);
		return rg_err_nomem(err, "executable image");
	}
	object->has_image = rc == 0;
	if (object->has_image)
		rg_image_build_id(&object->image, object->build_id);
	*out = object;
	return 0;
}

int rg_object_open(int fd, const char *name, struct rg_object **out, struct rg_err *err)
{
	struct rg_object *object = object_new(name);

	if (!object) {
		close(fd);
		return rg_err_nomem(err, "executable image");
	}
	return object_ready(object, rg_image_open_fd(&object->image, fd), out, err);
}

int rg_object_open_memory(const void *bytes, size_t len, const char *name, struct rg_object **out,
			  struct rg_err *err)
{
	struct rg_object *object = object_new(name);
	void *copy = object ? malloc(len ? len : 1) : NULL;

	if (!copy) {
		rg_object_free(object);
		return rg_err_nomem(err, "executable image");
	}
	memcpy(copy, bytes, len);
	return object_ready(object, rg_image_open_memory(&object->image, copy, len), out, err);
}

/* The kernel's own bytes, so its headers are true. */
static size_t vdso_size(const Elf64_Ehdr *ehdr)
{
	const char *base = (const char *)ehdr;
	const Elf64_Phdr *phdr = (const Elf64_Phdr *)(base + ehdr->e_phoff);
	size_t size = ehdr->e_shoff + (size_t)ehdr->e_shnum * ehdr->e_shentsize;

	for (int i = 0; i < ehdr->e_phnum; i++)
		if (phdr[i].p_offset + phdr[i].p_filesz > size)
			size = phdr[i].p_offset + phdr[i].p_filesz;
	return size;
}

int rg_object_open_vdso(struct rg_object **out, struct rg_err *err)
{
	const uintptr_t address = getauxval(AT_SYSINFO_EHDR);
	const Elf64_Ehdr *ehdr;

	memcpy(&ehdr, &address, sizeof(address));
	if (!ehdr || ehdr->e_ident[EI_CLASS] != ELFCLASS64) {
		*out = NULL;
		return 0;
	}
	return rg_object_open_memory(ehdr, vdso_size(ehdr), "[vdso]", out, err);
}

void rg_object_free(struct rg_object *object)
{
	if (!object)
		return;
	rg_lines_free(object->lines);
	rg_codes_done(&object->codes);
	rg_names_done(&object->names);
	rg_image_done(&object->debug);
	rg_image_done(&object->image);
	free(object);
}

const char *rg_object_name(const struct rg_object *object)
{
	return object->names.name;
}

const char *rg_object_build_id(const struct rg_object *object)
{
	return object->build_id;
}

const struct rg_image *rg_object_image(const struct rg_object *object)
{
	return object->has_image ? &object->image : NULL;
}

void rg_object_set_debug_dir(struct rg_object *object, const char *dir)
{
	object->debug_dir = dir;
}

static int load(struct rg_object *object)
{
	int rc;

	if (object->loaded || !object->has_image)
		return 0;
	object->loaded = true;
	rc = rg_debugfile_open(&object->debug, object->debug_dir, object->build_id);
	if (rc == RG_ENOMEM)
		return rc;
	rc = rg_names_load(&object->names, &object->image, &object->debug);
	if (rc == 0)
		rc = rg_lines_open(&object->lines, &object->image, &object->debug,
				   object->debug_dir);
	return rc;
}

static int symbolize(struct rg_object *object, uint64_t file_offset, struct rg_symbol *out)
{
	uint64_t address;
	int rc = load(object);

	if (rc < 0)
		return rc;
	if (!object->has_image || !rg_image_address(&object->image, file_offset, &address))
		return rg_names_unknown(&object->names, file_offset, out);
	rc = rg_names_find(&object->names, &object->image, address, out);
	if (rc == 0)
		rc = rg_lines_find(object->lines, address, out);
	const struct rg_code_source source = {&object->image, &object->names, object->lines};

	return rc ? rc : rg_codes_find(&object->codes, &source, address, &out->code);
}

int rg_object_symbolize(struct rg_object *object, uint64_t file_offset, struct rg_symbol *out,
			struct rg_err *err)
{
	struct rg_symbol symbol = {.file = ""};
	int rc = symbolize(object, file_offset, &symbol);

	if (rc < 0)
		return rg_err_nomem(err, "symbols");
	*out = symbol;
	return 0;
}
