#!/usr/bin/env bash
# What profiling costs the profiled program: work done in a second of its CPU time, beside other profilers, in one run.
# usage: tests/bench/capture.sh PATH-OF-regress-gate PATH-OF-pingpong [ROUNDS [SECONDS [WORKLOAD…]]]
# Workloads: full (two threads that hand a token to and fro on one CPU as often as they can), 50k and 10k (that many
# switches in a second of CPU time, with work between them), redis (redis-server under redis-benchmark).
# Every round lets each profiler look once, from between two measurements without any: its figure is what is lost
# against the mean of those two. "nothing" is measured the same way: the noise floor. Given are the median
# over the rounds, and the order statistics that hold the true median with at least 95 % (6 rounds: the least and the most).
set -euo pipefail
gate=$1
pingpong=$2
rounds=${3:-6}
length=${4:-1}
workloads=("${@:5}")
[ ${#workloads[@]} -gt 0 ] || workloads=(full 50k 10k redis)
port=7394
scratch=$(mktemp -d)
pid=''
load=''
end_workload() {
	[ -z "$load" ] || kill "$load" 2>/dev/null || true
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	wait 2>/dev/null || true
	pid='' load=''
}
trap 'end_workload; rm -rf "$scratch"' EXIT

# --- Workloads ---------------------------------------------------------------------------------

# Sets $pid. Returns 1 where it cannot be run here.
begin_workload() {
	case $1 in
	full) "$pingpong" "$scratch/trips" 0 & pid=$! ;;
	50k) "$pingpong" "$scratch/trips" 50000 & pid=$! ;;
	10k) "$pingpong" "$scratch/trips" 10000 & pid=$! ;;
	redis)
		command -v redis-server >/dev/null && command -v redis-benchmark >/dev/null || return 1
		redis-server --port $port --save '' --dir "$scratch" >/dev/null 2>&1 & pid=$!
		sleep 1
		# Of one kind, so that one second's work is as the next's; more of it than there is time for.
		redis-benchmark -p $port -q -n 1000000000 -r 100000 -t set -P 4 >/dev/null 2>&1 & load=$!
		;;
	*) echo "no workload '$1'" >&2; exit 2 ;;
	esac
	sleep 1
}

# Work done so far, and ns of CPU time it took.
account() {
	local work
	if [ -n "$load" ]; then
		work=$(redis-cli -p $port info stats | tr -d '\r' | sed -n 's/^total_commands_processed://p')
	else
		work=$(od -An -tu8 -N8 "$scratch/trips")
	fi
	echo "$work $(cat "/proc/$pid"/task/*/schedstat | awk '{ns += $1} END {print ns}')"
}

# Work a second of CPU time, over $length seconds.
rate() {
	local before after
	before=$(account)
	sleep "$length"
	after=$(account)
	echo "$before $after" | awk '{printf "%.1f\n", 1e9 * ($3 - $1) / ($4 - $2)}'
}

# --- Profilers ---------------------------------------------------------------------------------

# Sets $profiler, which writes to $scratch/out.
begin_profiler() {
	# What it takes to attach: bpftrace compiles its program first.
	local settle=1 long=$((length + 2))
	[ "$1" != bpftrace ] || settle=2
	profiler=''
	case $1 in
	nothing) return ;;
	on-cpu) "$gate" capture -q -o "$scratch/out" -w "${long}s" -F 99 --no-off-cpu --pid "$pid" 2>/dev/null & ;;
	on-and-off-cpu) "$gate" capture -q -o "$scratch/out" -w "${long}s" -F 99 --pid "$pid" 2>/dev/null & ;;
	perf-p) perf record -q -F 99 -g -p "$pid" -o "$scratch/out" >/dev/null 2>&1 & ;;
	# -B: perf 6.1 breaks off over some build ids of other processes.
	perf-a) perf record -q -B -N -F 99 -g -a -o "$scratch/out" >/dev/null 2>&1 & ;;
	perf-dwarf) perf record -q -F 99 --call-graph dwarf -p "$pid" -o "$scratch/out" >/dev/null 2>&1 & ;;
	bpftrace) bpftrace -q -e "profile:hz:99 /pid == $pid/ { @[kstack, ustack] = count(); }" >"$scratch/out" 2>/dev/null & ;;
	offcputime) "$offcputime" -p "$pid" "$long" >"$scratch/out" 2>/dev/null & ;;
	esac
	profiler=$!
	sleep "$settle"
}

