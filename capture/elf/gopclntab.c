/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gopclntab.h"

#include <string.h>

#include "rg/err.h"
#include "cfi_bytes.h"
#include "image.h"
#include "symtab.h"

/* The first word tells the layout; 1.18 made addresses relative to the text, 1.20 added a field we skip. */
enum {
	GO_1_2 = 0xfffffffb,
	GO_1_16 = 0xfffffffa,
	GO_1_18 = 0xfffffff0,
	GO_1_20 = 0xfffffff1,
};

enum {
	QUANTUM_AND_SIZE = 6, /* bytes before the size of a pointer: magic, two of zero, … */
	HEADER = 8,
	/* The end of the text as the table has it, and of the section: apart by alignment only. */
	ALIGNMENT_MAX = 64,
};

struct go_table {
	const uint8_t *base;
	size_t size;
	size_t word;  /* bytes of a pointer */
	size_t entry; /* bytes of a number in the list of functions */
	uint64_t count;
	uint64_t text;  /* what addresses are relative to, or 0 */
	uint64_t names; /* offset of the names, */
	uint64_t list; /* and of the list of functions, which its entries are relative to as well */
};

static struct rg_cfi_bytes bytes_at(const struct go_table *table, uint64_t offset)
{
	if (offset > table->size)
		return (struct rg_cfi_bytes){.bad = true};
	return (struct rg_cfi_bytes){table->base + offset, table->base + table->size, false};
}

static uint64_t number_at(const struct go_table *table, uint64_t offset, size_t size, bool *bad)
{
	struct rg_cfi_bytes bytes = bytes_at(table, offset);
	uint64_t number = bytes.bad ? 0 : rg_cfi_unsigned(&bytes, size);

	*bad |= bytes.bad;
	return number;
}

/* Word number `index` behind the first eight bytes. */
static uint64_t header_word(const struct go_table *table, size_t index, bool *bad)
{
	return number_at(table, HEADER + index * table->word, table->word, bad);
}

/* The places of the parts, by release. */
static bool read_header(struct go_table *table)
{
	bool bad = false;
	uint64_t magic = number_at(table, 0, 4, &bad);

	table->word = number_at(table, QUANTUM_AND_SIZE + 1, 1, &bad);
	if (bad || (table->word != 4 && table->word != 8))
		return false;
	table->entry = table->word;
	table->count = header_word(table, 0, &bad);
	switch (magic) {
	case GO_1_2:
		table->list = HEADER + table->word;
		return !bad;
	case GO_1_16:
		table->names = header_word(table, 2, &bad);
		table->list = header_word(table, 6, &bad);
		return !bad;
	case GO_1_18:
	case GO_1_20:
		table->entry = 4;
		table->text = header_word(table, 2, &bad);
		table->names = header_word(table, 3, &bad);
		table->list = header_word(table, 7, &bad);
		return !bad;
	default:
		return false;
	}
}

/*
 * Entries of 1.2 are relative to the whole table, later ones to the list; what precedes a name in
 * its entry is the function's address, of the size that addresses have in the list.
 */
static const char *name_of(const struct go_table *table, uint64_t entry)
{
	bool bad = false;
	uint64_t from = table->names ? table->list : 0;
	uint64_t offset = number_at(table, from + entry + table->entry, 4, &bad);
	struct rg_cfi_bytes name = bytes_at(table, table->names + offset);

	if (bad || name.bad || !memchr(name.at, '\0', rg_cfi_left(&name)) || *name.at == '\0')
		return NULL;
	return (const char *)name.at;
}

/* Whether the code is where the text section begins: so it is when nothing but Go is linked in. */
static bool find_text(struct go_table *table, const struct rg_image *image)
{
	bool bad = false;
	uint64_t past =
		number_at(table, table->list + 2 * table->count * table->entry, table->entry, &bad);
	GElf_Shdr header;

	if (bad || !rg_image_section(image, ".text", &header))
		return false;
	table->text = header.sh_addr;
	return past <= header.sh_size && header.sh_size - past < ALIGNMENT_MAX;
}

static int add_function(struct rg_symtab *tab, const struct rg_image *image,
			const struct go_table *table, uint64_t index)
{
	bool bad = false;
	uint64_t at = table->list + 2 * index * table->entry;
	uint64_t start = table->text + number_at(table, at, table->entry, &bad);
	uint64_t entry = number_at(table, at + table->entry, table->entry, &bad);
	uint64_t end = table->text + number_at(table, at + 2 * table->entry, table->entry, &bad);
	const struct rg_segment *segment = rg_image_segment(image, start);
	struct rg_sym sym = {.start = start, .end = end, .rank = RG_SYM_LOCAL, .sized = true};

	if (bad || !segment || end <= start || end - segment->address > segment->size ||
	    entry > table->size)
		return 0;
	sym.name = name_of(table, entry);
	return sym.name ? rg_symtab_add(tab, &sym) : 0;
}

/* Position-independent programs have it among the data that is relocated. */
static Elf_Data *find_table(const struct rg_image *image)
{
	static const char *const names[] = {".gopclntab", ".data.rel.ro.gopclntab"};
	GElf_Shdr header;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		Elf_Scn *section = rg_image_section(image, names[i], &header);

		if (section)
			return rg_image_bytes(section, &header);
	}
	return NULL;
}

int rg_gopclntab_add(struct rg_symtab *tab, const struct rg_image *image)
{
	Elf_Data *data = find_table(image);
	struct go_table table = {0};

	if (!data)
		return 0;
	table.base = data->d_buf;
	table.size = data->d_size;
	/* Each function takes two numbers: a larger count is not true, and would overflow below. */
	if (!read_header(&table) || table.list > table.size || table.names > table.size ||
	    table.count > table.size / (2 * table.entry))
		return 0;
	if (table.entry == 4 && table.text == 0 && !find_text(&table, image))
		return 0;
	for (uint64_t i = 0; i < table.count; i++) {
		int rc = add_function(tab, image, &table, i);

		if (rc < 0)
			return rc;
	}
	return 0;
}
