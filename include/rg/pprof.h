/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_PPROF_H
#define RG_PPROF_H

#include <stddef.h>

struct rg_buf;
struct rg_err;
struct rg_profile;

/*
 * Profiles as pprof files: a gzip'd perftools.profiles.Profile
 * (https://github.com/google/pprof/blob/main/proto/profile.proto), so that `go tool pprof`,
 * speedscope, Parca, Pyroscope and editors open them as they are.
 *
 * Sample types, as far as measured: samples/count, cpu/nanoseconds, off_cpu_count/count and
 * off_cpu/nanoseconds. Sample labels: `slice` (number), `thread` (text), `wait` (text: the class of a
 * wait). Provenance: one comment per fact, "regress-gate/1 key=value"; slices as
 * "regress-gate/1 slices=N*WALL_NS,N*WALL_NS,…" (run-length coded; as many such comments as needed, in
 * order), or "N*WALL_NS:THREAD_NS:CPU_NS:RUNQ_NS:BLOCKED_NS" where the account is known. The fields time_nanos,
 * duration_nanos and period repeat the facts started_ns, wall_ns and period_ns. Frames without a
 * name carry the function name "[module]+0x…" and are told by that form when read back. Location
 * addresses are not stored: they would tell the machine's address-space layout and make equal
 * profiles differ.
 */

enum {
	RG_PPROF_MAX_FILE = 256 << 20, /* bytes of a compressed file */
	RG_PPROF_MAX_BYTES = 1 << 30,  /* bytes it may inflate to */
};

/*
 * Reads a profile, gzip'd (one or more members) or plain. The bytes are untrusted. Profiles of other
 * tools are accepted when they have at least one of the sample types above (Go's CPU profiles do);
 * what they lack is absent in the result (rg_profile_read() in rg/formats.h also takes other sample
 * types, and other forms):
 *  - CPU time alone leaves samples unmeasured; samples alone, with a period in CPU time, give CPU
 *    time. Times may be in ns, us, ms or s; any other unit of a known sample type is refused.
 *  - Without slices in the comments, samples have none, whatever their labels. Without waits, samples
 *    have no class of wait. Labels other than `slice`, `thread` and `wait` are ignored.
 *  - The function of a location is its last line (line[0] is the innermost inlined one). A location
 *    without a name is called "[module]+0x…", with the offset in the module's file when the mapping
 *    tells it. An empty stack becomes the frame "[no stack]".
 *  - Build ids that are not hexadecimal are dropped; module names lose their directories.
 * Errors: RG_EFORMAT (with the byte offset in the inflated message where there is one), RG_ELIMIT,
 * RG_ENOMEM.
 */
int rg_pprof_read(const void *bytes, size_t len, struct rg_profile **out, struct rg_err *err);

/* The same, with a smaller bound than RG_PPROF_MAX_BYTES on the inflated message. */
int rg_pprof_read_max(const void *bytes, size_t len, size_t max_bytes, struct rg_profile **out,
		      struct rg_err *err);

/*
 * Appends the file to `out`. Equal profiles give equal bytes, and what is read back is an equal
 * profile. Errors: RG_EFORMAT for a profile that measured nothing (rg_profile_has()), RG_ENOMEM,
 * RG_ELIMIT; `out` is then as it was, but for its `failed`.
 */
int rg_pprof_write(const struct rg_profile *profile, struct rg_buf *out, struct rg_err *err);

#endif
