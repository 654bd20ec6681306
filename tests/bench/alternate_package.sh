#!/usr/bin/env bash
# Alternating mode on a program of others: jansson from its source package, unchanged, and with one function slower.
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
"$here/jansson.sh" make "$sources/jansson.tar.gz" "$scratch/jansson"
cd "$scratch/jansson"

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
		if head -1 ../report | grep -q '^FAIL .*strbuffer_append_bytes'; then named=$((named + 1)); fi
	done
	echo "$pass $fail $undecided $other $named"
}

begun=$SECONDS
unchanged=$(run "$same")
"$here/jansson.sh" plant .
slower=$(run "$differ")
read -r pass fail undecided other _ <<< "$unchanged"
read -r pass2 fail2 undecided2 other2 named2 <<< "$slower"
echo "| jansson | checks | pass | fail | undecided | failed to run | the function is named |"
echo "| --- | --: | --: | --: | --: | --: | --: |"
echo "| unchanged | $same | $pass | $fail | $undecided | $other | |"
echo "| strbuffer_append_bytes() slower | $differ | $pass2 | $fail2 | $undecided2 | $other2 | $named2 |"
echo
echo "$(((SECONDS - begun) / (same + differ))) s a check, two builds included"
[ "$fail" -eq 0 ] && [ "$other" -eq 0 ] && [ $((undecided * 10)) -le "$same" ] && [ "$named2" -eq "$differ" ]
