/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "producer.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "image.h"
#include "units.h"

enum { MAX_UNITS = 256 }; /* looked at: the first ones may be the C library's start-up code */

/* Texts come from the file: what is no printable character would break a line. */
static void put(char *to, size_t size, const char *from, size_t len)
{
	size_t n = len < size - 1 ? len : size - 1;

	for (size_t i = 0; i < n; i++) {
		to[i] = from[i];
		if ((unsigned char)from[i] < ' ')
			to[i] = ' ';
	}
	to[n] = '\0';
}

/* --- Go ------------------------------------------------------------------------------------- */

/* The formats of Go 1.18 and later: runtime/debug.BuildInfo, cmd/go's buildinfo. */
enum { GO_HEADER = 32, GO_FLAGS_AT = 15, GO_INLINE = 2, GO_MARKS = 16 };

struct bytes {
	const unsigned char *at;
	size_t left;
};

/* A text behind its length, which is an unsigned varint. */
static bool take_text(struct bytes *from, struct bytes *text)
{
	uint64_t len = 0;

	for (unsigned int shift = 0; shift < 35; shift += 7) {
		unsigned char byte;

		if (!from->left)
			return false;
		byte = *from->at++;
		from->left--;
		len |= (uint64_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		if (len > from->left)
			return false;
		*text = (struct bytes){from->at, (size_t)len};
		from->at += len;
		from->left -= (size_t)len;
		return true;
	}
	return false;
}

static bool begins(const char *line, const char *end, const char *with)
{
	size_t len = strlen(with);

	return (size_t)(end - line) > len && !memcmp(line, with, len);
}

/* Of the lines "build\t-gcflags=-N" those that are flags, joined; -ldflags may hold what is nobody's business. */
static void put_go_flags(struct rg_producer *out, const struct bytes *info)
{
	static const char key[] = "build\t-", linker[] = "build\t-ldflags";
	const char *line = (const char *)info->at, *end = line + info->left;
	size_t len = 0;

	while (line < end && len + 2 < sizeof(out->flags)) {
		const char *next = memchr(line, '\n', (size_t)(end - line));
		const char *stop = next ? next : end;

		if (begins(line, stop, key) && !begins(line, stop, linker)) {
			if (len)
				out->flags[len++] = ' ';
			put(out->flags + len, sizeof(out->flags) - len, line + strlen(key) - 1,
			    (size_t)(stop - line) - strlen(key) + 1);
			len += strlen(out->flags + len);
		}
		line = next ? next + 1 : end;
	}
}

static bool read_go(const struct rg_image *image, struct rg_producer *out)
{
	static const char magic[] = "\xff Go buildinf:";
	GElf_Shdr header;
	Elf_Scn *section = rg_image_section(image, ".go.buildinfo", &header);
	const Elf_Data *data = section ? rg_image_bytes(section, &header) : NULL;
	struct bytes from, version, info;

	if (!data || data->d_size < GO_HEADER || memcmp(data->d_buf, magic, strlen(magic)) != 0)
		return false;
	from = (struct bytes){(const unsigned char *)data->d_buf + GO_HEADER,
			      data->d_size - GO_HEADER};
	if (!(((const unsigned char *)data->d_buf)[GO_FLAGS_AT] & GO_INLINE) ||
	    !take_text(&from, &version))
		return false;
	put(out->compiler, sizeof(out->compiler), (const char *)version.at, version.left);
	if (take_text(&from, &info) && info.left > 2 * (size_t)GO_MARKS) {
		info.at += GO_MARKS;
		info.left -= 2 * (size_t)GO_MARKS;
		put_go_flags(out, &info);
	}
	return true;
}

/* --- Debug information ---------------------------------------------------------------------- */

/* "GNU C17 12.2.0 -march=x86-64 -g -O2": flags begin at the first word with a dash. */
static void split(struct rg_producer *out, const char *text)
{
	const char *flags = strstr(text, " -");

	put(out->compiler, sizeof(out->compiler), text,
	    flags ? (size_t)(flags - text) : strlen(text));
	if (flags)
		put(out->flags, sizeof(out->flags), flags + 1, strlen(flags + 1));
}

static const char *producer_of(Dwarf *dwarf, Dwarf_Off die_offset)
{
	Dwarf_Attribute attribute;
	Dwarf_Die die;

	if (!dwarf_offdie(dwarf, die_offset, &die) || !dwarf_attr(&die, DW_AT_producer, &attribute))
		return NULL;
	return dwarf_formstring(&attribute);
}

static bool read_units(Dwarf *dwarf, struct rg_producer *out)
{
	Dwarf_Off offset = 0, next;
	size_t header_size;

	for (int i = 0; i < MAX_UNITS; i++) {
		const char *text;

		if (dwarf_nextcu(dwarf, offset, &next, &header_size, NULL, NULL, NULL) != 0 ||
		    next <= offset)
			return false;
		text = producer_of(dwarf, offset + header_size);
		if (text && strncmp(text, "GNU AS", 6) != 0) {
			split(out, text);
			return true;
		}
		offset = next;
	}
	return false;
}

static bool read_dwarf(const struct rg_image *image, struct rg_producer *out)
{
	GElf_Shdr header;
	Dwarf *dwarf;
	bool read;

	/* With a common part elsewhere libdw would open any path the file names. */
	if (!rg_units_present(image) || rg_image_section(image, ".gnu_debugaltlink", &header))
		return false;
	dwarf = dwarf_begin_elf(image->elf, DWARF_C_READ, NULL);
	read = dwarf && read_units(dwarf, out);
	dwarf_end(dwarf);
	return read;
}

/* --- The comment ---------------------------------------------------------------------------- */

static void read_comment(const struct rg_image *image, struct rg_producer *out)
{
	GElf_Shdr header;
	Elf_Scn *section = rg_image_section(image, ".comment", &header);
	const Elf_Data *data = section ? rg_image_bytes(section, &header) : NULL;

	if (data && data->d_size)
		put(out->compiler, sizeof(out->compiler), data->d_buf,
		    strnlen(data->d_buf, data->d_size));
}

void rg_producer_read(const struct rg_image *image, struct rg_producer *out)
{
	*out = (struct rg_producer){0};
	if (!read_go(image, out) && !read_dwarf(image, out))
		read_comment(image, out);
}
