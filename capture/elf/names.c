/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/err.h"
#include "rg/intern.h"
#include "rg/profile.h"
#include "debugfile.h"
#include "demangle.h"
#include "elfsyms.h"
#include "gopclntab.h"
#include "object.h"

/* Granularity of names where nothing at all is known about the code. */
enum { PAGE = 4096 };

int rg_names_init(struct rg_names *names, const char *name)
{
	*names = (struct rg_names){.mini.fd = -1, .arena = rg_arena_new(0)};
	names->texts = names->arena ? rg_intern_new(names->arena) : NULL;
	names->name = names->texts ? rg_arena_strdup(names->arena, name) : NULL;
	if (names->name)
		return 0;
	rg_names_done(names);
	return RG_ENOMEM;
}

void rg_names_done(struct rg_names *names)
{
	rg_symtab_done(&names->symbols);
	rg_ranges_done(&names->ranges);
	rg_image_done(&names->mini);
	rg_intern_free(names->texts);
	rg_arena_free(names->arena);
	*names = (struct rg_names){.mini.fd = -1};
}

/* Whichever has the full table; .dynsym adds what an embedded table leaves out. */
static int load_symbols(struct rg_names *names, const struct rg_image *image,
			const struct rg_image *debug)
{
	struct rg_symtab *tab = &names->symbols;
	int rc = rg_elfsyms_add(tab, image, image, SHT_SYMTAB);

	if (rc == 0 && tab->count == 0 && debug->elf)
		rc = rg_elfsyms_add(tab, image, debug, SHT_SYMTAB);
	if (rc == 0 && tab->count == 0 && rg_debugfile_open_mini(&names->mini, image) == 0)
		rc = rg_elfsyms_add(tab, image, &names->mini, SHT_SYMTAB);
	if (rc == 0 && tab->count == 0)
		rc = rg_gopclntab_add(tab, image);
	if (rc == 0)
		rc = rg_elfsyms_add(tab, image, image, SHT_DYNSYM);
	if (rc == 0)
		rc = rg_elfsyms_add_stubs(tab, image);
	return rc == 0 ? rg_symtab_finish(tab) : rc;
}

int rg_names_load(struct rg_names *names, const struct rg_image *image,
		  const struct rg_image *debug)
{
	int rc = load_symbols(names, image, debug);

	return rc == 0 ? rg_ranges_load(&names->ranges, image) : rc;
}

/*
 * The symbol as it is shown: without the table's version ("@@GLIBC_2.14"), demangled, a stub's with
 * "@plt". Once for each symbol.
 */
static int show(struct rg_names *names, struct rg_sym *sym)
{
	const char *suffix = sym->rank == RG_SYM_STUB ? "@plt" : "";
	size_t len = strnlen(sym->name, RG_PROFILE_MAX_TEXT - 1 - strlen(suffix));
	const char *version = memchr(sym->name, '@', len);
	struct rg_buf text;
	char *name;

	if (sym->shown)
		return 0;
	if (version && version > sym->name)
		len = (size_t)(version - sym->name);
	name = rg_arena_printf(names->arena, "%.*s%s", (int)len, sym->name, suffix);
	if (!name)
		return RG_ENOMEM;
	rg_buf_init(&text, RG_PROFILE_MAX_TEXT - 1);
	rg_demangle(&text, name);
	/* Longer with its suffix than a name may be: then as it was. */
	sym->shown = text.failed ? name : rg_arena_strndup(names->arena, text.data, text.len);
	rg_buf_done(&text);
	return sym->shown ? 0 : RG_ENOMEM;
}

/* "[name]" and the suffix, which is a number where it is NULL. */
static int set_unnamed(struct rg_names *names, struct rg_symbol *out, const char *suffix,
		       uint64_t address)
{
	bool bracketed = names->name[0] == '[';
	char text[NAME_MAX + 32];
	uint32_t id;
	int len, rc;

	len = snprintf(text, sizeof(text), "%s%.*s%s", bracketed ? "" : "[", NAME_MAX, names->name,
		       bracketed ? "" : "]");
	if (suffix)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "%s", suffix);
	else
		len += snprintf(text + len, sizeof(text) - (size_t)len, "+0x%" PRIx64, address);
	rc = rg_intern_add(names->texts, text, (size_t)len, &id);
	if (rc < 0)
		return RG_ENOMEM;
	out->function = rg_intern_text(names->texts, id);
	out->unnamed = true;
	return 0;
}

/*
 * What stands for a function without a name: the start of its unwind range, so that all its samples
 * meet in one name; outside of those the start of the stretch between what is known.
 */
static uint64_t unnamed_start(const struct rg_names *names, const struct rg_image *image,
			      uint64_t address)
{
	const struct rg_range *range = rg_ranges_before(&names->ranges, address);
	const struct rg_sym *sym = rg_symtab_before(&names->symbols, address);
	const struct rg_code_section *section = rg_image_code_section(image, address);
	uint64_t start = rg_image_segment(image, address)->address;

	if (range && address < range->end)
		return range->start;
	if (section)
		start = section->start;
	if (range && range->end > start)
		start = range->end;
	return sym && sym->end > start ? sym->end : start;
}

static bool in_stubs(const struct rg_image *image, uint64_t address)
{
	const struct rg_code_section *section = rg_image_code_section(image, address);
	const char *name = section ? rg_image_section_name(image, section->name) : "";

	return strncmp(name, ".plt", 4) == 0 || strcmp(name, ".iplt") == 0;
}

/*
 * A symbol without a size reaches to the next one, but not into a function with unwind information
 * of its own.
 */
static struct rg_sym *find_symbol(const struct rg_names *names, uint64_t address)
{
	struct rg_sym *sym = rg_symtab_find(&names->symbols, address);
	const struct rg_range *range;

	if (!sym || sym->sized)
		return sym;
	range = rg_ranges_before(&names->ranges, address);
	return range && address < range->end && range->start > sym->start ? NULL : sym;
}

const struct rg_sym *rg_names_symbol(const struct rg_names *names, uint64_t address)
{
	return find_symbol(names, address);
}

int rg_names_unknown(struct rg_names *names, uint64_t place, struct rg_symbol *out)
{
	return set_unnamed(names, out, NULL, place & ~(uint64_t)(PAGE - 1));
}

int rg_names_find(struct rg_names *names, const struct rg_image *image, uint64_t address,
		  struct rg_symbol *out)
{
	struct rg_sym *sym = find_symbol(names, address);

	if (!sym && in_stubs(image, address))
		return set_unnamed(names, out, "@plt", 0);
	if (!sym)
		return set_unnamed(names, out, NULL, unnamed_start(names, image, address));
	if (show(names, sym) < 0)
		return RG_ENOMEM;
	out->function = sym->shown;
	return 0;
}
