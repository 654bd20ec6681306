# SPDX-License-Identifier: GPL-2.0-or-later
"""One pair of runs: captured, judged, and what the verdict names."""
import json
import os
import subprocess
import sys

FAILING = ("regressed", "new")
FREQUENCY = "4999"  # in six seconds as many samples as 99 Hz has in five minutes


def capture(gate, folder, words, path, window, waits):
    """One run of a program; the one's build is told from the other's by its folder, as modules are by name."""
    program = os.path.join(folder, words[0])
    subprocess.run([gate, "capture", "-q", "-o", path, "-F", FREQUENCY, "-w", window, "--slice", "100ms", "--warmup", "500ms"] +
                   ([] if waits else ["--no-off-cpu"]) +
                   ["--as", "run", "--work-uprobe", program + ":request", "--", program] + words[1:],
                   check=True, cwd=os.path.dirname(path))


def judge(gate, basis, base, canary):
    """The verdict, whatever its exit status says of it."""
    done = subprocess.run([gate, "diff", "-q", "--json", "--basis", basis, base, canary], check=False,
                          stdout=subprocess.PIPE)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"bench-ab: diff ended with {done.returncode}")
    return json.loads(done.stdout)


def bare(name):
    """Of "ns::function(arguments)"."""
    return name.split("(")[0]


def judged(verdict):
    """Everything that can fail: how entries refer to it, and its row."""
    for dimension, part in (("on_cpu", verdict), ("off_cpu", verdict["off_cpu"])):
        for index, row in enumerate(part["rows"]):
            yield (dimension, "row", index), row
        yield (dimension, "total", 0), part["total"]
    for index, row in enumerate(verdict["callers"]):
        yield ("on_cpu", "caller", index), row


def label(place, row):
    if place[1] == "total":
        return "the total" if place[0] == "on_cpu" else "all waiting"
    return bare(row["function"]) + (f" [{row['wait']}]" if row["wait"] else "")


def failures(verdict):
    """What fails: as it is called here, all the functions that are named for it, and whether it is the kernel's."""
    for place, row in judged(verdict):
        if row["status"] not in FAILING:
            continue
        entered = {bare(entry["function"]) for entry in verdict["entries"]
                   if (entry["dimension"], entry["of"], entry["row"]) == place}
        yield label(place, row), entered | {label(place, row), bare(row["function"])}, row["module"] == "[kernel]"


def warns(verdict, names):
    """Whether one row, with what moved into it, holds all of these names."""
    for (dimension, of, index), row in judged(verdict):
        moves = [move for move in verdict["moves"] if (move["dimension"], "row", move["row"]) == (dimension, of, index)]
        text = json.dumps([row, moves])
        if all(name in text for name in names):
            return True
    return False
