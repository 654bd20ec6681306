#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads stacks and says how many are complete, and which (leaf, immediate caller) pairs they have.

usage: unwind.py complete raw|perf FILE [START]    share of stacks complete, and how many there are
       unwind.py agree raw|perf FILE raw|perf FILE share of pairs that both have
       unwind.py halves FILE                       the same of a file of perf's and itself, every other stack

raw is what 'go tool pprof -raw' prints, perf what 'perf script -F ip,sym,dso' prints. START is where the program's
_start is in its file, in hexadecimal (as perf writes addresses): a stack of perf's is complete when it ends there. regress-gate's
are complete when its own counters of truncated stacks do not name them.
Only the user's part of stacks is compared; what has no name is known by its file.
"""
import collections
import os
import re
import sys


def name_of(symbol, module):
    # Versions of symbols, suffixes of clones, and the prefixes by which libc's functions have several names.
    symbol = re.split(r"[@.]", symbol)[0]
    return f"({module})" if not symbol or symbol.startswith("[") else re.sub(r"^(__GI_)?_*(libc_)?", "", symbol)


def read_raw(path):
    """Yields (count, [(name, is_kernel)]), leaf first, and the facts."""
    part, samples, functions, mappings, facts = "", [], {}, {}, {}
    for line in open(path, encoding="utf-8", errors="replace"):
        if fact := re.match(r"Comment: regress-gate/1 ([^=]+)=(.*)", line):
            facts[fact[1]] = fact[2]
        elif line.strip() in ("Samples:", "Locations", "Mappings"):
            part = line.strip()
        elif part == "Samples:" and (sample := re.match(r"\s+(\d+)[\s\d]*:((?: \d+)+)\s*$", line)):
            samples.append((int(sample[1]), [int(n) for n in sample[2].split()]))
        elif part == "Locations" and (place := re.match(r"\s+(\d+): 0x[0-9a-f]+ M=(\d+) (.*?) \S*:\d+", line)):
            functions[int(place[1])] = (place[3], int(place[2]))
        elif part == "Mappings" and (mapping := re.match(r"(\d+): \S+ (\S+)", line)):
            mappings[int(mapping[1])] = mapping[2]
    stacks = []
    for count, places in samples:
        frames = []
        for place in places:
            symbol, mapping = functions[place]
            module = mappings.get(mapping, "?")
            frames.append((name_of(symbol, module), module == "[kernel]"))
        stacks.append((count, frames))
    return stacks, facts


def read_perf(path):
    """Yields ([(address, name, is_kernel)]), leaf first."""
    stacks, frames = [], []
    for line in list(open(path, encoding="utf-8", errors="replace")) + ["\n"]:
        frame = re.match(r"\s+([0-9a-f]+) (.*) \((.*)\)$", line)
        if frame:
            module = os.path.basename(frame[3].split(" ")[0])
            kernel = int(frame[1], 16) >= 1 << 63
            frames.append((int(frame[1], 16), name_of(frame[2], module), kernel))
        elif frames:
            stacks.append(frames)
            frames = []
    return stacks


def count_pairs(stacks):
    pairs = collections.Counter()
    for count, names in stacks:
        if names:
            pairs[tuple(names[:2])] += count
    return pairs


def pairs_in(stacks):
    return count_pairs((1, [name for _, name, kernel in frames if not kernel]) for frames in stacks)


def pairs_of(kind, path):
    if kind == "perf":
        return pairs_in(read_perf(path))
    return count_pairs((count, [name for name, kernel in frames if not kernel]) for count, frames in read_raw(path)[0])


def complete(kind, path, start="0"):
    if kind == "raw":
        stacks, facts = read_raw(path)
        total = sum(count for count, _ in stacks)
        cut = sum(int(value) for key, value in facts.items()
                  if key.startswith("truncated.") and key != "truncated.kernel")
        cut += int(facts.get("lost.no_mapping", 0))
    else:
        stacks, first = read_perf(path), int(start, 16)
        total = len(stacks)
        cut = sum(not first <= frames[-1][0] < first + 64 for frames in stacks)
    print(f"{100 * (1 - cut / total):.1f} % of {total}" if total else "no samples")


def agree(kind, path, other_kind, other_path):
    overlap(pairs_of(kind, path), pairs_of(other_kind, other_path))


def halves(path):
    stacks = read_perf(path)
    overlap(pairs_in(stacks[::2]), pairs_in(stacks[1::2]))


def overlap(a, b):
    total_a, total_b = sum(a.values()), sum(b.values())
    if not total_a or not total_b:
        print("no samples")
        return
    print(f"{100 * sum(min(a[pair] / total_a, b[pair] / total_b) for pair in a):.1f} %")


if __name__ == "__main__":
    {"complete": complete, "agree": agree, "halves": halves}[sys.argv[1]](*sys.argv[2:])
