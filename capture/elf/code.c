/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "code.h"

#include "code_mask.h"
#include "image.h"
#include "names.h"
#include "symtab.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAME_MAX_BYTES =
		4096, /* of a name of what is called; a hostile table may have one of a gigabyte */
	CONSTANT_MAX = 64, /* bytes; the widest registers */
};

struct rg_code_known {
	uint64_t start, identity;
};

/* --- What it refers to -------------------------------------------------------------------------- */

/*
 * Without the version of the table ("@GLIBC_2.14") and without a last number, which compilers count up over a whole file
 * (".constprop.3", ".llvm.81985529216").
 */
static size_t name_length(const char *name)
{
	size_t len = strnlen(name, NAME_MAX_BYTES), digits = 0;
	const char *version = memchr(name, '@', len);

	if (version && version > name)
		len = (size_t)(version - name);
	while (digits < len && isdigit((unsigned char)name[len - digits - 1]))
		digits++;
	if (digits > 0 && digits + 1 < len && name[len - digits - 1] == '.')
		len -= digits + 1;
	return len;
}

static void refer(struct rg_machine_code *code, const void *what, size_t len)
{
	code->refers = rg_hash_bytes(what, len, code->refers);
}

void rg_code_refer(struct rg_machine_code *code, uint64_t target)
{
	const struct rg_sym *sym = rg_names_symbol(code->source->names, target);
	uint64_t within;

	if (!sym) {
		refer(code, "", 1);
		return;
	}
	within = target - sym->start;
	refer(code, sym->name, name_length(sym->name));
	refer(code, &within, sizeof(within));
}

void rg_code_refer_constant(struct rg_machine_code *code, uint64_t target, size_t size)
{
	uint8_t bytes[CONSTANT_MAX];

	if (size > 0 && size <= sizeof(bytes) &&
	    rg_image_read(code->source->image, target, bytes, size))
		refer(code, bytes, size);
}

/* --- One function ------------------------------------------------------------------------------- */

static int mask(struct rg_machine_code *code, int machine)
{
	if (machine == EM_X86_64)
		return rg_code_mask_x86(code);
	rg_code_mask_arm64(code);
	return 0;
}

/* 0 stands for "not known". */
static uint64_t identity_of(const struct rg_machine_code *code)
{
	uint64_t hash = rg_hash_bytes(code->bytes, code->size, code->refers);

	return hash ? hash : 1;
}

static bool can_be_known(const struct rg_codes *codes, const struct rg_sym *sym,
			 const GElf_Ehdr *ehdr)
{
	uint64_t size = sym->end - sym->start;

	return sym->sized && sym->rank != RG_SYM_STUB && size <= RG_CODE_FUNCTION_MAX &&
	       size <= RG_CODE_OBJECT_MAX - codes->read &&
	       (ehdr->e_machine == EM_X86_64 || ehdr->e_machine == EM_AARCH64);
}

/* *identity stays 0 where there is none. */
static int identify(struct rg_codes *codes, const struct rg_code_source *source,
		    const struct rg_sym *sym, uint64_t *identity)
{
	struct rg_machine_code code = {
		.size = (size_t)(sym->end - sym->start),
		.address = sym->start,
		.source = source,
	};
	GElf_Ehdr ehdr;
	int rc;

	if (!gelf_getehdr(source->image->elf, &ehdr) || !can_be_known(codes, sym, &ehdr))
		return 0;
	if (!codes->bytes)
		codes->bytes = malloc(RG_CODE_FUNCTION_MAX);
	if (!codes->bytes)
		return RG_ENOMEM;
	codes->read += code.size;
	code.bytes = codes->bytes;
	code.fixed = ehdr.e_type == ET_EXEC;
	if (!rg_image_read(source->image, sym->start, code.bytes, code.size))
		return 0;
	rc = mask(&code, ehdr.e_machine);
	if (rc == 0)
		*identity = identity_of(&code);
	return rc == RG_ENOMEM ? rc : 0;
}

/* --- All of a file ------------------------------------------------------------------------------ */

static int starts_at(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_codes *codes = ctx;

	return codes->known[id].start == *(const uint64_t *)key;
}

static int remember(struct rg_codes *codes, const struct rg_code_known *known, uint64_t hash)
{
	if (RG_GROW(codes->known, codes->cap, codes->count))
		return RG_ENOMEM;
	codes->known[codes->count] = *known;
	if (rg_index_add(&codes->index, hash, (uint32_t)codes->count))
		return RG_ENOMEM;
	codes->count++;
	return 0;
}

int rg_codes_find(struct rg_codes *codes, const struct rg_code_source *source, uint64_t address,
		  uint64_t *identity)
{
	const struct rg_sym *sym = rg_names_symbol(source->names, address);
	struct rg_code_known known = {0};
	uint64_t hash;
	uint32_t id;
	int rc = 0;

	if (sym) {
		known.start = sym->start;
		hash = rg_hash_bytes(&known.start, sizeof(known.start), 0);
		id = rg_index_find(&codes->index, hash, starts_at, codes, &known.start);
		if (id == RG_INDEX_NONE) {
			rc = identify(codes, source, sym, &known.identity);
			if (rc == 0)
				rc = remember(codes, &known, hash);
		} else {
			known = codes->known[id];
		}
	}
	if (rc == 0)
		*identity = known.identity;
	return rc;
}

void rg_codes_done(struct rg_codes *codes)
{
	free(codes->known);
	free(codes->bytes);
	rg_index_done(&codes->index);
	*codes = (struct rg_codes){0};
}
