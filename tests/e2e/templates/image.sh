#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the image without a container engine: each stage of the Containerfile in a folder that debootstrap fills, its RUN by chroot,
# its COPY by cp. Takes some minutes, and the network.
#
#   tests/e2e/templates/image.sh      from the top of the source tree, as root
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"
[ "${RG_LONG:-}" = 1 ] || { echo "skipped: builds a Debian: RG_LONG=1"; exit 0; }
needs_root
command -v debootstrap >/dev/null || absent debootstrap
declare -A stages=()
current='' workdir=/
# shellcheck disable=SC2317 # by the trap
finish() {
	for stage in "$dir"/stage-*; do
		umount "$stage/proc" 2>/dev/null || true
	done
	rm -rf --one-file-system "$dir"
}
trap finish EXIT

from() { # image [AS name]
	local release
	case $1 in
	debian:12 | debian:12-slim) release=bookworm ;;
	*) echo "no way to make '$1' here"; exit 1 ;;
	esac
	[ -d "$dir/base" ] || debootstrap --variant=minbase "$release" "$dir/base" >"$dir/log" 2>&1 || { tail "$dir/log"; exit 1; }
	current=$dir/stage-${#stages[@]}
	stages[${3:-${#stages[@]}}]=$current
	cp -a "$dir/base" "$current"
	mount -t proc proc "$current/proc"
	cp /etc/resolv.conf "$current/etc/"
	workdir=/
}
copy() { # [--from=stage] source… destination
	local root=. to=${*: -1} from
	case $1 in
	--from=*) root=${stages[${1#--from=}]} && shift ;;
	esac
	[[ $to == /* ]] || to=$workdir/$to
	mkdir -p "$current/$to"
	for from in "${@:1:$#-1}"; do
		# A folder stands for what is in it. Of the tree, what git has: the context is its URL.
		if [ "$root/$from" = ./. ]; then
			git archive HEAD | tar -x -C "$current/$to"
		elif [ -d "$root/$from" ]; then cp -a "$root/$from/." "$current/$to"; else cp -a "$root/$from" "$current/$to"; fi
	done
}
# Lines that end with a backslash go on; comments between them are none of theirs.
while read -r word rest; do
	case $word in
	FROM) read -ra words <<<"$rest" && from "${words[@]}" ;;
	WORKDIR) workdir=$rest && mkdir -p "$current$workdir" ;;
	COPY) read -ra words <<<"$rest" && copy "${words[@]}" ;;
	RUN) DEBIAN_FRONTEND=noninteractive chroot "$current" /bin/sh -c "cd $workdir && $rest" >"$dir/log" 2>&1 </dev/null || { tail -n 30 "$dir/log"; exit 1; } ;;
	CMD | '') ;;
	*) echo "unknown: $word"; exit 1 ;;
	esac
done < <(grep -v '^#' ci-templates/kubernetes/Containerfile | sed -e ':join' -e '/\\$/{N;s/\\\n *//;b join' -e '}')

in_image() { chroot "$current" "$@"; }
check "the program runs" in_image regress-gate --version
check "what the capture's pod needs is beside it" in_image sh -c 'command -v sleep && command -v cat && command -v git'
check "what built it is not" in_image sh -c '! command -v gcc && ! command -v clang && ! command -v make'
echo "the image has $(du -sxm "$current" | cut -f1) MB"
finish_checks
