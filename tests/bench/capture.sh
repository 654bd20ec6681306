#!/usr/bin/env bash
# What profiling costs the profiled program: throughput lost, beside other profilers, in one run.
# usage: tests/bench/capture.sh PATH-OF-regress-gate PATH-OF-pingpong [ROUNDS [SECONDS [STEPS]]]
# STEPS is the work between two switches: 0 for as many switches as there can be, 25000 for some tens of thousands a second.
# Every round runs each way once, between two runs without a profiler; a way's figure is the median over the rounds of
# its throughput against the mean of its two neighbours. "nothing" is measured the same way: it is the noise floor.
set -euo pipefail
gate=$1
pingpong=$2
rounds=${3:-10}
length=${4:-3}
steps=${5:-0}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Runs the program with a profiler attached to it from its start to its end; prints its figure.
measure() {
	local way=$1 pid profiler=
	"$pingpong" "$length" "$steps" >"$scratch/figure" &
	pid=$!
	case $way in
	nothing) ;;
	on-cpu) "$gate" capture -q -o "$scratch/p.pb.gz" -w "$((length + 1))s" -F 99 --no-off-cpu --pid "$pid" 2>/dev/null & profiler=$! ;;
	on-and-off-cpu) "$gate" capture -q -o "$scratch/p.pb.gz" -w "$((length + 1))s" -F 99 --pid "$pid" 2>/dev/null & profiler=$! ;;
	perf-dwarf) perf record -q -F 99 --call-graph dwarf -p "$pid" -o "$scratch/perf" >/dev/null 2>&1 & profiler=$! ;;
	offcputime) "$offcputime" -p "$pid" "$((length + 1))" >/dev/null 2>&1 & profiler=$! ;;
	perf-p) perf record -q -F 99 -g -p "$pid" -o "$scratch/perf" >/dev/null 2>&1 & profiler=$! ;;
	perf-a) perf record -q -F 99 -g -a -o "$scratch/perf" -- sleep "$((length + 1))" >/dev/null 2>&1 & profiler=$! ;;
	bpftrace) bpftrace -q -e "profile:hz:99 /pid == $pid/ { @[kstack, ustack] = count(); }" >/dev/null 2>&1 & profiler=$! ;;
	esac
	wait "$pid" || true
	if [ -n "$profiler" ]; then
		kill -INT "$profiler" 2>/dev/null || true
		wait "$profiler" 2>/dev/null || true
	fi
	cat "$scratch/figure"
}
median() { sort -g | awk '{v[NR]=$1} END {print NR % 2 ? v[(NR+1)/2] : (v[NR/2] + v[NR/2+1]) / 2}'; }

ways=(nothing on-cpu on-and-off-cpu)
# Debian installs libbpf-tools' where root's path leads only.
offcputime=$(PATH=$PATH:/usr/sbin command -v offcputime || true)
command -v perf >/dev/null && ways+=(perf-p perf-a perf-dwarf)
[ -n "$offcputime" ] && ways+=(offcputime)
command -v bpftrace >/dev/null && ways+=(bpftrace)
for ((round = 0; round < rounds; round++)); do
	before=$(measure nothing)
	for way in "${ways[@]}"; do
		with=$(measure "$way")
		after=$(measure nothing)
		awk -v w="$with" -v b="$before" -v a="$after" 'BEGIN {print 100 * (1 - 2 * w / (a + b))}' >>"$scratch/$way"
		before=$after
	done
	printf 'round %d of %d\r' "$((round + 1))" "$rounds" >&2
done
echo "throughput lost, futex ping-pong of two threads on one CPU, $rounds rounds of $length s, $(uname -r):"
echo "(switches a second without a profiler: about $(awk -v t="$before" 'BEGIN {printf "%d", 2 * t}'))"
for way in "${ways[@]}"; do
	printf '  %-14s median %6.1f %%   quartiles %6.1f to %6.1f %%\n' "$way" "$(median <"$scratch/$way")" \
		"$(sort -g "$scratch/$way" | head -n $(((rounds + 1) / 2)) | median)" \
		"$(sort -g "$scratch/$way" | tail -n $(((rounds + 1) / 2)) | median)"
done
