#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Stored baselines beside alternating mode: how often each is wrong, and how often it finds what is there.

alternate.py REGRESS-GATE SHOP [PAIRS-THE-SAME [PAIRS-THAT-DIFFER]]

SHOP is the program of tests/bench/ab. Each version of a scratch repository runs it by a script of its own. A pair is one baseline and one
canary, profiled for as long in both modes: one after the other as two runs, or in four rounds. First on a quiet machine, then beside a
neighbour that takes every CPU in bursts. Prints a table in Markdown for each; needs root, and a machine with nothing else to do.
"""
import collections
import dataclasses
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

WINDOW = "8s"
FREQUENCY = "1999"
COMMON = ["-q", "-F", FREQUENCY, "--window", WINDOW, "--warmup", "500ms", "--no-off-cpu",
          "--work-uprobe", "./shop:request"]
BURST_S, PAUSE_S = (0.2, 3.0), (0.2, 3.0)


@dataclasses.dataclass
class Row:
    name: str
    canary: str  # what the canary's script adds to the program's arguments
    same: bool = False


ROWS = [Row("the same", "", same=True), Row("price +30 %", "price=1.3"), Row("price +100 %", "price=2")]
OUTCOMES = ("pass", "fail", "undecided", "not_comparable")


# --- The neighbour ---------------------------------------------------------------------------------

def burn(cpu):
    os.sched_setaffinity(0, {cpu})
    dice = random.Random(cpu)
    while True:
        until = time.monotonic() + dice.uniform(*BURST_S)
        while time.monotonic() < until:
            pass
        time.sleep(dice.uniform(*PAUSE_S))


class Neighbour:
    """A process on each CPU, for as long as the block lasts."""

    def __enter__(self):
        self.processes = [multiprocessing.Process(target=burn, args=(cpu,), daemon=True)
                          for cpu in sorted(os.sched_getaffinity(0))]
        for process in self.processes:
            process.start()

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
            process.join()


class Nobody:
    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass


# --- The two versions ------------------------------------------------------------------------------

def git(repo, *words):
    subprocess.run(["git", "-C", repo, "-c", "user.name=a", "-c", "user.email=a@example.org", *words], check=True,
                   stdout=subprocess.DEVNULL)


def write_script(repo, arguments):
    path = os.path.join(repo, "serve")
    with open(path, "w", encoding="ascii") as script:
        script.write(f"#!/bin/sh\nexec ./shop {arguments}\n")
    os.chmod(path, 0o755)


def make_repo(scratch, shop):
    repo = os.path.join(scratch, "repo")
    os.mkdir(repo)
    git(repo, "init", "-q", "-b", "main", ".")
    shutil.copy(shop, os.path.join(repo, "shop"))
    write_script(repo, "")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "one")
    git(repo, "tag", "v1")
    return repo


# --- The two modes ---------------------------------------------------------------------------------

def run(gate, repo, *words):
    """The verdict, whatever its exit status says of it."""
    done = subprocess.run([gate, *words], check=False, cwd=repo, stdout=subprocess.PIPE)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"bench-alternate: {words[0]} ended with {done.returncode}")
    return json.loads(done.stdout) if done.stdout else None


def stored(gate, repo, row):
    profiles = [os.path.join(repo, "..", name) for name in ("base.pb.gz", "canary.pb.gz")]
    for profile, arguments in zip(profiles, ("", row.canary)):
        write_script(repo, arguments)
        run(gate, repo, "capture", "-o", profile, "--as", "run", *COMMON, "--", "./serve")
    return run(gate, repo, "diff", "-q", "--json", *profiles)


def alternating(gate, repo, row):
    write_script(repo, row.canary)
    return run(gate, repo, "check", "--json", "--alternate", "--baseline", "v1", "--build", "", *COMMON, "--", "./serve")


MODES = {"stored": stored, "alternating": alternating}


@dataclasses.dataclass
class Tally:
    outcomes: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    found: int = 0
    others: collections.Counter = dataclasses.field(default_factory=collections.Counter)

    def add(self, verdict):
        self.outcomes[verdict["outcome"]] += 1
        failing = {r["function"] for r in verdict["rows"] if r["status"] in ("regressed", "new")}
        self.found += "price" in failing
        self.others.update(failing - {"price"})


def measure(gate, repo, counts):
    tallies = {(row.name, mode): Tally() for row in ROWS for mode in MODES}
    for row in ROWS:
        for pair in range(counts[row.same]):
            for mode, judge in MODES.items():
                tallies[row.name, mode].add(judge(gate, repo, row))
            print(f"\r{row.name}: {pair + 1} of {counts[row.same]}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    return tallies


def print_table(tallies):
    print("| what differs | mode | pairs | pass | fail | undecided | not comparable | price failed | "
          "anything else failed |")
    print("| --- | --- | --: | --: | --: | --: | --: | --: | --- |")
    for (name, mode), tally in tallies.items():
        others = ", ".join(f"{function} {count}" for function, count in tally.others.most_common(3))
        print(f"| {name} | {mode} | {sum(tally.outcomes.values())} | " +
              " | ".join(str(tally.outcomes[o]) for o in OUTCOMES) + f" | {tally.found} | {others or 0} |")


def main():
    gate, shop = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    counts = {True: int(sys.argv[3]) if len(sys.argv) > 3 else 20, False: int(sys.argv[4]) if len(sys.argv) > 4 else 10}
    with tempfile.TemporaryDirectory() as scratch:
        repo = make_repo(scratch, shop)
        for title, neighbour in (("A quiet machine", Nobody()), ("A neighbour that takes every CPU in bursts", Neighbour())):
            with neighbour:
                tallies = measure(gate, repo, counts)
            print(f"\n{title}:\n")
            print_table(tallies)


if __name__ == "__main__":
    main()
