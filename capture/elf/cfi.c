/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfi.h"

#include <dwarf.h>
#include <string.h>

#include "image.h"

enum {
	INFLATED_MAX_BYTES = 256 << 20,
	/*
	 * Of a CIE, which is read again for each run of FDEs that use it: an augmentation string
	 * has a handful of letters, its instructions are a handful of bytes.
	 */
	AUGMENTATION_MAX = 16,
	INITIAL_MAX_BYTES = 512,
};

/* Inflates a compressed section; false when that cannot be, or should not. */
static bool inflate_section(Elf_Scn *section, GElf_Shdr *header)
{
	GElf_Chdr compressed;

	if (!(header->sh_flags & SHF_COMPRESSED))
		return true;
	/* Bounded first: libelf makes room for whatever size is claimed. */
	return gelf_getchdr(section, &compressed) && compressed.ch_size <= INFLATED_MAX_BYTES &&
	       elf_compress(section, 0, 0) >= 0 && gelf_getshdr(section, header);
}

bool rg_cfi_open(struct rg_cfi *cfi, const struct rg_image *image, enum rg_cfi_section which)
{
	const char *name = which == RG_CFI_EH_FRAME ? ".eh_frame" : ".debug_frame";
	struct rg_cfi opened = {.image = image, .which = which};
	GElf_Shdr header;
	Elf_Scn *section = rg_image_section(image, name, &header);

	if (!section || !inflate_section(section, &header))
		return false;
	opened.data = rg_image_bytes(section, &header);
	opened.ident = (const unsigned char *)elf_getident(image->elf, NULL);
	if (!opened.data || !opened.ident)
		return false;
	opened.address = header.sh_addr;
	*cfi = opened;
	return true;
}

/* --- CIEs --- */

/* The bytes of an encoded pointer; 0 when their number is not fixed. */
static uint8_t encoded_width(const struct rg_cfi *cfi, uint8_t encoding)
{
	switch (encoding & 0x07) {
	case DW_EH_PE_absptr:
		return cfi->ident[EI_CLASS] == ELFCLASS64 ? 8 : 4;
	case DW_EH_PE_udata2:
		return 2;
	case DW_EH_PE_udata4:
		return 4;
	case DW_EH_PE_udata8:
		return 8;
	default:
		return 0;
	}
}

/* The data that stands for one letter of an augmentation "zPLR" and the like. */
static bool read_letter(const struct rg_cfi *cfi, struct rg_cfi_cie *cie, char letter,
			struct rg_cfi_bytes *data)
{
	uint8_t width;

	switch (letter) {
	case 'R':
		cie->pointers.encoding = (uint8_t)rg_cfi_unsigned(data, 1);
		return !data->bad;
	case 'L':
		return !rg_cfi_take(data, 1).bad;
	case 'P':
		width = encoded_width(cfi, (uint8_t)rg_cfi_unsigned(data, 1));
		return width > 0 && !rg_cfi_take(data, width).bad;
	case 'S':
		cie->is_signal = true;
		return true;
	case 'B':
		cie->is_key_b = true;
		return true;
	default:
		return false;
	}
}

static bool read_augmentation(const struct rg_cfi *cfi, struct rg_cfi_cie *cie,
			      const Dwarf_CIE *from)
{
	struct rg_cfi_bytes data = {.at = from->augmentation_data};

	cie->is_sized = from->augmentation[0] == 'z';
	if (!cie->is_sized)
		return from->augmentation[0] == '\0';
	if (!data.at)
		return false;
	data.end = data.at + from->augmentation_data_size;
	for (const char *letter = from->augmentation + 1; *letter; letter++)
		if (!read_letter(cfi, cie, *letter, &data))
			return false;
	return true;
}

/*
 * Addresses are relative to their own place or absolute; no linker writes other forms here.
 */
static bool set_pointers(const struct rg_cfi *cfi, struct rg_cfi_pointers *pointers)
{
	if ((pointers->encoding & ~(DW_EH_PE_pcrel | 0x0f)) != 0)
		return false;
	pointers->width = encoded_width(cfi, pointers->encoding);
	pointers->section = cfi->address;
	pointers->base = cfi->data->d_buf;
	return pointers->width > 0;
}

/*
 * Whether a CIE's augmentation string, which follows the length, the id and the version, ends
 * within reason. libdw looks for its end as far as the entry reaches.
 */
