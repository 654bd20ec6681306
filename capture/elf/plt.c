/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elfsyms.h"

#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/grow.h"
#include "image.h"
#include "symtab.h"

/*
 * Linkage stubs of x86-64 (psABI 1.0, 5.2): each jumps through its slot of the global offset table,
 * and the relocation of that slot names the function. Reading the jump itself serves all kinds of
 * stub sections, whatever their order.
 */

enum { JUMP_BYTES = 6 }; /* ff 25 and a 32-bit distance from the end of the instruction */

struct slot {
	uint64_t address;
	const char *name;
};

struct slots {
	struct slot *items;
	size_t count, cap;
};

static int compare_slots(const void *left, const void *right)
{
	const struct slot *a = left, *b = right;

	return (a->address > b->address) - (a->address < b->address);
}

/* The name of each symbol a relocation of this section refers to. */
static int add_relocations(struct slots *slots, const struct rg_image *image, Elf_Scn *section,
			   const GElf_Shdr *header)
{
	Elf_Data *data = rg_image_bytes(section, header) ? elf_getdata(section, NULL) : NULL;
	Elf_Scn *symbols = elf_getscn(image->elf, header->sh_link);
	GElf_Shdr sym_header;
	struct rg_strings strings;
	GElf_Rela rela;
	GElf_Sym sym;

	if (!data || !symbols || !gelf_getshdr(symbols, &sym_header) ||
	    !rg_image_bytes(symbols, &sym_header))
		return 0;
	strings = rg_image_strings(image, sym_header.sh_link);
	if (RG_GROW_TO(slots->items, slots->cap,
		       slots->count + data->d_size / sizeof(Elf64_Rela) + 1))
		return RG_ENOMEM;
	for (int i = 0; gelf_getrela(data, i, &rela); i++) {
		uint64_t type = GELF_R_TYPE(rela.r_info);
		const char *name;

		if ((type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) ||
		    !gelf_getsym(elf_getdata(symbols, NULL), (int)GELF_R_SYM(rela.r_info), &sym))
			continue;
		name = rg_strings_at(&strings, sym.st_name);
		if (name && name[0])
			slots->items[slots->count++] =
				(struct slot){.address = rela.r_offset, .name = name};
	}
	return 0;
}

static int read_slots(struct slots *slots, const struct rg_image *image)
{
	static const char *const names[] = {".rela.plt", ".rela.dyn"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		GElf_Shdr header;
		Elf_Scn *section = rg_image_section(image, names[i], &header);

		if (section && header.sh_type == SHT_RELA &&
		    add_relocations(slots, image, section, &header) < 0)
			return RG_ENOMEM;
	}
	if (slots->count > 0)
		qsort(slots->items, slots->count, sizeof(*slots->items), compare_slots);
	return 0;
}

/*
 * The slot that the stub at `address` jumps through; its jump may follow an endbr64 and a bnd
 * prefix.
 */
static const struct slot *slot_of(const struct slots *slots, const uint8_t *stub, size_t size,
				  uint64_t address)
{
	for (size_t i = 0; i + JUMP_BYTES <= size; i++) {
		struct slot key = {0};
		int32_t distance;

		if (stub[i] != 0xff || stub[i + 1] != 0x25)
			continue;
		memcpy(&distance, stub + i + 2, sizeof(distance));
		key.address = address + i + JUMP_BYTES + (uint64_t)(int64_t)distance;
		return bsearch(&key, slots->items, slots->count, sizeof(key), compare_slots);
	}
	return NULL;
}

static int add_section(struct rg_symtab *tab, const struct slots *slots, Elf_Scn *section,
		       const GElf_Shdr *header)
{
	Elf_Data *data = rg_image_bytes(section, header);
	size_t size = header->sh_entsize == 8 ? 8 : 16;

	if (!data || header->sh_addr > UINT64_MAX - header->sh_size)
		return 0;
	for (size_t at = 0; at + size <= data->d_size; at += size) {
		const uint8_t *stub = (const uint8_t *)data->d_buf + at;
		const struct slot *slot = slot_of(slots, stub, size, header->sh_addr + at);

		struct rg_sym sym = {.start = header->sh_addr + at,
				     .end = header->sh_addr + at + size,
				     .name = slot ? slot->name : NULL,
				     .rank = RG_SYM_STUB,
				     .sized = true};

		if (slot && rg_symtab_add(tab, &sym) < 0)
			return RG_ENOMEM;
	}
	return 0;
}

int rg_elfsyms_add_stubs(struct rg_symtab *tab, const struct rg_image *image)
{
	static const char *const names[] = {".plt", ".plt.sec", ".plt.got"};
	struct slots slots = {0};
	GElf_Ehdr ehdr;
	int rc = 0;

	if (!gelf_getehdr(image->elf, &ehdr) || ehdr.e_machine != EM_X86_64 ||
	    ehdr.e_ident[EI_DATA] != ELFDATA2LSB)
		return 0;
	rc = read_slots(&slots, image);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && rc == 0 && slots.count > 0;
	     i++) {
		GElf_Shdr header;
		Elf_Scn *section = rg_image_section(image, names[i], &header);

		if (section)
			rc = add_section(tab, &slots, section, &header);
	}
	free(slots.items);
	return rc;
}
