#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The Kubernetes templates, run: capture.sh as it stands, with a kubectl that runs the job's container on this machine, confined as
# its manifest says, to profile a process in a cgroup such as the kubelet makes; the profile is then checked against itself.
# And the image's list of libraries against what the program is linked with.
#
#   RG=PROGRAM RG_PROGRAMS=FOLDER tests/e2e/templates/kubernetes.sh      from the top of the source tree
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"
needs_root
rg=$(realpath "${RG:?usage: RG=PROGRAM RG_PROGRAMS=FOLDER kubernetes.sh}")
cgroups=$(findmnt --first-only --noheadings --output TARGET --types cgroup2 || true)
[ -n "$cgroups" ] || absent "a mounted cgroup v2 hierarchy"
slice=$cgroups/kubepods.slice/kubepods-burstable.slice
made=()
server=''
# shellcheck disable=SC2317 # by the trap
finish() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	wait 2>/dev/null || true
	for ((i = ${#made[@]} - 1; i >= 0; i--)); do rmdir "${made[i]}" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT
# Each directory, so that those that were made go again.
make_cgroup() {
	local path=$cgroups part
	for part in ${1//\// }; do
		path+=/$part
		[ -d "$path" ] && continue
		mkdir "$path"
		made+=("$path")
	done
}

# --- The canary's pod -----------------------------------------------------------------------------
uid=3f6c1b52-9a3e-4d0e-8d0b-$(printf '%012x' $$)
id=$(printf '%064x' $$)
pod=kubepods-burstable-pod${uid//-/_}.slice
make_cgroup "${slice#"$cgroups"/}/$pod/cri-containerd-$id.scope"
make_cgroup "regress-gate-job-$$"
# Of another user, who alone may read it, and deleted since: the worst there is to name functions of.
chmod 711 "$dir"
mkdir "$dir/private"
cp "${RG_PROGRAMS:?}/steady" "$dir/private/server"
chmod -R u=rwx,go= "$dir/private"
chown -R 65534:65534 "$dir/private"
setpriv --reuid=65534 --regid=65534 --clear-groups "$dir/private/server" &
server=$!
until [ "$(readlink /proc/$server/exe)" = "$dir/private/server" ]; do sleep 0.05; done
rm "$dir/private/server"
echo $server >"$slice/$pod/cri-containerd-$id.scope/cgroup.procs"
mkdir "$dir/bin" "$dir/state"
ln -s "$rg" "$dir/bin/regress-gate"
cat >"$dir/state/pod.json" <<END
{"shop/server-1": {
	"{.status.phase}": "Running", "{.spec.nodeName}": "node-1", "{.metadata.uid}": "$uid",
	"{.status.containerStatuses[?(@.name==\"server\")].containerID}": "containerd://$id"},
 "shop/new": {"{.status.phase}": "Pending"},
 "shop/odd": {"{.status.phase}": "Running", "{.spec.nodeName}": "node-1\n      hostNetwork: true", "{.metadata.uid}": "$uid"},
 "shop/other": {"{.status.phase}": "Running", "{.spec.nodeName}": "node-1", "{.metadata.uid}": "00000000-0000-0000-0000-000000000000"}}
END
export PATH=$dir/bin:$PATH KUBECTL="node $here/fake_kubectl.mjs" POLL_SECONDS=0.1
export FAKE_STATE=$dir/state FAKE_CACHE=$cache FAKE_CGROUP=$cgroups/regress-gate-job-$$
capture() { # the status it should have, words...
	local expected=$1 status=0
	shift
	rm -f "$dir/state/deleted" "$dir/state/ended" "$dir/said"
	ci-templates/kubernetes/capture.sh --image registry.example/regress-gate:1 --output "$dir/canary.pb.gz" --window 1s "$@" 2>"$dir/said" || status=$?
	[ $status -eq "$expected" ] || { echo "status $status instead of $expected"; return 1; }
}
said() { grep -qF -- "$1" "$dir/said"; }
# Of itself, so that its functions are in the report.
names() { "$rg" diff --json "$dir/canary.pb.gz" "$dir/canary.pb.gz" >"$dir/json" 2>/dev/null || true; grep -qE '"(parse|check|hash|print)_order"' "$dir/json"; }

check "a pod is profiled" capture 0 --pod shop/server-1 --version v1.5
check "its functions have names" names
check "the job is deleted" test "$(cat "$dir/state/deleted")" = job.batch/regress-gate-x7k2p
check "the manifest holds what was asked for" grep -q -- '- --as=v1.5$' "$dir/state/manifest.yaml"
check "and no word in capitals is left" node -e '
	const { parse } = require(require.resolve("yaml", { paths: [process.argv[1]] }));
	const text = JSON.stringify(parse(require("fs").readFileSync(process.argv[2], "utf8")));
	process.exit(/\b(IMAGE|NODE|NAMESPACE|DEADLINE|TARGET|WINDOW|WARMUP|VERSION)\b/.test(text) ? 1 : 0);
' "$cache" "$dir/state/manifest.yaml"
check "the profile is its owner's" test "$(stat -c %a "$dir/canary.pb.gz")" = 600
rm "$dir/canary.pb.gz"
check "so is one container of it" capture 0 --pod shop/server-1 --container server
check "its functions have names, too" names
rm "$dir/canary.pb.gz"
check "a pod that has not started is refused" capture 4 --pod shop/new
check "with the word" said "pod 'shop/new' is Pending"
check "a pod that is not there is refused" capture 4 --pod shop/none
check "a pod that is not on the node fails" capture 4 --pod shop/other
check "with what the capture said" said "target: no pod '00000000-0000-0000-0000-000000000000'"
check "that job is deleted, too" test -e "$dir/state/deleted"
check "a node with more in its name than a name has is refused" capture 2 --pod shop/odd
check "so is an image with more than a name" capture 2 --pod shop/server-1 --image 'x
          privileged: true'
FAKE_CUT=1 check "half a profile is none" capture 4 --pod shop/server-1
check "with the word" said "the profile came incomplete"
check "nothing is left of it" test ! -e "$dir/canary.pb.gz" -a ! -e "$dir/canary.pb.gz.new"

# --- Each capability is needed --------------------------------------------------------------------
if [ "${RG_LONG:-}" = 1 ]; then
	for capability in BPF PERFMON; do
		FAKE_WITHOUT=$capability check "without $capability nothing is captured" capture 4 --pod shop/server-1
		check "and it says what is missing" said "CAP_$capability"
	done
	nameless() { ! names; }
	for capability in SYS_PTRACE DAC_READ_SEARCH CHECKPOINT_RESTORE; do
		FAKE_WITHOUT=$capability check "without $capability there is a profile" capture 0 --pod shop/server-1
		check "and no name in it" nameless
	done
	rm "$dir/canary.pb.gz"
fi

# --- The image ------------------------------------------------------------------------------------
# The packages of the libraries that the program asks for by name, on the release that the image is of.
libraries() {
	local name
	for name in $(readelf --dynamic "$rg" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
		dpkg-query --search "*/$(uname -m)-linux-gnu/$name" | cut -d: -f1
	done | grep -v '^libc6$' | sort -u
}
if grep -q '^VERSION_ID="12"' /etc/os-release; then
	listed() { sed -n '/^      lib/s/[&\\]//gp' ci-templates/kubernetes/Containerfile | tr -s ' ' '\n' | grep . | sort; }
	check "the image has the libraries of the program, and no other" diff <(libraries) <(listed)
fi

finish_checks
