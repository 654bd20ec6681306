/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom the kernel side takes for the target's. */
#include "sampler.h"
#include "sampler_side.h"

#include "rg/err.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sampler.skel.h"

void rg_sampler_target_prepare(struct rg_sampler *s, const struct rg_sampler_target *target)
{
	char *comm = (char *)s->skel->rodata->target_comm;

	s->skel->rodata->target_kind = target->kind;
	s->skel->rodata->target_cgroup = target->cgroup;
	s->skel->rodata->target_hierarchy = target->hierarchy;
	s->skel->rodata->own_pid = (uint32_t)getpid();
	/* As the kernel cuts it, with the zero at its end. */
	if (target->comm)
		memccpy(comm, target->comm, 0, RGW_COMM_SIZE - 1);
	bpf_program__set_autoload(s->skel->progs.rg_find, target->kind != RGW_TARGET_PROCESSES);
}

int rg_sampler_track(struct rg_sampler *s, pid_t pid, rgw_image_id *image, struct rg_err *err)
{
	uint32_t key = (uint32_t)pid;
	/* The kernel side takes numbers from the same counter. */
	rgw_image_id id = __atomic_fetch_add(&s->skel->data->next_image, 1, __ATOMIC_SEQ_CST);

	if (!bpf_map_update_elem(bpf_map__fd(s->skel->maps.images), &key, &id, BPF_NOEXIST)) {
		*image = id;
		return 0;
	}
	if (errno == EEXIST)
		return RG_EEXIST;
	if (errno == E2BIG)
		return rg_err_set(err, RG_ELIMIT, "capture: more than %d processes in the target",
				  RGW_MAX_PROCESSES);
	return rg_err_set(err, RG_EIO, "capture: track process %d: %s", (int)pid, strerror(errno));
}

int rg_sampler_find(struct rg_sampler *s, struct rg_err *err)
{
	struct bpf_link *link = bpf_program__attach_iter(s->skel->progs.rg_find, NULL);
	char none[16];
	int fd, rc = 0;

	if (!link)
		return rg_sampler_load_error(-errno, err);
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0)
		rc = rg_sampler_load_error(-errno, err);
	/* The program writes nothing: what is read is that it has come to the end. */
	while (!rc && fd >= 0) {
		ssize_t got = read(fd, none, sizeof(none));

		if (got >= 0)
			break;
		if (errno != EINTR && errno != EAGAIN)
			rc = rg_err_set(err, RG_EIO, "capture: look for processes: %s",
					strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return rc;
}

rgw_image_id rg_sampler_image(const struct rg_sampler *s, pid_t pid)
{
	uint32_t key = (uint32_t)pid;
	rgw_image_id image;

	if (bpf_map_lookup_elem(bpf_map__fd(s->skel->maps.images), &key, &image))
		return 0;
	return image;
}
