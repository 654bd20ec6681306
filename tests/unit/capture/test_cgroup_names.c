/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cgroup_find.c"

#define ID  "0b5f7e0dd4c1a2b36978695a4b3c2d1e0f1e2d3c4b5a69788796a5b4c3d2e1f0"
#define UID "1f2e3d4c-5b6a-7988-a7b6-c5d4e3f2a1b0"

/* Names as docker, podman, containerd, CRI-O, LXC, systemd and the kubelet give them, by either of its cgroup drivers. */
static const struct row {
	enum rg_cgroup_name kind;
	const char *name;
	int depth;
	const char *wanted;
	bool found;
	const char *word; /* as it is offered when it is not the one; "": never */
} rows[] = {
	{RG_CGROUP_CONTAINER, "docker-" ID ".scope", 2, ID, true, "0b5f7e0dd4c1"},
	{RG_CGROUP_CONTAINER, "docker-" ID ".scope", 2, "0b5f7e0d", true, "0b5f7e0dd4c1"},
	{RG_CGROUP_CONTAINER, ID, 2, "0b5f7e0d", true, "0b5f7e0dd4c1"},
	{RG_CGROUP_CONTAINER, "libpod-" ID ".scope", 2, "0b5f7e0dd4c1", true, "0b5f7e0dd4c1"},
	{RG_CGROUP_CONTAINER, "cri-containerd-" ID ".scope", 4, "0b5f", true, "0b5f7e0dd4c1"},
	{RG_CGROUP_CONTAINER, "crio-" ID, 4, "0b5f", true, "0b5f7e0dd4c1"},
	{RG_CGROUP_CONTAINER, "nerdctl-" ID ".scope", 2, "0b5f", true, "0b5f7e0dd4c1"},
	{RG_CGROUP_CONTAINER, "libpod-" ID ".scope", 2, "5f7e0dd4", false, "0b5f7e0dd4c1"},
	{RG_CGROUP_CONTAINER, "libpod-" ID ".scope", 2, "0b5", false, "0b5f7e0dd4c1"},
	{RG_CGROUP_CONTAINER, "libpod-" ID ".scope", 2, "", false, "0b5f7e0dd4c1"},
	/* A monitor runs beside the container, in a cgroup of its own. */
	{RG_CGROUP_CONTAINER, "libpod-conmon-" ID ".scope", 2, ID, false, ""},
	{RG_CGROUP_CONTAINER, "crio-conmon-" ID ".scope", 2, ID, false, ""},
	{RG_CGROUP_CONTAINER, "docker-" ID "0.scope", 2, ID, false, ""},
	{RG_CGROUP_CONTAINER, "machine-web.scope", 2, "web", true, ""},
	{RG_CGROUP_CONTAINER, "lxc.payload.web", 1, "web", true, ""},
	{RG_CGROUP_CONTAINER, "web", 2, "web", true, ""},
	{RG_CGROUP_CONTAINER, "web", 1, "web", false, ""},
	{RG_CGROUP_CONTAINER, "web", 3, "web", false, ""},
	{RG_CGROUP_POD, "kubepods-burstable-pod1f2e3d4c_5b6a_7988_a7b6_c5d4e3f2a1b0.slice", 3, UID,
	 true, UID},
	{RG_CGROUP_POD, "kubepods-pod1f2e3d4c_5b6a_7988_a7b6_c5d4e3f2a1b0.slice", 2, UID, true,
	 UID},
	{RG_CGROUP_POD, "pod" UID, 3, UID, true, UID},
	{RG_CGROUP_POD, "podd41d8cd98f00b204e9800998ecf8427e", 3,
	 "d41d8cd98f00b204e9800998ecf8427e", true, "d41d8cd98f00b204e9800998ecf8427e"},
	{RG_CGROUP_POD, "pod" UID, 3, "1f2e3d4c", false, UID},
	{RG_CGROUP_POD, "podman-1234.scope", 3, UID, false, ""},
	{RG_CGROUP_POD, "kubepods-burstable.slice", 2, UID, false, ""},
	{RG_CGROUP_POD, "tripod", 2, UID, false, ""},
	{RG_CGROUP_UNIT, "shop.service", 2, "shop.service", true, "shop.service"},
	{RG_CGROUP_UNIT, "shop@1.service", 3, "shop.service", false, "shop@1.service"},
	{RG_CGROUP_UNIT, "user.slice", 1, "user.slice", true, "user.slice"},
	{RG_CGROUP_UNIT, "shop", 1, "shop", false, ""},
	{RG_CGROUP_UNIT, "cgroup.procs", 1, "cgroup.procs", false, ""},
};

static void names_are_read_as_they_are_given(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		char word[NAME_MAX + 1] = "";
		bool found = row->kind == RG_CGROUP_CONTAINER
				     ? is_container(row->name, row->depth, row->wanted, word)
			     : row->kind == RG_CGROUP_POD ? is_pod(row->name, row->wanted, word)
							  : is_unit(row->name, row->wanted, word);

		if (found != row->found || strcmp(word, row->word) != 0)
			fail_msg("'%s' for '%s': %d '%s'", row->name, row->wanted, found, word);
	}
}

/* A name as long as names may be, and a wanted one that is longer. */
static void long_names_are_no_more_than_names(void **state)
{
	char name[NAME_MAX + 1], wanted[4096], word[NAME_MAX + 1] = "";

	(void)state;
	memset(name, 'a', NAME_MAX);
	name[NAME_MAX] = '\0';
	memset(wanted, 'a', sizeof(wanted) - 1);
	wanted[sizeof(wanted) - 1] = '\0';
	assert_false(is_container(name, 1, wanted, word));
	assert_false(is_pod(name, wanted, word));
	assert_false(is_unit(name, wanted, word));
	memcpy(name + NAME_MAX - 8, ".service", 8);
	assert_false(is_unit(name, wanted, word));
	assert_int_equal(strlen(word), NAME_MAX);
	memcpy(name, "pod", 3);
	assert_false(is_pod(name, wanted, word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read_as_they_are_given),
		cmocka_unit_test(long_names_are_no_more_than_names),
	};

	return cmocka_run_group_tests_name("cgroup_names", tests, NULL, NULL);
}
