#!/usr/bin/env bash
# The main job on a real program: store a baseline of the orders service v1.4, then judge v1.5.
# usage: examples/demo.sh PATH-OF-regress-gate [FLAME-GRAPH]
# The flame graph is what is left behind: demo-flame.html beside the program, unless said otherwise.
# Exits 0 only if the gate stopped v1.5 (exit status 1) and named the function that was made slow.
set -euo pipefail

# The scratch repository has no target branch to read a policy from.
unset GITHUB_BASE_REF CI_MERGE_REQUEST_TARGET_BRANCH_NAME CI_MERGE_REQUEST_DIFF_BASE_SHA

gate=$(realpath "$1")
flame=$(realpath -m "${2:-$(dirname "$gate")/demo-flame.html}")
orders=$(realpath "$(dirname "$0")")/orders
planted=campaign_discount

sudo=()
if [ "$(id -u)" -ne 0 ]; then
	sudo=(sudo)
	echo "demo: profiling needs root: sudo may ask for your password"
fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/regress-gate-demo.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

say() { printf '\n== %s\n' "$*"; }
show() { printf '\n$ %s\n' "$*"; }
quiet_git() {
	git -c user.name='Orders Team' -c user.email=orders@example.com -c init.defaultBranch=main \
		-c advice.detachedHead=false -c commit.gpgsign=false "$@" >"$scratch/git.log" 2>&1 || {
		cat "$scratch/git.log" >&2
		return 1
	}
}
port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

say "A scratch repository with two versions of an order service, tagged v1.4 and v1.5"
repo=$scratch/orders
mkdir "$repo"
tar -C "$orders" --exclude=./patches --exclude=./orders --exclude=./orders-load --exclude='*.o' -cf - . |
	tar -C "$repo" -xf -
port=18080
until port_is_free $port; do port=$((port + 1)); done
sed -i "s/18080/$port/g" "$repo/regress-gate.json"
cd "$repo"
quiet_git init
quiet_git add -A
quiet_git commit -m 'Take orders over HTTP'
quiet_git tag v1.4
quiet_git am "$orders"/patches/*.patch
quiet_git tag v1.5
git --no-pager log --oneline --decorate

build() {
	quiet_git checkout -f "$1"
	make -s -j2 >"$scratch/make.log" 2>&1 || { cat "$scratch/make.log" >&2; return 1; }
}

say "v1.4: build it, profile it under load, store the profile as the baseline"
build v1.4
show "regress-gate capture -o ../v1.4.pb.gz"
"${sudo[@]}" "$gate" capture -o ../v1.4.pb.gz
show "regress-gate baseline put v1.4 ../v1.4.pb.gz"
"$gate" baseline put v1.4 ../v1.4.pb.gz

say "v1.5: build it, and ask whether it may be deployed"
build v1.5
show "regress-gate check --baseline v1.4 --html-out flame.html"
status=0
"${sudo[@]}" "$gate" check --baseline v1.4 --json-out ../verdict.json --markdown-out ../comment.md \
	--html-out "$flame" || status=$?

say "The exit status is $status: $([ $status -eq 1 ] && echo 'a deploy would stop here' || echo 'not what the demo expects')"
# The planted function must be one that failed, not merely one that is listed.
if [ $status -ne 1 ] || ! grep -q "$planted" <(head -n 1 ../comment.md); then
	echo "demo: FAILED: expected exit status 1 and $planted named" >&2
	exit 1
fi
cat <<EOF
$planted() is where v1.5 was made slow: see examples/orders/patches.
Where the time goes, and what grew: open $flame in a browser.

What to try next:
  regress-gate doctor                       can this machine profile?
  regress-gate check --help                 thresholds, reports, targets
  regress-gate capture -o a.pb.gz --pid N   a program of your own
EOF
