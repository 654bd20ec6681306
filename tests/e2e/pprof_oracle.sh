#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What we write, as others read it: `go tool pprof` must show the same self times for every function,
# and protoc, with pprof's own schema, the same counts and sums.
#
#   pprof_oracle.sh PROGRAM     where PROGRAM is the built pprof_sample.c
set -euo pipefail
export LC_ALL=C

proto=${PPROF_PROTO:-/usr/share/gocode/src/github.com/google/pprof/proto}
passed=0
failed=0

pass() {
	passed=$((passed + 1))
}

fail() {
	failed=$((failed + 1))
	printf 'FAILED: %s\n' "$*"
}

# check_equal WHAT EXPECTED ACTUAL
check_equal() {
	if [ "$2" = "$3" ]; then
		pass
	else
		fail "$1: expected '$2', is '$3'"
	fi
}

go_pprof() {
	PPROF_TMPDIR=$work/pprof go tool pprof -symbolize=none "$@" "$work/profile" 2> "$work/go.err"
}

# Self times as "function<TAB>ns": the rows behind the heading, less their first five columns.
go_self() {
	go_pprof -nodefraction=0 -edgefraction=0 -nodecount=0 -unit=ns -top | awk '
		!rows { rows = ($1 == "flat" && $2 == "flat%"); next }
		{
			flat = $1
			sub(/ns$/, "", flat)
			sub(/^ *[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+  /, "")
			print $0 "\t" flat
		}' | sort
}

check_self() {
	local function ns actual

	go_self > "$work/go"
	while IFS=$'\t' read -r function ns; do
		actual=$(name=$function awk -F'\t' '$1 == ENVIRON["name"] { print $2 }' "$work/go")
		check_equal "go pprof: self time of '$function'" "$ns" "$actual"
	done < "$work/self"
	check_equal "go pprof: number of functions" "$(wc -l < "$work/self")" "$(wc -l < "$work/go")"
}

check_go_reads_the_rest() {
	local tags

	go_pprof -comments > "$work/comments"
	check_equal "go pprof: a fact" 1 "$(grep -c -F -x 'regress-gate/1 version=v1.4' "$work/comments")"
	check_equal "go pprof: the slices" 1 \
		"$(grep -c -F -x 'regress-gate/1 slices=5*1000000000' "$work/comments")"
	# Slice 0 too, which a label without a unit would lose.
	tags=$(go_pprof -tags | awk '/^ *slice:/ { on = 1; next } NF == 0 { on = 0 } on { print $NF }' |
		sort | tr '\n' ' ')
	check_equal "go pprof: the slice labels" "0 1 2 3 4 " "$tags"
	check_equal "go pprof: the program" "File: orders" "$(go_pprof -top | grep '^File:')"
}

# count FIELD: the messages of that name at the top level.
count() {
	grep -c "^$1 {" "$work/text"
}

# The sum over all samples of their Nth value, from 0. Whole numbers below 2^53.
sum_of_value() {
	awk -v nth="$1" '
		/^sample {/ { i = 0 }
		/^  value: / { if (i++ == nth) sum += $2 }
		END { printf "%.0f\n", sum }' "$work/text"
}

check_counts() {
	local what number

	gzip -dc "$work/profile" |
		protoc --decode=perftools.profiles.Profile -I "$proto" profile.proto > "$work/text"
	while IFS=$'\t' read -r what number; do
		case $what in
		value*) check_equal "protoc: sum of $what" "$number" "$(sum_of_value "${what#value}")" ;;
		*) check_equal "protoc: messages '$what'" "$number" "$(count "$what")" ;;
		esac
	done < "$work/counts"
	check_equal "protoc: the first string" 'string_table: ""' \
		"$(grep -m1 '^string_table:' "$work/text")"
	check_equal "protoc: the period" 'period: 10101010' "$(grep '^period:' "$work/text")"
	# The code of each function is the only field that the schema does not know.
	check_equal "protoc: unknown fields" 0 "$(grep '^ *[0-9]' "$work/text" | grep -vc '^  1000: [0-9]*$' || true)"
	check_equal "protoc: functions with their code" "$(count function)" "$(grep -c '^  1000: ' "$work/text" || true)"
}

if [ $# -ne 1 ]; then
	sed -n '3,6p' "$0" >&2
	exit 2
fi
for tool in go protoc gzip; do
	if ! command -v "$tool" > /dev/null; then
		echo "pprof_oracle: $tool is missing" >&2
		exit 1
	fi
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" "$work/profile" "$work/counts" > "$work/self"
check_self
check_go_reads_the_rest
check_counts
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
