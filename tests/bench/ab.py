#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Real programs, really captured: what the verdict says where nothing changed, and where something did.

ab.py REGRESS-GATE FOLDER-OF-PROGRAMS [PAIRS-THE-SAME [PAIRS-THAT-DIFFER]]

Prints a confusion table in Markdown, and which of the expectations hold; exit status 1 when one does
not. Needs root, and a machine with nothing else to do. A new row is one more Row in ROWS.
"""
import collections
import dataclasses
import json
import os
import subprocess
import sys
import tempfile

WINDOW = "6s"
FREQUENCY = "4999"  # in six seconds as many samples as 99 Hz has in five minutes
BASES = ("work", "second", "share")  # of which each pair is judged by every one


@dataclasses.dataclass
class Row:
    """Two ways to run programs, and what has to be said of them."""

    name: str
    base: list
    canary: list
    function: str = ""  # that has to fail, and may
    # Per basis: the part of the pairs that must end so, at least ("fail"), or at most ("max_undecided").
    fail: dict = dataclasses.field(default_factory=dict)
    others_may_fail: tuple = ()  # bases on which something else may fail: it did change there
    max_undecided: float = 1.0
    same: bool = False  # nothing changed: more pairs


ALL = dict.fromkeys(BASES, 1.0)
MOST = dict.fromkeys(BASES, 0.8)
SHOP, PRESS = ["O2/shop"], ["O2/press"]
ROWS = [
    Row("shop, the same", SHOP, SHOP, max_undecided=0.10, same=True),
    Row("press, the same", PRESS, PRESS, max_undecided=0.10, same=True),
    Row("price +20 %", SHOP, SHOP + ["price=1.2"], "price"),
    Row("price +50 %", SHOP, SHOP + ["price=1.5"], "price", MOST),
    Row("price +200 %", SHOP, SHOP + ["price=3"], "price", ALL),
    Row("rank +50 %", PRESS, PRESS + ["rank=1.5"], "rank_items", MOST),
    Row("rank +200 %", PRESS, PRESS + ["rank=3"], "rank_items", ALL),
    Row("new function, 10 %", SHOP, SHOP + ["audit=0.1"], "audit", ALL),
    Row("price five times faster", SHOP, SHOP + ["price=0.2"]),
    Row("rank five times faster", PRESS, PRESS + ["rank=0.2"]),
    Row("load doubled", SHOP + ["rate=125"], SHOP + ["rate=250"], others_may_fail=("second",)),
    Row("-O2 against -O3", SHOP, ["O3/shop"], others_may_fail=BASES),
]

FAILING = ("regressed", "new")


def capture(gate, folder, words, path):
    """One run of a program; the one's build is told from the other's by its folder, as modules are by name."""
    program = os.path.join(folder, words[0])
    subprocess.run([gate, "capture", "-q", "-o", path, "-F", FREQUENCY, "-w", WINDOW, "--warmup", "500ms",
                    "--no-off-cpu", "--as", "run", "--work-uprobe", program + ":request", "--", program] + words[1:],
                   check=True)


def judge(gate, basis, base, canary):
    """The verdict, whatever its exit status says of it."""
    done = subprocess.run([gate, "diff", "-q", "--json", "--basis", basis, base, canary], check=False,
                          stdout=subprocess.PIPE)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"bench-ab: diff ended with {done.returncode}")
    return json.loads(done.stdout)


@dataclasses.dataclass
class Tally:
    """What became of one row's pairs on one basis."""

    outcomes: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    found: int = 0  # the function failed
    others: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    strays: int = 0  # pairs in which something else failed
    growths: list = dataclasses.field(default_factory=list)  # of the function, as estimated

    def add(self, row, verdict):
        self.outcomes[verdict["outcome"]] += 1
        failing = {r["function"] for r in verdict["rows"] if r["status"] in FAILING}
        if verdict["total"]["status"] in FAILING:
            failing.add("the total")
        self.found += row.function in failing
        # More cost of one function is more cost of the whole program.
        strays = failing - {row.function} - ({"the total"} if row.function else set())
        self.strays += bool(strays)
        self.others.update(strays)
        self.growths += [r["growth_fraction"] for r in verdict["rows"]
                         if row.function and r["function"] == row.function and r["samples_base"] > 0]

    def pairs(self):
        return sum(self.outcomes.values())


def run_row(gate, folder, scratch, row, pairs):
    tallies = {basis: Tally() for basis in BASES}
    for pair in range(pairs):
        base, canary = os.path.join(scratch, "base.pb.gz"), os.path.join(scratch, "canary.pb.gz")
        capture(gate, folder, row.base, base)
        capture(gate, folder, row.canary, canary)
        for basis in BASES:
            tallies[basis].add(row, judge(gate, basis, base, canary))
        print(f"\r{row.name}: {pair + 1} of {pairs}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return tallies


def median(values):
    values = sorted(values)
    return values[len(values) // 2] if values else None


def print_table(results):
    print("| what differs | basis | pairs | pass | fail | undecided | not comparable | the function failed | "
          "its growth, median | anything else failed |")
    print("| --- | --- | --: | --: | --: | --: | --: | --: | --: | --- |")
    for row, tallies in results:
        for basis, tally in tallies.items():
            growth = median(tally.growths)
            others = ", ".join(f"{name} {count}" for name, count in tally.others.most_common(3))
            print(f"| {row.name} | {basis} | {tally.pairs()} | " +
                  " | ".join(str(tally.outcomes[o]) for o in ("pass", "fail", "undecided", "not_comparable")) +
                  f" | {tally.found if row.function else ''} | "
                  f"{'' if growth is None else format(100 * growth, '+.0f') + ' %'} | {others or 0} |")


def misses(row, basis, tally):
    """What was expected and did not come."""
    pairs = tally.pairs()
    if row.same and tally.outcomes["fail"]:
        yield f"{tally.outcomes['fail']} of {pairs} pairs fail"
    if tally.outcomes["undecided"] > row.max_undecided * pairs:
        yield f"{tally.outcomes['undecided']} of {pairs} pairs are undecided"
    if tally.found < row.fail.get(basis, 0) * pairs:
        yield f"{row.function} fails in {tally.found} of {pairs} pairs only"
    if tally.strays and basis not in row.others_may_fail:
        yield f"something else fails in {tally.strays} of {pairs} pairs"
    if row.name == "load doubled" and basis == "second" and tally.outcomes["pass"]:
        yield f"twice the load passes per second in {tally.outcomes['pass']} of {pairs} pairs"


def main():
    gate, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    same = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    differ = int(sys.argv[4]) if len(sys.argv) > 4 else 10
    with tempfile.TemporaryDirectory() as scratch:
        results = [(row, run_row(gate, folder, scratch, row, same if row.same else differ)) for row in ROWS]
    print_table(results)
    missed = [f"{row.name}, {basis}: {what}" for row, tallies in results
              for basis, tally in tallies.items() for what in misses(row, basis, tally)]
    print("\nAll expectations hold." if not missed else "\nMissed:\n- " + "\n- ".join(missed))
    sys.exit(1 if missed else 0)


main()
