/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perf's ring of mapping records under any bytes: what is handed out is whole, and lies inside its
 * record, and nothing is taken from outside of it. The first two bytes say where in the ring the
 * records begin, so that some wrap around.
 * The reader's own file is part of this one: a ring is the kernel's to make.
 */
#include "../../capture/sideband.c"

enum { DATA_BYTES = 4096, OFFSET_BYTES = 2 };

struct made_ring {
	struct perf_event_mmap_page page;
	unsigned char data[DATA_BYTES];
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

/* What one reading gave. */
struct given {
	const struct rg_sideband *sideband;
	uint64_t records, sum;
};

static uint64_t sum_of(const struct rg_mapping_record *record)
{
	uint64_t sum = record->time_ns + record->pid + record->start + record->length +
		       record->offset + record->inode;

	for (size_t i = 0; i < record->build_id_len; i++)
		sum = sum * 31 + record->build_id[i];
	return record->path ? sum * 31 + strlen(record->path) : sum;
}

static int check_record(void *ctx, const struct rg_mapping_record *record)
{
	struct given *given = ctx;
	const char *start = (const char *)given->sideband->record, *path = record->path;

	require(record->build_id_len <= RG_SIDEBAND_BUILD_ID_MAX);
	if (record->exec)
		require(!path && record->length == 0);
	else
		require(path > start && path + strlen(path) < start + DATA_BYTES);
	given->records++;
	given->sum = given->sum * 31 + sum_of(record);
	return 0;
}

static void fill(struct made_ring *made, uint64_t tail, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		made->data[(tail + i) % DATA_BYTES] = bytes[i];
	made->page.data_offset = offsetof(struct made_ring, data);
	made->page.data_size = DATA_BYTES;
	made->page.data_tail = tail;
	made->page.data_head = tail + len;
}

/* Reads the ring with `before` where the reader's own memory has not been written yet. */
static void read_once(struct made_ring *made, uint64_t tail, int before, struct given *given,
		      uint64_t *lost)
{
	struct ring ring = {.fd = -1, .page = &made->page};
	struct rg_sideband sideband = {.rings = &ring, .count = 1};

	sideband.record = malloc(RECORD_MAX);
	require(sideband.record != NULL);
	memset(sideband.record, before, DATA_BYTES + sizeof(uint64_t) * 8);
	given->sideband = &sideband;
	made->page.data_tail = tail;
	require(rg_sideband_read(&sideband, check_record, given) == 0);
	require(made->page.data_tail == made->page.data_head);
	*lost = rg_sideband_lost(&sideband);
	free(sideband.record);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct given first = {0}, second = {0};
	uint64_t tail, lost[2];
	struct made_ring *made;

	if (len < OFFSET_BYTES || len - OFFSET_BYTES > DATA_BYTES)
		return 0;
	made = calloc(1, sizeof(*made));
	require(made != NULL);
	tail = bytes[0] | (uint64_t)bytes[1] << 8;
	fill(made, tail, bytes + OFFSET_BYTES, len - OFFSET_BYTES);
	read_once(made, tail, 0, &first, &lost[0]);
	read_once(made, tail, 0xff, &second, &lost[1]);
	require(first.records == second.records && first.sum == second.sum);
	require(lost[0] == lost[1]);
	free(made);
	return 0;
}
