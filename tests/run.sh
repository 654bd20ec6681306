#!/usr/bin/env bash
# Runs test programs; shows each one's closing lines, and all it printed when it fails.
# usage: tests/run.sh [-j JOBS] PROGRAM…
# One after the other, or JOBS at a time where none measures what the others would disturb.
# Every program gets five minutes. Exits 1 if any failed, and if there was none to run.
set -u
# What a test makes is no part of the make that runs the tests.
unset MAKEFLAGS MFLAGS

jobs=1
if [ "${1-}" = -j ]; then
	jobs=$2
	shift 2
fi
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# Prints what is to be seen of one program; its status says whether it passed.
judge() {
	local program=$1 log=$2 status=$3 seconds=$4 closing skips
	if [ "$status" -ne 0 ]; then
		printf '== %s\n' "$program"
		cat "$log"
		printf '== %s FAILED with status %s\n' "$program" "$status"
		return 1
	fi
	skips=$(grep -Ei '^(skipped: |.*skipped: needs)' "$log" | sort -u)
	# A program that ran nothing would be green otherwise.
	if ! closing=$(grep -E '^\[ +(PASSED|SKIPPED) +\]|passed, .*failed|^skipped: |^corpus: ' "$log"); then
		printf '%s\nran no test\n' "$program"
		return 1
	fi
	printf '%s (%s s)\n%s\n' "$program" "$seconds" "${closing}${skips:+$'\n'$skips}"
}

run() {
	local program=$1 log=$2 status=0 begin=$SECONDS
	timeout --kill-after=10 300 "$program" >"$log" 2>&1 || status=$?
	# In one write: others print as well.
	if judge "$program" "$log" "$status" $((SECONDS - begin)) >"$log.seen"; then touch "$log.passed"; fi
	cat "$log.seen"
}

number=0
for program in "$@"; do
	number=$((number + 1))
	if [ "$jobs" -eq 1 ]; then
		run "$program" "$logs/$number"
		continue
	fi
	while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
	run "$program" "$logs/$number" &
done
wait
passed=$(find "$logs" -name '*.passed' | wc -l)
failed=$((number - passed))
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
