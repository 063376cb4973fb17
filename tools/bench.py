#!/usr/bin/env python3
"""./dev bench NAME: runs a benchmark and prints each figure as a ratio in one run.

screen  Quell screening N generated patients, beside the JSON parser reading every key of the same
        files, in turn, so that a drift of the machine's speed hits both. One core.
check   the time of `quell check` on each trial.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
SHARED = pathlib.Path(os.environ.get("QUELL_SHARED", ROOT.parent / "shared"))


def run(command):
    """Wall seconds, user + system seconds, peak bytes of one run with its output thrown away."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if child.returncode != 0:
        sys.stderr.write(errors.decode(errors="replace"))
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {child.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def generated(patients):
    """NDJSON of so many patients, made once."""
    maker = SHARED / "tools" / "make-ward.mjs"
    if not maker.exists() or not shutil.which("node"):
        print("bench screen: skipped: the generator of patients (shared/tools/make-ward.mjs, node) is not here")
        return None
    folder = BUILD / "bench" / f"ward-{patients}"
    if not (folder / "done").exists():
        print(f"making {patients} patients ...", file=sys.stderr)
        subprocess.run(["node", maker, "--n", str(patients), "--format", "ndjson", "--out", folder], check=True,
                       stdout=subprocess.DEVNULL)
        (folder / "done").write_text("")
    return folder / "ndjson"


def line(name, values, unit, digits=1):
    low, high = min(values), max(values)
    print(f"  {name:<34}{statistics.median(values):>12,.{digits}f} {unit:<12}[{low:,.{digits}f} to {high:,.{digits}f}]")


def bench_screen(args):
    folder = generated(args.patients)
    if folder is None:
        return
    files = sorted(folder.glob("*.ndjson"))
    size = sum(f.stat().st_size for f in files)
    quell = [BUILD / "src/cli/quell", "screen", ROOT / "trials" / args.trial, folder, "--format", "json", "--quiet",
             "--threads", "1"]
    ceiling = [BUILD / "tests/bench/parse_all", *files]
    run(quell), run(ceiling)
    ours, theirs, memory = [], [], []
    for _ in range(args.rounds):
        wall, _, peak = run(quell)
        ours.append(wall)
        memory.append(peak)
        theirs.append(run(ceiling)[0])
    print(f"screen {args.trial}: {args.patients} patients, {size / 1e6:,.0f} MB of NDJSON, one core, {args.rounds} rounds in turn")
    line("Quell", [args.patients / t for t in ours], "patients/s", 0)
    line("", [size / 1e6 / t for t in ours], "MB/s", 0)
    line("peak memory", [m / 1e6 for m in memory], "MB", 0)
    line("the parser reading every key", [size / 1e6 / t for t in theirs], "MB/s", 0)
    line("ratio, Quell / parser", [b / a for a, b in zip(ours, theirs)], "(goal 0.4)", 2)


def bench_check(args):
    for trial in sorted(p.parent for p in (ROOT / "trials").glob("*/trial.yaml")):
        times = [run([BUILD / "src/cli/quell", "check", trial])[0] * 1e3 for _ in range(args.rounds)]
        line(f"check {trial.name}", times, "ms (goal 50)", 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", default="all", choices=["all", "screen", "check"])
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--trial", default="elmekaty")
    args = parser.parse_args()
    if args.name in ("all", "screen"):
        bench_screen(args)
    if args.name in ("all", "check"):
        bench_check(args)


main()
