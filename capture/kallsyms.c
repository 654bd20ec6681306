/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kallsyms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rg/err.h"
#include "rg/buf.h"
#include "elf/symtab.h"

enum {
	KALLSYMS_MAX_BYTES = 256 << 20, /* a kernel with everything in it has some 20 MiB */
	/* No kernel function is longer; an address farther behind the last symbol has no name. */
	FUNCTION_MAX_BYTES = 256 << 10,
};

struct rg_kallsyms {
	struct rg_buf text; /* the file; lines are cut into strings in place */
	struct rg_symtab tab;
};

static int read_all(struct rg_buf *text, FILE *file, const char *path, struct rg_err *err)
{
	char chunk[1 << 16];
	size_t len;

	while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0 && !text->failed)
		rg_buf_add(text, chunk, len);
	if (text->failed == RG_ENOMEM)
		return rg_err_nomem(err, "kernel symbols");
	if (text->failed)
		return rg_err_set(err, RG_EIO, "kallsyms: read '%s': larger than %d MiB", path,
				  KALLSYMS_MAX_BYTES >> 20);
	if (ferror(file))
		return rg_err_set(err, RG_EIO, "kallsyms: read '%s': %s", path, strerror(errno));
	return 0;
}

static int read_file(struct rg_buf *text, const char *path, struct rg_err *err)
{
	FILE *file = fopen(path, "re");
	int rc;

	if (!file)
		return rg_err_set(err, RG_EIO, "kallsyms: open '%s': %s", path, strerror(errno));
	rc = read_all(text, file, path, err);
	fclose(file);
	return rc;
}

/*
 * The letters of nm(1): T and W are text; lower case is local. Data and absolute symbols have
 * others.
 */
static int rank_of_type(char type)
{
	switch (type) {
	case 'T':
		return RG_SYM_GLOBAL;
	case 'W':
	case 'w':
		return RG_SYM_WEAK;
	case 't':
		return RG_SYM_LOCAL;
	default:
		return -1;
	}
}

/* Cuts the next word off *line; NULL at its end. */
static char *take_word(char **line)
{
	char *word = *line + strspn(*line, " \t");
	size_t len = strcspn(word, " \t");

	if (len == 0)
		return NULL;
	*line = word + len + (word[len] != '\0');
	word[len] = '\0';
	return word;
}

/* "ffffffff81000000 T name [module]"; a line of another form, or of no function, is passed over. */
static int add_line(struct rg_symtab *tab, char *line)
{
	char *address = take_word(&line), *type = address ? take_word(&line) : NULL;
	char *name = type ? take_word(&line) : NULL, *module, *end;
	struct rg_sym sym = {.name = name};
	int rank;

	if (!name || type[1] != '\0')
		return 0;
	rank = rank_of_type(type[0]);
	sym.start = strtoull(address, &end, 16);
	if (rank < 0 || sym.start == 0 || *end != '\0')
		return 0;
	module = take_word(&line);
	sym.rank = (uint8_t)rank;
	sym.owner = module && module[0] == '[' ? module : NULL;
	sym.end = sym.start > UINT64_MAX - FUNCTION_MAX_BYTES ? UINT64_MAX
							      : sym.start + FUNCTION_MAX_BYTES;
	return rg_symtab_add(tab, &sym);
}

static int parse(struct rg_kallsyms *syms)
{
	char *line = syms->text.data, *rest = line ? line + syms->text.len : NULL;

	while (line < rest) {
		char *end = memchr(line, '\n', (size_t)(rest - line));

		if (end)
			*end = '\0';
		if (add_line(&syms->tab, line) < 0)
			return RG_ENOMEM;
		line = end ? end + 1 : rest;
	}
	return rg_symtab_finish(&syms->tab);
}

int rg_kallsyms_load(const char *path, struct rg_kallsyms **out, struct rg_err *err)
{
	struct rg_kallsyms *syms = calloc(1, sizeof(*syms));
	int rc;

	if (!syms)
		return rg_err_nomem(err, "kernel symbols");
	rg_buf_init(&syms->text, KALLSYMS_MAX_BYTES);
	rc = read_file(&syms->text, path, err);
	if (rc == 0 && parse(syms) < 0)
		rc = rg_err_nomem(err, "kernel symbols");
	if (rc < 0) {
		rg_kallsyms_free(syms);
		return rc;
	}
	*out = syms;
	return 0;
}

void rg_kallsyms_free(struct rg_kallsyms *syms)
{
	if (!syms)
		return;
	rg_symtab_done(&syms->tab);
	rg_buf_done(&syms->text);
	free(syms);
}

size_t rg_kallsyms_count(const struct rg_kallsyms *syms)
{
	return syms->tab.count;
}

const char *rg_kallsyms_find(const struct rg_kallsyms *syms, uint64_t address, const char **module)
{
	const struct rg_sym *sym = rg_symtab_find(&syms->tab, address);

	if (!sym)
		return NULL;
	*module = sym->owner ? sym->owner : "[kernel]";
	return sym->name;
}
