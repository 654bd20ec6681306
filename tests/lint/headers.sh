#!/usr/bin/env bash
# Every header compiles alone, with either compiler.
set -u
cd "$(dirname "$0")/../.." || exit 1

# Says so, and fails, where it does not.
look() { # compiler, header
	"$1" -std=gnu17 -D_GNU_SOURCE -DRG_VERSION_TEXT='""' -Wall -Wextra -Werror -Wno-unused-function \
		-Wno-unused-variable -Wno-unused-const-variable -Iinclude -I"$(dirname "$2")" -fsyntax-only \
		-x c - <<<"#include \"$PWD/$2\"" || { echo "$2: does not compile alone with $1"; return 1; }
}
export -f look
for header in include/rg/*.h diff/*/*.h gate/*/*.h capture/*.h capture/*/*.h; do
	printf '%s\n' "gcc $header" "clang $header"
done | xargs -P "$(nproc)" -L 1 bash -c 'look "$@"' look || exit 1
echo "headers: each compiles alone"
