/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rg/units.h"

#include "folded.h"
#include "perf_line.h"

/*
 * Comms (16 bytes), a process and a thread (at most 10 digits each), and a CPU come before the time:
 * what looks like one further on belongs to a symbol.
 */
enum { TIME_WITHIN = 96, NS_DIGITS = 9 };

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Cuts the last word off; empty when there is none. */
static struct rg_span last_word(struct rg_span *text)
{
	struct rg_span word;

	*text = rg_span_trim(*text);
	word = (struct rg_span){text->end, text->end};
	while (word.at > text->at && !is_blank(word.at[-1]))
		word.at--;
	text->end = word.at;
	return word;
}

static struct rg_span first_word(struct rg_span *text)
{
	struct rg_span word;

	*text = rg_span_trim(*text);
	word = (struct rg_span){text->at, text->at};
	while (word.end < text->end && !is_blank(*word.end))
		word.end++;
	text->at = word.end;
	return word;
}

static const char *find(struct rg_span text, char byte)
{
	return rg_span_len(text) ? memchr(text.at, byte, rg_span_len(text)) : NULL;
}

/* "12.345678:" is 12,345,678,000 ns. */
static bool parse_time(struct rg_span word, uint64_t *time_ns)
{
	const char *point = find(word, '.');
	uint64_t seconds, fraction;
	size_t digits;

	if (!point || !rg_span_ends(word, ":"))
		return false;
	digits = (size_t)(word.end - 1 - (point + 1));
	if (digits > NS_DIGITS ||
	    !rg_span_number((struct rg_span){word.at, point}, UINT64_MAX / RG_NS_PER_S - 1,
			    &seconds) ||
	    !rg_span_number((struct rg_span){point + 1, word.end - 1}, RG_NS_PER_S, &fraction))
		return false;
	for (; digits < NS_DIGITS; digits++)
		fraction *= 10;
	*time_ns = seconds * RG_NS_PER_S + fraction;
	return true;
}

/* "-1" stands for a process that is not known. */
static bool is_id(struct rg_span word)
{
	uint64_t id;

	if (rg_span_begins(word, "-"))
		word.at++;
	return rg_span_number(word, UINT32_MAX, &id);
}

static bool is_process(struct rg_span word)
{
	const char *sign = find(word, '/');

	if (!sign)
		return is_id(word);
	return is_id((struct rg_span){word.at, sign}) &&
	       is_id((struct rg_span){sign + 1, word.end});
}

static bool is_cpu(struct rg_span word)
{
	return rg_span_begins(word, "[") && rg_span_ends(word, "]") && rg_span_len(word) > 2 &&
	       is_id((struct rg_span){word.at + 1, word.end - 1});
}

/* What comes before the time: comm, process and thread, CPU. */
static bool parse_who(struct rg_span text, struct rg_perf_head *head)
{
	struct rg_span word = last_word(&text);

	if (is_cpu(word))
		word = last_word(&text);
	if (!is_process(word))
		return false;
	head->comm = rg_span_trim(text);
	return true;
}

/* What comes behind it: period, event, rest. */
static bool parse_what(struct rg_span text, struct rg_perf_head *head)
{
	struct rg_span word = first_word(&text);

	head->event = (struct rg_span){word.at, word.at};
	if (rg_span_begins(word, "PERF_RECORD_"))
		return true;
	head->has_period = rg_span_number(word, INT64_MAX, &head->period);
	if (head->has_period)
		word = first_word(&text);
	if (rg_span_len(word) < 2 || !rg_span_ends(word, ":"))
		return false;
	head->event = (struct rg_span){word.at, word.end - 1};
	head->rest = rg_span_trim(text);
	return true;
}

/*
 * The last time that is one: a thread may name itself so that its name looks like the beginning of a
 * sample.
 */
