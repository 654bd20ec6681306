#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who names the function that waits, with the right time: regress-gate beside libbpf-tools' offcputime and perf.

usage: truth.py PATH-OF-regress-gate PATH-OF-waits [SECONDS [MODE...]]

waits is the folder of the truth programs (tests/e2e/programs/waits, built): each blocks in a known function again and
again, and says in a file when. Each runs twice, compiled with and without frame pointers; once it waits all profilers
look at it at the same time, by its process id, for SECONDS (2). A profiler's answer is the first function, from the leaf to the root, of the
program itself: libc and what else only passes the wait on is left out for all alike, by module. Its time is
compared with the program's own clock.

Needs root, and go for reading profiles. A profiler that is missing is said to be.
"""
import collections
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

# Program, modes and the function that waits in each; for pools it is not the first thread that does.
WAYS = [
    ("kernel_waits", mode, "block_in_" + mode)
    for mode in ("nanosleep", "read", "poll", "epoll", "fsync", "flock", "waitpid")
] + [
    ("lock_waits", "mutex", "block_in_mutex"),
    ("lock_waits", "condition", "block_in_condition"),
    ("lock_waits", "semaphore", "block_in_semaphore"),
    ("lock_waits", "fault", "block_in_page_fault"),
    ("net_waits", "recv", "block_in_recv"),
    ("net_waits", "connect", "block_in_connect"),
    ("time_waits", "throughout", "block_throughout"),
    ("time_waits", "edge", "block_over_the_edge"),
    ("time_waits", "twins", "block_as_elder_twin"),
    ("time_waits", "moves", "block_between_moves"),
    ("pool_waits", "idle", "run_idle_worker"),
    ("pool_waits", "starving", "acquire_connection"),
]
VARIANTS = [("o2fp", "with"), ("o2", "without")]
# Whose frames pass a wait on.
PLUMBING = re.compile(r"^(libc|libpthread|ld-linux|libm|librt|\[vdso\]|linux-vdso)\b")
TOLERANCE = 0.05  # of the time: the windows of three profilers do not begin and end at the same instant
WARM_UP = 0.5
KERNEL = 1 << 63
# truth.h: a name, a count, and waits of five numbers.
HEADER, WAIT = struct.Struct("=32sQ"), struct.Struct("=5Q")


def blocked_seconds(path, start, end):
    """What the program says of [start, end), in seconds of CLOCK_MONOTONIC."""
    with open(path, "rb") as file:
        data = file.read()
    _, count = HEADER.unpack_from(data)
    total = 0.0
    for number in range(count):
        begun, ended, run_queue, cpu, _ = WAIT.unpack_from(data, HEADER.size + number * WAIT.size)
        if not begun:
            continue
        first, last = max(begun / 1e9, start), min(ended / 1e9 if ended else end, end)
        awake = (run_queue + cpu) / 1e9 if ended and begun / 1e9 >= start and ended / 1e9 <= end else 0
        total += max(0.0, last - first - awake)
    return total


def anchor(frames):
    """frames: (address, symbol, module), leaf first."""
    for address, symbol, module in frames:
        if address < KERNEL and module != "[kernel]" and not PLUMBING.match(os.path.basename(module)):
            return re.split(r"[@.]", symbol)[0] or "?"
    return "no frame"


# --- Profilers: each has a command, and reads what it wrote to seconds by function ------------------------------------


class RegressGate:
    name = "regress-gate"

    def __init__(self, tool, seconds):
        self.tool, self.seconds = tool, seconds
        self.window = None  # of the last run: its begin since the epoch, and its length

    def command(self, pid, comm, out):
        return [self.tool, "capture", "-q", "-w", f"{self.seconds}s", "-o", out, "--pid", str(pid)]

    def read(self, out, wanted):
        raw = subprocess.run(["go", "tool", "pprof", "-raw", out], capture_output=True, text=True, check=True).stdout
        part, samples, places, modules = "", [], {}, {}
        for line in raw.splitlines():
            if line.strip() in ("Samples:", "Locations", "Mappings"):
                part = line.strip()
            elif part == "Samples:" and (sample := re.match(r"\s+\d+\s+\d+\s+\d+\s+(\d+):((?: \d+)+)\s*$", line)):
                samples.append((int(sample[1]), [int(n) for n in sample[2].split()]))
            elif part == "Locations" and (place := re.match(r"\s+(\d+): 0x[0-9a-f]+ M=(\d+) (.*?) \S*:\d+", line)):
                places[int(place[1])] = (place[3], int(place[2]))
            elif part == "Mappings" and (mapping := re.match(r"(\d+): \S+ (\S+)", line)):
                modules[int(mapping[1])] = mapping[2]
        facts = dict(re.findall(r"Comment: regress-gate/1 (\S+?)=(.*)", raw))
        self.window = (int(facts["started_ns"]) / 1e9, int(facts["wall_ns"]) / 1e9)
        seconds = collections.Counter()
        for ns, stack in samples:
            frames = [(0, places[place][0], modules.get(places[place][1], "?")) for place in stack]
            seconds[anchor(frames)] += ns / 1e9
        return seconds


class Offcputime:
    name = "offcputime"

    def __init__(self, tool, seconds):
        self.tool, self.seconds = tool, seconds

    # -v prints where each address lies. What it writes is small.
    def command(self, pid, comm, out):
        return ["sh", "-c", 'exec "$0" -v -p "$1" "$2" >"$3"', self.tool, str(pid), str(self.seconds), out]

    def read(self, out, wanted):
        seconds, frames, of_thread = collections.Counter(), [], False
        for line in open(out, encoding="utf-8", errors="replace"):
            if frame := re.match(r"\s+#\d+\s+0x([0-9a-f]+)(?: ([^\s(]\S*?)\+0x[0-9a-f]+)?(?: \((.*)\+0x[0-9a-f]+\))?$", line.rstrip()):
                frames.append((int(frame[1], 16), frame[2] or "", frame[3] or "?"))
            elif thread := re.match(r"\s+-\s+.* \((\d+)\)$", line):
                of_thread = wanted(int(thread[1]))
            elif time_line := re.match(r"\s+(\d+)$", line):
                if of_thread:
                    seconds[anchor(frames)] += int(time_line[1]) / 1e6
                frames = []
        return seconds


class Perf:
    name = "perf"

    def __init__(self, tool, seconds):
        self.tool, self.seconds = tool, seconds

    # Switches back are no events of the thread's own: it is told of them as of its own scheduling.
    def command(self, pid, comm, out):
        return [self.tool, "record", "-q", "-e", "sched:sched_switch", "--switch-events", "--call-graph", "fp",
                "-p", str(pid), "-o", out, "--", "sleep", str(self.seconds)]

    def read(self, out, wanted):
        script = subprocess.run([self.tool, "script", "--show-switch-events", "-i", out, "-F", "comm,tid,time,event,trace,ip,sym,dso"],
                                capture_output=True, text=True, check=True, errors="replace").stdout
        seconds, asleep, frames = collections.Counter(), {}, []
        for line in script.splitlines():
            if frame := re.match(r"\s+([0-9a-f]+) (.*) \((.*)\)$", line):
                frames.append((int(frame[1], 16), frame[2] if frame[2] != "[unknown]" else "", frame[3]))
            elif switch := re.search(r" (\d+\.\d+): sched:sched_switch: .*prev_pid=(\d+) .*prev_state=(\S+) ==>", line):
                frames = []
                # Whoever could go on running does not wait.
                if wanted(int(switch[2])) and not switch[3].startswith("R"):
                    asleep[int(switch[2])] = (float(switch[1]), frames)
            elif came := re.search(r" (\d+) (\d+\.\d+): PERF_RECORD_SWITCH IN", line):
                begun, stack = asleep.pop(int(came[1]), (float(came[2]), ()))
                seconds[anchor(stack)] += float(came[2]) - begun
        return seconds


# --- The table --------------------------------------------------------------------------------------------------------


def run(program, mode, variant, folder, profilers, scratch):
    """What each profiler says, and the truth: seconds."""
    truth = os.path.join(scratch, "truth")
    target = subprocess.Popen([os.path.join(folder, variant, program), mode, truth], cwd=scratch)
    time.sleep(WARM_UP)
    start = time.monotonic()
    outs = [os.path.join(scratch, f"out{number}") for number in range(len(profilers))]
    running = [subprocess.Popen(p.command(target.pid, program, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
               for p, out in zip(profilers, outs)]
    failed = [process.wait() != 0 for process in running]
    end = time.monotonic()
    target.kill()
    target.wait()

    def wanted(tid):
        return (tid != target.pid) if program == "pool_waits" else (tid == target.pid)

    said = [None if bad or not os.path.exists(out) else p.read(out, wanted) for p, out, bad in zip(profilers, outs, failed)]
    # The windows differ by fractions of a second, in which nothing changes: the one that is told is taken for all.
    if profilers[0].window:
        start = profilers[0].window[0] - (time.time() - time.monotonic())
        end = start + profilers[0].window[1]
    return said, blocked_seconds(truth, start, end) / (end - start)


def cell(said, function, expected):
    """What is written of an answer, and whether function and time are right."""
    if said is None:
        return "failed", False, False
    right = said.get(function, 0.0)
    if right > 0.5 * expected:
        return f"{100 * right / expected:.1f} %", True, abs(right / expected - 1) <= TOLERANCE
    # Whom else it takes for the one: where the most of the time went.
    other, most = max(said.items(), key=lambda entry: entry[1], default=("", 0.0))
    if most < 0.1 * expected:
        return "nothing", False, False
    return f"`{other}` {100 * most / expected:.1f} %", False, False


def find_profilers(gate, seconds):
    # Debian installs libbpf-tools' where root's path leads only.
    paths = os.environ.get("PATH", "") + ":/usr/sbin"
    found = [RegressGate(gate, seconds)]
    for kind in (Offcputime, Perf):
        tool = shutil.which(kind.name, path=paths)
        if tool:
            found.append(kind(tool, seconds))
        else:
            print(f"{kind.name} is not installed")
    return found


def main(gate, folder, seconds="2", *modes):
    profilers = find_profilers(os.path.abspath(gate), int(seconds))
    names, functions, times = [p.name for p in profilers], collections.Counter(), collections.Counter()
    rows = 0
    print(f"| waits in | frame pointers | {' | '.join(names)} |\n|---|---|{'---|' * len(names)}", flush=True)
    for program, mode, function in WAYS:
        for variant, pointers in VARIANTS if not modes or mode in modes else ():
            with tempfile.TemporaryDirectory(prefix="rg-truth.") as scratch:
                said, share = run(program, mode, variant, os.path.abspath(folder), profilers, scratch)
            cells = [cell(answer, function, share * int(seconds)) for answer in said]
            for name, (_, is_function, is_time) in zip(names, cells):
                functions[name] += is_function
                times[name] += is_time
            rows += 1
            print(f"| `{function}` | {pointers} | {' | '.join(text for text, _, _ in cells)} |", flush=True)
    right = (f"{functions[name]} of {rows}, {times[name]} with its time" for name in names)
    print(f"| right function | | {' | '.join(right)} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