static bool is_short(const struct rg_cfi *cfi, uint64_t offset)
{
	struct rg_cfi_bytes bytes = {.at = (const uint8_t *)cfi->data->d_buf + offset,
				     .end = (const uint8_t *)cfi->data->d_buf + cfi->data->d_size};
	bool is_64bit_form = rg_cfi_unsigned(&bytes, 4) == UINT32_MAX;
	size_t left;

	rg_cfi_take(&bytes, is_64bit_form ? 8 + 8 + 1 : 4 + 1);
	left = rg_cfi_left(&bytes) < AUGMENTATION_MAX ? rg_cfi_left(&bytes) : AUGMENTATION_MAX;
	return left > 0 && memchr(bytes.at, '\0', left) != NULL;
}

static bool read_cie(const struct rg_cfi *cfi, uint64_t offset, struct rg_cfi_cie *cie)
{
	Dwarf_CFI_Entry entry;
	Dwarf_Off next;

	*cie = (struct rg_cfi_cie){.offset = offset};
	if (offset >= cfi->data->d_size || !is_short(cfi, offset) ||
	    dwarf_next_cfi(cfi->ident, cfi->data, cfi->which == RG_CFI_EH_FRAME, offset, &next,
			   &entry) != 0 ||
	    !dwarf_cfi_cie_p(&entry) || !read_augmentation(cfi, cie, &entry.cie) ||
	    !set_pointers(cfi, &cie->pointers))
		return false;
	cie->code_align = entry.cie.code_alignment_factor;
	cie->data_align = entry.cie.data_alignment_factor;
	cie->ra_column = entry.cie.return_address_register;
	cie->initial = (struct rg_cfi_bytes){.at = entry.cie.initial_instructions,
					     .end = entry.cie.initial_instructions_end};
	return rg_cfi_left(&cie->initial) <= INITIAL_MAX_BYTES;
}

/* FDEs of one CIE stand together mostly. */
static bool use_cie(struct rg_cfi *cfi, uint64_t offset)
{
	if (cfi->has_cie && cfi->cie.offset == offset)
		return true;
	cfi->has_cie = read_cie(cfi, offset, &cfi->cie);
	return cfi->has_cie;
}

/* --- FDEs --- */

uint64_t rg_cfi_pointer(const struct rg_cfi_pointers *pointers, struct rg_cfi_bytes *bytes)
{
	const uint8_t *place = bytes->at;
	uint64_t value;

	if (pointers->encoding & DW_EH_PE_signed)
		value = (uint64_t)rg_cfi_signed(bytes, pointers->width);
	else
		value = rg_cfi_unsigned(bytes, pointers->width);
	if (pointers->encoding & DW_EH_PE_pcrel)
		value += pointers->section + (uint64_t)(place - pointers->base);
	return value;
}

static bool read_fde(struct rg_cfi *cfi, const Dwarf_FDE *fde, struct rg_cfi_entry *entry)
{
	struct rg_cfi_bytes bytes = {.at = fde->start, .end = fde->end};
	const struct rg_cfi_cie *cie = &cfi->cie;
	uint64_t size;

	if (!use_cie(cfi, fde->CIE_pointer))
		return false;
	entry->start = rg_cfi_pointer(&cie->pointers, &bytes);
	size = rg_cfi_unsigned(&bytes, cie->pointers.width);
	if (cie->is_sized)
		rg_cfi_take(&bytes, rg_cfi_uleb(&bytes));
	if (bytes.bad || size == 0 || size > UINT64_MAX - entry->start ||
	    !rg_image_segment(cfi->image, entry->start))
		return false;
	entry->end = entry->start + size;
	entry->cie = cie;
	entry->own = bytes;
	return true;
}

bool rg_cfi_at(struct rg_cfi *cfi, uint64_t offset, struct rg_cfi_entry *entry)
{
	Dwarf_CFI_Entry read;
	int rc;

	/* Of a damaged entry (-1) at least the length may say where the next one is. */
	cfi->next = offset;
	rc = dwarf_next_cfi(cfi->ident, cfi->data, cfi->which == RG_CFI_EH_FRAME, offset,
			    &cfi->next, &read);
	if (rc == 1 || cfi->next <= offset)
		cfi->next = UINT64_MAX;
	entry->offset = offset;
	return rc == 0 && !dwarf_cfi_cie_p(&read) && read_fde(cfi, &read.fde, entry);
}

bool rg_cfi_next(struct rg_cfi *cfi, struct rg_cfi_entry *entry)
{
	while (cfi->next != UINT64_MAX)
		if (rg_cfi_at(cfi, cfi->next, entry))
			return true;
	return false;
}
