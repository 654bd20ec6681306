#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs the CI templates of GitHub, GitLab and Kubernetes: all at once, for most of it is waiting for captures.
#
#   RG=PROGRAM RG_PROGRAMS=FOLDER tests/e2e/templates/all.sh      from the top of the source tree
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"
needs_root
logs=$dir/logs
mkdir "$logs"
"$here/kubernetes.sh" >"$logs/kubernetes" 2>&1 &
pids=($!)
for forge in github gitlab; do
	node "$here/$forge.mjs" "$cache" >"$logs/$forge" 2>&1 &
	pids+=($!)
done
status=0
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
for log in "$logs"/*; do
	sed -e "s|^\([0-9]* passed, [0-9]* failed\)$|${log##*/}: \1|" "$log"
done
exit $status
