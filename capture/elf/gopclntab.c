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
	/* The header: the first word, two bytes of zero, bytes of an instruction, of a pointer. */
	QUANTUM = 6,
	POINTER = 7,
	HEADER = 8,
	/* A function's entry, in releases that have addresses relative to the text. */
	PCSP = 16,
	FLAG_1_18 = 37,
	FLAG_1_20 = 41,
	TOP_FRAME = 1,
	/* The end of the text as the table has it, and of the section: apart by alignment only. */
	ALIGNMENT_MAX = 64,
	/* Longer ones are none: a million names without an end would each be sought in the whole table. */
	NAME_SIZE_MAX = 64 << 10,
};

static struct rg_cfi_bytes bytes_at(const struct rg_gopclntab *table, uint64_t offset)
{
	if (offset > table->size)
		return (struct rg_cfi_bytes){.bad = true};
	return (struct rg_cfi_bytes){table->base + offset, table->base + table->size, false};
}

static uint64_t number_at(const struct rg_gopclntab *table, uint64_t offset, size_t size, bool *bad)
{
	struct rg_cfi_bytes bytes = bytes_at(table, offset);
	uint64_t number = bytes.bad ? 0 : rg_cfi_unsigned(&bytes, size);

	*bad |= bytes.bad;
	return number;
}

/* Word number `index` behind the first eight bytes. */
static uint64_t header_word(const struct rg_gopclntab *table, size_t index, bool *bad)
{
	return number_at(table, HEADER + index * table->word, table->word, bad);
}

/* The places of the parts, by release. */
static bool read_header(struct rg_gopclntab *table)
{
	bool bad = false;

	table->magic = (uint32_t)number_at(table, 0, 4, &bad);
	table->word = number_at(table, POINTER, 1, &bad);
	if (bad || (table->word != 4 && table->word != 8))
		return false;
	table->entry = table->word;
	table->count = header_word(table, 0, &bad);
	switch (table->magic) {
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
		table->deltas = header_word(table, 6, &bad);
		table->list = header_word(table, 7, &bad);
		return !bad;
	default:
		return false;
	}
}

/* Before the name's offset is the function's address, of the size that addresses have in the list. */
static const char *name_of(const struct rg_gopclntab *table, uint64_t entry)
{
	bool bad = false;
	uint64_t offset = number_at(table, entry + table->entry, 4, &bad);
	struct rg_cfi_bytes name = bytes_at(table, table->names + offset);

	size_t left = rg_cfi_left(&name);

	if (left > NAME_SIZE_MAX)
		left = NAME_SIZE_MAX;
	if (bad || name.bad || !memchr(name.at, '\0', left) || *name.at == '\0')
		return NULL;
	return (const char *)name.at;
}

/* Whether the code is where the text section begins: so it is when nothing but Go is linked in. */
static bool find_text(struct rg_gopclntab *table)
{
	bool bad = false;
	uint64_t past =
		number_at(table, table->list + 2 * table->count * table->entry, table->entry, &bad);
	GElf_Shdr header;

	if (bad || !rg_image_section(table->image, ".text", &header))
		return false;
	table->text = header.sh_addr;
	return past <= header.sh_size && header.sh_size - past < ALIGNMENT_MAX;
}

bool rg_gopclntab_function(const struct rg_gopclntab *table, uint64_t index,
			   struct rg_go_function *function)
{
	bool bad = false;
	uint64_t at = table->list + 2 * index * table->entry;
	uint64_t start = table->text + number_at(table, at, table->entry, &bad);
	uint64_t entry = number_at(table, at + table->entry, table->entry, &bad);
	uint64_t end = table->text + number_at(table, at + 2 * table->entry, table->entry, &bad);
	const struct rg_segment *segment = rg_image_segment(table->image, start);

	/* Entries of 1.2 are relative to the whole table, later ones to the list. */
	entry += table->names ? table->list : 0;
	if (bad || !segment || end <= start || end - segment->address > segment->size ||
	    entry > table->size)
		return false;
	*function = (struct rg_go_function){start, end, name_of(table, entry), entry};
	return true;
}

