/* SPDX-License-Identifier: GPL-2.0-or-later */
/* burst MS: burns MS of CPU time and ends. */
#include "burn.h"

BURNER(burn_burst, 6364136223846793005)

int main(int argc, char **argv)
{
	burn(burn_burst, number_argument(argc, argv, 1) * NS_PER_MS);
	return 0;
}