# A profiler that has nothing to say was none.
end_profiler() {
	[ -n "$profiler" ] || return 0
	kill -INT "$profiler" 2>/dev/null || true
	wait "$profiler" 2>/dev/null || true
	[ -s "$scratch/out" ] || { echo "$1 has written nothing" >&2; exit 1; }
	rm -f "$scratch/out" "$scratch/out.old"
	sleep 0.3
}

# --- Figures -----------------------------------------------------------------------------------

# Median, and the narrowest pair of order statistics that holds it with 95 % or more (binomial; of few values, all).
summary() {
	sort -g | awk '{v[NR] = $1} END {
		n = NR; p = 0.5 ^ n; sum = p; k = 1
		for (i = 1; i < n / 2; i++) {
			p *= (n - i + 1) / i
			if (1 - 2 * (sum + p) < 0.95) break
			sum += p; k = i + 1
		}
		m = n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
		printf "median %6.1f %%   %6.1f to %6.1f %%", m, v[k], v[n + 1 - k]
	}'
}

measure_workload() {
	local round way before after with
	rm -f "$scratch"/lost.*
	for ((round = 0; round < rounds; round++)); do
		before=$(rate)
		for way in "${ways[@]}"; do
			begin_profiler "$way"
			with=$(rate)
			end_profiler "$way"
			after=$(rate)
			awk -v w="$with" -v b="$before" -v a="$after" 'BEGIN {print 100 * (1 - 2 * w / (a + b))}' >>"$scratch/lost.$way"
			before=$after
		done
		printf '%s: round %d of %d\r' "$1" "$((round + 1))" "$rounds" >&2
	done
	echo "$1: $before a second of CPU time without a profiler ($([ -n "$load" ] && echo commands || echo 'round trips, of two switches each'))"
	for way in "${ways[@]}"; do
		printf '  %-14s %s\n' "$way" "$(summary <"$scratch/lost.$way")"
	done
}

# The kernel counts the run time of all BPF programs while a capture asks it to: those of the captures themselves here.
measure_runs() {
	"$gate" capture -q -o "$scratch/out" -w 4s -F 99 --pid "$pid" 2>/dev/null & profiler=$!
	sleep 3.5
	bpftool prog show | awk '
		match($0, /name [^ ]+/) {name = substr($0, RSTART + 5, RLENGTH - 5)}
		name ~ /^rg_/ {for (i = 1; i < NF; i++) {if ($i == "run_time_ns") ns = $(i + 1); if ($i == "run_cnt" && $(i + 1) > 0) printf "  %-14s %6.0f ns a run\n", name, ns / $(i + 1)}}'
	wait "$profiler" 2>/dev/null || true
}

ways=(nothing on-cpu on-and-off-cpu)
# Debian installs libbpf-tools' where root's path leads only.
offcputime=$(PATH=$PATH:/usr/sbin command -v offcputime || true)
command -v perf >/dev/null && ways+=(perf-p perf-a perf-dwarf)
command -v bpftrace >/dev/null && ways+=(bpftrace)
[ -n "$offcputime" ] && ways+=(offcputime)
echo "lost to profilers, $rounds rounds of $length s, $(uname -r), $(nproc) CPUs, load at the start $(cut -d' ' -f1 /proc/loadavg):"
for workload in "${workloads[@]}"; do
	begin_workload "$workload" || { echo "$workload: not installed"; continue; }
	measure_workload "$workload"
	PATH=$PATH:/usr/sbin measure_runs
	end_workload
done
