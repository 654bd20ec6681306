#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages that are missing, and says which.
# usage: tests/deps.sh PACKAGE…
# bpftool is found here, for it goes by different names: Debian has a package of that name, Ubuntu ships it with
# its kernel tools.
set -eu

missing=()
for package in "$@"; do
	# Chrome will do: it is on the machines that run workflows, and Ubuntu has no package of Chromium.
	[ "$package" != chromium ] || ! command -v google-chrome >/dev/null || continue
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
bpftool_works() {
	local tool
	for tool in bpftool /usr/sbin/bpftool /usr/lib/linux-tools-*/bpftool /usr/lib/linux-tools/*/bpftool; do
		"$tool" version >/dev/null 2>&1 && return 0
	done
	return 1
}
need_bpftool=false
bpftool_works || need_bpftool=true
if [ ${#missing[@]} -eq 0 ] && ! $need_bpftool; then
	exit 0
fi
if ! command -v apt-get >/dev/null; then
	echo "deps: no apt-get here. Install what these Debian packages hold: ${missing[*]} bpftool" >&2
	exit 1
fi
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
if $need_bpftool; then
	missing+=(bpftool)
fi
echo "deps: installing ${missing[*]}"
"${sudo[@]}" apt-get update -qq
if $need_bpftool && ! apt-cache show bpftool 2>/dev/null | grep -q '^Filename:'; then
	for i in "${!missing[@]}"; do
		[ "${missing[i]}" != bpftool ] || unset "missing[i]"
	done
	missing+=(linux-tools-common linux-tools-generic)
fi
for i in "${!missing[@]}"; do
	if [ "${missing[i]}" = chromium ] && ! apt-cache show chromium 2>/dev/null | grep -q '^Filename:'; then
		echo "deps: no package of Chromium here: without google-chrome the flame graph is not tested" >&2
		unset "missing[i]"
	fi
done
# What is installed for tests starts no service here: policy-rc.d is what Debian's maintainer scripts ask.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee $policy >/dev/null
	"${sudo[@]}" chmod 755 $policy
	trap '"${sudo[@]}" rm -f "$policy"' EXIT
fi
[ ${#missing[@]} -eq 0 ] ||
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
bpftool_works || { echo "deps: bpftool is still missing" >&2; exit 1; }
