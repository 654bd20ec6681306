#!/usr/bin/env bash
# Runs test programs one after the other; shows each one's closing lines, and all it printed when it fails.
# usage: tests/run.sh PROGRAM…
# Every program gets five minutes. Exits 1 if any failed, and if there was none to run.
set -u

log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0
for program in "$@"; do
	if timeout --kill-after=10 300 "$program" >"$log" 2>&1; then
		passed=$((passed + 1))
		# A program that ran nothing would be green otherwise.
		if ! closing=$(grep -E '^\[ +(PASSED|SKIPPED) +\]|passed, .*failed|^skipped: |^corpus: ' "$log"); then
			failed=$((failed + 1))
			passed=$((passed - 1))
			closing='ran no test'
		fi
		skips=$(grep -Ei '^(skipped: |.*skipped: needs)' "$log" | sort -u)
		printf '%s\n%s\n' "$program" "${closing}${skips:+$'\n'$skips}"
	else
		status=$?
		failed=$((failed + 1))
		printf '== %s\n' "$program"
		cat "$log"
		printf '== %s FAILED with status %s\n' "$program" "$status"
	fi
done
printf '%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
