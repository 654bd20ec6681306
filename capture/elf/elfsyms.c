/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elfsyms.h"

#include "rg/err.h"
#include "image.h"
#include "symtab.h"

/* RG_SYM_* of a symbol that may name code, or -1. */
static int rank_of(const GElf_Sym *elf_sym, const char *name)
{
	if (elf_sym->st_shndx == SHN_UNDEF || elf_sym->st_shndx == SHN_ABS || name[0] == '\0')
		return -1;
	switch (GELF_ST_TYPE(elf_sym->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		break;
	case STT_NOTYPE:
		/* Local labels of assemblers, and the marks of ARM's. */
		return name[0] == '$' || (name[0] == '.' && name[1] == 'L') ? -1 : RG_SYM_LABEL;
	default:
		return -1;
	}
	switch (GELF_ST_BIND(elf_sym->st_info)) {
	case STB_LOCAL:
		return RG_SYM_LOCAL;
	case STB_WEAK:
		return RG_SYM_WEAK;
	default:
		return RG_SYM_GLOBAL;
	}
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Past the last byte that the symbol can name; 0 when it is in no code. */
static uint64_t end_of(const struct rg_image *image, const GElf_Sym *elf_sym)
{
	const struct rg_segment *segment = rg_image_segment(image, elf_sym->st_value);
	const struct rg_code_section *section;
	uint64_t end;

	if (!segment)
		return 0;
	end = segment->address + segment->size;
	if (elf_sym->st_size > 0)
		return elf_sym->st_value + least(elf_sym->st_size, end - elf_sym->st_value);
	section = rg_image_code_section(image, elf_sym->st_value);
	return section ? least(section->end, end) : 0;
}

static int add_symbol(struct rg_symtab *tab, const struct rg_image *image, const GElf_Sym *elf_sym,
		      const char *name)
{
	int rank = name ? rank_of(elf_sym, name) : -1;
	struct rg_sym sym = {.start = elf_sym->st_value, .name = name};

	if (rank < 0)
		return 0;
	sym.rank = (uint8_t)rank;
	sym.sized = elf_sym->st_size > 0;
	sym.end = end_of(image, elf_sym);
	return sym.end > sym.start ? rg_symtab_add(tab, &sym) : 0;
}

static int add_section(struct rg_symtab *tab, const struct rg_image *image,
		       const struct rg_image *source, Elf_Scn *section, const GElf_Shdr *header)
{
	struct rg_strings strings = rg_image_strings(source, header->sh_link);
	/* Checks the section; elf_getdata() gives its symbols in this machine's byte order. */
	Elf_Data *data = rg_image_bytes(section, header) ? elf_getdata(section, NULL) : NULL;
	GElf_Sym elf_sym;

	for (int i = 1; data && gelf_getsym(data, i, &elf_sym); i++) {
		int rc = add_symbol(tab, image, &elf_sym, rg_strings_at(&strings, elf_sym.st_name));

		if (rc < 0)
			return rc;
	}
	return 0;
}

int rg_elfsyms_add(struct rg_symtab *tab, const struct rg_image *image,
		   const struct rg_image *source, uint32_t type)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(source->elf, section)) != NULL)
		if (gelf_getshdr(section, &header) && header.sh_type == type)
			return add_section(tab, image, source, section, &header);
	return 0;
}
