# SPDX-License-Identifier: GPL-2.0-or-later
"""What became of a row's pairs on one basis, and whether it is what was expected."""
import collections
import dataclasses

import judging

TOTALS = {"the total", "all waiting"}


@dataclasses.dataclass
class Tally:
    outcomes: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    found: int = 0  # pairs in which all names were named
    warned: int = 0
    others: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    strays: int = 0  # pairs in which something failed that does not lead to any of the names
    growths: list = dataclasses.field(default_factory=list)  # of the first name, as estimated

    def add(self, row, verdict):
        failures = list(judging.failures(verdict))
        named = set().union(*(names for _, names, _ in failures))
        wanted = set(row.names) | {name.split(" [")[0] for name in row.names}
        # What waits cost the kernel, for whoever waits.
        strays = {label for label, names, kernel in failures if not names & wanted and not (row.waits and kernel)}
        if row.names:
            strays -= TOTALS  # more cost of one function is more cost of the whole program
        self.outcomes[verdict["outcome"]] += 1
        self.found += set(row.names) <= named
        self.warned += judging.warns(verdict, row.warns)
        self.strays += bool(strays)
        self.others.update(strays)
        self.growths += [r["growth_fraction"] for place, r in judging.judged(verdict)
                         if row.names and r["samples_base"] > 0 and judging.label(place, r) == row.names[0]][:1]

    def pairs(self):
        return sum(self.outcomes.values())


def median(values):
    values = sorted(values)
    return values[len(values) // 2] if values else None


def print_table(results):
    print("| what differs | basis | pairs | pass | fail | undecided | not comparable | named | its growth, median | "
          "both names told | anything else failed |")
    print("| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --- |")
    for row, tallies in results:
        for basis, tally in tallies.items():
            growth = median(tally.growths)
            others = ", ".join(f"{name} {count}" for name, count in tally.others.most_common(3))
            print(f"| {row.name} | {basis} | {tally.pairs()} | " +
                  " | ".join(str(tally.outcomes[o]) for o in ("pass", "fail", "undecided", "not_comparable")) +
                  f" | {tally.found if row.names else ''} | "
                  f"{'' if growth is None else format(100 * growth, '+.0f') + ' %'} | "
                  f"{tally.warned if row.warns else ''} | {others or 0} |")


def misses(row, basis, tally):
    """What was expected and did not come."""
    pairs = tally.pairs()
    if not row.names and basis not in row.others_may_fail and tally.outcomes["fail"]:
        yield f"{tally.outcomes['fail']} of {pairs} pairs fail"
    if tally.outcomes["undecided"] > row.max_undecided * pairs:
        yield f"{tally.outcomes['undecided']} of {pairs} pairs are undecided"
    if tally.found < row.fail.get(basis, 0) * pairs:
        yield f"{' and '.join(row.names)} named in {tally.found} of {pairs} pairs only"
    if tally.strays and basis not in row.others_may_fail:
        yield f"something else fails in {tally.strays} of {pairs} pairs"
    if row.warns and tally.warned < pairs:
        yield f"{' and '.join(row.warns)} told together in {tally.warned} of {pairs} pairs only"
    if basis in row.never_passes and tally.outcomes["pass"]:
        yield f"{tally.outcomes['pass']} of {pairs} pairs pass"
