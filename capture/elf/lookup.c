/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lookup.h"

#include "debugfile.h"
#include "demangle.h"
#include "elfsyms.h"
#include "image.h"
#include "symtab.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/text.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 1024, HINTS_MAX = 3, HINTS_MAX_BYTES = 4096 };

/* A place taken apart. */
struct place {
	char symbol[NAME_MAX_BYTES + 1]; /* "": an address */
	uint64_t add;
};

/* A file while it is looked into. */
struct lookup {
	struct rg_image image, debug, mini;
	struct rg_symtab symbols; /* as they were added: with aliases, in no order */
};

static bool parse_hex(const char *text, uint64_t *value)
{
	char *end;

	if (strncmp(text, "0x", 2) != 0 || text[2 + strspn(text + 2, "0123456789abcdefABCDEF")] ||
	    !text[2] || strlen(text) > 18)
		return false;
	*value = strtoull(text + 2, &end, 16);
	return true;
}

static bool parse_place(const char *text, struct place *out)
{
	const char *plus = strrchr(text, '+');
	size_t len = strlen(text);

	*out = (struct place){0};
	if (parse_hex(text, &out->add))
		return true;
	/* "operator+" is a name. */
	if (plus && parse_hex(plus + 1, &out->add))
		len = (size_t)(plus - text);
	if (len == 0 || len > NAME_MAX_BYTES)
		return false;
	memcpy(out->symbol, text, len);
	return true;
}

/* --- The file --------------------------------------------------------------------------------- */

static void lookup_done(struct lookup *lookup)
{
	rg_symtab_done(&lookup->symbols);
	rg_image_done(&lookup->mini);
	rg_image_done(&lookup->debug);
	rg_image_done(&lookup->image);
}

/* All tables, whatever the first one has: a name is wanted, not a name for an address. */
static int add_symbols(struct lookup *lookup, const char *debug_dir)
{
	struct rg_symtab *tab = &lookup->symbols;
	const struct rg_image *image = &lookup->image;
	char build_id[RG_BUILD_ID_TEXT_MAX];
	int rc = rg_elfsyms_add(tab, image, image, SHT_SYMTAB);

	if (!rc)
		rc = rg_elfsyms_add(tab, image, image, SHT_DYNSYM);
	rg_image_build_id(image, build_id);
	if (!rc && rg_debugfile_open(&lookup->debug, debug_dir, build_id) == 0)
		rc = rg_elfsyms_add(tab, image, &lookup->debug, SHT_SYMTAB);
	if (!rc && rg_debugfile_open_mini(&lookup->mini, image) == 0)
		rc = rg_elfsyms_add(tab, image, &lookup->mini, SHT_SYMTAB);
	return rc;
}

static int open_file(struct lookup *lookup, int fd, const char *shown, struct rg_err *err)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0), rc;

	*lookup = (struct lookup){.image.fd = -1, .debug.fd = -1, .mini.fd = -1};
	rc = own < 0 ? RG_EFORMAT : rg_image_open_fd(&lookup->image, own);
	if (rc == RG_ENOMEM)
		return rg_err_nomem(err, "symbols");
	if (rc)
		return rg_err_set(err, RG_EUSAGE, "'%.200s': not an ELF file of this machine",
				  shown);
	return 0;
}

/* --- Names ------------------------------------------------------------------------------------ */

static size_t bare_length(const char *name)
{
	return strcspn(name, "@");
}

static bool is_called(const char *name, const char *wanted)
{
	size_t len = strlen(wanted);

	return bare_length(name) == len && memcmp(name, wanted, len) == 0;
}

/* "Pool::acquire(int)" is called that, and "Pool::acquire". */
static bool is_shown_as(const struct rg_sym *sym, const char *wanted)
{
	size_t len = strlen(wanted);
	struct rg_buf text;
	bool is = false;

	if (sym->name[0] != '_')
		return false;
	rg_buf_init(&text, RG_DEMANGLE_MAX);
	rg_demangle(&text, sym->name);
	if (!text.failed && text.len >= len && memcmp(text.data, wanted, len) == 0)
		is = text.data[len] == '\0' || text.data[len] == '(';
	rg_buf_done(&text);
	return is;
}

/* Addresses that the name stands for: the first, and a second one where there is. */
struct matches {
	size_t count; /* 2: or more */
	uint64_t address[2];
};

static void add_match(struct matches *matches, uint64_t address)
{
	if (matches->count > 0 && matches->address[0] == address)
		return;
	if (matches->count < 2)
		matches->address[matches->count++] = address;
}

