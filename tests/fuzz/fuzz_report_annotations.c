/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render_input.h"

#include "rg/report.h"

/*
 * Workflow commands under any names: each line is one command of ours, whose properties end where they should, and
 * no name ends the line, a property or the command, or begins another.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the runner reads as an escape is one of its own five. */
static void check_escapes(const char *line, size_t len)
{
	static const char *const known[] = {"%25", "%0A", "%0D", "%3A", "%2C"};

	for (size_t i = 0; i < len; i++) {
		bool found = line[i] != '%';

		for (size_t k = 0; k < 5 && !found; k++)
			found = len - i >= 3 && memcmp(line + i, known[k], 3) == 0;
		fuzz_require(found);
	}
}

static void check_line(const char *line, size_t len)
{
	const char *end = memmem(line + 2, len - 2, "::", 2);

	fuzz_require(!strncmp(line, "::error ", 8) || !strncmp(line, "::warning ", 10));
	fuzz_require(end != NULL && end - line >= 18 &&
		     memcmp(end - 18, "title=regress-gate", 18) == 0);
	fuzz_require(!memmem(line, len, "##[", 3) && !memchr(line, '\r', len));
	check_escapes(line, len);
}

static void print(const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		fuzz_require(newline != NULL && newline - text > 2);
		check_line(text, (size_t)(newline - text));
		text = newline + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_render f;
	struct rg_post post = {.verdict = fuzz_begin(&f, data, size), .print = print};
	const struct rg_reporter *reporter = rg_reporter_find("github-annotations");

	fuzz_require(reporter != NULL && reporter->post(&post, NULL) == 0);
	fuzz_end(&f);
	return 0;
}
