#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What check says of releases of SQLite, beside how much CPU time they take.

releases.py REGRESS-GATE [FLAGS [PAIR…]]

A pair is BASE:CANARY:WORKLOAD, of the releases and of releases/driver.c's workloads below; by default those of PAIRS. Both are
built with FLAGS (default "-O2 -g"), run in turns by regress-gate, and by themselves to see what is true. Sources come out of
packages of better-sqlite3, which hold SQLite's one file; they are kept in ~/.cache/regress-gate/releases. Prints a table in
Markdown; needs root, and a machine with nothing else to do. Status 1 when a check fails to run.
"""
import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request

PACKAGE = "https://registry.npmjs.org/better-sqlite3/-/better-sqlite3-{}.tgz"
# The release: the package that holds it, and the package's SHA-256.
RELEASES = {
    "3.25.2": ("5.0.0", "68628d366af2ca4aadfa41dceb69c584ca35e4cda7bf5cd330e29cc029aec1c4"),
    "3.29.0": ("5.4.3", "70933f06ac2af013455bcff333e1762ecf651ca2c6d0b6bf6e7192f4fb82f4ee"),
    "3.32.0": ("7.1.0", "2b359a1b845fd4acfeffad3819697ea52474efc286d33cc81a44bc33815fea14"),
    "3.35.2": ("7.4.0", "d926a8d2da36f42ae1b004553b8412de3b82db5e2894b61e2ed88a123b5adfa3"),
    "3.39.1": ("7.6.2", "6b7c4cf414cc032f3c7a244e3013d80ae675b41e7521c6b1a009527fb2795aec"),
    "3.40.0": ("8.0.0", "40d9a0062637ade21978d4d079d84285dfd4903228cc42dcd5949e8b1a5d746c"),
    "3.43.1": ("8.7.0", "e5dc849653fe2ff2090aa65d732e50346e2d0f8c1c2179abeb862834e271b599"),
    "3.45.3": ("9.6.0", "7054d0a4cb1fa48cf3b241218de8bd2a3f523f6203bfeb424e7127b7efb75457"),
    "3.46.0": ("11.0.0", "7d45ffde103d487327e3832b4ff3300adc3c537c701e4ed863b3a33918ec2c33"),
    "3.47.2": ("11.7.0", "0790df6bdd02fb93b7dec9d6fbe114aa50a25bd5b4e44e5c3b223933f7cd2e1e"),
    "3.50.2": ("12.2.0", "0d0a263ac2296abe3d85fbc56e7c22eb7aa2861c929d963f9227298064559044"),
    "3.54.1": ("13.2.0", "40487589df3496f2ee0079d22b73c63fccebe7db0e8ee9a2c42421861e321e0b"),
}
# Neighbours in that list: all whose CPU time changed by more than a tenth, and six that did not.
PAIRS = ("3.46.0:3.47.2:real", "3.25.2:3.29.0:window", "3.46.0:3.47.2:window", "3.25.2:3.29.0:text", "3.40.0:3.43.1:real",
         "3.50.2:3.54.1:real", "3.50.2:3.54.1:window", "3.25.2:3.29.0:scan", "3.45.3:3.46.0:json", "3.47.2:3.50.2:insert",
         "3.43.1:3.45.3:join", "3.39.1:3.40.0:agg", "3.45.3:3.46.0:parse", "3.32.0:3.35.2:sort")
WORDS = {0: "pass", 1: "fail", 3: "undecided"}
TIMES = 11


def amalgamation(release):
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "regress-gate" / "releases"
    package, digest = RELEASES[release]
    kept = cache / f"{package}.tgz"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(PACKAGE.format(package), timeout=120) as reply:
            kept.write_bytes(reply.read())
    packed = kept.read_bytes()
    if hashlib.sha256(packed).hexdigest() != digest:
        kept.unlink()
        sys.exit(f"bench-releases: {PACKAGE.format(package)} is not what it was")
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        files = {member.name.rpartition("/")[2]: member for member in tar if member.isfile()}
        if "sqlite3.c" in files:
            return {name: tar.extractfile(files[name]).read() for name in ("sqlite3.c", "sqlite3.h")}
        with tarfile.open(fileobj=tar.extractfile(files["sqlite3.tar.gz"])) as inner:
            return {member.name.rpartition("/")[2]: inner.extractfile(member).read()
                    for member in inner if member.name.endswith(("sqlite3.c", "sqlite3.h"))}


def git(repo, *words):
    subprocess.run(["git", "-C", repo, "-c", "user.name=a", "-c", "user.email=a@example.org", *words], check=True,
                   stdout=subprocess.DEVNULL)


def add_release(repo, release, flags):
    """A commit with the sources and what is built of them, so that no check builds them again."""
    for name, text in amalgamation(release).items():
        (repo / name).write_bytes(text)
    print(f"building {release}", file=sys.stderr)
    subprocess.run(["cc", *flags.split(), "-w", "driver.c", "sqlite3.c", "-o", "driver", "-lm", "-lpthread", "-ldl"], cwd=repo, check=True)
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", release)
    git(repo, "tag", "v" + release)


def make_repo(repo, releases, flags):
    repo.mkdir()
    git(repo, "init", "-q", ".")
    shutil.copy(pathlib.Path(__file__).parent / "releases" / "driver.c", repo)
    for release in releases:
        add_release(repo, release, flags)


def cpu_s(program, workload):
    pid = os.posix_spawn(program, [program, workload], os.environ)
    _, status, used = os.wait4(pid, 0)
    if status:
        sys.exit(f"bench-releases: {workload}: status {status}")
    return used.ru_utime + used.ru_stime


def true_growth(repo, base, canary, workload):
    """Of the least CPU time that it ever takes: noise only adds."""
    programs = []
    for release in (base, canary):
        git(repo, "checkout", "-qf", "v" + release)
        programs.append(shutil.copy(repo / "driver", repo.parent / f"driver-{release}"))
    least = [min(times) for times in zip(*([cpu_s(program, workload) for program in programs] for _ in range(TIMES)))]
    return least[1] / least[0] - 1


def check(gate, repo, base, workload):
    done = subprocess.run([gate, "check", "-q", "--baseline", "v" + base, "--build", "true", "--window", "10s", "-F", "1999", "--",
                           "./driver", workload], cwd=repo, check=False, stdout=subprocess.PIPE, text=True)
    said = " ".join(line.strip() for line in done.stdout.split("\n\n")[0].splitlines())
    return WORDS.get(done.returncode, f"status {done.returncode}"), said.partition("  ")[2]


def main():
    gate = os.path.abspath(sys.argv[1])
    flags = sys.argv[2] if len(sys.argv) > 2 else "-O2 -g"
    pairs = [pair.split(":") for pair in sys.argv[3:] or PAIRS]
    order = list(RELEASES)
    wrong = False
    with tempfile.TemporaryDirectory() as scratch:
        repo = pathlib.Path(scratch) / "repo"
        make_repo(repo, sorted({release for pair in pairs for release in pair[:2]}, key=order.index), flags)
        print(f"Built with {flags}:\n\n| releases | workload | CPU time | check | what it says |\n| --- | --- | --: | --- | --- |")
        for base, canary, workload in pairs:
            growth = true_growth(repo, base, canary, workload)
            outcome, said = check(gate, repo, base, workload)
            wrong |= outcome not in WORDS.values()
            print(f"| {base} → {canary} | {workload} | {growth:+.0%} | {outcome} | {said} |", flush=True)
    sys.exit(wrong)


if __name__ == "__main__":
    main()