static void find_all(const struct rg_symtab *tab, const char *wanted, bool demangled,
		     struct matches *matches)
{
	for (size_t i = 0; i < tab->count; i++) {
		const struct rg_sym *sym = &tab->syms[i];

		if (demangled ? is_shown_as(sym, wanted) : is_called(sym->name, wanted))
			add_match(matches, sym->start);
	}
}

/* --- When there is none ----------------------------------------------------------------------- */

static bool is_listed(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

/* Names that hold the wanted one ("handle" is in "handle.constprop.0"), else the nearest. */
static size_t hints(const struct rg_symtab *tab, const char *wanted, const char *out[HINTS_MAX])
{
	const char **names = calloc(tab->count + 1, sizeof(*names));
	const char *nearest;
	size_t count = 0;

	if (!names)
		return 0;
	for (size_t i = 0; i < tab->count; i++) {
		names[i] = tab->syms[i].name;
		if (count < HINTS_MAX && strstr(names[i], wanted) &&
		    !is_listed(out, count, names[i]))
			out[count++] = names[i];
	}
	nearest = count ? NULL : rg_text_nearest(wanted, names, tab->count);
	if (nearest)
		out[count++] = nearest;
	free(names);
	return count;
}

static int no_such(const struct lookup *lookup, const char *shown, const char *wanted,
		   struct rg_err *err)
{
	const char *hint[HINTS_MAX];
	size_t count = hints(&lookup->symbols, wanted, hint);
	struct rg_buf list;
	int rc;

	if (lookup->symbols.count == 0)
		return rg_err_set(err, RG_EUSAGE,
				  "'%.200s' has no symbols: say an address of it, '0x401136', or "
				  "install its debug symbols",
				  shown);
	rg_buf_init(&list, HINTS_MAX_BYTES);
	for (size_t i = 0; i < count; i++) {
		rg_buf_adds(&list, i ? ", '" : "; there is '");
		rg_text_add_safe(&list, hint[i], strnlen(hint[i], 200));
		rg_buf_addc(&list, '\'');
	}
	rc = rg_err_set(err, RG_EUSAGE, "no function '%.100s' in '%.200s'%s", wanted, shown,
			list.len && !list.failed ? list.data : "");
	rg_buf_done(&list);
	return rc;
}

/* --- The whole -------------------------------------------------------------------------------- */

static int find_symbol(const struct lookup *lookup, const char *shown, const char *wanted,
		       uint64_t *address, struct rg_err *err)
{
	struct matches matches = {0};

	find_all(&lookup->symbols, wanted, false, &matches);
	if (!matches.count)
		find_all(&lookup->symbols, wanted, true, &matches);
	if (!matches.count)
		return no_such(lookup, shown, wanted, err);
	if (matches.count > 1)
		return rg_err_set(err, RG_EUSAGE,
				  "several functions are called '%.100s' in '%.200s', at 0x%llx, "
				  "at 0x%llx: say the address of one, or its name as nm prints it",
				  wanted, shown, (unsigned long long)matches.address[0],
				  (unsigned long long)matches.address[1]);
	*address = matches.address[0];
	return 0;
}

static int find(struct lookup *lookup, const char *shown, const struct place *place,
		uint64_t *offset, struct rg_err *err)
{
	const struct rg_segment *segment;
	uint64_t address = 0;
	int rc = 0;

	if (place->symbol[0])
		rc = find_symbol(lookup, shown, place->symbol, &address, err);
	if (rc)
		return rc;
	if (__builtin_add_overflow(address, place->add, &address))
		segment = NULL;
	else
		segment = rg_image_segment(&lookup->image, address);
	if (!segment)
		return rg_err_set(err, RG_EUSAGE, "no code at 0x%llx in '%.200s'",
				  (unsigned long long)address, shown);
	*offset = segment->offset + (address - segment->address);
	return 0;
}

int rg_elf_find_place(int fd, const char *shown, const char *debug_dir, const char *place,
		      uint64_t *offset, struct rg_err *err)
{
	struct lookup lookup;
	struct place parsed;
	int rc;

	if (!parse_place(place, &parsed))
		return rg_err_set(err, RG_EUSAGE,
				  "'%.100s' is neither a function nor an address such as 0x401136",
				  place);
	rc = open_file(&lookup, fd, shown, err);
	if (!rc && parsed.symbol[0] && add_symbols(&lookup, debug_dir))
		rc = rg_err_nomem(err, "symbols");
	if (!rc)
		rc = find(&lookup, shown, &parsed, offset, err);
	lookup_done(&lookup);
	return rc;
}
