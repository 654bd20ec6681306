#!/usr/bin/env bash
# What drawing a differential flame graph of many distinct stacks takes: time, memory and size of the page, beside our
# own static picture, and beside FlameGraph's difffolded.pl and flamegraph.pl where these are in the PATH (Debian does
# not package them); then, in Chromium, how long the page takes to open and to answer.
# usage: tests/bench/flame.sh PATH-OF-regress-gate PATH-OF-measure [ROUNDS [STACKS…]]
set -euo pipefail
export LC_ALL=C
gate=$(realpath "$1")
measure=$(realpath "$2")
rounds=${3:-3}
shift $(($# < 3 ? $# : 3))
sizes=("$@")
[ ${#sizes[@]} -gt 0 ] || sizes=(1000 10000 100000)
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Distinct stacks of 10 to 40 frames that branch as a program's do: each leaves an earlier one somewhere. One function is
# three times as costly in the canary.
stacks() { # COUNT BASE CANARY
	awk -v count="$1" -v base="$2" -v canary="$3" 'BEGIN {
		srand(1)
		for (i = 0; i < count; i++) {
			from = i ? int(rand() * i) : 0
			kept = i ? int(rand() * depth[from]) : 1
			deep = kept + 1 + int(rand() * 12)
			if (deep < 10) deep = 10
			if (deep > 40) deep = 40
			stack = i ? prefix(path[from], kept) : "main"
			for (at = kept; at < deep; at++)
				stack = stack ";orders::stage" at "::step_" int(rand() * 200)
			stack = stack ";leaf_" i % 3000
			path[i] = stack
			depth[i] = deep
			samples = 1 + int(rand() * 20)
			print stack, samples > base
			print stack, samples * (i % 3000 == 7 ? 3 : 1) > canary
		}
	}
	function prefix(text, frames,   parts, n, at, result) {
		n = split(text, parts, ";")
		result = parts[1]
		for (at = 2; at <= frames && at < n; at++) result = result ";" parts[at]
		return result
	}'
}

# The least wall time and CPU time in s and peak in MiB.
least() {
	for ((round = 0; round < rounds; round++)); do "$measure" "$@"; done | awk '
		NR == 1 || $1 < wall { wall = $1 }
		NR == 1 || $2 < cpu { cpu = $2 }
		NR == 1 || $3 < peak { peak = $3 }
		END { printf "%.3f %.3f %.1f\n", wall, cpu, peak / 1024 }'
}

row() { # STACKS WHAT FILE COMMAND…
	local stacks=$1 what=$2 file=$3 wall cpu mib
	shift 3
	read -r wall cpu mib < <(least 0 "$@")
	printf '%8s  %-28s %8s %8s %8s %10s\n' "$stacks" "$what" "$wall" "$cpu" "$mib" "$(stat -c %s "$file")"
}

echo "two profiles of as many distinct stacks, $(nproc) CPUs, least of $rounds rounds:"
printf '%8s  %-28s %8s %8s %8s %10s\n' stacks what s 'CPU s' MiB bytes
cd "$scratch"
for count in "${sizes[@]}"; do
	stacks "$count" base.folded canary.folded
	row "$count" 'page' flame.html "$gate" flame base.folded canary.folded -o flame.html
	row "$count" 'picture (--svg)' flame.svg "$gate" flame --svg base.folded canary.folded -o flame.svg
	if command -v flamegraph.pl difffolded.pl >/dev/null; then
		row "$count" 'difffolded.pl, flamegraph.pl' their.svg \
			sh -c 'difffolded.pl base.folded canary.folded | flamegraph.pl > their.svg'
	fi
done
if ! command -v node >/dev/null || ! command -v chromium >/dev/null; then
	echo "how the page answers is not measured: needs node and chromium"
	exit 0
fi
node "$here/flame.mjs" "$(command -v chromium)" "$scratch/flame.html"
