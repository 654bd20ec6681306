#!/usr/bin/env bash
# What comparing two large pprof files takes, beside `go tool pprof` on the same files, and beside zcat of both, which
# no program can undercut that has to inflate them: wall time and peak memory, least of several rounds.
# usage: tests/bench/diff.sh PATH-OF-regress-gate FOLDER-OF-make_profiles-AND-measure [ROUNDS [SAMPLES…]]
# "sliced" files have the order and the labels that regress-gate writes; "shuffled" ones are in no order and have none,
# as other tools may write them. A tenth as many distinct stacks as samples, 8 to 40 frames deep.
set -euo pipefail
export LC_ALL=C
gate=$1
tools=$2
rounds=${3:-3}
shift $(($# < 3 ? $# : 3))
sizes=("$@")
[ ${#sizes[@]} -gt 0 ] || sizes=(10000 100000 1000000)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PPROF_TMPDIR=$scratch

# The least wall time and CPU time in s and the least peak in MiB over the rounds, which end early after a minute. Peaks
# vary with a collector's luck.
least() {
	local start=$SECONDS
	for ((round = 0; round < rounds && (round == 0 || SECONDS - start < 60); round++)); do
		"$tools/measure" "$@"
	done | awk '
		NR == 1 || $1 < wall { wall = $1 }
		NR == 1 || $2 < cpu { cpu = $2 }
		NR == 1 || $3 < peak { peak = $3 }
		END { printf "%.3f %.3f %.1f\n", wall, cpu, peak / 1024 }'
}

ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", a / b }'
}

line='%-9s %8s  %7s %7s %8s  %7s %8s  %9s %9s %8s %8s\n'
echo "two files compared, $(nproc) CPUs, least of $rounds rounds; wall seconds, and MiB at the peak:"
# shellcheck disable=SC2059
printf "$line" order samples zcat gate go gate go 'gate/zcat' 'gate/zcat' 'go/gate' 'go/gate'
# shellcheck disable=SC2059
printf "$line" '' '' s s s MiB MiB time 'CPU time' time memory
for order in sliced shuffled; do
	for samples in "${sizes[@]}"; do
		base=$scratch/base.pb.gz
		canary=$scratch/canary.pb.gz
		"$tools/make_profiles" "$samples" 1 "$order" | gzip -n >"$base"
		"$tools/make_profiles" "$samples" 2 "$order" | gzip -n >"$canary"
		read -r floor floor_cpu _ < <(least 0 zcat "$base" "$canary")
		# A verdict, whichever.
		read -r ours ours_cpu ours_mib < <(least 013 "$gate" diff "$base" "$canary")
		read -r theirs _ theirs_mib < <(least 0 go tool pprof -symbolize=none -top -diff_base "$base" "$canary")
		# shellcheck disable=SC2059
		printf "$line" "$order" "$samples" "$floor" "$ours" "$theirs" "$ours_mib" "$theirs_mib" \
			"$(ratio "$ours" "$floor")" "$(ratio "$ours_cpu" "$floor_cpu")" \
			"$(ratio "$theirs" "$ours")" "$(ratio "$theirs_mib" "$ours_mib")"
	done
done
