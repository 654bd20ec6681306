#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Others' judgement of how we post: GitHub's own OpenAPI description, enforced by Prism between the program and the fake
# forge, so that it judges both; and an independent GitLab client, which works on what the program left.
#
#   RG=PROGRAM tests/e2e/forge/judges.sh      from the top of the source tree
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${RG_FORGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/regress-gate/forge}
if ! command -v node >/dev/null || ! [ -e "$cache/installed" ]; then
	echo "skipped: needs node and the packages of tests/e2e/forge (make deps-test installs them)"
	[ "${CI:-}" != true ] && exit 0
	echo "and CI=true asks for them"
	exit 1
fi
rg=$(realpath "${RG:?usage: RG=PROGRAM judges.sh}")
dir=$(mktemp -d)
pids=()
# shellcheck disable=SC2317 # by the trap
finish() {
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
	wait 2>/dev/null || true
	rm -rf "$dir"
}
trap finish EXIT
unset GITHUB_ACTIONS GITHUB_EVENT_PATH GITHUB_SHA GITHUB_REF GITHUB_STEP_SUMMARY http_proxy https_proxy all_proxy
sha=4f1c2ab9d0e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4

# A verdict as the program writes it, with a commit put in, so that there is something to annotate.
verdict=$dir/verdict.json
for side in 3000 9000; do
	printf 'main;parse 3000\nmain;hash 3000\nmain;print 3000\nmain;price_line %s\n' $side >"$dir/$side.folded"
done
"$rg" diff --json-out "$dir/plain.json" "$dir/3000.folded" "$dir/9000.folded" >/dev/null 2>"$dir/err" || [ $? -eq 1 ]
node -e '
	const { readFileSync, writeFileSync } = require("fs");
	const [from, to, id] = process.argv.slice(1);
	const verdict = JSON.parse(readFileSync(from, "utf8"));
	verdict.commits = [{ dimension: "on_cpu", of: "row", row: 0, id, subject: "slow", author: "Ada", file: "src/price.c", first_line: 3, last_line: 5, lines: "+x\n" }];
	writeFileSync(to, JSON.stringify(verdict));
' "$dir/plain.json" "$verdict" $sha

# shellcheck source=tests/e2e/check.sh
. "$here/../check.sh"
wait_for() { # seconds, command...
	local until=$((SECONDS + $1))
	shift
	until "$@" 2>/dev/null; do
		[ $SECONDS -lt $until ] || { echo "gave up on: $*"; cat "$dir/prism.log" || true; exit 1; }
		sleep 0.1
	done
}
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }
# shellcheck disable=SC2016 # the script is node's
ask() { # METHOD PATH [BODY]: a request of the test's own, through Prism
	node -e '
		const [base, token, method, path, body] = process.argv.slice(1);
		fetch(base + path, { method, body, headers: { Authorization: `Bearer ${token}`, Accept: "application/vnd.github+json",
			"X-GitHub-Api-Version": "2022-11-28", "User-Agent": "test", "Content-Type": "application/json" } })
			.then(async (r) => console.log(r.status, (await r.text()).slice(0, 2000)));
	' "$GITHUB_API_URL" secret-token "$@"
}

node "$here/forge.mjs" "$dir/port" "$dir/forge.log" &
pids+=($!)
wait_for 10 test -e "$dir/port"
port=$(cat "$dir/port")
prism=$((20000 + RANDOM % 20000))
until ! listens $prism 2>/dev/null; do prism=$((prism + 1)); done
node "$cache/node_modules/.bin/prism" proxy --errors --port $prism "$cache/github.json" "http://127.0.0.1:$port" >"$dir/prism.log" 2>&1 &
pids+=($!)
wait_for 60 listens $prism

# --- GitHub -------------------------------------------------------------------------------------
export GITHUB_TOKEN=secret-token GITHUB_REPOSITORY=shop/orders GITHUB_API_URL=http://127.0.0.1:$prism
report() {
	local status=0
	"$rg" report --retry-for 1s "$@" "$verdict" >/dev/null 2>"$dir/err" || status=$?
	[ $status -eq 1 ] && ! grep -q 'not posted' "$dir/err"
}
check "a comment is made" report --post github --pr 7
check "it is edited" report --post github --pr 7
check "a check run is made" report --post github-check --commit $sha
check "a status is set" report --post github-status --commit $sha
check "four requests that write were judged" test "$(grep -cE '"method":"(POST|PATCH)"' "$dir/forge.log")" -eq 4
check "an annotation was among them" grep -q '"annotations":\[{"path":"src/price.c"' "$dir/forge.log"
# The judge sees what is wrong with a request, and with an answer.
judged_request() { ask POST /repos/shop/orders/issues/7/comments '{"text":1}' | grep -q '^422'; }
judged_answer() {
	node -e 'fetch(process.argv[1] + "/_fault", { method: "PUT", body: JSON.stringify([{ match: "GET ", kind: "text", text: "[{\"id\":\"x\"}]" }]) })' \
		"http://127.0.0.1:$port"
	ask GET /repos/shop/orders/issues/7/comments | grep -q 'VIOLATIONS'
}
check "a wrong request would have been refused" judged_request
check "a wrong answer would have been found" judged_answer

# --- GitLab -------------------------------------------------------------------------------------
export GITLAB_TOKEN=secret-token CI_API_V4_URL=http://127.0.0.1:$port/api/v4
node -e 'fetch(process.argv[1] + "/_fault", { method: "PUT", body: "[]" })' "http://127.0.0.1:$port"
check "a note is made" report --post gitlab --repo 5 --pr 3
check "it is edited, too" report --post gitlab --repo 5 --pr 3
check "an independent client agrees" node "$here/gitlab.mjs" "$cache" "http://127.0.0.1:$port" secret-token

finish_checks
