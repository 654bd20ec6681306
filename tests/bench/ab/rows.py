# SPDX-License-Identifier: GPL-2.0-or-later
"""What bench-ab runs, and what has to be said of it."""
import dataclasses

BASES = ("work", "second", "share")  # by every one of which each pair is judged


@dataclasses.dataclass
class Row:
    """Two ways to run programs, each a program's path and its arguments."""

    name: str
    base: list
    canary: list
    # What a failure has to name: "function", or "function [wait]" of a wait.
    names: tuple = ()
    # Per basis: the part of the pairs in which all of them are, at least.
    fail: dict = dataclasses.field(default_factory=dict)
    others_may_fail: tuple = ()  # bases on which something else may fail: it did change there
    max_undecided: float = 1.0  # part of the pairs that may be
    warns: tuple = ()  # names that one line of the report has to hold, whatever the outcome
    never_passes: tuple = ()  # bases
    waits: bool = False  # off-CPU time is captured as well
    kind: str = "differ"  # which of the numbers of pairs holds: "same", "differ" or "versions"


ALL = dict.fromkeys(BASES, 1.0)
MOST = dict.fromkeys(BASES, 0.8)
SHOP, PRESS = ["O2/shop"], ["O2/press"]

# The same programs, and parts of them that cost more or less.
FACTORS = [
    # A table that the other guests of a shared machine slow down as they like: undecided is right then.
    Row("shop, the same", SHOP, SHOP, kind="same"),
    Row("shop with a table in the cache, the same", SHOP + ["table=0.25"], SHOP + ["table=0.25"], max_undecided=0.10,
        kind="same"),
    Row("press, the same", PRESS, PRESS, max_undecided=0.10, kind="same"),
    Row("price +20 %", SHOP, SHOP + ["price=1.2"], ("price",)),
    Row("price +50 %", SHOP, SHOP + ["price=1.5"], ("price",), MOST),
    Row("price +200 %", SHOP, SHOP + ["price=3"], ("price",), ALL),
    Row("rank +50 %", PRESS, PRESS + ["rank=1.5"], ("rank_items",), MOST),
    Row("rank +200 %", PRESS, PRESS + ["rank=3"], ("rank_items",), ALL),
    Row("new function, 10 %", SHOP, SHOP + ["audit=0.1"], ("audit",), ALL),
    Row("price five times faster", SHOP, SHOP + ["price=0.2"]),
    Row("rank five times faster", PRESS, PRESS + ["rank=0.2"]),
    Row("load doubled", SHOP + ["rate=125"], SHOP + ["rate=250"], others_may_fail=("second",), never_passes=("second",)),
    Row("-O2 against -O3", SHOP, ["O3/shop"], others_may_fail=BASES),
]

# (what differs, program, version of the canary, further members)
CHANGES = [
    ("callees called twice as often", "import", 2, {"names": ("import_prices",)}),
    ("inlined helper slower", "search", 2, {"names": ("find_words",)}),
    ("function renamed", "invoice", 2, {"warns": ("price_line", "cost_of_item")}),
    ("function split in two", "invoice", 3, {"warns": ("campaign_discount", "price_line")}),
    ("moved to another file", "invoice", 4, {}),
    ("moved to a shared object", "invoice", 5, {"warns": ("price_line", "libpricing.so")}),
    ("moved into its caller", "invoice", 6, {"warns": ("price_line", "price_order")}),
    ("virtual call, another implementation", "format", 2, {"names": ("GroupedFormatter::format",)}),
    ("lock per item", "tally", 2, {"names": ("count_words",), "waits": True}),
    ("fsync added", "journal", 2, {"names": ("append_record [disk]",), "waits": True}),
    ("sleep added", "fetch", 2, {"names": ("wait_for_quota [sleep]",), "waits": True}),
    ("lock held over I/O", "cache", 2, {"names": ("look_up [lock]", "save_snapshot [disk]"), "waits": True}),
    ("two regressions and a larger gain", "search", 3, {"names": ("decode_entities", "rank_hits")}),
]


def of_change(what, program, version, members):
    """A change, built with debug information and without."""
    for build, suffix in (("O2", ""), ("stripped", ", stripped")):
        yield Row(what + suffix, [f"{build}/v1/{program}"], [f"{build}/v{version}/{program}"],
                  fail=ALL if "names" in members else {}, kind="versions", **members)


ROWS = FACTORS + [row for change in CHANGES for row in of_change(*change)]
