#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""Real programs, really captured: what the verdict says where nothing changed, and where something did.

Prints a confusion table in Markdown, and which of the expectations hold; exit status 1 when one does not.
Needs root, and a machine with nothing else to do. A new row is one more in ab/rows.py.
"""
import argparse
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "ab"))

import judging  # pylint: disable=wrong-import-position
import rows  # pylint: disable=wrong-import-position
import tally  # pylint: disable=wrong-import-position


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gate", type=os.path.abspath, help="regress-gate")
    parser.add_argument("folder", type=os.path.abspath, help="of the programs, on a disk: some write to it")
    parser.add_argument("--same", type=int, default=40, help="pairs of programs that are the same")
    parser.add_argument("--differ", type=int, default=10, help="pairs of those of which a part costs more or less")
    parser.add_argument("--versions", type=int, default=3, help="pairs of those in two versions")
    parser.add_argument("--window", default="6s", help="of each capture")
    parser.add_argument("--rows", default="", help="only those whose name begins so; several with commas")
    parser.add_argument("--keep", type=os.path.abspath, help="a folder for the profiles")
    return parser.parse_args()


def choose(wanted):
    begins = tuple(name.strip() for name in wanted.split(","))
    chosen = [row for row in rows.ROWS if row.name.startswith(begins)]
    if not chosen:
        sys.exit(f"bench-ab: no row is called '{wanted}'; there are:\n" + "\n".join(row.name for row in rows.ROWS))
    return chosen


def run_pair(arguments, scratch, row, tallies):
    base, canary = os.path.join(scratch, "base.pb.gz"), os.path.join(scratch, "canary.pb.gz")
    for words, path in ((row.base, base), (row.canary, canary)):
        judging.capture(arguments.gate, arguments.folder, words, path, arguments.window, row.waits)
    for basis, of_basis in tallies.items():
        of_basis.add(row, judging.judge(arguments.gate, basis, base, canary))
    return base, canary


def keep(folder, row, pair, paths):
    os.makedirs(folder, exist_ok=True)
    name = "".join(c if c.isalnum() else "-" for c in row.name)
    for path in paths:
        shutil.copy(path, os.path.join(folder, f"{name}-{pair + 1}-{os.path.basename(path)}"))


def run_row(arguments, scratch, row):
    tallies = {basis: tally.Tally() for basis in rows.BASES}
    pairs = getattr(arguments, row.kind)
    for pair in range(pairs):
        paths = run_pair(arguments, scratch, row, tallies)
        if arguments.keep:
            keep(arguments.keep, row, pair, paths)
        print(f"\r{row.name}: {pair + 1} of {pairs}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return tallies


def main():
    arguments = parse()
    chosen = choose(arguments.rows)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as scratch:
        results = [(row, run_row(arguments, scratch, row)) for row in chosen]
    tally.print_table(results)
    missed = [f"{row.name}, {basis}: {what}" for row, tallies in results
              for basis, of_basis in tallies.items() for what in tally.misses(row, basis, of_basis)]
    print("\nAll expectations hold." if not missed else "\nMissed:\n- " + "\n- ".join(missed))
    sys.exit(1 if missed else 0)


main()
