# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Checks that are counted, for tests that are scripts; $dir is theirs to write to.

passed=0
failed=0
# Counts; where it fails, shows what the command printed, and what a program left in $dir/err or $dir/said.
check() { # what, command...
	local what=$1
	shift
	if "$@" >"${dir:?}/out" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what"
		cat "$dir/out" "$dir/err" "$dir/said" 2>/dev/null || true
	fi
}
finish_checks() {
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
