#!/usr/bin/env bash
# Makes tests/golden/unwind: for each variant a folder with the program and a recorded stack for each of its modes.
# usage: tests/unit/unwind/recorder/record.sh [FOLDER]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(mkdir -p "${1:-$here/../../../golden/unwind}" && cd "${1:-$here/../../../golden/unwind}" && pwd)
modes=(plain callback deep grown aligned taken last signal)

# record NAME COMPILER RUNNER FLAG…
record() {
	local name=$1 compiler=$2 runner=$3 mode
	shift 3
	rm -rf "${out:?}/$name"
	mkdir "$out/$name"
	"$compiler" -std=gnu17 "$@" -nostdlib -static -ffreestanding -fno-stack-protector -fno-pie -no-pie \
		-fno-optimize-sibling-calls -fasynchronous-unwind-tables -Wl,--build-id=none -Wl,-z,noseparate-code \
		-Wl,-z,max-page-size=4096 "$here/recorder.c" -o "$out/$name/recorder"
	for mode in "${modes[@]}"; do
		# Nothing of where it was made is kept.
		env -i ${runner:+"$runner"} "$out/$name/recorder" "$mode" | sed "s,$out/$name/,," >"$out/$name/$mode.stack"
	done
}

for level in O0 O2; do
	record "x86-64-$level" gcc '' "-$level" -fomit-frame-pointer
	record "x86-64-$level-fp" gcc '' "-$level" -fno-omit-frame-pointer
	record "aarch64-$level" aarch64-linux-gnu-gcc "$(command -v qemu-aarch64)" "-$level" -fomit-frame-pointer
	record "aarch64-$level-fp" aarch64-linux-gnu-gcc "$(command -v qemu-aarch64)" "-$level" -fno-omit-frame-pointer
done
