/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One file of names. */
#include "jitmaps.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 1 << 20, NAME_MAX_BYTES = 4096 };

struct lines {
	struct rg_jit_code *line;
	size_t count, cap;
};

/* --- Lines ----------------------------------------------------------------------------------- */

static bool read_hex(char **at, uint64_t *number)
{
	char *end;

	/* strtoull() takes signs and leading space as well. */
	if (!strchr("0123456789abcdefABCDEF", **at) || !**at)
		return false;
	*number = strtoull(*at, &end, 16);
	if (*end != ' ')
		return false;
	*at = end + 1;
	return true;
}

/* Some writers put "0x" before numbers; the format has none. */
static char *skip_prefix(char *at)
{
	return at[0] == '0' && (at[1] == 'x' || at[1] == 'X') ? at + 2 : at;
}

/* Where the program lies on this machine is nobody's business, and not the same in its next version. */
static void shorten_path(char *name)
{
	for (char *at = name; *at; at++) {
		const char *slash;

		if ((*at != ' ' && *at != ':') || at[1] != '/')
			continue;
		slash = strrchr(at, '/');
		memmove(at + 1, slash + 1, strlen(slash + 1) + 1);
		return;
	}
}

static bool read_line(char *line, struct rg_jit_code *code)
{
	uint64_t size;

	line = skip_prefix(line);
	if (!read_hex(&line, &code->start))
		return false;
	line = skip_prefix(line);
	if (!read_hex(&line, &size) || !size || !*line)
		return false;
	line[strnlen(line, NAME_MAX_BYTES)] = '\0';
	shorten_path(line);
	code->name = line;
	return !__builtin_add_overflow(code->start, size, &code->end);
}

static int add_line(struct lines *lines, const struct rg_jit_code *code)
{
	if (RG_GROW(lines->line, lines->cap, lines->count))
		return RG_ENOMEM;
	lines->line[lines->count++] = *code;
	return 0;
}

/* A last line without its end is being written still. */
static int read_lines(struct lines *lines, char *text, size_t len)
{
	char *end = text + len, *next;

	for (char *line = text; line < end && lines->count < LINES_MAX; line = next + 1) {
		struct rg_jit_code code;

		next = memchr(line, '\n', (size_t)(end - line));
		if (!next)
			return 0;
		*next = '\0';
		if (read_line(line, &code) && add_line(lines, &code))
			return RG_ENOMEM;
	}
	return 0;
}

/* --- Overlaps: the latest line is painted first, the others where nothing is painted yet ------ */

struct painting {
	uint64_t *edge; /* all starts and ends, ascending */
	size_t edges;
	uint32_t *
		next; /* the first stretch from here on that is bare; a stretch begins at each edge */
	uint32_t *owner; /* lines, from 1 */
};

static int compare_edges(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static size_t edge_of(const struct painting *p, uint64_t address)
{
	const uint64_t *found =
		bsearch(&address, p->edge, p->edges, sizeof(*p->edge), compare_edges);

	return (size_t)(found - p->edge);
}

static uint32_t bare(struct painting *p, uint32_t at)
{
	while (p->next[at] != at) {
		p->next[at] = p->next[p->next[at]];
		at = p->next[at];
	}
	return at;
}

static void paint(struct painting *p, const struct rg_jit_code *code, uint32_t line)
{
	uint32_t past = (uint32_t)edge_of(p, code->end);
	uint32_t at = bare(p, (uint32_t)edge_of(p, code->start));

	while (at < past) {
		p->owner[at] = line;
		p->next[at] = at + 1;
		at = bare(p, at + 1);
	}
}

static void find_edges(struct painting *p, const struct lines *lines)
{
	size_t kept = 0;

	for (size_t i = 0; i < lines->count; i++) {
		p->edge[2 * i] = lines->line[i].start;
		p->edge[2 * i + 1] = lines->line[i].end;
	}
	qsort(p->edge, 2 * lines->count, sizeof(*p->edge), compare_edges);
	for (size_t i = 0; i < 2 * lines->count; i++) {
		if (kept == 0 || p->edge[kept - 1] != p->edge[i])
			p->edge[kept++] = p->edge[i];
	}
	p->edges = kept;
	for (uint32_t i = 0; i < kept; i++)
		p->next[i] = i;
}

static void collect(const struct painting *p, const struct lines *lines, struct rg_jitmap *map)
{
	for (size_t i = 0; i + 1 < p->edges; i++) {
		struct rg_jit_code *last = map->count ? &map->code[map->count - 1] : NULL;
		const char *name;

		if (!p->owner[i])
			continue;
		name = lines->line[p->owner[i] - 1].name;
		if (last && last->end == p->edge[i] && last->name == name)
			last->end = p->edge[i + 1];
		else
			map->code[map->count++] =
				(struct rg_jit_code){p->edge[i], p->edge[i + 1], name};
	}
}

/* It was made for the worst. */
static void shrink(struct rg_jitmap *map)
{
	void *code = reallocarray(map->code, map->count ? map->count : 1, sizeof(*map->code));

	if (code)
		map->code = code;
}

static int make_disjoint(const struct lines *lines, struct rg_jitmap *map)
{
	size_t most = 2 * lines->count;
	struct painting p = {
		.edge = calloc(most, sizeof(*p.edge)),
		.next = calloc(most, sizeof(*p.next)),
		.owner = calloc(most, sizeof(*p.owner)),
	};
	int rc = RG_ENOMEM;

	map->code = calloc(most, sizeof(*map->code));
	if (p.edge && p.next && p.owner && map->code) {
		find_edges(&p, lines);
		for (size_t i = lines->count; i-- > 0;)
			paint(&p, &lines->line[i], (uint32_t)i + 1);
		collect(&p, lines, map);
		shrink(map);
		rc = 0;
	}
	free(p.edge);
	free(p.next);
	free(p.owner);
	return rc;
}

int rg_jitmap_parse(struct rg_jitmap *map, char *text, size_t len)
{
	struct lines lines = {0};
	int rc = read_lines(&lines, text, len);

	*map = (struct rg_jitmap){0};
	if (!rc && lines.count)
		rc = make_disjoint(&lines, map);
	free(lines.line);
	if (rc)
		rg_jitmap_done(map);
	return rc;
}

void rg_jitmap_done(struct rg_jitmap *map)
{
	free(map->code);
	*map = (struct rg_jitmap){0};
}

const struct rg_jit_code *rg_jitmap_find(const struct rg_jitmap *map, uint64_t address)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (map->code[mid].end <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low < map->count && map->code[low].start <= address ? &map->code[low] : NULL;
}
