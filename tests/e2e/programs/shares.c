/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shares FILE MS: uses MS of CPU time in four functions, 40, 30, 20 and 10 % of it, in random order.
 * Writes "FUNCTION LINE NS" of each to FILE: the truth that a profile of it is measured against.
 */
#include "burn.h"

enum { ALPHA_LINE = __LINE__ + 1 };
__attribute__((noinline)) static uint64_t burn_alpha(uint64_t x)
{
	for (int i = 0; i < 100000; i++) {
		x = x * UINT64_C(6364136223846793005) + 1;
		__asm__ volatile("" : "+r"(x));
	}
	return x;
}

enum { BETA_LINE = __LINE__ + 1 };
BURNER(burn_beta, 3935559000370003845)
enum { GAMMA_LINE = __LINE__ + 1 };
BURNER(burn_gamma, 2862933555777941757)
enum { DELTA_LINE = __LINE__ + 1 };
BURNER(burn_delta, 3202034522624059733)

struct part {
	const char *name;
	burner function;
	int line, percent;
	uint64_t used_ns;
};

/* Random, so that no beat with the sampling timer can favour one; each has its share in the end. */
__attribute__((noinline)) static void burn_parts(struct part *parts, uint64_t total_ns)
{
	uint64_t random = 88172645463325252, done_ns = 0;

	while (done_ns < total_ns) {
		uint64_t draw = next_random(&random) % 100, piece_ns;
		size_t i = 0;

		for (uint64_t edge = (uint64_t)parts[0].percent; draw >= edge; i++)
			edge += (uint64_t)parts[i + 1].percent;
		piece_ns =
			burn(parts[i].function, NS_PER_MS / 2 + next_random(&random) % NS_PER_MS);
		parts[i].used_ns += piece_ns;
		done_ns += piece_ns;
	}
}

int main(int argc, char **argv)
{
	struct part parts[] = {
		{"burn_alpha", burn_alpha, ALPHA_LINE, 40, 0},
		{"burn_beta", burn_beta, BETA_LINE, 30, 0},
		{"burn_gamma", burn_gamma, GAMMA_LINE, 20, 0},
		{"burn_delta", burn_delta, DELTA_LINE, 10, 0},
	};
	uint64_t total_ns = number_argument(argc, argv, 2) * NS_PER_MS;
	FILE *truth = open_truth(argv[1]);

	burn_parts(parts, total_ns);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		fprintf(truth, "%s %d %llu\n", parts[i].name, parts[i].line,
			(unsigned long long)parts[i].used_ns);
	return fclose(truth) ? 1 : 0;
}
