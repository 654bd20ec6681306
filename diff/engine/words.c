/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/text.h"

#include <math.h>
#include <string.h>

/* Columns a name may take in a sentence. */
#define NAME_COLUMNS 72
#define WAIT_COLUMNS 36

void rg_word_percent(struct rg_buf *out, double share)
{
	double tenths = round(share * 1000);

	if (fabs(tenths) >= 1000 || fmod(tenths, 10) == 0)
		rg_buf_addf(out, "%.0f %%", share * 100);
	else
		rg_buf_addf(out, "%.1f %%", tenths / 10);
}

/* Marks that take no column could make a short text of many bytes: those are bounded as well. */
static void add_bounded(struct rg_buf *out, const struct rg_buf *text, size_t max_bytes)
{
	size_t len = text->len;

	if (len > max_bytes) {
		len = max_bytes;
		while (len > 0 && ((unsigned char)text->data[len] & 0xc0) == 0x80)
			len--;
	}
	rg_buf_add(out, text->data, len);
	rg_buf_adds(out, len < text->len ? "..." : "");
}

void rg_word_quoted(struct rg_buf *out, const char *text, size_t columns)
{
	struct rg_buf safe, cut;

	/* Escaping makes a byte four at most; a column of plain text takes four bytes at most. */
	rg_buf_init(&safe, 4 * strlen(text) + 1);
	rg_buf_init(&cut, 4 * strlen(text) + 16);
	rg_text_add_safe(&safe, text, strlen(text));
	if (!safe.failed && safe.len > 0)
		rg_text_add_cut(&cut, safe.data, safe.len, columns);
	if (safe.failed || cut.failed)
		out->failed = out->failed ? out->failed : RG_ENOMEM;
	else if (cut.len > 0)
		add_bounded(out, &cut, 4 * columns);
	rg_buf_done(&safe);
	rg_buf_done(&cut);
}

static bool is_plain(const char *name)
{
	return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:~$") ==
	       strlen(name);
}

static void add_wait(struct rg_buf *out, const struct rg_row *row)
{
	if (!*row->wait && !*row->api)
		return;
	rg_buf_adds(out, " [");
	rg_word_quoted(out, row->wait, WAIT_COLUMNS);
	rg_buf_adds(out, *row->wait && *row->api ? ", " : "");
	rg_word_quoted(out, row->api, WAIT_COLUMNS);
	rg_buf_addc(out, ']');
}

void rg_word_function(struct rg_buf *out, const struct rg_row *row)
{
	rg_word_quoted(out, row->function, NAME_COLUMNS);
	if (row->dimension == RG_DIMENSION_ON_CPU) {
		rg_buf_adds(out, is_plain(row->function) ? "()" : "");
		return;
	}
	/* A thread's name is no function's. */
	rg_buf_adds(out, is_plain(row->function) && !row->unnamed ? "()" : "");
	add_wait(out, row);
}

void rg_word_time(struct rg_buf *out, double seconds)
{
	static const struct {
		double of_second;
		const char *name;
	} units[] = {{1, "s"}, {1e3, "ms"}, {1e6, "\xc2\xb5s"}, {1e9, "ns"}};
	size_t unit = 0;

	/* 999.5 is shown as 1000. */
	while (unit < sizeof(units) / sizeof(units[0]) - 1 &&
	       seconds * units[unit].of_second < 0.9995)
		unit++;
	double value = seconds * units[unit].of_second;

	rg_buf_addf(out, "%.*f %s", value < 9.995 ? 2 : value < 99.95, value, units[unit].name);
}

void rg_word_count(struct rg_buf *out, size_t count, const char *one, const char *many)
{
	rg_buf_addf(out, "%zu %s", count, count == 1 ? one : many);
}
