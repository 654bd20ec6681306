/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image.h"

#include <elfutils/libdwelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rg/err.h"

enum {
	SEGMENTS_MAX = 64,             /* of a kind; a linker makes one or two */
	SECTION_MAX_BYTES = 256 << 20, /* of those read whole */
	BUILD_ID_MAX_BYTES = (RG_BUILD_ID_TEXT_MAX - 1) / 2,
};

static void add_segment(struct rg_segment *list, size_t *count, const GElf_Phdr *phdr)
{
	if (*count == SEGMENTS_MAX)
		return;
	list[(*count)++] = (struct rg_segment){
		.offset = phdr->p_offset, .size = phdr->p_filesz, .address = phdr->p_vaddr};
}

static int read_segments(struct rg_image *image)
{
	size_t count;
	GElf_Phdr phdr;

	if (elf_getphdrnum(image->elf, &count) != 0)
		return 0;
	image->code = calloc(SEGMENTS_MAX, sizeof(*image->code));
	image->constant = calloc(SEGMENTS_MAX, sizeof(*image->constant));
	if (!image->code || !image->constant)
		return RG_ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (!gelf_getphdr(image->elf, (int)i, &phdr))
			break;
		if (phdr.p_type != PT_LOAD || phdr.p_filesz > UINT64_MAX - phdr.p_offset ||
		    phdr.p_filesz > UINT64_MAX - phdr.p_vaddr)
			continue;
		if (phdr.p_flags & PF_X)
			add_segment(image->code, &image->code_count, &phdr);
		if (!(phdr.p_flags & PF_W))
			add_segment(image->constant, &image->constant_count, &phdr);
	}
	return 0;
}

static int compare_sections(const void *left, const void *right)
{
	const struct rg_code_section *a = left, *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

static int read_sections(struct rg_image *image)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t count;

	if (elf_getshdrnum(image->elf, &count) != 0 || count == 0)
		return 0;
	image->sections = calloc(count, sizeof(*image->sections));
	if (!image->sections)
		return RG_ENOMEM;
	while ((section = elf_nextscn(image->elf, section)) != NULL) {
		if (image->section_count == count || !gelf_getshdr(section, &header) ||
		    !(header.sh_flags & SHF_EXECINSTR) ||
		    header.sh_size > UINT64_MAX - header.sh_addr)
			continue;
		image->sections[image->section_count++] =
			(struct rg_code_section){.start = header.sh_addr,
						 .end = header.sh_addr + header.sh_size,
						 .name = header.sh_name};
	}
	qsort(image->sections, image->section_count, sizeof(*image->sections), compare_sections);
	return 0;
}

/*
 * Whether the header is one of this machine's byte order and without "extended numbering", by which
 * a small file can claim 2^32 sections or segments; libelf makes room for all of them at once.
 */
static bool is_plausible(const Elf64_Ehdr *ehdr, size_t len)
{
	const Elf32_Ehdr *ehdr32 = (const Elf32_Ehdr *)ehdr;
	const unsigned char native =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;

	if (len < sizeof(*ehdr32) || memcmp(ehdr->e_ident, ELFMAG, SELFMAG) != 0 ||
	    ehdr->e_ident[EI_DATA] != native)
		return false;
	if (ehdr->e_ident[EI_CLASS] == ELFCLASS32)
		return ehdr32->e_phnum != PN_XNUM && (ehdr32->e_shnum > 0 || ehdr32->e_shoff == 0);
	return len >= sizeof(*ehdr) && ehdr->e_phnum != PN_XNUM &&
	       (ehdr->e_shnum > 0 || ehdr->e_shoff == 0);
}

static int read_tables(struct rg_image *image)
{
	int rc = RG_EFORMAT;

	if (image->elf && elf_kind(image->elf) == ELF_K_ELF)
		rc = read_segments(image);
	if (rc == 0)
		rc = read_sections(image);
	if (rc < 0)
		rg_image_done(image);
	return rc;
}

int rg_image_open_fd(struct rg_image *image, int fd)
{
	Elf64_Ehdr ehdr = {0};
	struct stat st;
	ssize_t len;

	*image = (struct rg_image){.fd = fd};
	elf_version(EV_CURRENT);
	/* A FIFO or a device would block or never end. */
	len = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? pread(fd, &ehdr, sizeof(ehdr), 0) : 0;
	if (len > 0 && is_plausible(&ehdr, (size_t)len))
		image->elf = elf_begin(fd, ELF_C_READ, NULL);
	return read_tables(image);
}

