/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "units.h"

#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/grow.h"
#include "rg/units.h"
#include "debugfile.h"
#include "image.h"

#define DEBUG_MAX_BYTES (UINT64_C(2) << 30)

/*
 * CPU time to list the units, and to look into them afterwards. A thousand units take some
 * milliseconds; libdw keeps what it reads, so that time bounds memory too (about 300 MB a second).
 */
#define LISTING_NS (1 * RG_NS_PER_S)
#define LOOKUPS_NS (3 * RG_NS_PER_S)

/* --- Which file has debug information, and whether to read it --- */

/*
 * The size of a section once it is decompressed, or UINT64_MAX for the obsolete form, which is not
 * read.
 */
static uint64_t full_size(Elf_Scn *section, const GElf_Shdr *header, const char *name)
{
	GElf_Chdr chdr;

	if (strncmp(name, ".zdebug_", 8) == 0)
		return UINT64_MAX;
	if (strncmp(name, ".debug_", 7) != 0 || header->sh_type == SHT_NOBITS)
		return 0;
	if (!(header->sh_flags & SHF_COMPRESSED))
		return header->sh_size;
	return gelf_getchdr(section, &chdr) ? chdr.ch_size : UINT64_MAX;
}

bool rg_units_present(const struct rg_image *image)
{
	uint64_t total = 0;
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	if (!image->elf || !rg_image_section(image, ".debug_info", &header) ||
	    header.sh_type == SHT_NOBITS)
		return false;
	while ((section = elf_nextscn(image->elf, section)) != NULL) {
		uint64_t size;

		if (!gelf_getshdr(section, &header))
			continue;
		size = full_size(section, &header, rg_image_section_name(image, header.sh_name));
		if (size > DEBUG_MAX_BYTES - total)
			return false;
		total += size;
	}
	return true;
}

/*
 * Opens the DWARF and gives it its common part, if it has one: libdw would look for that by itself,
 * and open any path the file names.
 */
static bool open_dwarf(struct rg_units *units, const struct rg_image *image, const char *debug_dir)
{
	GElf_Shdr header;

	units->dwarf = dwarf_begin_elf(image->elf, DWARF_C_READ, NULL);
	if (!units->dwarf)
		return false;
	if (!rg_image_section(image, ".gnu_debugaltlink", &header))
		return true;
	if (rg_debugfile_open_alt(&units->alt, debug_dir, image) < 0 ||
	    !rg_units_present(&units->alt))
		return false;
	units->alt_dwarf = dwarf_begin_elf(units->alt.elf, DWARF_C_READ, NULL);
	if (!units->alt_dwarf)
		return false;
	dwarf_setalt(units->dwarf, units->alt_dwarf);
	return true;
}

/* --- Units by address: not all compilers write .debug_aranges, all give a unit its ranges --- */

static int add_unit(struct rg_units *units, const Dwarf_Die *die)
{
	if (RG_GROW(units->items, units->cap, units->count))
		return RG_ENOMEM;
	units->items[units->count++] = (struct rg_unit){.die = *die};
	return 0;
}

static int add_range(struct rg_units *units, uint64_t start, uint64_t end)
{
	if (RG_GROW(units->ranges, units->range_cap, units->range_count))
		return RG_ENOMEM;
	units->ranges[units->range_count++] =
		(struct rg_unit_range){.start = start, .end = end, .unit = units->count - 1};
	return 0;
}

static int read_unit(struct rg_units *units, Dwarf_Die *die)
{
	Dwarf_Addr base, start, end;
	ptrdiff_t at = 0;

	if (add_unit(units, die) < 0)
		return RG_ENOMEM;
	while (rg_budget_step(&units->budget) &&
	       (at = dwarf_ranges(die, at, &base, &start, &end)) > 0)
		if (start < end && add_range(units, start, end) < 0)
			return RG_ENOMEM;
	return 0;
}

static int compare_ranges(const void *left, const void *right)
{
	const struct rg_unit_range *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->unit > b->unit) - (a->unit < b->unit);
}

static int read_units(struct rg_units *units)
{
	Dwarf_Off offset = 0, next, die_offset;
	size_t header_size;
	Dwarf_Die die;

	while (rg_budget_look(&units->budget) &&
	       dwarf_nextcu(units->dwarf, offset, &next, &header_size, NULL, NULL, NULL) == 0) {
		die_offset = offset + header_size;
		if (dwarf_offdie(units->dwarf, die_offset, &die) && read_unit(units, &die) < 0)
			return RG_ENOMEM;
		if (next <= offset)
			break;
		offset = next;
	}
	if (units->range_count > 0)
		qsort(units->ranges, units->range_count, sizeof(*units->ranges), compare_ranges);
	return 0;
}

int rg_units_open(struct rg_units *units, const struct rg_image *image,
		  const struct rg_image *debug, const char *debug_dir)
{
	const struct rg_image *source = rg_units_present(image) ? image : debug;
	int rc;

	*units = (struct rg_units){.alt.fd = -1, .budget.left_ns = LISTING_NS};
	if (source == debug && !rg_units_present(debug))
		return RG_ENOTFOUND;
	rg_budget_enter(&units->budget);
	rc = open_dwarf(units, source, debug_dir) ? read_units(units) : RG_ENOTFOUND;
	rg_budget_leave(&units->budget);
	if (rc == 0 && units->budget.left_ns == 0)
		rc = RG_ENOTFOUND;
	if (rc < 0)
		rg_units_done(units);
	else
		units->budget.left_ns = LOOKUPS_NS;
	return rc;
}

void rg_units_done(struct rg_units *units)
{
	for (size_t i = 0; i < units->count; i++)
		rg_functions_done(&units->items[i].functions);
	free(units->items);
	free(units->ranges);
	dwarf_end(units->dwarf);
	dwarf_end(units->alt_dwarf);
	rg_image_done(&units->alt);
	*units = (struct rg_units){.alt.fd = -1};
}

struct rg_unit *rg_units_find(const struct rg_units *units, uint64_t address)
{
	size_t low = 0, high = units->range_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (units->ranges[mid].start <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || units->ranges[low - 1].end <= address)
		return NULL;
	return &units->items[units->ranges[low - 1].unit];
}

int rg_units_function(struct rg_units *units, struct rg_unit *unit, uint64_t address,
		      Dwarf_Die *die, bool *found)
{
	const struct rg_function *function;

	if (!unit->loaded && rg_functions_load(&unit->functions, &unit->die, &units->budget) < 0)
		return RG_ENOMEM;
	unit->loaded = true;
	function = rg_functions_find(&unit->functions, address);
	*found = function && dwarf_offdie(units->dwarf, function->die, die);
	return 0;
}
