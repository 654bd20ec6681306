#!/usr/bin/env bash
# Alternating mode on programs of others: jansson and zlib from their source packages, unchanged, and with one function
# slower.
# usage: tests/bench/alternate_package.sh REGRESS-GATE [TIMES-UNCHANGED [TIMES-SLOWER]]
# Needs root, and a machine with nothing else to do. Status 1 when an unchanged one fails, more than a tenth of them
# are undecided, or the function is not found.
set -eu

gate=$(realpath "$1")
same=${2:-20}
differ=${3:-5}
here=$(cd "$(dirname "$0")/../e2e/alternate" && pwd)
sources=${RG_SOURCES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/regress-gate/sources}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$here/install.sh"

# Prints what came of so many checks: pass, fail, undecided, other, and how often the function was named.
run() {
	local pass=0 fail=0 undecided=0 other=0 named=0 status
	for _ in $(seq "$1"); do
		status=0
		"$gate" check -q --baseline v1 > ../report || status=$?
		case $status in
		0) pass=$((pass + 1)) ;;
		1) fail=$((fail + 1)) ;;
		3) undecided=$((undecided + 1)) ;;
		*) other=$((other + 1)) ;;
		esac
		if head -1 ../report | grep -q "^FAIL .*$2"; then named=$((named + 1)); fi
	done
	echo "$pass $fail $undecided $other $named"
}

# Prints two rows of the table; status 1 as above.
try() {
	local package=$1 function=$2 unchanged slower
	local pass fail undecided other pass2 fail2 undecided2 other2 named2
	"$here/package.sh" make "$package" "$sources/$package.orig.tar" "$scratch/$package" || return 1
	cd "$scratch/$package"
	unchanged=$(run "$same" "$function")
	"$here/package.sh" plant "$package" . || return 1
	slower=$(run "$differ" "$function")
	read -r pass fail undecided other _ <<< "$unchanged"
	read -r pass2 fail2 undecided2 other2 named2 <<< "$slower"
	echo "| $package unchanged | $same | $pass | $fail | $undecided | $other | |"
	echo "| $package, $function() slower | $differ | $pass2 | $fail2 | $undecided2 | $other2 | $named2 |"
	[ "$fail" -eq 0 ] && [ "$other" -eq 0 ] && [ $((undecided * 10)) -le "$same" ] && [ "$named2" -eq "$differ" ]
}

begun=$SECONDS
wrong=0
echo "| program | checks | pass | fail | undecided | failed to run | the function is named |"
echo "| --- | --: | --: | --: | --: | --: | --: |"
try jansson strbuffer_append_bytes || wrong=1
try zlib longest_match || wrong=1
echo
echo "$(((SECONDS - begun) / (2 * (same + differ)))) s a check, two builds included"
exit "$wrong"
