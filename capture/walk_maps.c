/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "walk_maps.h"

#include "rg/err.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHUNK_BYTES = (1 << RGW_CHUNK_SHIFT) * 8 };

struct rg_walk_maps {
	struct rg_walk_map_fds fds;
	struct rg_unwind_arrays arrays;
	uint64_t *chunk[RGW_MAX_CHUNKS];
	size_t chunk_count;
};

/* The kernel rounds an array's memory up to pages. */
static size_t pages(size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

static void *map_array(int fd, size_t bytes)
{
	void *map = mmap(NULL, pages(bytes), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

static void unmap_array(void *map, size_t bytes)
{
	if (map)
		munmap(map, pages(bytes));
}

/* The outer map keeps the chunk; our descriptor is not needed once it is mapped. */
static uint64_t *new_chunk(void *ctx, uint32_t number)
{
	struct rg_walk_maps *m = ctx;
	const struct bpf_map_create_opts options = {.sz = sizeof(options),
						    .map_flags = BPF_F_MMAPABLE};
	int fd;
	uint64_t *words;

	if (number != m->chunk_count || number == RGW_MAX_CHUNKS)
		return NULL;
	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "rg_words", sizeof(uint32_t), sizeof(uint64_t),
			    1 << RGW_CHUNK_SHIFT, &options);
	if (fd < 0)
		return NULL;
	words = map_array(fd, CHUNK_BYTES);
	if (words && bpf_map_update_elem(m->fds.chunks, &number, &fd, BPF_ANY)) {
		unmap_array(words, CHUNK_BYTES);
		words = NULL;
	}
	close(fd);
	if (words)
		m->chunk[m->chunk_count++] = words;
	return words;
}

static int set_space(void *ctx, rgw_image_id image, const struct rgw_space *space)
{
	const struct rg_walk_maps *m = ctx;

	if (space)
		return bpf_map_update_elem(m->fds.spaces, &image, space, BPF_ANY) ? -1 : 0;
	/* The kernel side may have done it. */
	bpf_map_delete_elem(m->fds.spaces, &image);
	return 0;
}

int rg_walk_maps_open(const struct rg_walk_map_fds *fds, struct rg_walk_maps **out,
		      struct rg_err *err)
{
	struct rg_walk_maps *m = calloc(1, sizeof(*m));
	struct rg_unwind_arrays *a;

	if (!m)
		return rg_err_nomem(err, "unwind tables");
	m->fds = *fds;
	a = &m->arrays;
	a->new_chunk = new_chunk;
	a->set_space = set_space;
	a->ctx = m;
	a->tables = map_array(fds->tables, RGW_MAX_TABLES * sizeof(*a->tables));
	a->rules = map_array(fds->rules, RGW_MAX_RULES * sizeof(*a->rules));
	a->ranges = map_array(fds->ranges, RGW_MAX_RANGES * sizeof(*a->ranges));
	if (a->tables && a->rules && a->ranges) {
		*out = m;
		return 0;
	}
	rg_err_set(err, RG_EIO, "capture: map the unwind tables: %s", strerror(errno));
	rg_walk_maps_free(m);
	return RG_EIO;
}

void rg_walk_maps_free(struct rg_walk_maps *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->chunk_count; i++)
		unmap_array(m->chunk[i], CHUNK_BYTES);
	unmap_array(m->arrays.tables, RGW_MAX_TABLES * sizeof(*m->arrays.tables));
	unmap_array(m->arrays.rules, RGW_MAX_RULES * sizeof(*m->arrays.rules));
	unmap_array(m->arrays.ranges, RGW_MAX_RANGES * sizeof(*m->arrays.ranges));
	free(m);
}

const struct rg_unwind_arrays *rg_walk_maps_arrays(const struct rg_walk_maps *m)
{
	return &m->arrays;
}
