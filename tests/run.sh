#!/usr/bin/env bash
# Runs test programs; shows each one's closing lines, and all it printed when it fails.
# usage: tests/run.sh [-j JOBS] PROGRAM…
# One after the other, or JOBS at a time where none measures what the others would disturb.
# Every program gets five minutes, a quarter of an hour where RG_LONG asks for more. Exits 1 if any failed, and if there was none to run.
# Those run alone measure, which they cannot where another guest of the host has the CPUs: one that fails in a time in
# which the hypervisor took more than 2.5 % of them for a second is shown, and run again, three times at most, when it has
# taken less for three seconds, or half a minute is over: a window of a second in which it took 5 %, which makes captures not
# comparable, may lie across two of these seconds.
set -u
# What a test makes is no part of the make that runs the tests.
unset MAKEFLAGS MFLAGS

limit_s=$([ "${RG_LONG-}" = 1 ] && echo 900 || echo 300)
readonly stolen_most=25 # per mille
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

# In per mille of the CPUs' time, a line for each second.
watch_stolen() {
	local all=0 stolen=0 now_all now_stolen user nice system idle iowait irq softirq steal
	while read -r _ user nice system idle iowait irq softirq steal _ </proc/stat; do
		now_stolen=${steal:-0}
		now_all=$((user + nice + system + idle + iowait + irq + softirq + now_stolen))
		[ "$all" -eq 0 ] || [ "$now_all" -eq "$all" ] || echo $((1000 * (now_stolen - stolen) / (now_all - all)))
		all=$now_all stolen=$now_stolen
		sleep 1
	done
}

# Says so when what failed could not have measured.
was_disturbed() {
	local worst
	worst=$(sort -n "$1" | tail -1)
	[ "${worst:-0}" -gt $stolen_most ] || return 1
	echo "the hypervisor took $((worst / 10)) % of the CPUs for a second: this run is no measurement, and is repeated"
}

wait_for_calm() {
	local seconds watcher
	watch_stolen >"$1" &
	watcher=$!
	for seconds in {1..30}; do
		sleep 1
		[ "$seconds" -lt 4 ] || [ "$(tail -3 "$1" | sort -n | tail -1)" -gt $stolen_most ] || break
	done
	kill "$watcher"
	wait "$watcher" 2>/dev/null
}

run_alone() {
	local program=$1 log=$2 watcher
	for again in 1 2 3 0; do
		watch_stolen >"$log.stolen" &
		watcher=$!
		run "$program" "$log"
		kill "$watcher"
		wait "$watcher" 2>/dev/null
		if [ -e "$log.passed" ] || [ "$again" -eq 0 ] || ! was_disturbed "$log.stolen"; then return; fi
		wait_for_calm "$log.stolen"
	done
}

run() {
	local program=$1 log=$2 status=0 begin=$SECONDS
	timeout --kill-after=10 "$limit_s" "$program" >"$log" 2>&1 || status=$?
	# In one write: others print as well.
	if judge "$program" "$log" "$status" $((SECONDS - begin)) >"$log.seen"; then touch "$log.passed"; fi
	cat "$log.seen"
}

number=0
for program in "$@"; do
	number=$((number + 1))
	if [ "$jobs" -eq 1 ]; then
		run_alone "$program" "$logs/$number"
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
