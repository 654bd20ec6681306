/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/buf.h"
#include "rg/cli.h"
#include "rg/text.h"
#include "rg/units.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool rg_cli_color(const char *mode, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!strcmp(mode, "always"))
		return true;
	if (!strcmp(mode, "never") || !isatty(fd))
		return false;
	/* https://no-color.org: any value but an empty one. */
	return !(no_color && *no_color) && !(term && !strcmp(term, "dumb"));
}

size_t rg_cli_columns(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t value;

	if (columns && !rg_parse_u64(columns, &value) && value && value < 10000)
		return (size_t)value;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return 0;
}

bool rg_cli_unicode(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	/* The first that is set and not empty decides, locale(7). */
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

/*
 * Breaks what a CI's log runner takes for a command anywhere in a line: "##[command]", "##vso[command]".
 * What it takes for one at the beginning of a line, "::command::", no line of ours begins with.
 */
static void add_line(struct rg_buf *out, const char *line, size_t len)
{
	size_t begin = 0;

	for (size_t i = 1; i < len; i++) {
		if (line[i] != '#' || line[i - 1] != '#')
			continue;
		rg_text_add_safe(out, line + begin, i - begin);
		rg_buf_adds(out, "\\x23");
		begin = i + 1;
	}
	rg_text_add_safe(out, line + begin, len - begin);
}

void rg_cli_print(const char *text)
{
	struct rg_buf safe;

	rg_buf_init(&safe, 1 << 20);
	rg_text_add_safe(&safe, text, strlen(text));
	fputs(safe.failed ? "?" : (safe.data ? safe.data : ""), stdout);
	rg_buf_done(&safe);
}

void rg_cli_say(const char *fmt, ...)
{
	struct rg_buf safe;
	va_list args;
	char *raw;
	int n;

	va_start(args, fmt);
	n = vasprintf(&raw, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	rg_buf_init(&safe, 1 << 20);
	for (const char *line = raw; *line;) {
		size_t len = strcspn(line, "\n");

		rg_buf_adds(&safe, line == raw ? "regress-gate: " : "  | ");
		add_line(&safe, line, len);
		rg_buf_addc(&safe, '\n');
		line += len + (line[len] == '\n');
	}
	if (safe.len)
		fwrite(safe.data, 1, safe.len, stderr);
	rg_buf_done(&safe);
	free(raw);
}
