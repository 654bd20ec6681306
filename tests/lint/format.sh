#!/usr/bin/env bash
# The layout is .clang-format as version 14 reads it: later ones break lines differently.
# usage: tests/lint/format.sh FILE…
set -u
version=$(clang-format --version | grep -oE '[0-9]+' | head -n 1)
if [ "$version" != 14 ]; then
	echo "format: not looked at: the layout is clang-format 14's, and this is $version"
	exit 0
fi
clang-format --dry-run -Werror "$@" && echo "format: in order"