bool rg_perf_head_parse(struct rg_span line, struct rg_perf_head *out)
{
	struct rg_span at = rg_span_trim(line), before = at;

	if (rg_span_len(at) > TIME_WITHIN)
		before.end = at.at + TIME_WITHIN;
	/* The word that was cut in two is no time. */
	while (before.end < at.end && before.end > before.at && !is_blank(before.end[-1]))
		before.end--;
	while (before.at < before.end) {
		struct rg_perf_head head = {.period = 0};
		struct rg_span word = last_word(&before);

		if (parse_time(word, &head.time_ns) && parse_who(before, &head) &&
		    parse_what((struct rg_span){word.end, at.end}, &head)) {
			*out = head;
			return true;
		}
	}
	return false;
}

static struct rg_span without_offset(struct rg_span text)
{
	struct rg_span offset = {text.end, text.end};

	while (offset.at > text.at && strchr("0123456789abcdef", offset.at[-1]))
		offset.at--;
	if (offset.at == offset.end || offset.at - text.at < 3 ||
	    memcmp(offset.at - 3, "+0x", 3) != 0)
		return text;
	return (struct rg_span){text.at, offset.at - 3};
}

static bool is_perf_map(struct rg_span module)
{
	static const char beginning[] = "perf-", end[] = ".map";
	const char *slash = memrchr(module.at, '/', rg_span_len(module));

	if (slash)
		module.at = slash + 1;
	if (!rg_span_begins(module, beginning) || !rg_span_ends(module, end) ||
	    rg_span_len(module) < strlen(beginning) + strlen(end))
		return false;
	return is_id((struct rg_span){module.at + strlen(beginning), module.end - strlen(end)});
}

static struct rg_span span_of(const char *text)
{
	return (struct rg_span){text, text + strlen(text)};
}

/* The names a module has in every run, and in our own captures. */
static struct rg_span module_name(struct rg_span module)
{
	static const char deleted[] = " (deleted)";

	if (rg_span_ends(module, deleted))
		module.end -= strlen(deleted);
	module = without_offset(module);
	if (rg_span_is(module, "[unknown]"))
		return (struct rg_span){module.at, module.at};
	if (rg_span_begins(module, "[kernel.kallsyms]"))
		return span_of(RG_KERNEL_MODULE);
	if (rg_span_len(module) > 0 && (is_perf_map(module) || rg_span_begins(module, "//anon")))
		return span_of("[anon]");
	return module;
}

/* Where the module's parenthesis opens: a space before it, none of its own kind behind. */
static const char *module_start(struct rg_span text)
{
	struct rg_span inner = text;

	if (!rg_span_ends(text, ")"))
		return NULL;
	if (rg_span_ends(text, " (deleted))"))
		inner.end -= strlen(" (deleted))");
	while (inner.end > inner.at) {
		const char *open = memrchr(inner.at, '(', rg_span_len(inner));

		if (!open)
			return NULL;
		if (open == text.at || is_blank(open[-1]))
			return open;
		inner.end = open;
	}
	return NULL;
}

/* "address symbol+0xoffset (module)"; the module may be missing. */
bool rg_perf_frame_parse(struct rg_span line, struct rg_perf_frame *out)
{
	struct rg_span text = line, address = first_word(&text);
	struct rg_perf_frame frame = {.inlined = false};
	const char *open;

	if (address.at == address.end)
		return false;
	for (; address.at < address.end; address.at++)
		if (!strchr("0123456789abcdef", *address.at))
			return false;
	text = rg_span_trim(text);
	open = module_start(text);
	frame.module = (struct rg_span){text.end, text.end};
	frame.function = text;
	if (open) {
		frame.module = (struct rg_span){open + 1, text.end - 1};
		frame.function = rg_span_trim((struct rg_span){text.at, open});
	}
	frame.inlined = rg_span_is(frame.module, "inlined");
	frame.module = module_name(frame.module);
	frame.function = without_offset(frame.function);
	if (rg_span_is(frame.function, "[unknown]"))
		frame.function.end = frame.function.at;
	*out = frame;
	return true;
}
