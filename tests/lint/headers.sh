#!/usr/bin/env bash
# Every header compiles alone, with either compiler.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
for cc in gcc clang; do
	for header in include/rg/*.h diff/*/*.h gate/*/*.h capture/*.h capture/*/*.h; do
		$cc -std=gnu17 -D_GNU_SOURCE -DRG_VERSION_TEXT='""' -Wall -Wextra -Werror -Wno-unused-function \
			-Wno-unused-variable -Wno-unused-const-variable -Iinclude -I"$(dirname "$header")" -fsyntax-only \
			-x c - <<<"#include \"$PWD/$header\"" || { echo "$header: does not compile alone with $cc"; bad=1; }
	done
done
[ $bad -eq 0 ] && echo "headers: each compiles alone"
exit $bad
