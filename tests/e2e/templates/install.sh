#!/usr/bin/env bash
# Installs what judges and runs the CI templates, by package-lock.json, into a folder outside of the source tree.
# usage: tests/e2e/templates/install.sh
# GitHub's own parsers come as modules for editors' bundlers: one file each is made of them.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${RG_TEMPLATES_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/regress-gate/templates}
if [ -e "$cache/installed" ] && cmp -s "$here/package-lock.json" "$cache/installed"; then
	exit 0
fi
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	echo "deps: node and npm are missing: the CI templates are not judged by others' programs" >&2
	[ "${CI:-}" != true ]
	exit
fi
echo "deps: installing $(grep -c '": "[0-9]' "$here/package.json") npm packages and what they need into $cache"
mkdir -p "$cache"
cp "$here/package.json" "$here/package-lock.json" "$cache/"
# esbuild's own install step fetches nothing that is not in the lock file; it only checks what came.
(cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
bundle() { # package
	"$cache/node_modules/.bin/esbuild" --bundle --platform=node --format=esm --log-level=error --loader:.json=json \
		--banner:js='import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' \
		--outfile="$cache/$1.mjs" "$cache/node_modules/@actions/$1/dist/index.js"
}
bundle expressions
bundle languageservice
cp "$here/package-lock.json" "$cache/installed"
