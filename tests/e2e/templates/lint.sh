#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What others' programs say of the CI templates, and that they would have said it: each judge also gets a file with a fault.
#
#   tests/e2e/templates/lint.sh      from the top of the source tree
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"

# A copy of a file with a fault, made by a sed script.
mutant() { # file, script, copy
	sed -e "$2" "$1" >"$3"
	! cmp -s "$1" "$3"
}

# That nothing was said of files whose names match.
silent() { # pattern
	! grep -E "$1" "$dir/said"
}

# --- All ------------------------------------------------------------------------------------------
mapfile -t yaml < <(find ci-templates -name '*.yml' -o -name '*.yaml')
check "yamllint" yamllint --strict -c "$here/yamllint.yml" "${yaml[@]}"
mapfile -t shells < <(grep -rl '^#!/.*sh$' ci-templates)
[ ${#shells[@]} -eq 0 ] || check "shellcheck of the scripts" shellcheck "${shells[@]}"

# --- GitHub ---------------------------------------------------------------------------------------
github=ci-templates/github
mkdir "$dir/scripts" "$dir/mutants"
# Each line: a file, the fault, and what is said of it.
# shellcheck disable=SC2016 # they are GitHub's
faults='
workflows/pull-request.yml|s/github.base_ref/github.base_reff/|base_reff
workflows/pull-request.yml|s/pull-requests: write/pull-request: write/|pull-request
workflows/pull-request.yml|s/baseline: merge/base: merge/|has no input .base.
workflows/pull-request.yml|s/fetch-depth: 0/fetch-dept: 0/|fetch-dept
workflows/pull-request.yml|s/run: make.*/run: make ${{ github.head_ref }}/|an expression in a script
workflows/pull-request.yml|s/checkout@[0-9a-f]*/checkout@v4/|is not pinned to a commit
workflows/pull-request.yml|s/^  pull_request:/  pull_request_target:/|runs a fork.s code with secrets
workflows/pull-request.yml|/persist-credentials/d|leaves the token in the checkout
workflows/pull-request.yml|s/ubuntu-24.04/[self-hosted]/|on a self-hosted runner
workflows/fork-check.yml|/^permissions/,/^$/d|no permissions
workflows/fork-report.yml|s/types: \[completed\]/types: [finished]/|finished
action.yml|s/shell: bash/shel: bash/|shel
action.yml|s/using: composite/using: composit/|composit
action.yml|s/steps.check.outputs.status/step.check.outputs.status/|step
'
number=0
while IFS='|' read -r file change words; do
	number=$((number + 1))
	check "the fault is made: $change" mutant "$github/$file" "$change" "$dir/mutants/$number-${file##*/}"
done <<<"${faults:1:-1}"
node "$here/github_lint.mjs" "$cache" "$dir/scripts" $github/action.yml $github/workflows/*.yml "$dir"/mutants/*.yml >"$dir/said" || true
check "GitHub's language service, action-validator, actionlint, the house's rules" silent "^$github"
number=0
while IFS='|' read -r file change words; do
	number=$((number + 1))
	check "it is found: $change" grep -q "/$number-.*$words" "$dir/said"
done <<<"${faults:1:-1}"
check "the scripts were found" test "$(find "$dir/scripts" -name 'action-*.bash' | wc -l)" -ge 6
# The system's description of itself is not part of the template.
check_scripts() { shellcheck --exclude=SC1091 "$dir"/scripts/[a-z]*.bash; }
check "shellcheck of every run:" check_scripts

# --- GitLab: by the schema of its own editor ---------------------------------------------------------
local_ci() { # folder
	(cd "$1" && node "$cache/node_modules/gitlab-ci-local/dist/index.js" --list-all)
}
mkdir -p "$dir/gitlab/.gitlab/regress-gate"
git init -q "$dir/gitlab"
git -C "$dir/gitlab" remote add gcl-origin http://127.0.0.1/shop/orders.git
cp ci-templates/gitlab/*.yml "$dir/gitlab/.gitlab/regress-gate/"
printf 'include:\n' >"$dir/gitlab/.gitlab-ci.yml"
printf '  - local: .gitlab/regress-gate/%s.yml\n' merge-request canary fork >>"$dir/gitlab/.gitlab-ci.yml"
git -C "$dir/gitlab" add .
git -C "$dir/gitlab" -c user.name=x -c user.email=x@x commit -qm x
check "gitlab-ci-local" local_ci "$dir/gitlab"
check "it lists all jobs" test "$(grep -cE '^(regress-gate|canary)' "$dir/out")" -eq 9
sed -i 's/exit_codes/exit_code/' "$dir/gitlab/.gitlab/regress-gate/template.yml"
local_ci "$dir/gitlab" >"$dir/said" 2>&1 || true
check "a fault is found" grep -q allow_failure "$dir/said"
mapfile -t gitlab < <(find ci-templates/gitlab -name '*.yml')
check "no input is part of a script" test "$(sed '1,/^---$/d' ci-templates/gitlab/template.yml | grep -c 'inputs\.')" -eq \
	"$(sed '1,/^---$/d' ci-templates/gitlab/template.yml | grep -cE '^ +(stage|image|tags|REGRESS_GATE_[A-Z_]+): \$\[\[ inputs\.[a-z-]+ \]\]$')"
mkdir "$dir/gitlab-scripts"
check "the scripts are there" node "$here/gitlab_scripts.mjs" "$cache" "$dir/gitlab-scripts" "${gitlab[@]}"
# What one script sets, another reads.
check "shellcheck of every script:" shellcheck --exclude=SC2034,SC2154 "$dir"/gitlab-scripts/*.bash
# The program that is built is the one whose templates these are.
version=$(sed -n 's/^VERSION := //p' Makefile)
check "the default of source-ref is this version" test "$(grep -rh -A2 'source-ref:$' $github/action.yml ci-templates/gitlab/template.yml | grep -c "default: v$version$")" -eq 2

# --- Kubernetes -------------------------------------------------------------------------------------
kubernetes=ci-templates/kubernetes
faults='
capture-job.yaml|s/hostPID/hostPid/|has no .hostPid
capture-job.yaml|s/automountServiceAccountToken: false/automountServiceAccountToken: "no"/|must be boolean
capture-job.yaml|s/mountPath: .profile, readOnly/mountPath: \/profile, readonly/|has no .readonly
capture-job.yaml|s/privileged: false/privileged: true/|may do more than it was given
Containerfile|s/^FROM debian:12-slim/FRM debian:12-slim/|Unknown instruction: FRM
'
mkdir "$dir/kubernetes"
number=0
while IFS='|' read -r file change words; do
	number=$((number + 1))
	check "the fault is made: $change" mutant "$kubernetes/$file" "$change" "$dir/kubernetes/$number-$file"
done <<<"${faults:1:-1}"
node "$here/kubernetes_lint.mjs" "$cache" $kubernetes/capture-job.yaml $kubernetes/Containerfile "$dir"/kubernetes/* >"$dir/said" || true
check "the manifest and the Containerfile" silent "^$kubernetes"
number=0
while IFS='|' read -r file change words; do
	number=$((number + 1))
	check "it is found: $change" grep -q "/$number-.*$words" "$dir/said"
done <<<"${faults:1:-1}"

finish_checks
