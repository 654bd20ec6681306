#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What an independent validator makes of the schemas that ship with the program: whether they are
# schemas at all, and whether they take what the program takes and writes. The unit tests hold the
# same files against the program.
#
#   schema_oracle.sh        from the top of the source tree; needs Debian's python3-jsonschema
set -euo pipefail

python=
for candidate in /usr/bin/python3 python3; do
	if "$candidate" -c 'import jsonschema' 2>/dev/null; then
		python=$candidate
		break
	fi
done
[[ $python ]] || { echo "schema_oracle: python3-jsonschema is missing (make deps-test installs it)"; exit 1; }

"$python" - <<'END'
import glob
import json
import sys

from jsonschema import Draft202012Validator

passed = failed = 0


def check(what, ok, why=""):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print("FAILED: %s%s" % (what, ": " + why if why else ""))


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def validator(path):
    schema = load(path)
    Draft202012Validator.check_schema(schema)
    check(path + " is a schema", True)
    return Draft202012Validator(schema)


def takes(schema, pattern, wanted):
    paths = sorted(glob.glob(pattern))
    check("there are files " + pattern, len(paths) > 0)
    for path in paths:
        errors = list(schema.iter_errors(load(path)))
        check(
            "%s is %s" % (path, "taken" if wanted else "refused"),
            (not errors) == wanted,
            errors[0].message[:200] if errors else "",
        )


config = validator("docs/config-schema.json")
takes(config, "tests/golden/config/good/*.json", True)
takes(config, "tests/golden/config/beyond/*.json", True)
takes(config, "tests/golden/config/bad/*.json", False)
takes(config, "examples/*/regress-gate.json", True)

verdict = validator("docs/verdict-schema.json")
takes(verdict, "tests/golden/render/*/expected.json", True)
# Short inputs of the same tests: members are missing, so that they are none.
takes(verdict, "tests/golden/render/*/input.json", False)

stored = validator("docs/stored-schema.json")
takes(stored, "tests/golden/stored/*.json", True)
takes(stored, "tests/golden/stored/bad/*.json", False)

print("%d passed, %d failed" % (passed, failed))
sys.exit(failed > 0)
END