int rg_image_open_memory(struct rg_image *image, void *bytes, size_t len)
{
	Elf64_Ehdr ehdr = {0};

	*image = (struct rg_image){.fd = -1, .memory = bytes};
	elf_version(EV_CURRENT);
	memcpy(&ehdr, bytes, len < sizeof(ehdr) ? len : sizeof(ehdr));
	if (is_plausible(&ehdr, len))
		image->elf = elf_memory(bytes, len);
	return read_tables(image);
}

void rg_image_done(struct rg_image *image)
{
	elf_end(image->elf);
	free(image->memory);
	free(image->code);
	free(image->constant);
	free(image->sections);
	if (image->fd >= 0)
		close(image->fd);
	*image = (struct rg_image){.fd = -1};
}

bool rg_image_address(const struct rg_image *image, uint64_t offset, uint64_t *address)
{
	for (size_t i = 0; i < image->code_count; i++) {
		const struct rg_segment *code = &image->code[i];

		if (offset < code->offset || offset - code->offset >= code->size)
			continue;
		*address = code->address + (offset - code->offset);
		return true;
	}
	return false;
}

static const struct rg_segment *find_segment(const struct rg_segment *list, size_t count,
					     uint64_t address)
{
	for (size_t i = 0; i < count; i++)
		if (address >= list[i].address && address - list[i].address < list[i].size)
			return &list[i];
	return NULL;
}

const struct rg_segment *rg_image_segment(const struct rg_image *image, uint64_t address)
{
	return find_segment(image->code, image->code_count, address);
}

static bool read_at(const struct rg_image *image, uint64_t offset, void *out, size_t size)
{
	const char *bytes;
	size_t len;

	if (image->fd >= 0)
		return offset <= INT64_MAX &&
		       pread(image->fd, out, size, (off_t)offset) == (ssize_t)size;
	bytes = elf_rawfile(image->elf, &len);
	if (!bytes || offset > len || size > len - offset)
		return false;
	memcpy(out, bytes + offset, size);
	return true;
}

bool rg_image_read(const struct rg_image *image, uint64_t address, void *out, size_t size)
{
	const struct rg_segment *segment =
		find_segment(image->constant, image->constant_count, address);
	uint64_t within;

	if (!segment)
		return false;
	within = address - segment->address;
	return size <= segment->size - within &&
	       read_at(image, segment->offset + within, out, size);
}

const struct rg_code_section *rg_image_code_section(const struct rg_image *image, uint64_t address)
{
	size_t low = 0, high = image->section_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (image->sections[mid].start <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || image->sections[low - 1].end <= address)
		return NULL;
	return &image->sections[low - 1];
}

const char *rg_image_section_name(const struct rg_image *image, uint32_t sh_name)
{
	size_t names;
	const char *name = NULL;

	if (elf_getshdrstrndx(image->elf, &names) == 0)
		name = elf_strptr(image->elf, names, sh_name);
	return name ? name : "";
}

Elf_Scn *rg_image_section(const struct rg_image *image, const char *name, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;
	GElf_Shdr found;

	while ((section = elf_nextscn(image->elf, section)) != NULL) {
		if (!gelf_getshdr(section, &found) ||
		    strcmp(rg_image_section_name(image, found.sh_name), name) != 0)
			continue;
		*header = found;
		return section;
	}
	return NULL;
}

Elf_Data *rg_image_bytes(Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data;

	if (header->sh_type == SHT_NOBITS || header->sh_flags & SHF_COMPRESSED ||
	    header->sh_size == 0 || header->sh_size > SECTION_MAX_BYTES)
		return NULL;
	data = elf_rawdata(section, NULL);
	return data && data->d_buf && data->d_size > 0 ? data : NULL;
}

struct rg_strings rg_image_strings(const struct rg_image *image, size_t index)
{
	Elf_Scn *section = elf_getscn(image->elf, index);
	GElf_Shdr header;
	Elf_Data *data;
	const char *end;

	if (!section || !gelf_getshdr(section, &header) || header.sh_type != SHT_STRTAB)
		return (struct rg_strings){0};
	data = rg_image_bytes(section, &header);
	end = data ? memrchr(data->d_buf, '\0', data->d_size) : NULL;
	if (!end)
		return (struct rg_strings){0};
	return (struct rg_strings){.base = data->d_buf,
				   .size = (size_t)(end - (const char *)data->d_buf) + 1};
}

const char *rg_strings_at(const struct rg_strings *strings, uint64_t offset)
{
	return offset < strings->size ? strings->base + offset : NULL;
}

void rg_image_build_id(const struct rg_image *image, char out[RG_BUILD_ID_TEXT_MAX])
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes;
	const void *id = NULL;
	ssize_t len = dwelf_elf_gnu_build_id(image->elf, &id);

	bytes = id;
	if (len < 0 || len > BUILD_ID_MAX_BYTES)
		len = 0;
	for (ssize_t i = 0; i < len; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * len] = '\0';
}
