/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Appends records to a file of the working directory. Version 2 has each of them on the disk before it goes on. */
#include "../serve.h"

#include <fcntl.h>
#include <unistd.h>

/* Several to a request, as a disk that lies in a host's memory is fast. */
enum { RECORD = 4096, RECORDS = 256, TO_A_REQUEST = 16 };

struct journal {
	int fd;
	uint32_t records;
	char record[RECORD];
	uint64_t sum;
};

static void must(int good, const char *what)
{
	if (!good) {
		perror(what);
		exit(1);
	}
}

static void make_record(struct journal *journal)
{
	for (int at = 0; at + 32 < RECORD;)
		at += snprintf(journal->record + at, 32, "record %u, at %d;", journal->records, at);
}

static void sum_record(struct journal *journal)
{
	for (int pass = 0; pass < 1000; pass++) {
		for (int i = 0; i < RECORD; i++) {
			journal->sum = journal->sum * 31 + (unsigned char)journal->record[i];
			__asm__ volatile("" : "+r"(journal->sum));
		}
	}
}

/* The file is a ring, so that it does not fill the disk. */
LARGE static void append_record(struct journal *journal)
{
	off_t at = (off_t)(journal->records++ % RECORDS) * RECORD;

	must(pwrite(journal->fd, journal->record, RECORD, at) == RECORD, "write the journal");
#if VERSION == 2
	must(fsync(journal->fd) == 0, "sync the journal");
#endif
}

static void append_records(struct journal *journal)
{
	for (int i = 0; i < TO_A_REQUEST; i++)
		append_record(journal);
}

/* Counted as the unit of work. */
LARGE static void request(void *context)
{
	static void (*const steps[])(struct journal *) = {make_record, sum_record, append_records};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		steps[i](context);
}

int main(int argc, char **argv)
{
	static struct journal journal;

	serve_check_arguments(argc, argv, NULL, 0);
	journal.fd = open("journal", O_RDWR | O_CREAT | O_TRUNC, 0600);
	must(journal.fd >= 0, "open the journal");
	must(unlink("journal") == 0, "remove the journal's name");
	serve(serve_argument(argc, argv, "rate", 80), request, &journal);
}