bool rg_gopclntab_find(const struct rg_gopclntab *table, const char *name,
		       struct rg_go_function *function)
{
	for (uint64_t i = 0; i < table->count; i++)
		if (rg_gopclntab_function(table, i, function) && function->name &&
		    strcmp(function->name, name) == 0)
			return true;
	return false;
}

/* Position-independent programs have it among the data that is relocated. */
static Elf_Scn *find_section(const struct rg_image *image, GElf_Shdr *header)
{
	static const char *const names[] = {".gopclntab", ".data.rel.ro.gopclntab"};
	Elf_Scn *section = NULL;

	for (size_t i = 0; !section && i < sizeof(names) / sizeof(names[0]); i++)
		section = rg_image_section(image, names[i], header);
	return section;
}

bool rg_gopclntab_has(const struct rg_image *image)
{
	GElf_Shdr header;

	return find_section(image, &header) != NULL;
}

static Elf_Data *find_table(const struct rg_image *image)
{
	GElf_Shdr header;
	Elf_Scn *section = find_section(image, &header);

	return section ? rg_image_bytes(section, &header) : NULL;
}

bool rg_gopclntab_open(struct rg_gopclntab *table, const struct rg_image *image)
{
	Elf_Data *data = find_table(image);

	*table = (struct rg_gopclntab){.image = image};
	if (!data)
		return false;
	table->base = data->d_buf;
	table->size = data->d_size;
	/* Each function takes two numbers: a larger count is not true, and would overflow. */
	if (!read_header(table) || table->list > table->size || table->names > table->size ||
	    table->deltas > table->size || table->count > table->size / (2 * table->entry))
		return false;
	return table->entry != 4 || table->text != 0 || find_text(table);
}

/* --- Depths --- */

static bool is_root(const struct rg_gopclntab *table, const struct rg_go_function *function)
{
	bool bad = false;
	uint64_t at = table->magic == GO_1_20 ? FLAG_1_20 : FLAG_1_18;

	return (number_at(table, function->entry + at, 1, &bad) & TOP_FRAME) && !bad;
}

/* Pairs of differences: of the value, zigzag, and of the address; a value's of zero ends them. */
int rg_gopclntab_depths(const struct rg_gopclntab *table, const struct rg_go_function *function,
			rg_go_depth_fn step, void *ctx)
{
	bool bad = table->entry != 4;
	uint64_t offset = number_at(table, function->entry + PCSP, 4, &bad);
	struct rg_cfi_bytes deltas = bytes_at(table, table->deltas + offset);
	uint64_t quantum = number_at(table, QUANTUM, 1, &bad), address = function->start;
	int64_t depth = -1;

	if (bad || deltas.bad || offset == 0 || quantum == 0)
		return 0;
	if (is_root(table, function))
		return step(ctx, function->start, function->end, 0, true);
	while (address < function->end) {
		uint64_t change = rg_cfi_uleb(&deltas);
		uint64_t length = rg_cfi_uleb(&deltas);
		uint64_t left = function->end - address;

		if (deltas.bad || length == 0 || change > UINT32_MAX ||
		    (change == 0 && address != function->start))
			return 0;
		depth += (int64_t)(change >> 1) ^ -(int64_t)(change & 1);
		if (depth < 0 || depth > INT32_MAX)
			return 0;
		length = length > left / quantum ? left : length * quantum;
		int rc = step(ctx, address, address + length, (int32_t)depth, false);

		if (rc)
			return rc;
		address += length;
	}
	return 0;
}

/* --- Names --- */

int rg_gopclntab_add(struct rg_symtab *tab, const struct rg_image *image)
{
	struct rg_gopclntab table;
	struct rg_go_function function;

	if (!rg_gopclntab_open(&table, image))
		return 0;
	for (uint64_t i = 0; i < table.count; i++) {
		if (!rg_gopclntab_function(&table, i, &function) || !function.name)
			continue;
		struct rg_sym sym = {.start = function.start,
				     .end = function.end,
				     .name = function.name,
				     .rank = RG_SYM_LOCAL,
				     .sized = true};

		if (rg_symtab_add(tab, &sym))
			return RG_ENOMEM;
	}
	return 0;
}
