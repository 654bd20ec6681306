/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_OBJECT_H
#define CAPTURE_ELF_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_err;
struct rg_image;

/*
 * An ELF image that code ran in: an executable, a shared object, the vDSO. The file is held open,
 * so that it can be read after it was deleted or replaced and after its process ended. Its bytes
 * are untrusted: a damaged image has no names, it never stops a capture.
 */
struct rg_object;

/* What an address in an image is called. Texts are the object's and live as long as it. */
struct rg_symbol {
	const char *function; /* demangled; "[name]+0x1234" when there is no symbol */
	const char *file;     /* source file, or "" */
	uint32_t line;        /* of the address, or 0 */
	uint32_t start_line;  /* of the function, or 0 */
	uint64_t code;        /* identity of its machine code (code.h), or 0 */
	bool unnamed;
};

/*
 * Takes fd (closed by rg_object_free(), and on error). `name` is the path or "[vdso]"; its base
 * name is what the image is called. Only a failure to allocate is an error: an image that cannot be
 * parsed gives an object without symbols.
 */
int rg_object_open(int fd, const char *name, struct rg_object **out, struct rg_err *err);
/* The same from memory, which is copied. */
int rg_object_open_memory(const void *bytes, size_t len, const char *name, struct rg_object **out,
			  struct rg_err *err);
/*
 * This process's own vDSO, which is the same for every 64-bit process; *out is NULL when there is
 * none.
 */
int rg_object_open_vdso(struct rg_object **out, struct rg_err *err);
void rg_object_free(struct rg_object *object);

const char *rg_object_name(const struct rg_object *object);     /* base name */
const char *rg_object_build_id(const struct rg_object *object); /* lower-case hex, or "" */

/* The image as it was opened, borrowed; NULL when it is not one that can be read. */
const struct rg_image *rg_object_image(const struct rg_object *object);

/* Where separate debug files are looked for, by build-id. */
#define RG_DEBUG_DIR "/usr/lib/debug"

/*
 * Another folder for them (borrowed), for a target with files of its own. Before the first
 * rg_object_symbolize().
 */
void rg_object_set_debug_dir(struct rg_object *object, const char *dir);

/*
 * Names the code at an offset of the file. For a return address pass the offset less one.
 * Symbols are read on first use. Returns 0 or RG_ENOMEM.
 */
int rg_object_symbolize(struct rg_object *object, uint64_t file_offset, struct rg_symbol *out,
			struct rg_err *err);

#endif
