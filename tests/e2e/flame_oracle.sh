#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What others make of the flame graph: Chromium as a reader does, `go tool pprof` of every frame's cost, xmllint of the
# picture.
#
#   RG=PROGRAM flame_oracle.sh FLAME_SAMPLE [PAGE SCREENSHOTS]
#       FLAME_SAMPLE is the program built from flame_sample.c; PAGE is one of the demo, of which screenshots are taken
#       into a folder. With RG_LONG=1 the demo is run for one.
set -euo pipefail
export LC_ALL=C

sample=${1:?usage: RG=PROGRAM flame_oracle.sh FLAME_SAMPLE [PAGE SCREENSHOTS]}
page=${2:+$(realpath "$2")}
pictures=${3:+$(realpath "$3")}
sample=$(realpath "$sample")
here=$(cd "$(dirname "$0")" && pwd)
rg=$(realpath "${RG:?the program under test}")
# Ubuntu has no package of Chromium, and Chrome on the machines that run workflows.
browser=$(command -v chromium || command -v google-chrome || echo chromium)
for tool in node "$browser" go xmllint; do
	if ! command -v "$tool" >/dev/null; then
		echo "skipped: needs node, chromium or google-chrome, go and xmllint (make deps-test installs them)"
		[[ ${CI:-} != true && ${RG_REQUIRE_BPF:-} != 1 ]]
		exit
	fi
done
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PPROF_TMPDIR=$dir
"$sample" "$dir"
cd "$dir"

"$rg" flame base.pb.gz canary.pb.gz -o flame.html
"$rg" flame hostile-base.pb.gz hostile-canary.pb.gz -o hostile.html
"$rg" flame wide-base.pb.gz wide-canary.pb.gz -o wide.html
"$rg" flame canary.pb.gz -o one.html
"$rg" flame --svg hostile-base.pb.gz hostile-canary.pb.gz -o hostile.svg
xmllint --noout hostile.svg

for name in base canary wide-base wide-canary; do
	for type in cpu off_cpu; do
		[[ $name == wide* && $type == off_cpu ]] ||
			go tool pprof -symbolize=none -unit=ns -sample_index=$type -traces "$name.pb.gz" 2>/dev/null >"$name.$type"
	done
done
node "$here/browser/sums.mjs" flame.html base.cpu canary.cpu base.off_cpu canary.off_cpu
node "$here/browser/sums.mjs" wide.html wide-base.cpu wide-canary.cpu | tee wide.sums
# The wide one must have put it to the test.
if grep -q ' 0 ns in merged' wide.sums; then
	echo "FAILED: nothing was merged"
	exit 1
fi
if [[ $page ]]; then
	cp "$page" shown.html
elif [[ ${RG_LONG:-} == 1 ]]; then
	"$here/../../examples/demo.sh" "$rg" shown.html >demo.log 2>&1 || { cat demo.log; exit 1; }
fi
node "$here/browser/flame.mjs" "$(command -v "$browser")" "$dir" ${pictures:+"$pictures"}
