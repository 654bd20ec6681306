/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_FORMATS_H
#define RG_FORMATS_H

#include <stddef.h>

#include "rg/profile.h"

struct rg_buf;
struct rg_err;

/*
 * Profiles in any form that can be read: the pprof files of regress-gate and of other tools
 * (rg/pprof.h), folded stacks, and the text of `perf script`; each plain or gzip'd.
 *
 * What the other forms cannot tell is absent from the profile, and a verdict on it says so: folded
 * stacks have neither slices nor wall time nor a sampling period, and no form but our own tells how
 * many samples were lost. The fact "tool" names the form of the two text forms ("folded stacks",
 * "perf script").
 */
enum rg_format {
	RG_FORMAT_UNKNOWN = 0,
	RG_FORMAT_PPROF,
	RG_FORMAT_FOLDED,
	RG_FORMAT_PERF_SCRIPT,
	RG_FORMAT_PERF_DATA, /* perf's own file: known so that it can be refused helpfully */
};

/* Options of reading; all zero are the defaults. */
struct rg_read_options {
	/*
	 * Which of the values in the file is the on-CPU one; NULL for the form's own default.
	 *  - pprof: "TYPE", "TYPE/UNIT" or a profile type of Pyroscope or Parca,
	 *    "process_cpu:cpu:nanoseconds:cpu:nanoseconds". A count gives samples, a time (ns, us, ms
	 *    or s, converted exactly) CPU time. Naming samples or cpu is the default. Any other type
	 *    is taken alone; samples and CPU time derive from each other as far as the file's period
	 *    is one of that type.
	 *  - folded stacks: what their numbers are: "samples" (the default), or a name and a unit of
	 *    time, "cpu/microseconds"; "off_cpu/…" makes them blocked time.
	 *  - perf script: the event, where the file has several.
	 */
	const char *sample_type;
	/* Bound on the bytes read, inflated; 0: RG_PPROF_MAX_BYTES, which also is the maximum. */
	size_t max_bytes;
};

/* What the bytes seem to be, by their beginning; gzip'd ones are looked into. */
enum rg_format rg_format_detect(const void *bytes, size_t len);

/*
 * Reads a profile of any form. `options` may be NULL. The bytes are untrusted.
 * Errors: RG_EFORMAT (unknown form; or a damaged file, with the byte or the line), RG_ELIMIT,
 * RG_ENOMEM; RG_ENOTFOUND for a sample type that is not in the file, with a list of those that are,
 * and RG_EUSAGE for one that cannot be taken.
 */
int rg_profile_read(const void *bytes, size_t len, const struct rg_read_options *options,
		    struct rg_profile **out, struct rg_err *err);
/*
 * The same for a file that nobody needs any more: the buffer is emptied, as soon as its content has
 * been inflated, so that there is never room taken for both and the profile. Emptied on errors too.
 */
int rg_profile_read_take(struct rg_buf *file, const struct rg_read_options *options,
			 struct rg_profile **out, struct rg_err *err);

/*
 * Folded stacks, the input of FlameGraph: a line per stack, "main;parse;read_byte 123", root first,
 * the number behind the last space a whole one. Names are taken as they are, but for the marks that
 * stackcollapse programs put behind them: "_[k]" makes the module "[kernel]", "_[j]" is dropped, and
 * a frame with "_[i]" (inlined) counts to its caller. An empty name is "[unknown]". There are no other
 * modules. Empty lines are passed over.
 * `options->max_bytes` and gzip are rg_profile_read()'s.
 */
int rg_folded_read(const void *bytes, size_t len, const struct rg_read_options *options,
		   struct rg_profile **out, struct rg_err *err);

/*
 * Appends one value of a profile as folded stacks, a line for each distinct text, sorted by bytes;
 * threads, slices, modules (but "[kernel]") and lines are lost, and stacks without the value left
 * out. In names ';' becomes ':' and control bytes '?', so that a name can neither forge a line nor a
 * frame. Errors: RG_EFORMAT (the value was not measured), RG_ENOMEM, RG_ELIMIT; `out` is then as
 * long as it was.
 */
int rg_folded_write(const struct rg_profile *profile, enum rg_value value, struct rg_buf *out,
		    struct rg_err *err);

/*
 * The text of `perf script`, as it is by default:
 *
 *	comm pid/tid [cpu] time: period event:
 *		address symbol+0xoffset (module)
 *
 * pid or tid, the CPU and the period may be missing, and a sample without a call chain has its only
 * frame behind the event. Lines that begin with '#' are passed over, except that `--header` gives
 * host, kernel, architecture, CPU model and number of CPUs.
 *  - Thread names are comms. Modules lose their directories; "[kernel.kallsyms]" is "[kernel]".
 *    Inlined frames count to the function they were inlined in. A frame without a symbol is called
 *    after its module: addresses differ from run to run.
 *  - The time stamps give the wall time, from the first sample to the last, and cut it into slices of
 *    one second from the first sample on, so that the variance within the run is known; times before
 *    the first and behind the last sample are not known to anyone.
 *  - The period is CPU time for the events cpu-clock and task-clock, where perf counts nanoseconds;
 *    of any other event only the number of samples is taken.
 *  - Several events in one file are refused unless one is chosen.
 */
int rg_perf_script_read(const void *bytes, size_t len, const struct rg_read_options *options,
			struct rg_profile **out, struct rg_err *err);

#endif
