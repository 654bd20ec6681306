#!/usr/bin/env bash
# Who may include what. Folders see one another through include/rg/ only, and only downwards; each third-party
# library is used where it belongs and nowhere else.
set -u
shopt -s extglob
cd "$(dirname "$0")/../.." || exit 1

# Public headers by the layer that owns them.
declare -A headers=(
	[base]='err arena buf grow hash intern text units'
	[model]='profile pprof formats pool'
	[engine]='policy verdict diff flame extend'
	[config]='config'
	[repo]='repo changes kin export'
	[store]='store remote owner file'
	[render]='render'
	[net]='net'
	[report]='report'
	[work]='metric'
	[cli]='cli'
	[elf]=''
	[unwind]=''
	[capture]='capture launch'
	[build]='build'
	[cmd]='commands'
	[main]=''
)
declare -A folders=(
	[base]=diff/base [model]=diff/model [engine]=diff/engine [config]=gate/config [repo]=gate/repo
	[store]=gate/store [render]=gate/render [net]=gate/net [report]=gate/report [work]=gate/work [cli]=gate/cli [elf]=capture/elf
	[unwind]=capture/unwind [capture]=capture [build]=gate/build [cmd]=gate/cmd [main]=gate/main.c
)
# The layers each may use, itself aside.
declare -A uses=(
	[base]='' [model]='base' [engine]='model base' [config]='engine base' [repo]='base' [store]='repo base'
	[render]='engine model base' [net]='base' [report]='net render engine base' [work]='net base' [cli]='base' [elf]='model base' [unwind]='base' [capture]='model base'
	[build]='capture repo base'
	[cmd]='cli build capture store repo report work net render config engine model base' [main]='cmd cli base'
)
# Third-party headers, and the paths that may include them.
libraries=(
	'bpf/|.*\.skel\.h|linux/perf_event:^(bpf|capture)/'
	'elfutils/|dwarf|gelf|libelf|libiberty:^capture/'
	'capstone/:^capture/elf/'
	'git2:^gate/(repo/|store/git)'
	'jansson:^gate/(config/|store/manifest|render/json|report/|cmd/container)'
	'curl/:^gate/net/'
	'zlib:^(diff/model/|gate/repo/loose)'
	'sha2:^gate/store/'
)
bad=0
complain() {
	printf '%s\n' "$*"
	bad=1
}

for layer in "${!folders[@]}"; do
	allowed=${headers[$layer]}
	for used in ${uses[$layer]}; do allowed+=" ${headers[$used]}"; done
	while IFS=: read -r file line text; do
		name=${text#*rg/}
		name=${name%%.h*}
		[[ " $allowed " == *" $name "* ]] || complain "$file:$line: layer '$layer' may not include rg/$name.h"
	done < <(grep -rnE '^#include "rg/' "${folders[$layer]}")
	# Out of its folder only by way of include/rg. The records shared with the kernel side are an exception, and
	# capture's two inner rooms: unwind/ sees elf/, elf/ sees neither.
	while IFS=: read -r file line text; do
		case "$file:$text" in
		capture/elf/*) ;;
		capture/unwind/*:*'"../elf/'* | capture/unwind/*:*'"../../bpf/'@(unwind|walk|wire)'.h"'*) continue ;;
		capture/unwind/*) ;;
		capture/*:*'"../bpf/wire.h"'*) continue ;;
		esac
		complain "$file:$line: leaves its folder: $text"
	done < <(grep -rnE '^#include "\.\./' "${folders[$layer]}")
done
# Of a profile in a pool only rg_sample_next() gives the samples.
while IFS=: read -r file line _; do
	complain "$file:$line: reads samples as an array, which a set's profiles have none of: rg_sample_next()"
done < <(grep -rnE '\<rg_profile_samples\(' diff/engine gate --include='*.[ch]')
for rule in "${libraries[@]}"; do
	pattern=${rule%%:*}
	where=${rule#*:}
	while IFS=: read -r file line text; do
		[[ $file =~ $where ]] || complain "$file:$line: not the place for ${text#*include }"
	done < <(grep -rnE "^#include [<\"]($pattern)" bpf capture diff gate include)
done
[ $bad -eq 0 ] && echo "layers: in order"
exit $bad
