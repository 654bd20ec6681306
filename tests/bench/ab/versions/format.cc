/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes numbers by a formatter that is chosen when it starts. Version 2 chooses another implementation, which
 * costs more; the calls are the same.
 */
#include "rest.h"

#include <memory>
#include <string>
#include <vector>

class Formatter
{
      public:
	virtual ~Formatter() = default;
	virtual size_t format(long cents, char *out) const = 0;
};

/* Digits from the last to the first. */
class PlainFormatter : public Formatter
{
      public:
	size_t format(long cents, char *out) const override
	{
		char digits[24];
		size_t count = 0, length = 0;

		for (; cents > 0 || count < 3; cents /= 10)
			digits[count++] = static_cast<char>('0' + cents % 10);
		while (count > 0) {
			if (count == 2)
				out[length++] = '.';
			out[length++] = digits[--count];
		}
		return length;
	}
};

/* Digits by powers of ten, with the separators a country wants. */
class GroupedFormatter : public Formatter
{
	char point = ',', separator = '.';

      public:
	size_t format(long cents, char *out) const override
	{
		size_t length = 0;
		long power = 1000000000000000000;
		bool begun = false;

		for (int digit = 18; digit >= 0; digit--, power /= 10) {
			long value = cents / power % 10;

			begun |= value != 0 || digit < 3;
			if (!begun)
				continue;
			out[length++] = static_cast<char>('0' + value);
			if (digit == 2)
				out[length++] = point;
			else if (digit > 2 && digit % 3 == 2)
				out[length++] = separator;
		}
		return length;
	}
};

static std::unique_ptr<Formatter> choose_formatter(bool grouped)
{
	if (grouped)
		return std::make_unique<GroupedFormatter>();
	return std::make_unique<PlainFormatter>();
}

struct Report {
	std::unique_ptr<Formatter> formatter;
	std::vector<long> cents;
	std::string text;
	struct rest rest = {};
	volatile uint64_t sink = 0;
};

static void draw_numbers(Report &report)
{
	uint64_t random = report.sink + 1;

	for (long &cents : report.cents) {
		for (int i = 0; i < 30; i++)
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		cents = static_cast<long>(random >> 24);
	}
}

static void write_numbers(Report &report)
{
	char line[64];

	report.text.clear();
	for (long cents : report.cents)
		report.text.append(line, report.formatter->format(cents, line));
}

static void digest_text(Report &report)
{
	uint64_t sum = 1;

	for (char c : report.text)
		sum = (sum << 7 | sum >> 57) ^ static_cast<unsigned char>(c);
	report.sink = report.sink + sum;
}

/* Counted as the unit of work. */
extern "C" LARGE void request(void *context)
{
	static void (*const steps[])(Report &) = {draw_numbers, write_numbers, digest_text};

	for (auto step : steps)
		step(*static_cast<Report *>(context));
	for (int round = 0; round < 4; round++)
		rest_do(&static_cast<Report *>(context)->rest);
}

int main(int argc, char **argv)
{
	static const char *const names[] = {"grouped"};
	Report report;

	serve_check_arguments(argc, argv, names, 1);
	report.formatter = choose_formatter(serve_argument(argc, argv, "grouped", VERSION == 2) > 0);
	report.cents.resize(8000);
	serve(serve_argument(argc, argv, "rate", 400), request, &report);
}
