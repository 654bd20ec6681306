/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ranges.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "image.h"

/* .eh_frame: Linux Standard Base Core 5.0, 10.6; pointer encodings (DW_EH_PE_*): 10.5. */

struct eh_frame {
	const struct rg_image *image;
	const unsigned char *ident;
	Elf_Data *data;
	uint64_t address; /* of the section */
	bool is64;
	Dwarf_Off cie; /* the CIE whose encoding is known, */
	int encoding;  /* and how its FDEs write addresses, or -1 */
};

static int add_range(struct rg_ranges *ranges, uint64_t start, uint64_t size)
{
	if (ranges->count == ranges->cap) {
		size_t cap = ranges->cap ? ranges->cap * 2 : 1024;
		struct rg_range *items = reallocarray(ranges->items, cap, sizeof(*items));

		if (!items)
			return RG_ENOMEM;
		ranges->items = items;
		ranges->cap = cap;
	}
	ranges->items[ranges->count++] = (struct rg_range){.start = start, .end = start + size};
	return 0;
}

/* Skips one encoded pointer at `at`; 0 when its size is not fixed. */
static size_t encoded_size(const struct eh_frame *eh, int encoding)
{
	switch (encoding & 0x07) {
	case DW_EH_PE_absptr:
		return eh->is64 ? 8 : 4;
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

/* The FDE pointer encoding that a CIE's augmentation ("zPLR" and the like) states, or -1. */
static int cie_encoding(const struct eh_frame *eh, const Dwarf_CIE *cie)
{
	const uint8_t *data = cie->augmentation_data;
	size_t left = data ? cie->augmentation_data_size : 0, size;

	if (cie->augmentation[0] != 'z')
		return DW_EH_PE_absptr;
	for (const char *letter = cie->augmentation + 1; *letter; letter++) {
		if (*letter == 'R')
			return left > 0 ? *data : -1;
		if (*letter == 'S' || *letter == 'B')
			continue;
		if (left == 0 || (*letter != 'P' && *letter != 'L'))
			return -1;
		size = *letter == 'P' ? 1 + encoded_size(eh, *data) : 1;
		if (size > left)
			return -1;
		data += size;
		left -= size;
	}
	return DW_EH_PE_absptr;
}

static void use_cie(struct eh_frame *eh, Dwarf_Off offset)
{
	Dwarf_CFI_Entry entry;
	Dwarf_Off next;

	if (eh->cie == offset)
		return;
	eh->cie = offset;
	eh->encoding = -1;
	if (offset < eh->data->d_size &&
	    dwarf_next_cfi(eh->ident, eh->data, true, offset, &next, &entry) == 0 &&
	    dwarf_cfi_cie_p(&entry))
		eh->encoding = cie_encoding(eh, &entry.cie);
}

static uint64_t read_number(const uint8_t *at, size_t size, bool sign)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++) {
		size_t place = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? i : size - 1 - i;

		value |= (uint64_t)at[place] << (8 * i);
	}
	if (sign && size < 8 && value >> (8 * size - 1))
		value |= UINT64_MAX << (8 * size);
	return value;
}

static int add_fde(struct rg_ranges *ranges, struct eh_frame *eh, const Dwarf_FDE *fde)
{
	uint64_t start, size, place;
	size_t width;

	use_cie(eh, fde->CIE_pointer);
	/*
	 * Addresses are relative to their own place or absolute; no linker writes other forms here.
	 */
	if (eh->encoding < 0 || (eh->encoding & ~(DW_EH_PE_pcrel | 0x0f)) != 0)
		return 0;
	width = encoded_size(eh, eh->encoding);
	if (width == 0 || (size_t)(fde->end - fde->start) < 2 * width)
		return 0;
	place = eh->address + (uint64_t)(fde->start - (const uint8_t *)eh->data->d_buf);
	start = read_number(fde->start, width, eh->encoding & DW_EH_PE_signed);
	if (eh->encoding & DW_EH_PE_pcrel)
		start += place;
	size = read_number(fde->start + width, width, false);
	if (size == 0 || size > UINT64_MAX - start || !rg_image_segment(eh->image, start))
		return 0;
	return add_range(ranges, start, size);
}

static int compare_ranges(const void *left, const void *right)
{
	const struct rg_range *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->end > b->end) - (a->end < b->end);
}

static int read_entries(struct rg_ranges *ranges, struct eh_frame *eh)
{
	Dwarf_Off offset = 0, next;
	Dwarf_CFI_Entry entry;
	int rc;

	do {
		/* Of a damaged entry (-1) at least the length may say where the next one is. */
		next = offset;
		rc = dwarf_next_cfi(eh->ident, eh->data, true, offset, &next, &entry);
		if (rc == 0 && !dwarf_cfi_cie_p(&entry) && add_fde(ranges, eh, &entry.fde) < 0)
			return RG_ENOMEM;
		if (next <= offset)
			break;
		offset = next;
	} while (rc != 1);
	return 0;
}

int rg_ranges_load(struct rg_ranges *ranges, const struct rg_image *image)
{
	struct eh_frame eh = {.image = image, .cie = UINT64_MAX, .encoding = -1};
	GElf_Shdr header;
	Elf_Scn *section = rg_image_section(image, ".eh_frame", &header);

	eh.data = section ? rg_image_bytes(section, &header) : NULL;
	eh.ident = (const unsigned char *)elf_getident(image->elf, NULL);
	if (!eh.data || !eh.ident)
		return 0;
	eh.address = header.sh_addr;
	eh.is64 = eh.ident[EI_CLASS] == ELFCLASS64;
	if (read_entries(ranges, &eh) < 0)
		return RG_ENOMEM;
	if (ranges->count > 0)
		qsort(ranges->items, ranges->count, sizeof(*ranges->items), compare_ranges);
	return 0;
}

const struct rg_range *rg_ranges_before(const struct rg_ranges *ranges, uint64_t address)
{
	size_t low = 0, high = ranges->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ranges->items[mid].start <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 ? &ranges->items[low - 1] : NULL;
}

void rg_ranges_done(struct rg_ranges *ranges)
{
	free(ranges->items);
	*ranges = (struct rg_ranges){0};
}
