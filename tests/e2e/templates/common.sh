# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tests of the templates have in common. Where something they need is missing they are skipped, with a word; in CI that
# is a failure.

cache=${RG_TEMPLATES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/regress-gate/templates}

absent() { # what
	echo "skipped: needs $1 (make deps-test installs what can be)"
	[ "${CI:-}" != true ] && [ "${RG_REQUIRE_BPF:-}" != 1 ] && exit 0
	echo "and CI=true or RG_REQUIRE_BPF=1 asks for it"
	exit 1
}
needs_root() { [ "$(id -u)" -eq 0 ] || absent "root, for eBPF"; }

for needed in node jq rsync yamllint shellcheck; do
	command -v $needed >/dev/null || absent $needed
done
[ -e "$cache/installed" ] || absent "the packages of tests/e2e/templates"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# shellcheck source=tests/e2e/check.sh
. "$(dirname "${BASH_SOURCE[0]}")/../check.sh"
