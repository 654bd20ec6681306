/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plugin LIBRARY MS CALLS: sleeps for MS, loads the library and calls its plugin_burn() CALLS times. */
#include "burn.h"

#include <dlfcn.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	uint64_t ms = number_argument(argc, argv, 2), calls = number_argument(argc, argv, 3);
	burner function = NULL;
	void *library;

	usleep((useconds_t)ms * 1000);
	library = dlopen(argv[1], RTLD_NOW);
	if (library)
		*(void **)&function = dlsym(library, "plugin_burn");
	if (!function) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	for (uint64_t i = 0; i < calls; i++)
		function(i);
	return 0;
}
