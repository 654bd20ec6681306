#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Profiles a pod on the node it runs on, and brings the profile here, for `regress-gate check --canary FILE`.
#
#   capture.sh --image IMAGE --pod NAMESPACE/NAME --output FILE [--container NAME] [--window 5m] [--warmup 0s]
#              [--version NAME] [--namespace regress-gate]
#
# Needs kubectl with the right to get pods (in the canary's namespace), and to create and delete jobs, get pods and their logs, and
# create pods/exec (in its own). KUBECTL says which kubectl: KUBECTL="kubectl --context production".
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
read -ra kubectl <<<"${KUBECTL:-kubectl}"
image='' pod='' output='' container='' window=5m warmup=0s version=canary namespace=regress-gate
stop() { # status, words
	echo "capture.sh: $2" >&2
	exit "$1"
}
while [ $# -gt 0 ]; do
	[ $# -gt 1 ] || stop 2 "$1 needs a value"
	case $1 in
	--image) image=$2 ;;
	--pod) pod=$2 ;;
	--output) output=$2 ;;
	--container) container=$2 ;;
	--window) window=$2 ;;
	--warmup) warmup=$2 ;;
	--version) version=$2 ;;
	--namespace) namespace=$2 ;;
	*) stop 2 "unknown option '$1'" ;;
	esac
	shift 2
done

# All of it becomes part of a manifest.
check() { # what, value, pattern
	[[ $2 =~ ^$3$ ]] || stop 2 "$1 '$2' is none"
}
check --image "$image" '[A-Za-z0-9][A-Za-z0-9./:@_-]*'
check --pod "$pod" '[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9.-]*'
check --container "$container" '([a-z0-9][a-z0-9-]*)?'
check --window "$window" '[0-9]+(ms|s|m|h)'
check --warmup "$warmup" '[0-9]+(ms|s|m|h)'
check --version "$version" '[A-Za-z0-9][A-Za-z0-9._/+-]*'
check --namespace "$namespace" '[a-z0-9][a-z0-9-]*'
[ -n "$output" ] || stop 2 "say where to write: --output FILE"
seconds() {
	case $1 in
	*ms) echo $((10#${1%ms} / 1000 + 1)) ;;
	*s) echo $((10#${1%s})) ;;
	*m) echo $((10#${1%m} * 60)) ;;
	*h) echo $((10#${1%h} * 3600)) ;;
	esac
}
# To pull the image, to name what was sampled, and to be fetched.
deadline=$(($(seconds "$window") + $(seconds "$warmup") + 900))

# --- Where it runs ------------------------------------------------------------------------------
of_pod() { "${kubectl[@]}" get pod "${pod#*/}" --namespace "${pod%%/*}" --output "jsonpath=$1"; }
phase=$(of_pod '{.status.phase}') || stop 4 "no pod '$pod'"
[ "$phase" = Running ] || stop 4 "pod '$pod' is $phase, not Running"
node=$(of_pod '{.spec.nodeName}')
check "node" "$node" '[a-z0-9][a-z0-9.-]*'
if [ -n "$container" ]; then
	id=$(of_pod "{.status.containerStatuses[?(@.name==\"$container\")].containerID}")
	check "container" "${id##*/}" '[0-9a-f]{64}'
	target=--container=${id##*/}
else
	uid=$(of_pod '{.metadata.uid}')
	check "the pod's uid" "$uid" '[0-9a-f-]{32,36}'
	target=--pod=$uid
fi

# --- The capture --------------------------------------------------------------------------------
job=$(sed -e "s|: IMAGE\$|: $image|" -e "s|: NODE\$|: $node|" -e "s|: NAMESPACE\$|: $namespace|" \
	-e "s|: DEADLINE\$|: $deadline|" -e "s|- TARGET\$|- $target|" -e "s|=WINDOW\$|=$window|" -e "s|=WARMUP\$|=$warmup|" \
	-e "s|=VERSION\$|=$version|" "$here/capture-job.yaml" |
	"${kubectl[@]}" create --filename - --output name) || stop 4 "the job was not made"
finish() {
	rm -f "$output.new"
	"${kubectl[@]}" delete "$job" --namespace "$namespace" --wait=false >&2 || true
}
trap finish EXIT
echo "capture.sh: $job profiles $pod on $node for $window" >&2

own_pod() {
	"${kubectl[@]}" get pods --namespace "$namespace" --selector "job-name=${job#*/}" --output "jsonpath=$1"
}
until=$((SECONDS + deadline))
while state=$(own_pod '{.items[0].status.phase}') && [ "$state" != Running ]; do
	if [ "$state" = Failed ] || [ $SECONDS -ge $until ]; then
		"${kubectl[@]}" logs "$job" --namespace "$namespace" --container capture >&2 || true
		stop 4 "the capture failed (pod: ${state:-none}); what it said is above"
	fi
	sleep "${POLL_SECONDS:-2}"
done
"${kubectl[@]}" logs "$job" --namespace "$namespace" --container capture >&2 || true

# Fetched whole, or not at all: gzip knows its length and its sum.
umask 077
"${kubectl[@]}" exec "$job" --namespace "$namespace" --container profile -- cat /profile/canary.pb.gz >"$output.new" ||
	stop 4 "the profile could not be fetched"
gzip --test "$output.new" || stop 4 "the profile came incomplete: run it again"
mv "$output.new" "$output"
echo "capture.sh: wrote '$output'" >&2
